// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The table of kernels, chosen once for what the processor can do.
//
// A kernel does one tile, row or block of an operation on one thread; the layers cut operations up.
// Kernels may be called with any alignment of their tensors. Each has a portable version, which is
// the reference that the others are tested against.

#ifndef ONOMA_MODEL_KERNELS_H
#define ONOMA_MODEL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  ONOMA_ACT_NONE = 0,
  ONOMA_ACT_RELU,
  ONOMA_ACT_SILU, // x / (1 + exp(-x))
  ONOMA_ACT_GELU, // exact: x/2 (1 + erf(x / sqrt 2))
  ONOMA_ACT_TANH,
} OnomaActivation;

// ---- Indirect matrix product: all linear layers and convolutions, and the two of attention

// One tile: out[r,c] = activation(bias[c] + sum over t, k of a[t,r,k] weights[taps[t],k,c]) +
// residual[r,c], for r < n_rows, c < n_columns, t < n_taps, k < n_in. A tap is a position of a
// convolution's kernel; taps that see only padding are left out of the list.
typedef struct {
  size_t n_rows;    // 1 to mr
  size_t n_columns; // 1 to nr
  size_t n_taps;    // may be 0
  size_t n_in;      // length of a row; for bf16 a multiple of ONOMA_BF16_BLOCK

  // The inputs, by kind. f32: pointers to rows of n_in floats, [n_taps,n_rows]. bf16: the rows
  // themselves, copied, [n_taps,n_in/block,mr,block].
  union {
    const float *const *rows;
    const uint16_t *gathered;
  } a;

  const uint32_t *taps; // [n_taps]

  // One panel of packed weights, by kind, see pack.h. Its width is nr; for f32 nr/2 if n_columns is
  // at most nr/2.
  const void *weights;
  const float *bias; // [width], or NULL

  // NULL, or [n_rows,nr], what sums begin with instead of the bias: so a long sum is taken in
  // several calls. May be `out`, with offsets to match.
  const float *start;

  float *out;                // row r begins at out + offsets[r]
  const float *residual;     // NULL, or row r begins at residual + offsets[r]; may be out
  const size_t *out_offsets; // [n_rows]
  OnomaActivation activation;
} OnomaIgemmTile;

typedef void OnomaIgemmFunction(const OnomaIgemmTile *tile);

typedef enum {
  ONOMA_IGEMM_F32,
  ONOMA_IGEMM_BF16, // products of inputs and weights rounded to bfloat16, sums in f32
} OnomaIgemmKind;

typedef struct {
  OnomaIgemmFunction *run;
  OnomaIgemmKind kind;
  size_t mr, nr; // largest tile

  // Called on a thread before a run of tiles, and after it; NULL if there is nothing to do.
  void (*begin)(void);
  void (*end)(void);
} OnomaIgemm;

// Inner length of a bf16 row: what one AMX tile holds.
#define ONOMA_BF16_BLOCK 32

// Widest tile of all kernels.
#define ONOMA_MAX_MR 32
#define ONOMA_MAX_NR 32

// Rounds rows of n floats to bfloat16 (to nearest, ties to even; denormals may become zero), in
// blocks: item i of row r goes to out[i / block * block_stride + r * block + i % block]. The last
// block is filled up with zeros.
typedef void OnomaRoundBf16(const float *const *rows, size_t n_rows, size_t n, uint16_t *out,
                            size_t block_stride);

// ---- Winograd's transforms, for 3x3 convolutions in tiles of 4x4 outputs

// points [36] are rows of n_channels, the 6x6 inputs that a tile sees -> out [36,n_channels].
typedef void OnomaWinogradInput(const float *const *points, size_t n_channels, float *out);

// The end of a tile: adds the bias, activates, adds the residual.
typedef struct {
  const float *sums; // item i < 36 begins at sums + i * sums_step, [n_columns]
  size_t sums_step;
  size_t n_columns;
  const float *bias;     // [n_columns]
  size_t n_y, n_x;       // outputs that exist, 1 to 4
  float *out;            // output (y,x) begins at out + y * y_step + x * x_step
  const float *residual; // NULL, or laid out like out; may be out
  size_t y_step, x_step;
  OnomaActivation activation;
} OnomaWinogradOutput;

typedef void OnomaWinogradOutputFunction(const OnomaWinogradOutput *output);

// ---- Attention

