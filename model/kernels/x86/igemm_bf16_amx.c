// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product in bfloat16 with AMX: two by two tiles of 16 x 16 sums.
//
// The tests compile this file a second time with ONOMA_TILE_EMULATED, for machines without AMX.

#if ONOMA_TILE_EMULATED
#  include "model/kernels/vec_c.h"
#  define ISA_WORD amxemulated
#else
#  include "vec_avx512.h"
#  define ISA_WORD amx
#endif

#include "tile.h"

#include "model/kernels/template/igemm_finish.h"

#define JOIN(a, b)        a##b
#define JOIN_VALUES(a, b) JOIN(a, b)

enum { mr = 32, nr = 32, half = 16, weights_stride = 2 * nr * sizeof(uint16_t) };

// Tiles 0 to 3 are sums: upper left, upper right, lower left, lower right. 4 and 5 are inputs, 6
// and 7 weights. A tile of at most 16 rows or columns leaves the lower or right ones out; both
// conditions are constants where this is inlined.
static inline __attribute__((always_inline)) void
multiply(const OnomaIgemmTile *tile, const int with_lower, const int with_right, float *sums) {
  tile_zero(0);
  tile_zero(1);
  tile_zero(2);
  tile_zero(3);
  const uint16_t *a = tile->a.gathered;
  for (size_t t = 0; t < tile->n_taps; t++) {
    const uint16_t *w = (const uint16_t *)tile->weights + tile->taps[t] * tile->n_in * nr;
    for (size_t block = 0; block < tile->n_in; block += ONOMA_BF16_BLOCK) {
      tile_load(4, a, tile_row_bytes);
      tile_load(6, w, weights_stride);
      tile_multiply(0, 4, 6);
      if (with_right) {
        tile_load(7, w + nr, weights_stride);
        tile_multiply(1, 4, 7);
      }
      if (with_lower) {
        tile_load(5, a + half * ONOMA_BF16_BLOCK, tile_row_bytes);
        tile_multiply(2, 5, 6);
        if (with_right)
          tile_multiply(3, 5, 7);
      }
      a += mr * ONOMA_BF16_BLOCK;
      w += ONOMA_BF16_BLOCK * nr;
    }
  }
  tile_store(0, sums, nr * sizeof(float));
  if (with_right)
    tile_store(1, sums + half, nr * sizeof(float));
  if (with_lower)
    tile_store(2, sums + half * nr, nr * sizeof(float));
  if (with_lower && with_right)
    tile_store(3, sums + half * nr + half, nr * sizeof(float));
}

// Adds what the sums should have begun with: rows `step` apart, 0 for one row for all.
static void add_start(const OnomaIgemmTile *tile, const float *start, size_t step, float *sums) {
  for (size_t r = 0; r < tile->n_rows; r++) {
    for (size_t c = 0; c < tile->n_columns; c += VEC_WIDTH)
      vec_store(sums + r * nr + c,
                vec_add(vec_load(sums + r * nr + c), vec_load(start + r * step + c)));
  }
}

void JOIN_VALUES(onoma_igemm_bf16_32x32_, ISA_WORD)(const OnomaIgemmTile *tile) {
  float sums[mr * nr];
  const int with_lower = tile->n_rows > half;
  const int with_right = tile->n_columns > half;
  if (with_lower && with_right)
    multiply(tile, 1, 1, sums);
  else if (with_lower)
    multiply(tile, 1, 0, sums);
  else if (with_right)
    multiply(tile, 0, 1, sums);
  else
    multiply(tile, 0, 0, sums);
  if (tile->start)
    add_start(tile, tile->start, nr, sums);
  else if (tile->bias)
    add_start(tile, tile->bias, 0, sums);
  igemm_finish(tile, sums, nr);
}

// Tiles are configured for the tasks of an operation only: a thread with tiles in use makes context
// switches slow, and the threads may not all be the engine's own.
void JOIN_VALUES(onoma_igemm_begin_, ISA_WORD)(void) {
  tile_configure();
}

void JOIN_VALUES(onoma_igemm_end_, ISA_WORD)(void) {
  tile_release();
}
