// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Linear layers and convolutions against plain loops in double.

#include "layers_common.h"

#include <stdlib.h>

// What the layers here are called with.
typedef struct {
  const void *layer;
  const float *in;
  size_t sizes[5]; // as the call needs them
  OnomaActivation activation;
  const float *residual;
} Args;

// ---- Linear

static void call_linear(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  const OnomaEpilogue epilogue = {a->activation, a->residual};
  onoma_linear_run(a->layer, exec, a->in, a->sizes[0], out, &epilogue);
}

static void check_linear(size_t n_rows, size_t n_in, size_t n_out, OnomaActivation activation,
                         bool with_bias, bool with_residual) {
  float *in = noise(n_rows * n_in);
  float *weight = noise(n_out * n_in);
  float *bias = with_bias ? noise(n_out) : NULL;
  float *residual = with_residual ? noise(n_rows * n_out) : NULL;
  float *out = nothing(n_rows * n_out);
  double *expected = reference_linear(in, n_rows, n_in, n_out, weight, bias);
  reference_epilogue(expected, n_rows * n_out, activation, residual);

  OnomaLinear layer;
  assert_int_equal(onoma_linear_init(&layer, &layer_level.kernels, n_in, n_out, weight, bias, NULL),
                   ONOMA_OK);
  Args args = {&layer, in, {n_rows}, activation, residual};
  run_layer(call_linear, &args, out, n_rows * n_out);
  // Sums in f32 are the less exact the longer they are.
  assert_close(out, expected, n_rows * n_out, layer_level.tolerance * (1 + (double)n_in / 2000));
  onoma_linear_fini(&layer);
  assert_null(layer.packed);
  free(in);
  free(weight);
  free(bias);
  free(residual);
  free(out);
  free(expected);
}

static void test_linear(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 2, 3, 5, 8, 13, 14, 15, 16, 17, 29, 31, 32, 33, 47, 49, 65};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    check_linear(sizes[i], 19, 70, ONOMA_ACT_NONE, true, false);
    check_linear(6, sizes[i], 9, ONOMA_ACT_NONE, false, false);
    check_linear(15, 21, sizes[i], ONOMA_ACT_NONE, true, i % 2);
  }
  for (int activation = ONOMA_ACT_NONE; activation <= ONOMA_ACT_TANH; activation++) {
    check_linear(9, 24, 41, (OnomaActivation)activation, true, false);
    check_linear(9, 24, 41, (OnomaActivation)activation, true, true);
  }
  // Several tasks, panels beyond the cache budget, no rows.
  check_linear(250, 64, 300, ONOMA_ACT_SILU, true, true);
  check_linear(40, 3500, 100, ONOMA_ACT_NONE, true, false);
  check_linear(20, 1024, 70, ONOMA_ACT_NONE, true, true); // rows that are copied
  check_linear(0, 8, 8, ONOMA_ACT_NONE, true, false);
}

// The residual may be the output itself.
static void test_linear_adds_in_place(void **state) {
  (void)state;
  enum { n_rows = 33, n_in = 20, n_out = 50 };
  float *in = noise(n_rows * n_in);
  float *weight = noise(n_out * n_in);
  float *out = noise(n_rows * n_out);
  double *expected = reference_linear(in, n_rows, n_in, n_out, weight, NULL);
  reference_epilogue(expected, n_rows * n_out, ONOMA_ACT_RELU, out);
  OnomaLinear layer;
  assert_int_equal(onoma_linear_init(&layer, &layer_level.kernels, n_in, n_out, weight, NULL, NULL),
                   ONOMA_OK);
  Args args = {&layer, in, {n_rows}, ONOMA_ACT_RELU, out};
  run_layer(call_linear, &args, out, n_rows * n_out);
  assert_close(out, expected, n_rows * n_out, layer_level.tolerance);
  onoma_linear_fini(&layer);
  free(in);
  free(weight);
  free(out);
  free(expected);
}

// ---- Convolution

static void call_conv(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  const OnomaEpilogue epilogue = {a->activation, a->residual};
  const size_t *s = a->sizes;
  if (s[3] == s[1] && s[4] == s[2])
    onoma_conv_run(a->layer, exec, a->in, s[0], s[1], s[2], out, a->activation ? &epilogue : NULL);
  else
    onoma_conv_run_upsampled(a->layer, exec, a->in, s[0], s[1], s[2], s[3], s[4], out, &epilogue);
}