// One block of keys of the online softmax, for n_rows queries. scores [n_rows,stride] become the
// weights exp(scale * score + mask[j] - max[i]), where max [n_rows] is the largest exponent so far;
// sum [n_rows], the sum of the weights, and out [n_rows,out_stride], the weighted sum of values,
// are scaled to the new maximum beforehand. Before the first block max is -INFINITY, sum 0, and out
// is not looked at. mask [n_keys] may be NULL.
typedef struct {
  size_t n_rows, n_keys, stride;
  size_t n_out, out_stride;
  float scale;
  const float *mask;
  float *scores, *max, *sum, *out;
} OnomaSoftmaxBlock;

typedef void OnomaSoftmax(const OnomaSoftmaxBlock *block);

// ---- Norms

// Mean of each channel over the rows, and the sum of squared differences from it.
// x [n_rows,C] -> mean [C], m2 [C]; n_rows is at least 1.
typedef void OnomaMoments(const float *x, size_t n_rows, size_t n_channels, float *mean, float *m2);

// x [n_rows,C] -> out [n_rows,C]: out = activation(x * scale[c] + shift[c]). out may be x.
typedef void OnomaScaleShift(const float *x, size_t n_rows, size_t n_channels, const float *scale,
                             const float *shift, OnomaActivation activation, float *out);

// x [n_rows,C] -> out [n_rows,C]: normalises each row over its channels. out may be x.
typedef void OnomaLayerNorm(const float *x, size_t n_rows, size_t n_channels, const float *gain,
                            const float *bias, float epsilon, float *out);

// ---- Others

// Rows begin <= t < end of a depthwise convolution of odd kernel with zero padding.
// x [T,C], weight [kernel,C], bias [C] -> out [T,C].
typedef struct {
  size_t n_frames, n_channels, kernel;
  const float *weight, *bias;
  const float *in;
  float *out;
} OnomaDepthwiseTask;

typedef void OnomaDepthwiseFunction(const OnomaDepthwiseTask *task, size_t begin, size_t end);

// out may be in.
typedef void OnomaActivate(OnomaActivation activation, const float *in, size_t n, float *out);

// x > 0 ? x : slope x. out may be in.
typedef void OnomaLeakyRelu(float slope, const float *in, size_t n, float *out);

// out = in * gelu(gate). out may be in.
typedef void OnomaGeglu(const float *in, const float *gate, size_t n, float *out);

// out = (a + b) * scale. out may be a or b.
typedef void OnomaAdd(const float *a, const float *b, float scale, size_t n, float *out);

// ---- The table

typedef struct {
  OnomaIgemm igemm;     // for layers with weights, by the chosen level in f32 or bf16
  OnomaIgemm igemm_f32; // for attention, and 3x3 convolutions that suit it
  OnomaRoundBf16 *round_bf16;
  OnomaWinogradInput *winograd_input_f32;
  OnomaWinogradOutputFunction *winograd_output_f32;
  OnomaSoftmax *softmax_f32;
  OnomaMoments *moments_f32;
  OnomaScaleShift *scale_shift_f32;
  OnomaLayerNorm *layer_norm_f32;
  OnomaDepthwiseFunction *depthwise_f32;
  OnomaActivate *activate_f32;
  OnomaLeakyRelu *leaky_relu_f32;
  OnomaGeglu *geglu_f32;
  OnomaAdd *add_f32;
} OnomaKernels;

// Declarations of all, built or not.
#define ONOMA_KERNELS_X86                     1
#define IGEMM(name, kind, mr, nr, isa, flags) OnomaIgemmFunction onoma_##name##_##mr##x##nr##_##isa;
#define KERNEL(field, type, isa, flags)       type onoma_##field##_##isa;
#include "kernels.inc"
#undef ONOMA_KERNELS_X86

void onoma_igemm_begin_amx(void);
void onoma_igemm_end_amx(void);

// Fills in the best kernels for these ONOMA_CPU_ flags. Flags that this build has no kernels for
// are fine. ONOMA_CPU_AMX may be set only if onoma_cpu_request_amx() was granted. Layers with
// weights compute in f32 up to the level avx512, and in bf16 above but for 3x3 convolutions that
// are faster by Winograd's algorithm in f32. [any]
void onoma_kernels_init(OnomaKernels *kernels, unsigned cpu_flags);

#endif
