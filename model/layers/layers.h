// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The layers that the networks are built of.
//
// All tensors are float, row-major, channels last. Unless said otherwise `out` must not overlap the
// inputs. Weights are packed for the chosen kernels when a layer is made. Results are the same bits
// for any number of threads.

#ifndef ONOMA_MODEL_LAYERS_H
#define ONOMA_MODEL_LAYERS_H

#include "model/exec.h"

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

// What happens to a result before it is stored: out = activation(result + bias) + residual.
typedef struct {
  OnomaActivation activation;
  const float *residual; // shape of out, or NULL; may be `out` itself
} OnomaEpilogue;

// ---- Linear: out[r,n] = sum_k in[r,k] weight[n,k] + bias[n]

typedef struct {
  size_t n_in, n_out;
  struct OnomaPackedGemm *packed; // owned
} OnomaLinear;

// weight [n_out,n_in], bias [n_out] or NULL; both are copied. [control]
OnomaStatus onoma_linear_init(OnomaLinear *layer, const OnomaKernels *kernels, size_t n_in,
                              size_t n_out, const float *weight, const float *bias,
                              OnomaError *error);
void onoma_linear_fini(OnomaLinear *layer);

// in [R,n_in] -> out [R,n_out]; epilogue may be NULL.
void onoma_linear_run(const OnomaLinear *layer, const OnomaExec *exec, const float *in,
                      size_t n_rows, float *out, const OnomaEpilogue *epilogue);

// ---- Convolution, 2-D; 1-D is one with H = 1 and kernel height 1

typedef struct {
  size_t n_in, n_out;
  size_t kernel_h, kernel_w;
  size_t stride_h, stride_w;                       // at least 1
  size_t dilation_h, dilation_w;                   // at least 1
  size_t pad_top, pad_left, pad_bottom, pad_right; // zeros
} OnomaConvShape;

typedef struct {
  OnomaConvShape shape;
  struct OnomaPackedGemm *packed;   // owned
  struct OnomaPackedGemm *winograd; // owned; NULL where it would not pay
} OnomaConv;

// weight [n_out,n_in,kernel_h,kernel_w] as PyTorch stores it, bias [n_out] or NULL; both are
// copied. [control]
OnomaStatus onoma_conv_init(OnomaConv *layer, const OnomaKernels *kernels,
                            const OnomaConvShape *shape, const float *weight, const float *bias,
                            OnomaError *error);
void onoma_conv_fini(OnomaConv *layer);

// Height and width of the output for an input of h x w.
void onoma_conv_size(const OnomaConvShape *shape, size_t h, size_t w, size_t *out_h, size_t *out_w);

// in [B,H,W,n_in] -> out [B,OH,OW,n_out]; epilogue may be NULL.
void onoma_conv_run(const OnomaConv *layer, const OnomaExec *exec, const float *in, size_t n_batch,
                    size_t h, size_t w, float *out, const OnomaEpilogue *epilogue);

// The same on the input enlarged to up_h x up_w by nearest neighbour, h <= up_h <= 2h and likewise
// the width (source row of row y is y / 2 when up_h > h, else y), without making the enlarged
// image.
void onoma_conv_run_upsampled(const OnomaConv *layer, const OnomaExec *exec, const float *in,
                              size_t n_batch, size_t h, size_t w, size_t up_h, size_t up_w,
                              float *out, const OnomaEpilogue *epilogue);

// ---- Transposed convolution, 1-D

typedef struct {
  size_t n_in, n_out, kernel, stride, padding; // output length (T - 1) stride - 2 padding + kernel
  struct OnomaPackedGemm **phases; // owned, one per residue of the output position by stride
} OnomaConvTranspose;

// weight [n_in,n_out,kernel] as PyTorch stores it, bias [n_out] or NULL; both are copied. [control]
OnomaStatus onoma_conv_transpose_init(OnomaConvTranspose *layer, const OnomaKernels *kernels,
                                      size_t n_in, size_t n_out, size_t kernel, size_t stride,
                                      size_t padding, const float *weight, const float *bias,
                                      OnomaError *error);
void onoma_conv_transpose_fini(OnomaConvTranspose *layer);

