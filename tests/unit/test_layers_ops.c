// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Depthwise convolution, norms, attention and elementwise layers against plain loops in double.

#include "layers_common.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// What the layers here are called with.
typedef struct {
  const void *layer;
  const float *a, *b, *c;
  size_t sizes[3];
  float factor;
  OnomaActivation activation;
} Args;

static double *doubles(size_t n) {
  double *x = calloc(n + 1, sizeof(double));
  assert_non_null(x);
  return x;
}

// ---- Depthwise convolution

static void call_depthwise(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_depthwise_run(a->layer, exec, a->a, a->sizes[0], a->sizes[1], out);
}

static void check_depthwise(size_t n_batch, size_t n_frames, size_t n_channels, size_t kernel) {
  const size_t n = n_batch * n_frames * n_channels;
  float *in = noise(n);
  float *weight = noise(n_channels * kernel);
  float *bias = noise(n_channels);
  float *out = nothing(n);
  double *expected = doubles(n);
  for (size_t i = 0; i < n; i++) {
    const size_t c = i % n_channels;
    const size_t t = i / n_channels % n_frames;
    expected[i] = (double)bias[c];
    for (size_t k = 0; k < kernel; k++) {
      const size_t from = t + k - kernel / 2; // huge if negative
      if (from < n_frames)
        expected[i] += (double)weight[c * kernel + k] *
                       (double)in[i + k * n_channels - kernel / 2 * n_channels];
    }
  }
  OnomaDepthwise layer;
  assert_int_equal(onoma_depthwise_init(&layer, n_channels, kernel, weight, bias, NULL), ONOMA_OK);
  Args args = {.layer = &layer, .a = in, .sizes = {n_batch, n_frames}};
  run_layer(call_depthwise, &args, out, n);
  assert_close(out, expected, n, 1e-6);
  onoma_depthwise_fini(&layer);
  free(in);
  free(weight);
  free(bias);
  free(out);
  free(expected);
}

static void test_depthwise(void **state) {
  (void)state;
  for (size_t n_channels = 1; n_channels < 70; n_channels += 11)
    check_depthwise(2, 40, n_channels, 7);
  check_depthwise(1, 2, 16, 7); // shorter than the kernel
  check_depthwise(1, 70, 20, 1);
  check_depthwise(1, 33, 48, 3);
}

// ---- Norms

static void call_group_norm(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_group_norm_run(a->layer, exec, a->a ? a->a : out, a->sizes[0], a->sizes[1], out,
                       a->activation);
}

static void call_layer_norm(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_layer_norm_run(a->layer, exec, a->a ? a->a : out, a->sizes[0], out);
}

// Normalises the items first + i * stride + j, i < n, j < size.
static void reference_norm(const float *in, double *out, size_t n, size_t stride, size_t size,
                           const float *gain, const float *bias, double epsilon) {
  double mean = 0;
  double variance = 0;
  for (size_t i = 0; i < n * size; i++)
    mean += (double)in[i / size * stride + i % size] / (double)(n * size);
  for (size_t i = 0; i < n * size; i++) {
    const double d = (double)in[i / size * stride + i % size] - mean;
    variance += d * d / (double)(n * size);
  }
  for (size_t i = 0; i < n * size; i++) {
    const size_t at = i / size * stride + i % size;
    out[at] = ((double)in[at] - mean) / sqrt(variance + epsilon) * (double)gain[i % size] +
              (double)bias[i % size];
  }
}

// n_groups 0 is a layer norm. The mean is far from zero. In place too.
static void check_norm(size_t n_batch, size_t n_positions, size_t n_channels, size_t n_groups,
                       OnomaActivation activation) {
  const size_t n = n_batch * n_positions * n_channels;
  float *in = noise(n);
  float *gain = noise(n_channels);
  float *bias = noise(n_channels);
  float *out = nothing(n);
  double *expected = doubles(n);
  for (size_t i = 0; i < n; i++)
    in[i] += 30;
  const size_t size = n_groups ? n_channels / n_groups : n_channels;
  for (size_t i = 0; i < n; i += size) {
    const size_t c = i % n_channels;
    if (!n_groups)
      reference_norm(in + i, expected + i, 1, 0, size, gain, bias, 1e-3);
    else if (i / n_channels % n_positions == 0)
      reference_norm(in + i, expected + i, n_positions, n_channels, size, gain + c, bias + c, 1e-3);
  }
  reference_epilogue(expected, n, activation, NULL);

  OnomaNorm norm;
  assert_int_equal(onoma_norm_init(&norm, n_channels, n_groups, 1e-3F, gain, bias, NULL), ONOMA_OK);
  Args args = {.layer = &norm, .a = in, .activation = activation};
  args.sizes[0] = n_groups ? n_batch : n_batch * n_positions;
  args.sizes[1] = n_positions;
  const LayerCall call = n_groups ? call_group_norm : call_layer_norm;
  run_layer(call, &args, out, n);
  assert_close(out, expected, n, 1e-5);
  args.a = NULL;
  run_layer(call, &args, in, n);
  assert_memory_equal(in, out, n * sizeof(float));
  onoma_norm_fini(&norm);
  free(in);
  free(gain);
  free(bias);
  free(out);
  free(expected);
}

