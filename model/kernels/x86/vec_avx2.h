// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Vectors for the kernel templates: AVX2 with FMA. What the functions do is said in vec_c.h.

#ifndef ONOMA_MODEL_KERNELS_X86_VEC_AVX2_H
#define ONOMA_MODEL_KERNELS_X86_VEC_AVX2_H

#if !defined(__AVX2__) || !defined(__FMA__)
#  error "this file must be compiled for AVX2 and FMA"
#endif

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VEC_WIDTH      8
#define ISA_NAME(name) onoma_##name##_avx2

typedef __m256 Vec;
typedef __m256 VecMask;

static inline Vec vec_set1(float x) {
  return _mm256_set1_ps(x);
}

static inline Vec vec_load(const float *p) {
  return _mm256_loadu_ps(p);
}

static inline void vec_store(float *p, Vec v) {
  _mm256_storeu_ps(p, v);
}

// All bits of the first n lanes.
static inline __m256i vec_first_lanes(size_t n) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lanes);
}

static inline Vec vec_load_n(const float *p, size_t n) {
  return _mm256_maskload_ps(p, vec_first_lanes(n));
}

static inline void vec_store_n(float *p, Vec v, size_t n) {
  _mm256_maskstore_ps(p, vec_first_lanes(n), v);
}

static inline Vec vec_add(Vec a, Vec b) {
  return _mm256_add_ps(a, b);
}

static inline Vec vec_sub(Vec a, Vec b) {
  return _mm256_sub_ps(a, b);
}

static inline Vec vec_mul(Vec a, Vec b) {
  return _mm256_mul_ps(a, b);
}

static inline Vec vec_div(Vec a, Vec b) {
  return _mm256_div_ps(a, b);
}

static inline Vec vec_fma(Vec a, Vec b, Vec c) {
  return _mm256_fmadd_ps(a, b, c);
}

static inline VecMask vec_less(Vec a, Vec b) {
  return _mm256_cmp_ps(a, b, _CMP_LT_OQ);
}

static inline Vec vec_select(VecMask mask, Vec if_true, Vec if_false) {
  return _mm256_blendv_ps(if_false, if_true, mask);
}

static inline Vec vec_min(Vec a, Vec b) {
  return _mm256_min_ps(a, b);
}

static inline Vec vec_max(Vec a, Vec b) {
  return _mm256_max_ps(a, b);
}

static inline Vec vec_abs(Vec a) {
  return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a);
}

static inline Vec vec_copysign(Vec magnitude, Vec sign) {
  const Vec bit = _mm256_set1_ps(-0.0F);
  return _mm256_or_ps(_mm256_andnot_ps(bit, magnitude), _mm256_and_ps(bit, sign));
}

static inline Vec vec_round(Vec a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline Vec vec_scale2(Vec a, Vec n) {
  const __m256i bias = _mm256_set1_epi32(127);
  const __m256i whole = _mm256_cvtps_epi32(n);
  const __m256i half = _mm256_srai_epi32(whole, 1);
  const __m256i rest = _mm256_sub_epi32(whole, half);
  const Vec first = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, bias), 23));
  const Vec second = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, bias), 23));
  return _mm256_mul_ps(_mm256_mul_ps(a, first), second);
}

static inline float vec_sum(Vec v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

static inline float vec_max_lane(Vec v) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

#endif
