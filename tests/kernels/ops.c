// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Checks and benchmarks of the kernels that are no matrix products.

#include "check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t sizes[] = {1,  2,  3,  4,  5,  7,  8,  9,  11, 15, 16,
                               17, 23, 31, 32, 33, 47, 48, 49, 64, 65, 257};
enum { n_sizes = sizeof(sizes) / sizeof(sizes[0]) };

// What the elementwise functions meet at the ends of their ranges.
static const float extremes[] = {0.0F,   -0.0F,   1.0F,   -1.0F,  INFINITY, -INFINITY, NAN,
                                 1e-30F, -1e-30F, 1e30F,  -1e30F, FLT_MAX,  -FLT_MAX,  87.5F,
                                 -87.5F, 88.8F,   -88.8F, 104.0F, -104.0F,  -13.2F,    9.1F};
enum { n_extremes = sizeof(extremes) / sizeof(extremes[0]) };

// ---- Elementwise

// Runs one of the elementwise kernels on a, b; in place if out is a.
typedef void (*Elementwise)(const Variant *variant, const float *a, const float *b, size_t n,
                            float *out);

static OnomaActivation activation;

static void run_activate(const Variant *variant, const float *a, const float *b, size_t n,
                         float *out) {
  (void)b;
  ((OnomaActivate *)variant->run)(activation, a, n, out);
}

static void run_leaky_relu(const Variant *variant, const float *a, const float *b, size_t n,
                           float *out) {
  (void)b;
  ((OnomaLeakyRelu *)variant->run)(0.2F, a, n, out);
}

static void run_geglu(const Variant *variant, const float *a, const float *b, size_t n,
                      float *out) {
  ((OnomaGeglu *)variant->run)(a, b, n, out);
}

static void run_add(const Variant *variant, const float *a, const float *b, size_t n, float *out) {
  ((OnomaAdd *)variant->run)(a, b, 0.7F, n, out);
}

static void check_elementwise(const Variant *variant, Elementwise run, double relative) {
  for (size_t i = 0; i < n_sizes; i++) {
    const size_t n = sizes[i];
    begin_case(variant, "n %zu, activation %d", n, (int)activation);
    float *const a = uniform(n, 6);
    const float *const b = uniform(n, 6);
    float *const out = uniform(n, 1);
    float *const expected = tensor(n);
    run(reference_of(variant), a, b, n, expected);
    run(variant, a, b, n, out);
    compare(out, expected, n, 0, relative);
    run(variant, a, b, n, a);
    compare(a, out, n, 0, 0);
    release_tensors();
  }
  begin_case(variant, "extremes, activation %d", (int)activation);
  float *const a = tensor(n_extremes);
  memcpy(a, extremes, sizeof(extremes));
  const float *const b = copy_of(a, n_extremes);
  float *const out = tensor(n_extremes);
  float *const expected = tensor(n_extremes);
  run(reference_of(variant), a, b, n_extremes, expected);
  run(variant, a, b, n_extremes, out);
  // Results near the smallest normal number may be flushed to zero by one and not by the other.
  compare(out, expected, n_extremes, 4 * (double)FLT_MIN, 4 * relative);
  release_tensors();
}

// The largest error of an activation in units of the last place, over floats in [low, high).
static double worst_ulp(const Variant *variant, float low, float high, double (*exact)(double)) {
  enum { n = 1 << 16 };
  float *const in = tensor(n);
  float *const out = tensor(n);
  for (size_t i = 0; i < n; i++)
    in[i] = low + (high - low) * (float)i / (float)n;
  run_activate(variant, in, NULL, n, out);
  double worst = 0;
  for (size_t i = 0; i < n; i++) {
    const double wanted = exact(in[i]);
    if (fabs(wanted) < 1e-36)
      continue;
    const float rounded = fabsf((float)wanted);
    const double ulp = (double)nextafterf(rounded, INFINITY) - (double)rounded;
    worst = fmax(worst, fabs((double)out[i] - wanted) / ulp);
  }
  release_tensors();
  return worst;
}

