// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What an OnomaPatchVAE is made of.

#ifndef ONOMA_MODEL_PATCH_VAE_IMPL_H
#define ONOMA_MODEL_PATCH_VAE_IMPL_H

#include "vae.h"

#include "model/layers/layers.h"

#include <stddef.h>

#define ONOMA_PATCH_VAE_MAX_STAGES 8

// A rectangle of a spectrogram.
typedef struct {
  size_t n_frames, n_bands;
} OnomaCell;

// h + conv2(gelu(conv1(norm(h)))).
typedef struct {
  OnomaNorm norm;
  OnomaConv conv1, conv2;
} OnomaPatchBlock;

// One grid of cells of the residual decoder.
typedef struct {
  OnomaCell cell; // of the grid
  OnomaCell up;   // into how many a cell is split for the next grid
  size_t n_in;    // channels from before, without those of the estimate
  size_t n_channels;
  size_t n_out; // channels handed to the next stage; 1 from the last
  size_t n_blocks;
  OnomaConv conv_in;
  OnomaPatchBlock *blocks; // owned
  OnomaLinear proj;
} OnomaPatchStage;

typedef struct {
  OnomaVae base;
  OnomaCell patch;
  float *mean; // [P], owned
  OnomaLinear encoder;
  OnomaConv wiener;
  size_t n_stages;
  OnomaPatchStage stages[ONOMA_PATCH_VAE_MAX_STAGES];
} OnomaPatchVae;

void onoma_patch_vae_decode(const OnomaVae *vae, const OnomaExec *exec, const float *latent,
                            size_t n_columns, size_t n_rows, float *bands);
void onoma_patch_vae_encode(const OnomaVae *vae, const OnomaExec *exec, const float *bands,
                            size_t n_frames, size_t n_bands, float *mean, float *log_variance);

#endif
