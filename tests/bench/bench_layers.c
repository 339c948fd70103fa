// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Measures layers with shapes of the networks, at each CPU level, on one thread and on all.
//
//   bench-layers [LEVEL [NAME]]
//
// Rates are of the direct algorithm, padding counted.

#include "peak.h"

#include "base/cpu.h"
#include "base/rng.h"
#include "model/layers/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { LINEAR, CONV, CONV_TRANSPOSE, ATTENTION, DEPTHWISE, GROUP_NORM } Kind;

// Sizes by kind:
//   LINEAR         rows, inputs, outputs
//   CONV           batch, height, width, inputs, outputs, kernel height, kernel width, dilation
//   CONV_TRANSPOSE batch, frames, inputs, outputs, kernel, stride
//   ATTENTION      batch, queries, keys, heads, head size
//   DEPTHWISE      batch, frames, channels, kernel
//   GROUP_NORM     batch, positions, channels, groups; with SiLU
typedef struct {
  const char *name;
  Kind kind;
  size_t s[8];
} Shape;

static const Shape shapes[] = {
    // the shipped model
    {"conv64_32x16", CONV, {2, 32, 16, 64, 64, 3, 3, 1}},
    {"conv128_16x8", CONV, {2, 16, 8, 128, 128, 3, 3, 1}},
    {"conv256_8x4", CONV, {2, 8, 4, 256, 256, 3, 3, 1}},
    {"conv512to256_8x4", CONV, {2, 8, 4, 512, 256, 3, 3, 1}},
    {"conv32_128x64", CONV, {1, 128, 64, 32, 32, 3, 3, 1}},
    {"conv8to64_32x16", CONV, {2, 32, 16, 8, 64, 3, 3, 1}},
    {"linear32x192x768", LINEAR, {32, 192, 768}},
    {"linear512x256x1024", LINEAR, {512, 256, 1024}},
    {"linear512x1024x256", LINEAR, {512, 1024, 256}},
    {"linear1x256x1024", LINEAR, {1, 256, 1024}},
    {"convnext_up", LINEAR, {300, 256, 768}},
    {"convnext_down", LINEAR, {300, 768, 256}},
    {"depthwise7", DEPTHWISE, {1, 300, 256, 7}},
    {"self_4x64_128", ATTENTION, {2, 128, 128, 4, 64}},
    // AudioLDM
    {"conv128_256x16", CONV, {1, 256, 16, 128, 128, 3, 3, 1}},
    {"conv256_128x8", CONV, {1, 128, 8, 256, 256, 3, 3, 1}},
    {"conv384_64x4", CONV, {1, 64, 4, 384, 384, 3, 3, 1}},
    {"conv640_32x2", CONV, {1, 32, 2, 640, 640, 3, 3, 1}},
    {"conv1280to640_32x2", CONV, {1, 32, 2, 1280, 640, 3, 3, 1}},
    {"conv1d_k11d5", CONV, {1, 1, 4096, 128, 128, 1, 11, 5}},
    {"conv_transpose_k16s5", CONV_TRANSPOSE, {1, 1024, 256, 128, 16, 5}},
    {"linear1024x1024x1024", LINEAR, {1024, 1024, 1024}},
    {"linear77x768x768", LINEAR, {77, 768, 768}},
    {"self_8x64_512", ATTENTION, {1, 512, 512, 8, 64}},
    {"cross_8x64_512x77", ATTENTION, {1, 512, 77, 8, 64}},
    {"vae_1x512_4096", ATTENTION, {1, 4096, 4096, 1, 512}},
    {"group_norm", GROUP_NORM, {2, 1024, 256, 32}},
};

// A layer of any kind, and what it is run on.
typedef struct {
  const Shape *shape;
  OnomaExec exec;
  OnomaLinear linear;
  OnomaConv conv;
  OnomaConvTranspose conv_transpose;
  OnomaDepthwise depthwise;
  OnomaNorm norm;
  float *in, *out;
} Bench;

static void require(bool ok, const char *what) {
  if (ok)
    return;
  fprintf(stderr, "bench-layers: %s\n", what);
  exit(1);
}

