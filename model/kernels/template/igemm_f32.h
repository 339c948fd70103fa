// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Template of the indirect matrix product in f32.
//
// Included after a vec_<isa>.h, with IGEMM_MR and IGEMM_NAME defined. A tile is n_rows x 2 vectors,
// or one vector if that is wide enough; every row count has code of its own, so that the sums stay
// in registers. Each sum is taken over taps and channels in order, whatever the tile.

#include "igemm_finish.h"

#define IGEMM_NR (2 * VEC_WIDTH)

// n_rows and n_vectors are constants where this is inlined.
static inline __attribute__((always_inline)) void
igemm_tile(const OnomaIgemmTile *tile, const size_t n_rows, const size_t n_vectors) {
  const size_t width = n_vectors * VEC_WIDTH;
  Vec sum[IGEMM_MR][2];
  UNROLLED for (size_t v = 0; v < n_vectors; v++) {
    const Vec bias = tile->bias ? vec_load(tile->bias + v * VEC_WIDTH) : vec_set1(0);
    UNROLLED for (size_t r = 0; r < n_rows; r++) sum[r][v] =
        tile->start ? vec_load(tile->start + r * IGEMM_NR + v * VEC_WIDTH) : bias;
  }

  for (size_t t = 0; t < tile->n_taps; t++) {
    const float *const *const rows = tile->a.rows + t * n_rows;
    const float *w = (const float *)tile->weights + tile->taps[t] * tile->n_in * width;
    for (size_t k = 0; k < tile->n_in; k++, w += width) {
      Vec b[2];
      UNROLLED for (size_t v = 0; v < n_vectors; v++) b[v] = vec_load(w + v * VEC_WIDTH);
      UNROLLED for (size_t r = 0; r < n_rows; r++) {
        const Vec a = vec_set1(rows[r][k]);
        UNROLLED for (size_t v = 0; v < n_vectors; v++) sum[r][v] = vec_fma(a, b[v], sum[r][v]);
      }
    }
  }

  if (tile->n_columns == width && tile->activation == ONOMA_ACT_NONE) {
    UNROLLED for (size_t r = 0; r < n_rows; r++) {
      UNROLLED for (size_t v = 0; v < n_vectors; v++) {
        const size_t at = tile->out_offsets[r] + v * VEC_WIDTH;
        vec_store(tile->out + at,
                  tile->residual ? vec_add(sum[r][v], vec_load(tile->residual + at)) : sum[r][v]);
      }
    }
    return;
  }
  float stored[IGEMM_MR * IGEMM_NR];
  UNROLLED for (size_t r = 0; r < n_rows; r++) UNROLLED for (size_t v = 0; v < n_vectors; v++)
      vec_store(stored + r * width + v * VEC_WIDTH, sum[r][v]);
  igemm_finish(tile, stored, width);
}

#define IGEMM_CASE(rows)                                                                           \
  case rows:                                                                                       \
    if (tile->n_columns > VEC_WIDTH)                                                               \
      igemm_tile(tile, rows, 2);                                                                   \
    else                                                                                           \
      igemm_tile(tile, rows, 1);                                                                   \
    break;

void IGEMM_NAME(const OnomaIgemmTile *tile) {
  switch (tile->n_rows) {
    IGEMM_CASE(1)
    IGEMM_CASE(2)
    IGEMM_CASE(3)
    IGEMM_CASE(4)
#if IGEMM_MR > 4
    IGEMM_CASE(5)
    IGEMM_CASE(6)
#endif
#if IGEMM_MR > 6
    IGEMM_CASE(7)
    IGEMM_CASE(8)
    IGEMM_CASE(9)
    IGEMM_CASE(10)
    IGEMM_CASE(11)
    IGEMM_CASE(12)
    IGEMM_CASE(13)
    IGEMM_CASE(14)
#endif
  }
}
