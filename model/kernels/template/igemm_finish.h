// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the indirect matrix products have in common: the end of a tile.
//
// Included after a vec_<isa>.h.

#ifndef ONOMA_MODEL_KERNELS_TEMPLATE_IGEMM_FINISH_H
#define ONOMA_MODEL_KERNELS_TEMPLATE_IGEMM_FINISH_H

#include "vec_math.h"

// Stores sums [n_rows,width] with the activation, residual and tail columns.
static __attribute__((noinline)) void igemm_finish(const OnomaIgemmTile *tile, const float *sums,
                                                   size_t width) {
  for (size_t r = 0; r < tile->n_rows; r++) {
    float *const out = tile->out + tile->out_offsets[r];
    const float *const residual = tile->residual ? tile->residual + tile->out_offsets[r] : NULL;
    for (size_t c = 0; c < tile->n_columns; c += VEC_WIDTH) {
      const size_t n = tile->n_columns - c;
      const Vec x = vec_activate(tile->activation, vec_load(sums + r * width + c));
      vec_store_up_to(out + c, residual ? vec_add(x, vec_load_up_to(residual + c, n)) : x, n);
    }
  }
}

#endif