static float *noise(size_t n) {
  float *const x = onoma_alloc(n, sizeof(float));
  require(x, "out of memory");
  onoma_normal(1, ONOMA_STREAM_LATENT, 0, 0, n, x);
  return x;
}

static void call(void *data) {
  const Bench *const b = data;
  const size_t *const s = b->shape->s;
  switch (b->shape->kind) {
  case LINEAR:
    onoma_linear_run(&b->linear, &b->exec, b->in, s[0], b->out, NULL);
    break;
  case CONV:
    onoma_conv_run(&b->conv, &b->exec, b->in, s[0], s[1], s[2], b->out, NULL);
    break;
  case CONV_TRANSPOSE:
    onoma_conv_transpose_run(&b->conv_transpose, &b->exec, b->in, s[0], s[1], b->out);
    break;
  case ATTENTION: {
    const size_t row = s[3] * s[4];
    const OnomaAttention shape = {s[0], s[1], s[2], s[3], s[4], row, row, row, 0.1F, NULL};
    onoma_attention_run(&shape, &b->exec, b->in, b->in + 7, b->in + 11, b->out);
    break;
  }
  case DEPTHWISE:
    onoma_depthwise_run(&b->depthwise, &b->exec, b->in, s[0], s[1], b->out);
    break;
  case GROUP_NORM:
    onoma_group_norm_run(&b->norm, &b->exec, b->in, s[0], s[1], b->out, ONOMA_ACT_SILU);
    break;
  }
}

// Floats of input and output, and the operations of the layer.
static void measure_shape(const Shape *shape, size_t *n_in, size_t *n_out, double *work) {
  const size_t *const s = shape->s;
  switch (shape->kind) {
  case LINEAR:
    *n_in = s[0] * s[1];
    *n_out = s[0] * s[2];
    *work = 2.0 * (double)(s[0] * s[1] * s[2]);
    break;
  case CONV:
    *n_in = s[0] * s[1] * s[2] * s[3];
    *n_out = s[0] * s[1] * s[2] * s[4];
    *work = 2.0 * (double)(*n_out * s[3] * s[5] * s[6]);
    break;
  case CONV_TRANSPOSE:
    *n_in = s[0] * s[1] * s[2];
    *n_out = s[0] * (s[1] * s[5] + s[4]) * s[3];
    *work = 2.0 * (double)(*n_in * s[3] * s[4]);
    break;
  case ATTENTION:
    *n_in = s[0] * (s[1] > s[2] ? s[1] : s[2]) * s[3] * s[4] + 16;
    *n_out = s[0] * s[1] * s[3] * s[4];
    *work = 4.0 * (double)(*n_out * s[2]);
    break;
  case DEPTHWISE:
    *n_in = *n_out = s[0] * s[1] * s[2];
    *work = 2.0 * (double)(*n_out * s[3]);
    break;
  case GROUP_NORM:
    *n_in = *n_out = s[0] * s[1] * s[2];
    *work = 0;
    break;
  }
}

static void make_layer(Bench *b) {
  const size_t *const s = b->shape->s;
  const OnomaKernels *const k = b->exec.kernels;
  float *const bias = noise(4096);
  float *weight = NULL;
  OnomaStatus status = ONOMA_OK;
  if (b->shape->kind == LINEAR) {
    weight = noise(s[1] * s[2]);
    status = onoma_linear_init(&b->linear, k, s[1], s[2], weight, bias, NULL);
  } else if (b->shape->kind == CONV) {
    const size_t pad_h = s[5] / 2;
    const size_t pad_w = s[6] / 2 * s[7];
    const OnomaConvShape shape = {s[3], s[4], s[5],  s[6],  1,     1,
                                  1,    s[7], pad_h, pad_w, pad_h, pad_w};
    weight = noise(s[3] * s[4] * s[5] * s[6]);
    status = onoma_conv_init(&b->conv, k, &shape, weight, bias, NULL);
  } else if (b->shape->kind == CONV_TRANSPOSE) {
    weight = noise(s[2] * s[3] * s[4]);
    status = onoma_conv_transpose_init(&b->conv_transpose, k, s[2], s[3], s[4], s[5], 0, weight,
                                       bias, NULL);
  } else if (b->shape->kind == DEPTHWISE) {
    weight = noise(s[2] * s[3]);
    status = onoma_depthwise_init(&b->depthwise, s[2], s[3], weight, bias, NULL);
  } else if (b->shape->kind == GROUP_NORM) {
    status = onoma_norm_init(&b->norm, s[2], s[3], 1e-5F, bias, bias, NULL);
  }
  require(status == ONOMA_OK, "cannot make a layer");
  onoma_free(weight);
  onoma_free(bias);
}