static void check_conv(const OnomaConvShape *shape, size_t n_batch, size_t h, size_t w, size_t up_h,
                       size_t up_w, OnomaActivation activation) {
  size_t out_h;
  size_t out_w;
  onoma_conv_size(shape, up_h, up_w, &out_h, &out_w);
  const size_t n_out = n_batch * out_h * out_w * shape->n_out;
  float *in = noise(n_batch * h * w * shape->n_in);
  float *weight = noise(shape->n_out * shape->n_in * shape->kernel_h * shape->kernel_w);
  float *bias = noise(shape->n_out);
  float *residual = activation ? noise(n_out) : NULL;
  float *out = nothing(n_out);
  double *expected = reference_conv(shape, in, n_batch, h, w, up_h, up_w, weight, bias);
  reference_epilogue(expected, n_out, activation, residual);

  OnomaConv layer;
  assert_int_equal(onoma_conv_init(&layer, &layer_level.kernels, shape, weight, bias, NULL),
                   ONOMA_OK);
  Args args = {&layer, in, {n_batch, h, w, up_h, up_w}, activation, residual};
  run_layer(call_conv, &args, out, n_out);
  // Winograd's algorithm multiplies errors by three, and long sums are less exact.
  const double n_products = (double)(shape->n_in * shape->kernel_h * shape->kernel_w);
  assert_close(out, expected, n_out,
               layer_level.tolerance * (layer.winograd ? 3 : 1 + n_products / 2000));
  onoma_conv_fini(&layer);
  free(in);
  free(weight);
  free(bias);
  free(residual);
  free(out);
  free(expected);
}

static OnomaConvShape square(size_t n_in, size_t n_out, size_t kernel, size_t stride, size_t pad) {
  return (OnomaConvShape){n_in, n_out, kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad};
}

static void test_conv(void **state) {
  (void)state;
  for (size_t n = 1; n <= 50; n += 7) {
    OnomaConvShape shape = square(n, 11, 3, 1, 1);
    check_conv(&shape, 2, 7, 6, 7, 6, ONOMA_ACT_NONE);
    shape = square(32, n, 3, 2, 1);
    check_conv(&shape, 1, 9, 8, 9, 8, ONOMA_ACT_SILU);
    shape = square(20, 16, 3, 1, 1);
    check_conv(&shape, 1, n, 3, n, 3, ONOMA_ACT_NONE);
    check_conv(&shape, 2, 3, n, 3, n, ONOMA_ACT_TANH);
  }
  // The padding of the autoencoder's encoder, only behind.
  OnomaConvShape shape = {24, 24, 3, 3, 2, 2, 1, 1, 0, 0, 1, 1};
  check_conv(&shape, 1, 8, 10, 8, 10, ONOMA_ACT_NONE);
  // Patches, pointwise, a wide kernel, and nothing left over.
  shape = square(1, 40, 4, 4, 0);
  check_conv(&shape, 2, 16, 8, 16, 8, ONOMA_ACT_GELU);
  shape = square(33, 65, 1, 1, 0);
  check_conv(&shape, 1, 5, 5, 5, 5, ONOMA_ACT_NONE);
  shape = square(16, 3, 5, 1, 4);
  check_conv(&shape, 1, 2, 2, 2, 2, ONOMA_ACT_NONE);
  shape = square(4, 4, 3, 1, 0);
  check_conv(&shape, 1, 2, 9, 2, 9, ONOMA_ACT_NONE);
  // Panels so large that sums are taken in rounds, and enough rows for tasks of several tiles.
  shape = square(1400, 20, 3, 1, 1);
  check_conv(&shape, 1, 21, 22, 21, 22, ONOMA_ACT_SILU);
  // Narrow images of many channels; tasks over several panels.
  shape = square(64, 160, 3, 1, 1);
  check_conv(&shape, 2, 32, 2, 32, 2, ONOMA_ACT_SILU);
}

// Enough channels and outputs for Winograd's algorithm.
static void test_conv_winograd(void **state) {
  (void)state;
  OnomaConvShape shape = square(32, 70, 3, 1, 1);
  OnomaConv layer;
  float *weight = noise(shape.n_in * shape.n_out * 9);
  assert_int_equal(onoma_conv_init(&layer, &layer_level.kernels, &shape, weight, NULL, NULL),
                   ONOMA_OK);
  // Not with AMX, which is faster without it.
  assert_true(layer.winograd || layer_level.kernels.igemm.begin);
  onoma_conv_fini(&layer);
  free(weight);

  check_conv(&shape, 1, 16, 12, 16, 12, ONOMA_ACT_NONE);
  check_conv(&shape, 2, 13, 11, 13, 11, ONOMA_ACT_SILU);
  check_conv(&shape, 2, 5, 9, 10, 18, ONOMA_ACT_NONE);
  check_conv(&shape, 1, 8, 6, 15, 12, ONOMA_ACT_TANH);
  shape = square(100, 33, 3, 1, 0);
  check_conv(&shape, 1, 22, 19, 22, 19, ONOMA_ACT_NONE);
  shape = (OnomaConvShape){64, 64, 3, 3, 1, 1, 1, 1, 2, 0, 1, 1};
  check_conv(&shape, 3, 15, 30, 15, 30, ONOMA_ACT_GELU);
}