size_t onoma_conv_transpose_size(const OnomaConvTranspose *layer, size_t n_frames);

// in [B,T,n_in] -> out [B,T',n_out].
void onoma_conv_transpose_run(const OnomaConvTranspose *layer, const OnomaExec *exec,
                              const float *in, size_t n_batch, size_t n_frames, float *out);

// ---- Depthwise convolution, 1-D, stride 1, "same" zero padding, odd kernel

typedef struct {
  size_t n_channels, kernel;
  float *weight; // [kernel,C], owned
  float *bias;   // [C], owned
} OnomaDepthwise;

// weight [C,1,kernel] as PyTorch stores it, bias [C] or NULL; both are copied. [control]
OnomaStatus onoma_depthwise_init(OnomaDepthwise *layer, size_t n_channels, size_t kernel,
                                 const float *weight, const float *bias, OnomaError *error);
void onoma_depthwise_fini(OnomaDepthwise *layer);

// in [B,T,C] -> out [B,T,C].
void onoma_depthwise_run(const OnomaDepthwise *layer, const OnomaExec *exec, const float *in,
                         size_t n_batch, size_t n_frames, float *out);

// ---- Norms

typedef struct {
  size_t n_channels;
  size_t n_groups; // group norm only
  float epsilon;
  float *gain; // [C], owned; with the bias
  float *bias; // [C]
} OnomaNorm;

// gain and bias [C] are copied; n_groups is 0 for a layer norm. [control]
OnomaStatus onoma_norm_init(OnomaNorm *norm, size_t n_channels, size_t n_groups, float epsilon,
                            const float *gain, const float *bias, OnomaError *error);
void onoma_norm_fini(OnomaNorm *norm);

// Over the channels of a group and all positions: in [B,T,C] -> out [B,T,C], then the activation
// (none or SiLU). out may be in.
void onoma_group_norm_run(const OnomaNorm *norm, const OnomaExec *exec, const float *in,
                          size_t n_batch, size_t n_positions, float *out,
                          OnomaActivation activation);

// Over the channels of each row: in [R,C] -> out [R,C]. out may be in.
void onoma_layer_norm_run(const OnomaNorm *norm, const OnomaExec *exec, const float *in,
                          size_t n_rows, float *out);

// ---- Attention

// Scaled dot product attention: out[b,i,h] = sum_j softmax_j(scale q[b,i,h].k[b,j,h]) v[b,j,h].
typedef struct {
  size_t n_batch, n_queries, n_keys, n_heads, head_size;
  size_t q_stride, kv_stride,
      out_stride; // floats from one token's row to the next, at least n_heads * head_size
  float scale;
  const unsigned char *key_mask; // [B,n_keys], 0 keeps a key out; NULL for none. A row without any
                                 // key gives the mean of v.
} OnomaAttention;

// q [B,Tq,H,D], k and v [B,Tk,H,D], out [B,Tq,H,D], rows strided. Never stores Tq x Tk scores.
void onoma_attention_run(const OnomaAttention *attention, const OnomaExec *exec, const float *q,
                         const float *k, const float *v, float *out);

// ---- Elementwise; out may be in

void onoma_activation_run(const OnomaExec *exec, OnomaActivation activation, const float *in,
                          size_t n, float *out);

// x > 0 ? x : slope x.
void onoma_leaky_relu_run(const OnomaExec *exec, float slope, const float *in, size_t n,
                          float *out);

// in [R,2C] -> out [R,C]: out = in[:, :C] * gelu(in[:, C:]). out must not be in.
void onoma_geglu_run(const OnomaExec *exec, const float *in, size_t n_rows, size_t n_channels,
                     float *out);

// out = (a + b) * scale.
void onoma_add_run(const OnomaExec *exec, const float *a, const float *b, float scale, size_t n,
                   float *out);

// x [B,T,C] += row [B,C] on every position.
void onoma_add_rows_run(const OnomaExec *exec, float *x, const float *rows, size_t n_batch,
                        size_t n_positions, size_t n_channels);

// a [R,Ca], b [R,Cb] -> out [R,Ca+Cb].
void onoma_concat_run(const OnomaExec *exec, const float *a, size_t n_a, const float *b, size_t n_b,
                      size_t n_rows, float *out);

#endif
