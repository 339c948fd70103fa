// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Vectors for the kernel templates: AVX-512. What the functions do is said in vec_c.h.

#ifndef ONOMA_MODEL_KERNELS_X86_VEC_AVX512_H
#define ONOMA_MODEL_KERNELS_X86_VEC_AVX512_H

#if !defined(__AVX512F__) || !defined(__AVX512BW__) || !defined(__AVX512DQ__) ||                   \
    !defined(__AVX512VL__)
#  error "this file must be compiled for AVX-512 F, BW, DQ and VL"
#endif

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VEC_WIDTH      16
#define ISA_NAME(name) onoma_##name##_avx512

typedef __m512 Vec;
typedef __mmask16 VecMask;

static inline Vec vec_set1(float x) {
  return _mm512_set1_ps(x);
}

static inline Vec vec_load(const float *p) {
  return _mm512_loadu_ps(p);
}

static inline void vec_store(float *p, Vec v) {
  _mm512_storeu_ps(p, v);
}

static inline __mmask16 vec_first_lanes(size_t n) {
  return (__mmask16)((1U << n) - 1);
}

static inline Vec vec_load_n(const float *p, size_t n) {
  return _mm512_maskz_loadu_ps(vec_first_lanes(n), p);
}

static inline void vec_store_n(float *p, Vec v, size_t n) {
  _mm512_mask_storeu_ps(p, vec_first_lanes(n), v);
}

static inline Vec vec_add(Vec a, Vec b) {
  return _mm512_add_ps(a, b);
}

static inline Vec vec_sub(Vec a, Vec b) {
  return _mm512_sub_ps(a, b);
}

static inline Vec vec_mul(Vec a, Vec b) {
  return _mm512_mul_ps(a, b);
}

static inline Vec vec_div(Vec a, Vec b) {
  return _mm512_div_ps(a, b);
}

static inline Vec vec_fma(Vec a, Vec b, Vec c) {
  return _mm512_fmadd_ps(a, b, c);
}

static inline VecMask vec_less(Vec a, Vec b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}

static inline Vec vec_select(VecMask mask, Vec if_true, Vec if_false) {
  return _mm512_mask_blend_ps(mask, if_false, if_true);
}

static inline Vec vec_min(Vec a, Vec b) {
  return _mm512_min_ps(a, b);
}

static inline Vec vec_max(Vec a, Vec b) {
  return _mm512_max_ps(a, b);
}

static inline Vec vec_abs(Vec a) {
  return _mm512_abs_ps(a);
}

static inline Vec vec_copysign(Vec magnitude, Vec sign) {
  const Vec bit = _mm512_set1_ps(-0.0F);
  return _mm512_or_ps(_mm512_andnot_ps(bit, magnitude), _mm512_and_ps(bit, sign));
}

static inline Vec vec_round(Vec a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline Vec vec_scale2(Vec a, Vec n) {
  return _mm512_scalef_ps(a, n);
}

static inline float vec_sum(Vec v) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

static inline float vec_max_lane(Vec v) {
  const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

#endif
