// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Template of Winograd's transforms for 3x3 convolutions in tiles of 4x4 outputs.
//
// Included after a vec_<isa>.h. Lavin and Gray, "Fast algorithms for convolutional neural networks"
// (2015): outputs are A' [(G g G') * (B' d B)] A. The matrices are those of the Toom-Cook algorithm
// at the points 0, 1, -1, 1/2, -2 and infinity, which lose half as much precision as the usual 0,
// 1, -1, 2, -2.

#include "vec_math.h"

// Six inputs in a row or column, as B' transforms them; `step` vectors apart.
static inline void transform_input(const Vec *d, size_t step, Vec *out) {
  const Vec d0 = d[0];
  const Vec d1 = d[step];
  const Vec d2 = d[2 * step];
  const Vec d3 = d[3 * step];
  const Vec d4 = d[4 * step];
  const Vec d5 = d[5 * step];
  const Vec half = vec_set1(0.5F);
  const Vec three_halves = vec_set1(1.5F);
  const Vec two = vec_set1(2);
  const Vec five_halves = vec_set1(2.5F);
  const Vec apart = vec_sub(d3, d1);
  out[0] = vec_fma(three_halves, apart, vec_sub(vec_add(d0, d4), vec_mul(two, d2)));
  out[step] = vec_fma(five_halves, d3, vec_fma(half, d2, vec_sub(d4, d1)));
  out[2 * step] = vec_sub(vec_fma(half, d3, vec_add(d4, d1)), vec_mul(five_halves, d2));
  out[3 * step] = vec_fma(two, apart, vec_sub(d4, d2));
  out[4 * step] = vec_sub(vec_sub(d4, d2), vec_mul(half, apart));
  out[5 * step] =
      vec_fma(three_halves, vec_sub(d4, d2), vec_sub(vec_add(d1, d5), vec_mul(two, d3)));
}

// Six sums in a row or column to four outputs, as A' does; `step` vectors apart.
static inline void transform_output(const Vec *m, size_t step, Vec *out, size_t out_step) {
  const Vec m3 = m[3 * step];
  const Vec m4 = m[4 * step];
  const Vec plus = vec_add(m[step], m[2 * step]);
  const Vec minus = vec_sub(m[step], m[2 * step]);
  out[0] = vec_add(vec_add(m[0], plus), vec_add(m3, m4));
  out[out_step] = vec_fma(vec_set1(-2), m4, vec_fma(vec_set1(0.5F), m3, minus));
  out[2 * out_step] = vec_fma(vec_set1(4), m4, vec_fma(vec_set1(0.25F), m3, plus));
  out[3 * out_step] =
      vec_fma(vec_set1(-8), m4, vec_fma(vec_set1(0.125F), m3, vec_add(minus, m[5 * step])));
}

// One vector of channels, n lanes of it; a constant for whole ones where this is inlined.
static inline __attribute__((always_inline)) void
winograd_input(const float *const *points, size_t n_channels, size_t c, size_t n, float *out) {
  Vec d[36];
  for (size_t i = 0; i < 36; i++)
    d[i] = vec_load_up_to(points[i] + c, n);
  for (size_t column = 0; column < 6; column++)
    transform_input(d + column, 6, d + column);
  for (size_t row = 0; row < 6; row++)
    transform_input(d + 6 * row, 1, d + 6 * row);
  for (size_t i = 0; i < 36; i++)
    vec_store_up_to(out + i * n_channels + c, d[i], n);
}

void ISA_NAME(winograd_input_f32)(const float *const *points, size_t n_channels, float *out) {
  size_t c = 0;
  for (; c + VEC_WIDTH <= n_channels; c += VEC_WIDTH)
    winograd_input(points, n_channels, c, VEC_WIDTH, out);
  if (c < n_channels)
    winograd_input(points, n_channels, c, n_channels - c, out);
}

// Likewise.
static inline __attribute__((always_inline)) void winograd_output(const OnomaWinogradOutput *o,
                                                                  size_t c, size_t n) {
  Vec m[36];
  Vec half[24];
  Vec out[16];
  for (size_t i = 0; i < 36; i++)
    m[i] = vec_load_up_to(o->sums + i * o->sums_step + c, n);
  for (size_t column = 0; column < 6; column++)
    transform_output(m + column, 6, half + column, 6);
  for (size_t row = 0; row < 4; row++)
    transform_output(half + 6 * row, 1, out + 4 * row, 1);
  const Vec bias = vec_load_up_to(o->bias + c, n);
  for (size_t i = 0; i < 16; i++) {
    if (i / 4 >= o->n_y || i % 4 >= o->n_x)
      continue;
    const size_t at = i / 4 * o->y_step + i % 4 * o->x_step + c;
    const Vec x = vec_activate(o->activation, vec_add(out[i], bias));
    vec_store_up_to(o->out + at, o->residual ? vec_add(x, vec_load_up_to(o->residual + at, n)) : x,
                    n);
  }
}

void ISA_NAME(winograd_output_f32)(const OnomaWinogradOutput *o) {
  size_t c = 0;
  for (; c + VEC_WIDTH <= o->n_columns; c += VEC_WIDTH)
    winograd_output(o, c, VEC_WIDTH);
  if (c < o->n_columns)
    winograd_output(o, c, o->n_columns - c);
}
