// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Weights packed for the indirect matrix product.

#include "pack.h"

#include "bf16.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>
#include <string.h>

// Taps with fewer channels are joined: the kernel's work per tap would cost more than copying.
#define MIN_TAP_CHANNELS 16

// Rows that begin a multiple of 4 KiB apart share the eight places of a set of the first cache, and
// more of them push each other out: 14 rows of 1024 floats took 1.3 times as long as 14 of 1040.
#define CACHE_WAYS       8
#define CACHE_WAY_FLOATS 1024

static size_t round_up(size_t n, size_t unit) {
  return (n + unit - 1) / unit * unit;
}

static bool must_join(const OnomaIgemm *igemm, size_t n_in, size_t n_taps) {
  if (igemm->kind == ONOMA_IGEMM_BF16)
    return n_taps > 1 && n_in % ONOMA_BF16_BLOCK != 0;
  if (n_taps == 1)
    return igemm->mr > CACHE_WAYS && n_in % CACHE_WAY_FLOATS == 0;
  return n_in < MIN_TAP_CHANNELS;
}

size_t onoma_panel_width(const OnomaPackedGemm *packed, size_t panel) {
  const size_t nr = packed->igemm.nr;
  const size_t n_left = packed->n_out - panel * nr;
  return packed->igemm.kind == ONOMA_IGEMM_F32 && n_left <= nr / 2 ? nr / 2 : nr;
}

// One weight by its place in the packed sum: input k of tap t.
static float weight_at(const OnomaPackedGemm *packed, const float *weight,
                       const OnomaWeightLayout *layout, size_t out, size_t t, size_t k) {
  if (packed->joined_taps) {
    t = k / packed->tap_n_in;
    k = k % packed->tap_n_in;
  }
  const bool inside = packed->joined_taps ? t < packed->joined_taps : k < packed->tap_n_in;
  return inside ? weight[out * layout->out + k * layout->in + layout->taps[t]] : 0;
}

static void pack_panel(const OnomaPackedGemm *packed, const float *weight,
                       const OnomaWeightLayout *layout, size_t panel) {
  const size_t nr = packed->igemm.nr;
  const size_t width = onoma_panel_width(packed, panel);
  float *const f32 = (float *)(packed->weights + panel * packed->panel_size);
  uint16_t *const bf16 = (uint16_t *)(packed->weights + panel * packed->panel_size);
  for (size_t column = 0; column < width && panel * nr + column < packed->n_out; column++) {
    for (size_t t = 0; t < packed->n_taps; t++) {
      for (size_t k = 0; k < packed->n_in; k++) {
        const float w = weight_at(packed, weight, layout, panel * nr + column, t, k);
        const size_t row = t * packed->n_in + k;
        if (packed->igemm.kind == ONOMA_IGEMM_F32)
          f32[row * width + column] = w;
        else
          bf16[(row / 2 * width + column) * 2 + row % 2] = onoma_bf16_from_f32(w);
      }
    }
  }
}

static bool allocate(OnomaPackedGemm *packed) {
  const size_t item = packed->igemm.kind == ONOMA_IGEMM_F32 ? sizeof(float) : sizeof(uint16_t);
  size_t n_rows;
  size_t n_bytes;
  if (!onoma_mul_size(packed->n_taps, packed->n_in, &n_rows) ||
      !onoma_mul_size(n_rows, packed->igemm.nr * item, &packed->panel_size) ||
      !onoma_mul_size(packed->n_panels, packed->panel_size, &n_bytes))
    return false;
  packed->weights = onoma_alloc_zero(n_bytes, 1);
  packed->bias = onoma_alloc_zero(packed->n_panels * packed->igemm.nr, sizeof(float));
  packed->zeros = onoma_alloc_zero(packed->tap_n_in, sizeof(float));
  return packed->weights && packed->bias && packed->zeros;
}

OnomaStatus onoma_pack_gemm(OnomaPackedGemm **result, const OnomaIgemm *igemm, size_t n_out,
                            size_t n_in, size_t n_taps, const float *weight,
                            const OnomaWeightLayout *layout, const float *bias, OnomaError *error) {
  *result = NULL;
  OnomaPackedGemm *packed = onoma_alloc_zero(1, sizeof(*packed));
  if (!packed)
    return onoma_fail_memory(error);

  const bool join = must_join(igemm, n_in, n_taps);
  *packed = (OnomaPackedGemm){
      .igemm = *igemm,
      .n_taps = join ? 1 : n_taps,
      .n_in = join ? n_taps * n_in : n_in,
      .n_out = n_out,
      .n_panels = (n_out + igemm->nr - 1) / igemm->nr,
      .joined_taps = join ? n_taps : 0,
      .tap_n_in = n_in,
  };
  if (igemm->kind == ONOMA_IGEMM_BF16)
    packed->n_in = round_up(packed->n_in, ONOMA_BF16_BLOCK);
  if (!allocate(packed)) {
    onoma_pack_gemm_free(&packed);
    return onoma_fail_memory(error);
  }

  for (size_t panel = 0; panel < packed->n_panels; panel++)
    pack_panel(packed, weight, layout, panel);
  if (bias)
    memcpy(packed->bias, bias, n_out * sizeof(float));
  *result = packed;
  return ONOMA_OK;
}

void onoma_pack_gemm_free(OnomaPackedGemm **packed) {
  OnomaPackedGemm *const p = *packed;
  *packed = NULL;
  if (!p)
    return;
  onoma_free(p->weights);
  onoma_free(p->bias);
  onoma_free(p->zeros);
  onoma_free(p);
}
