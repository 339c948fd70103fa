// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Weights packed for the indirect matrix product.

#ifndef ONOMA_MODEL_KERNELS_PACK_H
#define ONOMA_MODEL_KERNELS_PACK_H

#include "kernels.h"

#include <onoma/status.h>

// The output channels are cut into panels of nr, filled up with zeros; a panel of f32 weights with
// at most nr/2 channels is nr/2 wide. Panel p begins at panel p * panel_size:
//   f32   [n_taps,n_in,width]
//   bf16  [n_taps,n_in/2,nr,2], n_in filled up with zeros to a multiple of ONOMA_BF16_BLOCK
// Where rows do not suit the kernel, all taps are joined to a single one of n_taps * n_in inputs,
// which are copied for each tile: rows that are too short (n_in < 16, or for bf16 no multiple of
// the block), and long ones whose distance makes them share their place in the cache.
typedef struct OnomaPackedGemm {
  OnomaIgemm igemm;
  size_t n_taps, n_in; // as packed
  size_t n_out;
  size_t n_panels;
  size_t panel_size;  // bytes
  size_t joined_taps; // taps that were joined, 0 if none were
  size_t tap_n_in;    // channels of a tap before joining and filling up
  unsigned char *weights;
  float *bias;  // [n_panels*nr]
  float *zeros; // [tap_n_in], what padding reads
} OnomaPackedGemm;

// Where a weight is: weight[out_channel * out + in_channel * in + taps[tap]], in floats.
typedef struct {
  size_t out, in;
  const size_t *taps; // [n_taps]
} OnomaWeightLayout;

// Packs n_out x n_in x n_taps weights for igemm; bias [n_out] or NULL. [control]
OnomaStatus onoma_pack_gemm(OnomaPackedGemm **packed, const OnomaIgemm *igemm, size_t n_out,
                            size_t n_in, size_t n_taps, const float *weight,
                            const OnomaWeightLayout *layout, const float *bias, OnomaError *error);

// Width of the panel as packed, in columns. [any]
size_t onoma_panel_width(const OnomaPackedGemm *packed, size_t panel);

// Frees it and clears the pointer. [control]
void onoma_pack_gemm_free(OnomaPackedGemm **packed);

#endif
