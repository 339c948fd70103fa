// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Vectors for the kernel templates, portable: four floats, as an extension that gcc and clang have
// on every processor.
//
// Each level has a header with these same functions. Minimum and maximum return the second argument
// if one of them is NaN.

#ifndef ONOMA_MODEL_KERNELS_VEC_C_H
#define ONOMA_MODEL_KERNELS_VEC_C_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VEC_WIDTH      4
#define ISA_NAME(name) onoma_##name##_c

typedef float Vec __attribute__((vector_size(16)));
typedef int32_t VecMask __attribute__((vector_size(16)));

static inline Vec vec_set1(float x) {
  return (Vec){x, x, x, x};
}

static inline Vec vec_load(const float *p) {
  Vec v;
  memcpy(&v, p, sizeof(v));
  return v;
}

static inline void vec_store(float *p, Vec v) {
  memcpy(p, &v, sizeof(v));
}

// The first n < VEC_WIDTH lanes; the others are zero.
static inline Vec vec_load_n(const float *p, size_t n) {
  Vec v = {0};
  for (size_t i = 0; i < n; i++)
    v[i] = p[i];
  return v;
}

static inline void vec_store_n(float *p, Vec v, size_t n) {
  for (size_t i = 0; i < n; i++)
    p[i] = v[i];
}

static inline Vec vec_add(Vec a, Vec b) {
  return a + b;
}

static inline Vec vec_sub(Vec a, Vec b) {
  return a - b;
}

static inline Vec vec_mul(Vec a, Vec b) {
  return a * b;
}

static inline Vec vec_div(Vec a, Vec b) {
  return a / b;
}

// a * b + c.
static inline Vec vec_fma(Vec a, Vec b, Vec c) {
  return a * b + c;
}

static inline VecMask vec_less(Vec a, Vec b) {
  return a < b;
}

static inline Vec vec_select(VecMask mask, Vec if_true, Vec if_false) {
  return (Vec)((mask & (VecMask)if_true) | (~mask & (VecMask)if_false));
}

static inline Vec vec_min(Vec a, Vec b) {
  return vec_select(a < b, a, b);
}

static inline Vec vec_max(Vec a, Vec b) {
  return vec_select(b < a, a, b);
}

static inline Vec vec_abs(Vec a) {
  return (Vec)((VecMask)a & INT32_MAX);
}

// |magnitude| with the sign of the other.
static inline Vec vec_copysign(Vec magnitude, Vec sign) {
  return (Vec)(((VecMask)magnitude & INT32_MAX) | ((VecMask)sign & INT32_MIN));
}

// To the nearest integer, for |a| < 2^22.
static inline Vec vec_round(Vec a) {
  const Vec magic = vec_set1(0x1.8p23F);
  return (a + magic) - magic;
}

// a * 2^n for integers -252 <= n <= 254, in two steps that are normal numbers each.
static inline Vec vec_scale2(Vec a, Vec n) {
  const Vec magic = vec_set1(0x1.8p23F);
  const VecMask whole = (VecMask)(n + magic) - (VecMask)magic;
  const VecMask half = whole >> 1;
  return a * (Vec)((half + 127) << 23) * (Vec)((whole - half + 127) << 23);
}

// Across the lanes, in a fixed order.
static inline float vec_sum(Vec v) {
  return (v[0] + v[2]) + (v[1] + v[3]);
}

static inline float vec_max_lane(Vec v) {
  const float a = v[0] > v[2] ? v[0] : v[2];
  const float b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}

#endif
