// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the tests of layers share.

#include "layers_common.h"

#include "base/cpu.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

LayerLevel layer_level;

static uint64_t next_seed = 1;

float *noise(size_t n) {
  float *x = malloc((n ? n : 1) * sizeof(float));
  assert_non_null(x);
  onoma_normal(next_seed++, ONOMA_STREAM_LATENT, 0, 0, n, x);
  return x;
}

float *nothing(size_t n) {
  float *x = malloc((n ? n : 1) * sizeof(float));
  assert_non_null(x);
  for (size_t i = 0; i < n; i++)
    x[i] = NAN;
  return x;
}

void assert_close(const float *out, const double *expected, size_t n, double tolerance) {
  double difference = 0;
  double norm = 1e-60;
  for (size_t i = 0; i < n; i++) {
    difference += (out[i] - expected[i]) * (out[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  if (!(difference <= tolerance * tolerance * norm))
    fail_msg("relative error %g of %zu items, at most %g allowed", sqrt(difference / norm), n,
             tolerance);
}

void run_layer(LayerCall call, void *data, float *out, size_t n_out) {
  float *first = malloc(n_out * sizeof(float) + 1);
  float *const initial = malloc(n_out * sizeof(float) + 1);
  memcpy(initial, out, n_out * sizeof(float));
  for (int i = 0; i < 3; i++) {
    OnomaArena measure;
    onoma_arena_init_measuring(&measure);
    OnomaExec exec = {
        .kernels = &layer_level.kernels, .pool = layer_level.pools[i], .arena = &measure};
    memcpy(out, initial, n_out * sizeof(float));
    call(&exec, data, out);
    assert_memory_equal(out, initial, n_out * sizeof(float));
    assert_int_equal(measure.used, 0);

    OnomaArena arena;
    assert_true(onoma_arena_init(&arena, measure.peak));
    memset(arena.base, 0xFF, measure.peak);
    exec.arena = &arena;
    call(&exec, data, out);
    assert_int_equal(arena.used, 0);
    assert_int_equal(arena.peak, measure.peak);
    onoma_arena_fini(&arena);
    if (i)
      assert_memory_equal(out, first, n_out * sizeof(float));
    memcpy(first, out, n_out * sizeof(float));
  }
  free(first);
  free(initial);
}

// ---- Plain loops

double *reference_linear(const float *in, size_t n_rows, size_t n_in, size_t n_out,
                         const float *weight, const float *bias) {
  double *out = malloc(n_rows * n_out * sizeof(double) + 1);
  assert_non_null(out);
  for (size_t r = 0; r < n_rows; r++) {
    for (size_t n = 0; n < n_out; n++) {
      double sum = bias ? (double)bias[n] : 0;
      for (size_t k = 0; k < n_in; k++)
        sum += (double)in[r * n_in + k] * (double)weight[n * n_in + k];
      out[r * n_out + n] = sum;
    }
  }
  return out;
}

// One output channel at one place.
static double convolve(const OnomaConvShape *s, const float *image, size_t h, size_t w, size_t up_h,
                       size_t up_w, const float *weight, size_t out_y, size_t out_x) {
  double sum = 0;
  for (size_t ky = 0; ky < s->kernel_h; ky++) {
    for (size_t kx = 0; kx < s->kernel_w; kx++) {
      const long y = (long)(out_y * s->stride_h + ky * s->dilation_h) - (long)s->pad_top;
      const long x = (long)(out_x * s->stride_w + kx * s->dilation_w) - (long)s->pad_left;
      if (y < 0 || x < 0 || y >= (long)up_h || x >= (long)up_w)
        continue;
      const size_t from_y = up_h > h ? (size_t)y / 2 : (size_t)y;
      const size_t from_x = up_w > w ? (size_t)x / 2 : (size_t)x;
      for (size_t c = 0; c < s->n_in; c++)
        sum += (double)image[(from_y * w + from_x) * s->n_in + c] *
               (double)weight[(c * s->kernel_h + ky) * s->kernel_w + kx];
    }
  }
  return sum;
}

double *reference_conv(const OnomaConvShape *s, const float *in, size_t n_batch, size_t h, size_t w,
                       size_t up_h, size_t up_w, const float *weight, const float *bias) {
  size_t out_h;
  size_t out_w;
  onoma_conv_size(s, up_h, up_w, &out_h, &out_w);
  double *const out = malloc(n_batch * out_h * out_w * s->n_out * sizeof(double) + 1);
  assert_non_null(out);
  double *to = out;
  for (size_t b = 0; b < n_batch; b++) {
    for (size_t y = 0; y < out_h; y++) {
      for (size_t x = 0; x < out_w; x++) {
        for (size_t n = 0; n < s->n_out; n++)
          *to++ =
              (double)bias[n] + convolve(s, in + b * h * w * s->n_in, h, w, up_h, up_w,
                                         weight + n * s->n_in * s->kernel_h * s->kernel_w, y, x);
      }
    }
  }
  return out;
}

double *reference_conv_transpose(const OnomaConvTranspose *layer, const float *in, size_t n_batch,
                                 size_t n_frames, const float *weight, const float *bias) {
  const size_t n_longer = onoma_conv_transpose_size(layer, n_frames);
  const size_t n_out = layer->n_out;
  double *const out = malloc(n_batch * n_longer * n_out * sizeof(double));
  assert_non_null(out);
  for (size_t i = 0; i < n_batch * n_longer * n_out; i++)
    out[i] = (double)bias[i % n_out];
  for (size_t i = 0; i < n_batch * n_frames * layer->n_in; i++) {
    const size_t c = i % layer->n_in;
    const size_t t = i / layer->n_in % n_frames;
    const size_t b = i / layer->n_in / n_frames;
    for (size_t k = 0; k < layer->kernel; k++) {
      const size_t to = t * layer->stride + k - layer->padding; // huge if negative
      for (size_t n = 0; n < n_out && to < n_longer; n++)
        out[(b * n_longer + to) * n_out + n] +=
            (double)in[i] * (double)weight[(c * n_out + n) * layer->kernel + k];
    }
  }
  return out;
}

double reference_activation(OnomaActivation activation, double x) {
  switch (activation) {
  case ONOMA_ACT_RELU:
    return x > 0 ? x : 0;
  case ONOMA_ACT_SILU:
    return x / (1 + exp(-x));
  case ONOMA_ACT_GELU:
    return x / 2 * erfc(-x / sqrt(2));
  case ONOMA_ACT_TANH:
    return tanh(x);
  case ONOMA_ACT_NONE:
    break;
  }
  return x;
}

void reference_epilogue(double *x, size_t n, OnomaActivation activation, const float *residual) {
  for (size_t i = 0; i < n; i++)
    x[i] = reference_activation(activation, x[i]) + (residual ? (double)residual[i] : 0);
}

// ---- Running tests

int set_up_level(void **state) {
  memset(&layer_level, 0, sizeof(layer_level));
  next_seed = 1;
  onoma_kernels_init(&layer_level.kernels, *(const unsigned *)*state);
  // bf16 has 8 bits: its products are off by 2^-9 at most, independently of each other.
  layer_level.tolerance = layer_level.kernels.igemm.kind == ONOMA_IGEMM_F32 ? 1e-6 : 5e-3;
  for (unsigned i = 0; i < 3; i++) {
    if (onoma_pool_open(&layer_level.pools[i], i + 1, NULL) != ONOMA_OK)
      return -1;
  }
  return 0;
}

int tear_down_level(void **state) {
  (void)state;
  for (unsigned i = 0; i < 3; i++)
    onoma_pool_close(&layer_level.pools[i]);
  return 0;
}

static int run_at(unsigned flags, const struct CMUnitTest *tests, size_t n_tests) {
  struct CMUnitTest *const group = malloc(n_tests * sizeof(*group));
  assert_non_null(group);
  for (size_t i = 0; i < n_tests; i++) {
    group[i] = tests[i];
    group[i].initial_state = &flags;
  }
  print_message("level %s\n", onoma_cpu_name(flags));
  const int n_failed = _cmocka_run_group_tests(onoma_cpu_name(flags), group, n_tests, NULL, NULL);
  free(group);
  return n_failed;
}

int run_at_each_level(const struct CMUnitTest *tests, size_t n_tests) {
  const char *const names[] = {"c", "avx2", "avx512", "avx512bf16", "amx"};
  unsigned available = onoma_cpu_flags();
  if ((available & ONOMA_CPU_AMX) && !onoma_cpu_request_amx())
    available &= ~(unsigned)ONOMA_CPU_AMX;
  int n_failed = 0;
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    unsigned mask;
    if (onoma_cpu_parse(names[i], &mask) && (mask & available) == mask)
      n_failed += run_at(mask, tests, n_tests);
  }
  return n_failed;
}
