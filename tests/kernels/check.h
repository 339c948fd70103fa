// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the checks and benchmarks of kernels share.

#ifndef ONOMA_TESTS_KERNELS_CHECK_H
#define ONOMA_TESTS_KERNELS_CHECK_H

#include "../bench/peak.h"

#include "model/kernels/kernels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void (*AnyFunction)(void);

// A kernel of the list.
typedef struct {
  const char *field, *isa;
  unsigned flags; // what it needs
  AnyFunction run;
  OnomaIgemm igemm; // if it is one
} Variant;

OnomaIgemmFunction onoma_igemm_bf16_32x32_amxemulated;
void onoma_igemm_begin_amxemulated(void);
void onoma_igemm_end_amxemulated(void);

// All that this machine can run, the portable one of each field before the others.
extern const Variant *variants;
extern size_t n_variants;

// The portable variant of the same field.
const Variant *reference_of(const Variant *variant);

// ---- Tensors

// n floats that end where the readable memory ends, after bytes that must not change; so they are
// aligned to nothing but 4 bytes. Freed by release_tensors(), which also looks at those bytes.
float *tensor(size_t n);
uint16_t *tensor_u16(size_t n);

// The same, with uniform numbers in [-scale, scale).
float *uniform(size_t n, float scale);

// A tensor with the contents of another.
float *copy_of(const float *x, size_t n);

// Frees all tensors; a failure if something was written in front of one.
void release_tensors(void);

// ---- Results

// Names the case that follows, for messages.
void begin_case(const Variant *variant, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void fail_case(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The first item with |out - expected| > absolute + relative |expected|, or a NaN in one of them
// alone, is a failure.
void compare(const float *out, const float *expected, size_t n, double absolute, double relative);

// ---- By kind

void check_igemm(const Variant *variant);
void bench_igemm(const Variant *variant);
void check_winograd_input(const Variant *variant);
void bench_winograd_input(const Variant *variant);
void check_winograd_output(const Variant *variant);
void bench_winograd_output(const Variant *variant);
void check_ops(const Variant *variant);
void bench_ops(const Variant *variant);

#endif
