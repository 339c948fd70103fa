// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Functions of vectors: exp, tanh and the activations.
//
// Included after a vec_<isa>.h. NaN gives NaN. The polynomials are least-maximum fits of our own
// (Lawson's iteration in double); the errors stated are against exact values, found by trying all
// floats with a step, see tests/kernels.

#ifndef ONOMA_MODEL_KERNELS_TEMPLATE_VEC_MATH_H
#define ONOMA_MODEL_KERNELS_TEMPLATE_VEC_MATH_H

#include "model/kernels/kernels.h"

// In front of loops over an array that is to stay in registers.
#if defined(__clang__)
#  define UNROLLED _Pragma("clang loop unroll(full)")
#else
#  define UNROLLED _Pragma("GCC unroll 36")
#endif

// The first n lanes, at least one; the others are zero.
static inline Vec vec_load_up_to(const float *p, size_t n) {
  return n >= VEC_WIDTH ? vec_load(p) : vec_load_n(p, n);
}

static inline void vec_store_up_to(float *p, Vec v, size_t n) {
  if (n >= VEC_WIDTH)
    vec_store(p, v);
  else
    vec_store_n(p, v, n);
}

// c[0] + c[1] x + ... + c[n-1] x^(n-1).
static inline Vec vec_polynomial(Vec x, const float *c, size_t n) {
  Vec sum = vec_set1(c[n - 1]);
  for (size_t i = n - 1; i--;)
    sum = vec_fma(sum, x, vec_set1(c[i]));
  return sum;
}

// Within 2 ULP where the result is a normal number. x = n ln 2 + r with |r| <= ln 2 / 2, and exp(r)
// = 1 + r + r^2 p(r). ln 2 is split so that n times its high part is exact.
static inline Vec vec_exp(Vec x) {
  static const float p[] = {0x1.fffffcp-2F, 0x1.55548ap-3F, 0x1.555916p-5F, 0x1.123fc6p-7F,
                            0x1.6a1a72p-10F};
  const Vec bounded = vec_min(vec_set1(89.0F), vec_max(vec_set1(-104.0F), x));
  const Vec n = vec_round(vec_mul(bounded, vec_set1(0x1.715476p0F)));
  const Vec high = vec_fma(n, vec_set1(-0x1.62e4p-1F), bounded);
  const Vec r = vec_fma(n, vec_set1(-0x1.7f7d1cp-20F), high);
  const Vec tail = vec_fma(vec_mul(r, r), vec_polynomial(r, p, 5), r);
  return vec_scale2(vec_add(vec_set1(1), tail), n);
}

// x / (1 + exp(-x)).
static inline Vec vec_silu(Vec x) {
  return vec_div(x, vec_add(vec_set1(1), vec_exp(vec_sub(vec_set1(0), x))));
}

// Within 3 ULP: near zero x + x^3 p(x^2), elsewhere 1 - 2 / (exp(2 |x|) + 1) with x's sign.
static inline Vec vec_tanh(Vec x) {
  static const float p[] = {-0.333331972F, 0.133292437F, -0.0535669848F, 0.0201116465F,
                            -0.00515510468F};
  const Vec magnitude = vec_abs(x);
  const Vec square = vec_mul(x, x);
  const Vec small = vec_fma(vec_mul(x, square), vec_polynomial(square, p, 5), x);
  const Vec e = vec_exp(vec_add(magnitude, magnitude));
  const Vec big = vec_sub(vec_set1(1), vec_div(vec_set1(2), vec_add(e, vec_set1(1))));
  return vec_select(vec_less(magnitude, vec_set1(0.625F)), small, vec_copysign(big, x));
}

// x times the normal distribution's integral up to x. With z = |x| / sqrt 2 and t = 1 / (1 + 0.3
// z), erfc(z) = exp(-z^2) t p(t), relative error of the fit 2e-8 up to z = 10; the lower tail, half
// of it, so keeps its relative accuracy but for the rounding of z^2: within 16 ULP from -3 on, 9
// near zero, 90 at -10.
static inline Vec vec_gelu(Vec x) {
  static const float p[] = {0.169188008F, 0.170715272F,  0.148338854F, 0.214927167F, -0.094653137F,
                            0.547723293F, -0.512280762F, 0.485564411F, -0.129523143F};
  const Vec z = vec_mul(vec_abs(x), vec_set1(0x1.6a09e6p-1F));
  const Vec t = vec_div(vec_set1(1), vec_fma(z, vec_set1(0.3F), vec_set1(1)));
  const Vec e = vec_exp(vec_mul(vec_mul(x, x), vec_set1(-0.5F)));
  const Vec tail = vec_mul(vec_mul(vec_mul(vec_set1(0.5F), t), e), vec_polynomial(t, p, 9));
  const Vec below = vec_select(vec_less(x, vec_set1(0)), tail, vec_sub(vec_set1(1), tail));
  return vec_mul(x, below);
}

static inline Vec vec_activate(OnomaActivation activation, Vec x) {
  switch (activation) {
  case ONOMA_ACT_RELU:
    return vec_max(vec_set1(0), x);
  case ONOMA_ACT_SILU:
    return vec_silu(x);
  case ONOMA_ACT_GELU:
    return vec_gelu(x);
  case ONOMA_ACT_TANH:
    return vec_tanh(x);
  case ONOMA_ACT_NONE:
    break;
  }
  return x;
}

#endif