static double exact_silu(double x) {
  return x / (1 + exp(-x));
}

static double exact_gelu(double x) {
  return x / 2 * erfc(-x / sqrt(2));
}

// Errors as promised in vec_math.h.
static void check_accuracy(const Variant *variant) {
  const struct {
    OnomaActivation activation;
    double (*exact)(double);
    float low, high;
    double allowed; // ULP
  } ranges[] = {
      {ONOMA_ACT_SILU, exact_silu, -80, 80, 5},  {ONOMA_ACT_SILU, exact_silu, -1, 1, 5},
      {ONOMA_ACT_GELU, exact_gelu, -3, 8, 16},   {ONOMA_ACT_GELU, exact_gelu, -0.1F, 0.1F, 9},
      {ONOMA_ACT_GELU, exact_gelu, -10, -3, 90}, {ONOMA_ACT_TANH, tanh, -10, 10, 3},
      {ONOMA_ACT_TANH, tanh, -0.7F, 0.7F, 3},    {ONOMA_ACT_TANH, tanh, 1e-20F, 1e-3F, 3},
  };
  for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
    activation = ranges[i].activation;
    begin_case(variant, "activation %d from %g to %g", (int)activation, (double)ranges[i].low,
               (double)ranges[i].high);
    const double worst = worst_ulp(variant, ranges[i].low, ranges[i].high, ranges[i].exact);
    if (!(worst <= ranges[i].allowed))
      fail_case("an error of %.1f ULP, at most %.0f allowed", worst, ranges[i].allowed);
  }
}

static void check_activate(const Variant *variant) {
  for (int i = ONOMA_ACT_NONE; i <= ONOMA_ACT_TANH; i++) {
    activation = (OnomaActivation)i;
    check_elementwise(variant, run_activate, 1e-5);
  }
  check_accuracy(variant);
  activation = ONOMA_ACT_NONE;
}

static void check_leaky_relu(const Variant *variant) {
  check_elementwise(variant, run_leaky_relu, 0);
}

static void check_geglu(const Variant *variant) {
  check_elementwise(variant, run_geglu, 1e-5);
}

static void check_add(const Variant *variant) {
  check_elementwise(variant, run_add, 0);
}

// ---- Norms

static void check_moments(const Variant *variant) {
  for (size_t i = 0; i < n_sizes; i++) {
    const size_t n_channels = sizes[i];
    const size_t n_rows = sizes[n_sizes - 1 - i];
    begin_case(variant, "%zu rows of %zu", n_rows, n_channels);
    const float *const x = uniform(n_rows * n_channels, 3);
    float *const out[2] = {tensor(n_channels), tensor(n_channels)};
    float *const expected[2] = {tensor(n_channels), tensor(n_channels)};
    ((OnomaMoments *)reference_of(variant)->run)(x, n_rows, n_channels, expected[0], expected[1]);
    ((OnomaMoments *)variant->run)(x, n_rows, n_channels, out[0], out[1]);
    compare(out[0], expected[0], n_channels, 1e-6, 1e-6);
    compare(out[1], expected[1], n_channels, 1e-5, 1e-5);
    release_tensors();
  }
}

static void check_scale_shift(const Variant *variant) {
  for (size_t i = 0; i < 3 * n_sizes; i++) {
    const size_t n_channels = sizes[i % n_sizes];
    const size_t n = 3 * n_channels;
    const OnomaActivation kinds[] = {ONOMA_ACT_NONE, ONOMA_ACT_SILU, ONOMA_ACT_GELU};
    const OnomaActivation kind = kinds[i / n_sizes];
    begin_case(variant, "%zu channels, activation %d", n_channels, (int)kind);
    float *const x = uniform(n, 2);
    const float *const scale = uniform(n_channels, 2);
    const float *const shift = uniform(n_channels, 2);
    float *const out = tensor(n);
    float *const expected = tensor(n);
    ((OnomaScaleShift *)reference_of(variant)->run)(x, 3, n_channels, scale, shift, kind, expected);
    ((OnomaScaleShift *)variant->run)(x, 3, n_channels, scale, shift, kind, out);
    compare(out, expected, n, 2e-6, 1e-6);
    ((OnomaScaleShift *)variant->run)(x, 3, n_channels, scale, shift, kind, x);
    compare(x, out, n, 0, 0);
    release_tensors();
  }
}