static void free_layer(Bench *b) {
  onoma_linear_fini(&b->linear);
  onoma_conv_fini(&b->conv);
  onoma_conv_transpose_fini(&b->conv_transpose);
  onoma_depthwise_fini(&b->depthwise);
  onoma_norm_fini(&b->norm);
  onoma_free(b->in);
  onoma_free(b->out);
}

static double run_with(Bench *b, OnomaPool *pool) {
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  b->exec.pool = pool;
  b->exec.arena = &arena;
  call(b);
  require(onoma_arena_init(&arena, arena.peak), "out of memory");
  const double seconds = pool ? wall_seconds_per_call(call, b) : seconds_per_call(call, b);
  onoma_arena_fini(&arena);
  return seconds;
}

static void bench_shape(const Shape *shape, const OnomaKernels *kernels, OnomaPool *all,
                        const char *level) {
  Bench bench = {.shape = shape, .exec = {.kernels = kernels}};
  size_t n_in = 0;
  size_t n_out = 0;
  double work = 0;
  measure_shape(shape, &n_in, &n_out, &work);
  bench.in = noise(n_in);
  bench.out = noise(n_out);
  make_layer(&bench);
  const double one = run_with(&bench, NULL);
  const double many = run_with(&bench, all);
  printf("%-11s %-21s %10.1f us %10.1f us", level, shape->name, one * 1e6, many * 1e6);
  if (work > 0) {
    // Attention and depthwise convolution are f32 at all levels.
    const bool f32 = shape->kind == ATTENTION || shape->kind == DEPTHWISE;
    const bool high = !strcmp(level, "amx") || !strcmp(level, "avx512bf16");
    const double peak = peak_gflops(f32 && high ? "avx512" : level);
    printf(" %8.1f %8.1f GFLOP/s", work / one * 1e-9, work / many * 1e-9);
    if (peak > 0)
      printf(" %5.1f %%", work / one * 1e-7 / peak);
  }
  printf("\n");
  fflush(stdout);
  free_layer(&bench);
}

int main(int argc, char **argv) {
  const char *const only_level = argc > 1 ? argv[1] : NULL;
  const char *const only_name = argc > 2 ? argv[2] : NULL;
  const char *const levels[] = {"c", "avx2", "avx512", "avx512bf16", "amx"};
  unsigned available = onoma_cpu_flags();
  if ((available & ONOMA_CPU_AMX) && !onoma_cpu_request_amx())
    available &= ~(unsigned)ONOMA_CPU_AMX;
  OnomaPool *all;
  require(onoma_pool_open(&all, 0, NULL) == ONOMA_OK, "cannot start threads");
  printf("one thread, %u threads; share of one thread's peak\n", onoma_pool_n_threads(all));
  for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
    unsigned mask;
    if (!onoma_cpu_parse(levels[i], &mask) || (mask & available) != mask ||
        (only_level && strcmp(only_level, levels[i]) != 0))
      continue;
    OnomaKernels kernels;
    onoma_kernels_init(&kernels, mask);
    for (size_t j = 0; j < sizeof(shapes) / sizeof(shapes[0]); j++) {
      if (!only_name || strstr(shapes[j].name, only_name))
        bench_shape(&shapes[j], &kernels, all, levels[i]);
    }
  }
  onoma_pool_close(&all);
  return 0;
}