static void test_conv_1d(void **state) {
  (void)state;
  for (size_t dilation = 1; dilation <= 5; dilation += 2) {
    for (size_t kernel = 3; kernel <= 11; kernel += 4) {
      const size_t pad = dilation * (kernel - 1) / 2;
      const OnomaConvShape shape = {17, 20, 1, kernel, 1, 1, 1, dilation, 0, pad, 0, pad};
      check_conv(&shape, 2, 1, 37, 1, 37, ONOMA_ACT_NONE);
    }
  }
  const OnomaConvShape shape = {32, 1, 1, 7, 1, 3, 1, 1, 0, 3, 0, 1};
  check_conv(&shape, 1, 1, 50, 1, 50, ONOMA_ACT_TANH);
}

static void test_conv_upsampled(void **state) {
  (void)state;
  const OnomaConvShape shape = square(18, 12, 3, 1, 1);
  check_conv(&shape, 2, 4, 3, 8, 6, ONOMA_ACT_NONE);
  check_conv(&shape, 1, 4, 3, 7, 5, ONOMA_ACT_NONE);
  check_conv(&shape, 1, 4, 3, 4, 6, ONOMA_ACT_SILU);
  check_conv(&shape, 1, 1, 3, 2, 3, ONOMA_ACT_NONE);
}

// ---- Transposed convolution

static void call_conv_transpose(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_conv_transpose_run(a->layer, exec, a->in, a->sizes[0], a->sizes[1], out);
}

static void check_conv_transpose(size_t n_in, size_t n_out, size_t kernel, size_t stride,
                                 size_t padding, size_t n_batch, size_t n_frames) {
  float *in = noise(n_batch * n_frames * n_in);
  float *weight = noise(n_in * n_out * kernel);
  float *bias = noise(n_out);
  OnomaConvTranspose layer;
  assert_int_equal(onoma_conv_transpose_init(&layer, &layer_level.kernels, n_in, n_out, kernel,
                                             stride, padding, weight, bias, NULL),
                   ONOMA_OK);
  const size_t n_longer = onoma_conv_transpose_size(&layer, n_frames);
  assert_int_equal(n_longer, (n_frames - 1) * stride + kernel - 2 * padding);
  double *expected = reference_conv_transpose(&layer, in, n_batch, n_frames, weight, bias);
  float *out = nothing(n_batch * n_longer * n_out);
  Args args = {.layer = &layer, .in = in, .sizes = {n_batch, n_frames}};
  run_layer(call_conv_transpose, &args, out, n_batch * n_longer * n_out);
  assert_close(out, expected, n_batch * n_longer * n_out, layer_level.tolerance);
  onoma_conv_transpose_fini(&layer);
  free(in);
  free(weight);
  free(bias);
  free(out);
  free(expected);
}

static void test_conv_transpose(void **state) {
  (void)state;
  check_conv_transpose(20, 10, 16, 5, 5, 2, 9);
  check_conv_transpose(32, 16, 16, 4, 6, 1, 13);
  check_conv_transpose(16, 40, 8, 2, 3, 1, 30);
  check_conv_transpose(7, 3, 11, 5, 3, 2, 4);
  check_conv_transpose(16, 8, 3, 5, 0, 1, 6); // kernel shorter than the stride
  check_conv_transpose(3, 33, 4, 2, 1, 1, 1);
}

static const struct CMUnitTest tests[] = {
    AT_EACH_LEVEL(test_linear),         AT_EACH_LEVEL(test_linear_adds_in_place),
    AT_EACH_LEVEL(test_conv),           AT_EACH_LEVEL(test_conv_winograd),
    AT_EACH_LEVEL(test_conv_1d),        AT_EACH_LEVEL(test_conv_upsampled),
    AT_EACH_LEVEL(test_conv_transpose),
};

int main(void) {
  return run_at_each_level(tests, sizeof(tests) / sizeof(tests[0]));
}