static void check_layer_norm(const Variant *variant) {
  for (size_t i = 0; i < n_sizes; i++) {
    const size_t n_channels = sizes[i];
    const size_t n = 3 * n_channels;
    begin_case(variant, "%zu channels", n_channels);
    float *const x = uniform(n, 2);
    const float *const gain = uniform(n_channels, 2);
    const float *const bias = uniform(n_channels, 2);
    float *const out = tensor(n);
    float *const expected = tensor(n);
    ((OnomaLayerNorm *)reference_of(variant)->run)(x, 3, n_channels, gain, bias, 1e-2F, expected);
    ((OnomaLayerNorm *)variant->run)(x, 3, n_channels, gain, bias, 1e-2F, out);
    compare(out, expected, n, 1e-5, 1e-5);
    ((OnomaLayerNorm *)variant->run)(x, 3, n_channels, gain, bias, 1e-2F, x);
    compare(x, out, n, 0, 0);
    release_tensors();
  }
}

// ---- Attention

// Two blocks of keys, after each other.
static void run_softmax(const Variant *variant, OnomaSoftmaxBlock *block, float *scores[2]) {
  for (int i = 0; i < 2; i++) {
    block->scores = scores[i];
    ((OnomaSoftmax *)variant->run)(block);
  }
}

static void check_softmax_case(const Variant *variant, size_t n_keys, bool with_mask, float scale) {
  enum { n_rows = 3, gap = 2, n_out = 19 };
  begin_case(variant, "%zu keys, mask %d, scale %g", n_keys, with_mask, (double)scale);
  const size_t n_scores = n_rows * (n_keys + gap) - gap;
  float *const scores[2] = {uniform(n_scores, 10), uniform(n_scores, 12)};
  float *const mask = uniform(n_keys, 1);
  for (size_t i = 0; i < n_keys; i++)
    mask[i] = mask[i] < 0 ? -FLT_MAX / 2 : 0;
  float *const start = uniform(n_rows * n_out, 1);
  float *results[2][5]; // of the reference, of the variant: scores, scores, max, sum, out
  const size_t n[5] = {n_scores, n_scores, n_rows, n_rows, n_rows * n_out};
  for (int i = 0; i < 2; i++) {
    float **const r = results[i];
    r[0] = copy_of(scores[0], n_scores);
    r[1] = copy_of(scores[1], n_scores);
    r[2] = copy_of((const float[]){-INFINITY, -INFINITY, -INFINITY}, n_rows);
    r[3] = copy_of((const float[]){0, 0, 0}, n_rows);
    r[4] = copy_of(start, n_rows * n_out);
    OnomaSoftmaxBlock block = {.n_rows = n_rows,
                               .n_keys = n_keys,
                               .stride = n_keys + gap,
                               .n_out = n_out,
                               .out_stride = n_out,
                               .scale = scale,
                               .mask = with_mask ? mask : NULL,
                               .max = r[2],
                               .sum = r[3],
                               .out = r[4]};
    run_softmax(i ? variant : reference_of(variant), &block, r);
  }
  for (int i = 0; i < 5; i++)
    compare(results[1][i], results[0][i], n[i], 1e-30, 1e-5);
  release_tensors();
}

static void check_softmax(const Variant *variant) {
  for (size_t i = 0; i < n_sizes; i++) {
    check_softmax_case(variant, sizes[i], false, 1);
    check_softmax_case(variant, sizes[i], true, 0.125F);
  }
  check_softmax_case(variant, 40, false, 20);
  check_softmax_case(variant, 40, true, 0);
}