static void test_group_norm(void **state) {
  (void)state;
  check_norm(2, 60, 32, 8, ONOMA_ACT_NONE);
  check_norm(2, 1, 32, 4, ONOMA_ACT_SILU);
  check_norm(1, 700, 36, 4, ONOMA_ACT_SILU);
  check_norm(1, 1000, 40, 8, ONOMA_ACT_NONE);
  check_norm(3, 5, 7, 1, ONOMA_ACT_SILU);
  OnomaNorm norm;
  OnomaError error;
  const float gain[5] = {0};
  assert_int_equal(onoma_norm_init(&norm, 5, 2, 0, gain, gain, &error), ONOMA_ERR_FORMAT);
}

static void test_layer_norm(void **state) {
  (void)state;
  for (size_t n_channels = 2; n_channels < 80; n_channels += 13)
    check_norm(1, 9, n_channels, 0, ONOMA_ACT_NONE);
  check_norm(1, 100, 192, 0, ONOMA_ACT_NONE);
}

// ---- Attention

static void call_attention(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_attention_run(a->layer, exec, a->a, a->b, a->c, out);
}

// out [D] of one query.
static void reference_query(const OnomaAttention *s, const float *q, const float *k, const float *v,
                            const unsigned char *mask, double *out) {
  double *const weight = doubles(s->n_keys);
  double max = -INFINITY;
  bool any = false;
  for (size_t j = 0; j < s->n_keys; j++)
    any |= !mask || mask[j];
  for (size_t j = 0; j < s->n_keys; j++) {
    for (size_t d = 0; d < s->head_size && any; d++)
      weight[j] += (double)s->scale * (double)q[d] * (double)k[j * s->kv_stride + d];
    if (any && mask && !mask[j])
      weight[j] = -INFINITY;
    max = weight[j] > max ? weight[j] : max;
  }
  double sum = 0;
  for (size_t j = 0; j < s->n_keys; j++)
    sum += exp(weight[j] - max);
  for (size_t j = 0; j < s->n_keys; j++) {
    for (size_t d = 0; d < s->head_size; d++)
      out[d] += exp(weight[j] - max) / sum * (double)v[j * s->kv_stride + d];
  }
  free(weight);
}

// Rows have gaps, which must stay as they are.
static void check_attention(size_t n_batch, size_t n_queries, size_t n_keys, size_t n_heads,
                            size_t head_size, const unsigned char *mask, float scale) {
  const size_t row = n_heads * head_size;
  const OnomaAttention shape = {.n_batch = n_batch,
                                .n_queries = n_queries,
                                .n_keys = n_keys,
                                .n_heads = n_heads,
                                .head_size = head_size,
                                .q_stride = row + 1,
                                .kv_stride = row + 2,
                                .out_stride = row + 3,
                                .scale = scale,
                                .key_mask = mask};
  const size_t n_out = n_batch * n_queries * shape.out_stride;
  float *q = noise(n_batch * n_queries * shape.q_stride);
  float *k = noise(n_batch * n_keys * shape.kv_stride);
  float *v = noise(n_batch * n_keys * shape.kv_stride);
  float *out = noise(n_out);
  double *expected = doubles(n_out);
  for (size_t i = 0; i < n_out; i++)
    expected[i] = i % shape.out_stride < row ? 0 : (double)out[i];
  for (size_t i = 0; i < n_batch * n_queries * n_heads; i++) {
    const size_t head = i % n_heads * head_size;
    const size_t query = i / n_heads;
    const size_t b = query / n_queries;
    const size_t kv = b * n_keys * shape.kv_stride + head;
    reference_query(&shape, q + query * shape.q_stride + head, k + kv, v + kv,
                    mask ? mask + b * n_keys : NULL, expected + query * shape.out_stride + head);
  }
  Args args = {.layer = &shape, .a = q, .b = k, .c = v};
  run_layer(call_attention, &args, out, n_out);
  // A weight's relative error is the absolute error of its exponent.
  assert_close(out, expected, n_out, 2e-6 * (1 + (double)scale * sqrt((double)head_size) / 4));
  free(q);
  free(k);
  free(v);
  free(out);
  free(expected);
}

static void test_attention(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 3, 8, 15, 16, 17, 40, 64, 72, 160};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    check_attention(2, 5, 11, 2, sizes[i], NULL, 0.3F);
    check_attention(1, sizes[i], 30, 3, 8, NULL, 1);
    check_attention(1, 7, sizes[i], 1, 20, NULL, 1);
  }
  check_attention(1, 100, 600, 2, 40, NULL, 0.2F); // several blocks of keys, several tasks
  check_attention(1, 20, 257, 1, 512, NULL, 1);    // a wide head, sharp weights
}

