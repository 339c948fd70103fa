// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product in bfloat16 with VDPBF16PS, and the rounding of its inputs.

#if !defined(__AVX512BF16__)
#  error "this file must be compiled for AVX512-BF16"
#endif

#include "vec_avx512.h"

#include "model/kernels/template/igemm_finish.h"

enum { mr = 14, nr = 32 };

static inline void round_block(const float *in, uint16_t *out) {
  const __m512bh both = _mm512_cvtne2ps_pbh(vec_load(in + VEC_WIDTH), vec_load(in));
  _mm512_storeu_si512(out, (__m512i)both);
}

static inline void round_tail(const float *in, size_t n, uint16_t *out) {
  const __m512 low = vec_load_up_to(in, n);
  const __m512 high = n > VEC_WIDTH ? vec_load_n(in + VEC_WIDTH, n - VEC_WIDTH) : vec_set1(0);
  _mm512_storeu_si512(out, (__m512i)_mm512_cvtne2ps_pbh(high, low));
}

void onoma_round_bf16_avx512bf16(const float *const *rows, size_t n_rows, size_t n, uint16_t *out,
                                 size_t block_stride) {
  for (size_t r = 0; r < n_rows; r++) {
    const float *const in = rows[r];
    uint16_t *to = out + r * ONOMA_BF16_BLOCK;
    size_t i = 0;
    for (; i + ONOMA_BF16_BLOCK <= n; i += ONOMA_BF16_BLOCK, to += block_stride)
      round_block(in + i, to);
    if (i < n)
      round_tail(in + i, n - i, to);
  }
}

// sum += a pair of products in each lane: `pair` is two inputs, b two weights of each column.
static inline __m512 add_pair(__m512 sum, const uint16_t *pair, __m512i b) {
  int32_t bits;
  memcpy(&bits, pair, sizeof(bits));
  return _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_epi32(bits), (__m512bh)b);
}

// n_rows is a constant where this is inlined.
static inline __attribute__((always_inline)) void igemm_tile(const OnomaIgemmTile *tile,
                                                             const size_t n_rows) {
  Vec sum[mr][2];
  UNROLLED for (size_t v = 0; v < 2; v++) {
    const Vec bias = tile->bias ? vec_load(tile->bias + v * VEC_WIDTH) : vec_set1(0);
    UNROLLED for (size_t r = 0; r < n_rows; r++) sum[r][v] =
        tile->start ? vec_load(tile->start + r * nr + v * VEC_WIDTH) : bias;
  }

  const uint16_t *a = tile->a.gathered;
  for (size_t t = 0; t < tile->n_taps; t++) {
    const uint16_t *w = (const uint16_t *)tile->weights + tile->taps[t] * tile->n_in * nr;
    for (size_t block = 0; block < tile->n_in; block += ONOMA_BF16_BLOCK) {
      for (size_t k = 0; k < ONOMA_BF16_BLOCK; k += 2, w += 2 * (size_t)nr) {
        const __m512i b0 = _mm512_loadu_si512(w);
        const __m512i b1 = _mm512_loadu_si512(w + nr);
        UNROLLED for (size_t r = 0; r < n_rows; r++) {
          const uint16_t *const pair = a + r * ONOMA_BF16_BLOCK + k;
          sum[r][0] = add_pair(sum[r][0], pair, b0);
          sum[r][1] = add_pair(sum[r][1], pair, b1);
        }
      }
      a += (size_t)mr * ONOMA_BF16_BLOCK;
    }
  }

  float stored[mr * nr];
  UNROLLED for (size_t r = 0; r < n_rows; r++) {
    vec_store(stored + r * nr, sum[r][0]);
    vec_store(stored + r * nr + VEC_WIDTH, sum[r][1]);
  }
  igemm_finish(tile, stored, nr);
}

#define IGEMM_CASE(rows)                                                                           \
  case rows:                                                                                       \
    igemm_tile(tile, rows);                                                                        \
    break;

void onoma_igemm_bf16_14x32_avx512bf16(const OnomaIgemmTile *tile) {
  switch (tile->n_rows) {
    IGEMM_CASE(1)
    IGEMM_CASE(2)
    IGEMM_CASE(3)
    IGEMM_CASE(4)
    IGEMM_CASE(5)
    IGEMM_CASE(6)
    IGEMM_CASE(7)
    IGEMM_CASE(8)
    IGEMM_CASE(9)
    IGEMM_CASE(10)
    IGEMM_CASE(11)
    IGEMM_CASE(12)
    IGEMM_CASE(13)
    IGEMM_CASE(14)
  }
}