// ---- Depthwise convolution

static void check_depthwise(const Variant *variant) {
  for (size_t i = 0; i < n_sizes; i++) {
    const size_t n_channels = sizes[i];
    const size_t kernel = 1 + 2 * (i % 5);
    const size_t n_frames = 1 + i % 13;
    const size_t n = n_frames * n_channels;
    begin_case(variant, "%zu frames of %zu, kernel %zu", n_frames, n_channels, kernel);
    float *const out = tensor(n);
    float *const expected = tensor(n);
    OnomaDepthwiseTask task = {.n_frames = n_frames,
                               .n_channels = n_channels,
                               .kernel = kernel,
                               .weight = uniform(kernel * n_channels, 1),
                               .bias = uniform(n_channels, 1),
                               .in = uniform(n, 1)};
    task.out = expected;
    ((OnomaDepthwiseFunction *)reference_of(variant)->run)(&task, 0, n_frames);
    // In two pieces, without a part between.
    task.out = out;
    const size_t half = n_frames / 2;
    ((OnomaDepthwiseFunction *)variant->run)(&task, half, n_frames);
    ((OnomaDepthwiseFunction *)variant->run)(&task, 0, half);
    compare(out, expected, n, 2e-6, 1e-6);
    release_tensors();
  }
}

// ---- Rounding

static void check_round(const Variant *variant) {
  enum { n_rows = 3, gap = 7, stride = n_rows * ONOMA_BF16_BLOCK + gap };
  for (size_t i = 0; i < n_sizes; i++) {
    const size_t n = sizes[i];
    const size_t n_blocks = (n + ONOMA_BF16_BLOCK - 1) / ONOMA_BF16_BLOCK;
    const size_t n_out = n_blocks * stride - gap;
    begin_case(variant, "n %zu", n);
    float *rows[n_rows];
    for (size_t r = 0; r < n_rows; r++) {
      rows[r] = uniform(n, 100);
      for (size_t j = 0; j < n && j < n_extremes; j++)
        rows[r][j] = extremes[(i + j + 5 * r) % n_extremes];
    }
    // A tie, and what rounds up to the next power of two.
    rows[1][0] = 0x1.01p0F;
    rows[2][n / 2] = 0x1.FFFp0F;
    uint16_t *const out = tensor_u16(n_out);
    uint16_t *const expected = tensor_u16(n_out);
    memset(out, 0x55, n_out * sizeof(*out));
    memset(expected, 0x55, n_out * sizeof(*out));
    ((OnomaRoundBf16 *)reference_of(variant)->run)((const float *const *)rows, n_rows, n, expected,
                                                   stride);
    ((OnomaRoundBf16 *)variant->run)((const float *const *)rows, n_rows, n, out, stride);
    for (size_t j = 0; j < n_out; j++) {
      if (out[j] != expected[j]) {
        fail_case("item %zu is %04x instead of %04x", j, out[j], expected[j]);
        break;
      }
    }
    release_tensors();
  }
}

// ---- Benchmarks: nanoseconds for blocks that the first cache holds

typedef struct {
  const Variant *variant;
  float *a, *b, *c, *d;
} Bench;

enum { bench_rows = 16, bench_columns = 256, bench_n = bench_rows * bench_columns };

static void call_elementwise(void *data) {
  const Bench *const b = data;
  const char *const field = b->variant->field;
  if (!strcmp(field, "activate_f32"))
    run_activate(b->variant, b->a, NULL, bench_n, b->b);
  else if (!strcmp(field, "leaky_relu_f32"))
    run_leaky_relu(b->variant, b->a, NULL, bench_n, b->b);
  else if (!strcmp(field, "geglu_f32"))
    run_geglu(b->variant, b->a, b->b, bench_n, b->c);
  else
    run_add(b->variant, b->a, b->b, bench_n, b->c);
}