static void test_attention_mask(void **state) {
  (void)state;
  enum { n_keys = 530 };
  unsigned char mask[2 * n_keys];
  for (size_t i = 0; i < sizeof(mask); i++)
    mask[i] = i % 3 != 1;
  check_attention(2, 20, n_keys, 2, 16, mask, 0.5F);
  check_attention(2, 20, 9, 2, 16, mask, 0.5F);
  // A whole block masked, before and behind; then all keys of the second item.
  memset(mask, 0, 300);
  check_attention(2, 3, n_keys, 1, 16, mask, 0.5F);
  memset(mask, 1, sizeof(mask));
  memset(mask + 260, 0, n_keys - 260);
  check_attention(2, 3, n_keys, 1, 16, mask, 0.5F);
  memset(mask + n_keys, 0, n_keys);
  check_attention(2, 3, n_keys, 1, 16, mask, 0.5F);
}

// ---- Elementwise

static void call_activation(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_activation_run(exec, a->activation, a->a ? a->a : out, a->sizes[0], out);
}

static void call_leaky_relu(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_leaky_relu_run(exec, a->factor, a->a, a->sizes[0], out);
}

static void call_geglu(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_geglu_run(exec, a->a, a->sizes[0], a->sizes[1], out);
}

static void call_add(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_add_run(exec, a->a, a->b, a->factor, a->sizes[0], out);
}

static void call_add_rows(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_add_rows_run(exec, out, a->b, a->sizes[0], a->sizes[1], a->sizes[2]);
}

static void call_concat(const OnomaExec *exec, void *data, float *out) {
  const Args *a = data;
  onoma_concat_run(exec, a->a, a->sizes[0], a->b, a->sizes[1], a->sizes[2], out);
}

static void check_activation(OnomaActivation activation, size_t n) {
  float *in = noise(n);
  float *out = nothing(n);
  double *expected = doubles(n);
  for (size_t i = 0; i < n; i++) {
    in[i] *= 3;
    expected[i] = reference_activation(activation, in[i]);
  }
  Args args = {.a = in, .sizes = {n}, .activation = activation};
  run_layer(call_activation, &args, out, n);
  assert_close(out, expected, n, 5e-7);
  args.a = NULL;
  run_layer(call_activation, &args, in, n);
  assert_memory_equal(in, out, n * sizeof(float));
  free(in);
  free(out);
  free(expected);
}

static void test_activations(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 15, 16, 17, 1000, 40000};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    for (int activation = ONOMA_ACT_NONE; activation <= ONOMA_ACT_TANH; activation++)
      check_activation((OnomaActivation)activation, sizes[i]);
  }
}

static void test_sums_and_gates(void **state) {
  (void)state;
  enum { n_batch = 3, n_rows = 21, n_channels = 300, n = n_batch * n_rows * n_channels };
  float *a = noise(2 * n);
  float *b = noise(n);
  float *out = nothing(n);
  double *expected = doubles(n);

  Args args = {.a = a, .b = b, .sizes = {n}, .factor = 0.1F};
  for (size_t i = 0; i < n; i++)
    expected[i] = a[i] > 0 ? (double)a[i] : (double)a[i] * (double)0.1F;
  run_layer(call_leaky_relu, &args, out, n);
  assert_close(out, expected, n, 1e-7);

  for (size_t i = 0; i < n; i++)
    expected[i] = ((double)a[i] + (double)b[i]) * (double)0.1F;
  run_layer(call_add, &args, out, n);
  assert_close(out, expected, n, 5e-7);

  args = (Args){.a = a, .sizes = {n_batch * n_rows, n_channels}};
  for (size_t i = 0; i < n; i++) {
    const float *const row = a + i / n_channels * 2 * n_channels;
    expected[i] = (double)row[i % n_channels] *
                  reference_activation(ONOMA_ACT_GELU, row[n_channels + i % n_channels]);
  }
  run_layer(call_geglu, &args, out, n);
  assert_close(out, expected, n, 5e-7);

  args = (Args){.b = b, .sizes = {n_batch, n_rows, n_channels}};
  memcpy(out, a, n * sizeof(float));
  for (size_t i = 0; i < n; i++)
    expected[i] = (double)a[i] + (double)b[i / (n_rows * n_channels) * n_channels + i % n_channels];
  run_layer(call_add_rows, &args, out, n);
  assert_close(out, expected, n, 1e-7);

  args = (Args){.a = a, .b = b, .sizes = {100, 200, n_batch * n_rows}};
  for (size_t i = 0; i < n; i++) {
    const size_t c = i % n_channels;
    expected[i] = c < 100 ? a[i / n_channels * 100 + c] : b[i / n_channels * 200 + c - 100];
  }
  run_layer(call_concat, &args, out, n);
  assert_close(out, expected, n, 0);
  free(a);
  free(b);
  free(out);
  free(expected);
}

static const struct CMUnitTest tests[] = {
    AT_EACH_LEVEL(test_depthwise),      AT_EACH_LEVEL(test_group_norm),
    AT_EACH_LEVEL(test_layer_norm),     AT_EACH_LEVEL(test_attention),
    AT_EACH_LEVEL(test_attention_mask), AT_EACH_LEVEL(test_activations),
    AT_EACH_LEVEL(test_sums_and_gates),
};

int main(void) {
  return run_at_each_level(tests, sizeof(tests) / sizeof(tests[0]));
}
