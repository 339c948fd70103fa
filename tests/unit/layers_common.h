// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the tests of layers share: levels, threads, random tensors and plain loops in double.

#ifndef ONOMA_TESTS_LAYERS_COMMON_H
#define ONOMA_TESTS_LAYERS_COMMON_H

#include "test.h"

#include "model/layers/layers.h"

#include <stdbool.h>

// What a layer under test is run on.
typedef struct {
  OnomaKernels kernels;
  OnomaPool *pools[3]; // of 1, 2, 3 threads
  double tolerance;    // relative, of products of weights
} LayerLevel;

extern LayerLevel layer_level;

// n normal numbers, or NaNs, to be freed. The block is malloc()'ed, for a sanitizer to see its end.
float *noise(size_t n);
float *nothing(size_t n);

// Asserts that |out - expected| <= tolerance |expected|, which also means that no item is NaN.
void assert_close(const float *out, const double *expected, size_t n, double tolerance);

// Calls a layer with one, two and three threads: the bits must be the same, and the arena as large
// as a dry run says, which must leave `out` alone.
typedef void (*LayerCall)(const OnomaExec *exec, void *data, float *out);
void run_layer(LayerCall call, void *data, float *out, size_t n_out);

// ---- Plain loops; results are to be freed

double *reference_linear(const float *in, size_t n_rows, size_t n_in, size_t n_out,
                         const float *weight, const float *bias);
double *reference_conv(const OnomaConvShape *shape, const float *in, size_t n_batch, size_t h,
                       size_t w, size_t up_h, size_t up_w, const float *weight, const float *bias);
double *reference_conv_transpose(const OnomaConvTranspose *layer, const float *in, size_t n_batch,
                                 size_t n_frames, const float *weight, const float *bias);
double reference_activation(OnomaActivation activation, double x);
void reference_epilogue(double *x, size_t n, OnomaActivation activation, const float *residual);

// ---- Running tests

int set_up_level(void **state);
int tear_down_level(void **state);

#define AT_EACH_LEVEL(test)                                                                        \
  { #test, test, set_up_level, tear_down_level, NULL }

// Runs the tests at every CPU level that this machine has. Returns the number of failures.
int run_at_each_level(const struct CMUnitTest *tests, size_t n_tests);

#endif