static void call_moments(void *data) {
  const Bench *const b = data;
  ((OnomaMoments *)b->variant->run)(b->a, bench_rows, bench_columns, b->b, b->c);
}

static void call_scale_shift(void *data) {
  const Bench *const b = data;
  ((OnomaScaleShift *)b->variant->run)(b->a, bench_rows, bench_columns, b->b, b->c, ONOMA_ACT_SILU,
                                       b->d);
}

static void call_layer_norm(void *data) {
  const Bench *const b = data;
  ((OnomaLayerNorm *)b->variant->run)(b->a, bench_rows, bench_columns, b->b, b->c, 1e-5F, b->d);
}

static void call_softmax(void *data) {
  const Bench *const b = data;
  OnomaSoftmaxBlock block = {.n_rows = bench_rows,
                             .n_keys = bench_columns,
                             .stride = bench_columns,
                             .n_out = 64,
                             .out_stride = 64,
                             .scale = 1,
                             .scores = b->a,
                             .max = b->b,
                             .sum = b->c,
                             .out = b->d};
  ((OnomaSoftmax *)b->variant->run)(&block);
}

static void call_depthwise(void *data) {
  const Bench *const b = data;
  const OnomaDepthwiseTask task = {.n_frames = bench_rows,
                                   .n_channels = bench_columns,
                                   .kernel = 7,
                                   .weight = b->b,
                                   .bias = b->c,
                                   .in = b->a,
                                   .out = b->d};
  ((OnomaDepthwiseFunction *)b->variant->run)(&task, 0, bench_rows);
}

static void call_round(void *data) {
  const Bench *const b = data;
  const float *rows[bench_rows];
  for (size_t r = 0; r < bench_rows; r++)
    rows[r] = b->a + r * bench_columns;
  ((OnomaRoundBf16 *)b->variant->run)(rows, bench_rows, bench_columns, (uint16_t *)b->b,
                                      bench_rows * ONOMA_BF16_BLOCK);
}

// ---- By field

static const struct {
  const char *field;
  void (*check)(const Variant *variant);
  BenchCall call;
} ops[] = {
    {"round_bf16", check_round, call_round},
    {"softmax_f32", check_softmax, call_softmax},
    {"moments_f32", check_moments, call_moments},
    {"scale_shift_f32", check_scale_shift, call_scale_shift},
    {"layer_norm_f32", check_layer_norm, call_layer_norm},
    {"depthwise_f32", check_depthwise, call_depthwise},
    {"activate_f32", check_activate, call_elementwise},
    {"leaky_relu_f32", check_leaky_relu, call_elementwise},
    {"geglu_f32", check_geglu, call_elementwise},
    {"add_f32", check_add, call_elementwise},
};

enum { n_ops = sizeof(ops) / sizeof(ops[0]) };

static size_t find(const Variant *variant) {
  for (size_t i = 0; i < n_ops; i++) {
    if (!strcmp(ops[i].field, variant->field))
      return i;
  }
  fprintf(stderr, "no check for %s\n", variant->field);
  exit(1);
}

void check_ops(const Variant *variant) {
  ops[find(variant)].check(variant);
}

static void bench_op(const Variant *variant, const char *detail) {
  Bench bench = {variant, uniform(bench_n, 3), uniform(bench_n, 3), uniform(bench_n, 3),
                 uniform(bench_n, 3)};
  const double seconds = seconds_per_call(ops[find(variant)].call, &bench);
  printf("%-16s %-11s %-6s %8.3f ns per item\n", variant->field, variant->isa, detail,
         seconds * 1e9 / bench_n);
  release_tensors();
}

void bench_ops(const Variant *variant) {
  if (strcmp(variant->field, "activate_f32") != 0) {
    bench_op(variant, "");
    return;
  }
  static const char *const names[] = {"none", "relu", "silu", "gelu", "tanh"};
  for (int i = ONOMA_ACT_RELU; i <= ONOMA_ACT_TANH; i++) {
    activation = (OnomaActivation)i;
    bench_op(variant, names[i]);
  }
}
