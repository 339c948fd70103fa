// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product in bfloat16, portable: only the reference for the others, since
// without instructions for it f32 is faster.

#include "bf16.h"

#include "vec_c.h"

#include "template/igemm_finish.h"

enum { mr = 16, nr = 32 };

static void round_row(const float *in, size_t n, uint16_t *out, size_t block_stride) {
  for (size_t i = 0; i < n || i % ONOMA_BF16_BLOCK; i++) {
    const size_t at = i / ONOMA_BF16_BLOCK * block_stride + i % ONOMA_BF16_BLOCK;
    out[at] = i < n ? onoma_bf16_from_f32(in[i]) : 0;
  }
}

void onoma_round_bf16_c(const float *const *rows, size_t n_rows, size_t n, uint16_t *out,
                        size_t block_stride) {
  for (size_t r = 0; r < n_rows; r++)
    round_row(rows[r], n, out + r * ONOMA_BF16_BLOCK, block_stride);
}

// Adds the products of one row of one tap. a [n_in/block,mr,block], weights [n_in/2,nr,2].
static void add_products(const uint16_t *a, const uint16_t *weights, size_t n_in, float *sums) {
  for (size_t k = 0; k < n_in; k++) {
    const float x =
        onoma_bf16_to_f32(a[k / ONOMA_BF16_BLOCK * mr * ONOMA_BF16_BLOCK + k % ONOMA_BF16_BLOCK]);
    for (size_t c = 0; c < nr; c++)
      sums[c] += x * onoma_bf16_to_f32(weights[(k / 2 * nr + c) * 2 + k % 2]);
  }
}

void onoma_igemm_bf16_16x32_c(const OnomaIgemmTile *tile) {
  float sums[mr * nr];
  for (size_t r = 0; r < tile->n_rows; r++) {
    for (size_t c = 0; c < nr; c++)
      sums[r * nr + c] = tile->start ? tile->start[r * nr + c] : tile->bias ? tile->bias[c] : 0;
    for (size_t t = 0; t < tile->n_taps; t++) {
      const uint16_t *const weights = tile->weights;
      add_products(tile->a.gathered + t * tile->n_in * mr + r * ONOMA_BF16_BLOCK,
                   weights + tile->taps[t] * tile->n_in * nr, tile->n_in, sums + r * nr);
    }
  }
  igemm_finish(tile, sums, nr);
}
