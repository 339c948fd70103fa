// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Checks and benchmarks of Winograd's transforms.

#include "check.h"

#include <stdio.h>

enum { n_items = 36, n_outputs = 16 };

// ---- Inputs

static void check_input_case(const Variant *variant, size_t n_channels) {
  begin_case(variant, "%zu channels", n_channels);
  const float *points[n_items];
  for (size_t i = 0; i < n_items; i++)
    points[i] = i % 5 == 3 ? points[0] : uniform(n_channels, 1);
  float *const out = tensor(n_items * n_channels);
  float *const expected = tensor(n_items * n_channels);
  ((OnomaWinogradInput *)reference_of(variant)->run)(points, n_channels, expected);
  ((OnomaWinogradInput *)variant->run)(points, n_channels, out);
  // Rows of B' have sums of at most 7 in magnitude.
  compare(out, expected, n_items * n_channels, 49 * 4 * 0x1p-24, 1e-6);
  release_tensors();
}

void check_winograd_input(const Variant *variant) {
  for (size_t n_channels = 1; n_channels < 70; n_channels++)
    check_input_case(variant, n_channels);
}

// ---- Outputs

static void check_output_case(const Variant *variant, size_t n_columns, size_t n_y, size_t n_x,
                              OnomaActivation activation, bool with_residual) {
  begin_case(variant, "%zu columns, %zux%zu outputs, activation %d, residual %d", n_columns, n_y,
             n_x, (int)activation, with_residual);
  enum { gap = 3 };
  const size_t x_step = n_columns + gap;
  const size_t y_step = n_x * x_step + gap;
  const size_t n_out = (n_y - 1) * y_step + (n_x - 1) * x_step + n_columns;
  float *const out = uniform(n_out, 1);
  float *const expected = copy_of(out, n_out);
  float *const residual = uniform(n_out, 1);
  OnomaWinogradOutput output = {.sums = uniform(n_items * (n_columns + gap) - gap, 1),
                                .sums_step = n_columns + gap,
                                .n_columns = n_columns,
                                .bias = uniform(n_columns, 1),
                                .n_y = n_y,
                                .n_x = n_x,
                                .out = expected,
                                .residual = with_residual ? residual : NULL,
                                .y_step = y_step,
                                .x_step = x_step,
                                .activation = activation};
  ((OnomaWinogradOutputFunction *)reference_of(variant)->run)(&output);
  output.out = out;
  ((OnomaWinogradOutputFunction *)variant->run)(&output);
  // Rows of A' have sums of at most 12 in magnitude.
  compare(out, expected, n_out, 144 * 4 * 0x1p-24, 1e-6);
  if (with_residual) {
    output.out = residual;
    ((OnomaWinogradOutputFunction *)variant->run)(&output);
    for (size_t i = 0; i < n_y * n_x; i++) {
      const size_t at = i / n_x * y_step + i % n_x * x_step;
      compare(residual + at, out + at, n_columns, 0, 0);
    }
  }
  release_tensors();
}

void check_winograd_output(const Variant *variant) {
  for (size_t n_columns = 1; n_columns <= 40; n_columns++)
    check_output_case(variant, n_columns, 4, 4, ONOMA_ACT_NONE, n_columns % 2);
  for (size_t i = 0; i < n_outputs; i++)
    check_output_case(variant, 20, 1 + i / 4, 1 + i % 4, (OnomaActivation)(i % 5), i % 2);
}

// ---- Benchmarks

typedef struct {
  const Variant *variant;
  const float *points[n_items];
  float *out, *sums, *bias;
  size_t n;
} Bench;

static void call_input(void *data) {
  const Bench *const b = data;
  ((OnomaWinogradInput *)b->variant->run)(b->points, b->n, b->out);
}

static void call_output(void *data) {
  const Bench *const b = data;
  const OnomaWinogradOutput output = {.sums = b->sums,
                                      .sums_step = b->n,
                                      .n_columns = b->n,
                                      .bias = b->bias,
                                      .n_y = 4,
                                      .n_x = 4,
                                      .out = b->out,
                                      .y_step = 4 * b->n,
                                      .x_step = b->n};
  ((OnomaWinogradOutputFunction *)b->variant->run)(&output);
}

static void bench(const Variant *variant, BenchCall call) {
  Bench b = {.variant = variant, .n = 32};
  b.out = uniform(n_items * b.n, 1);
  b.sums = uniform(n_items * b.n, 1);
  b.bias = uniform(b.n, 1);
  for (size_t i = 0; i < n_items; i++)
    b.points[i] = b.sums + i * b.n;
  printf("%-19s %-11s %8.3f ns per 4x4 outputs of a channel\n", variant->field, variant->isa,
         seconds_per_call(call, &b) * 1e9 / (double)b.n);
  release_tensors();
}

void bench_winograd_input(const Variant *variant) {
  bench(variant, call_input);
}

void bench_winograd_output(const Variant *variant) {
  bench(variant, call_output);
}
