// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What a HiFi-GAN is made of.

#ifndef ONOMA_MODEL_HIFIGAN_IMPL_H
#define ONOMA_MODEL_HIFIGAN_IMPL_H

#include "vocoder.h"

#include "model/layers/layers.h"

#include <stddef.h>
#include <stdint.h>

#define ONOMA_HIFIGAN_MAX_STAGES    16
#define ONOMA_HIFIGAN_MAX_BLOCKS    8 // residual blocks of a stage
#define ONOMA_HIFIGAN_MAX_DILATIONS 8 // of a residual block

// x += convs2[i](lrelu(convs1[i](lrelu(x)))) for each dilation.
typedef struct {
  size_t n_dilations;
  OnomaConv convs1[ONOMA_HIFIGAN_MAX_DILATIONS];
  OnomaConv convs2[ONOMA_HIFIGAN_MAX_DILATIONS];
} OnomaHifiganBlock;

// The mean of the blocks of upsampler(lrelu(x)).
typedef struct {
  OnomaConvTranspose upsampler;
  OnomaHifiganBlock blocks[ONOMA_HIFIGAN_MAX_BLOCKS];
} OnomaHifiganStage;

typedef struct {
  OnomaVocoder base;
  size_t n_stages;
  size_t n_blocks; // of each stage
  float slope;     // of the leaky rectifiers
  float *mean;     // [F], taken off the bands first; NULL: nothing is. Owned
  float *scale;    // [F], what the bands are then divided by. Owned
  OnomaConv conv_pre;
  OnomaHifiganStage stages[ONOMA_HIFIGAN_MAX_STAGES];
  OnomaConv conv_post;
} OnomaHifigan;

size_t onoma_hifigan_n_samples(const OnomaVocoder *vocoder, size_t n_frames);
void onoma_hifigan_run(const OnomaVocoder *vocoder, const OnomaExec *exec, const float *bands,
                       size_t n_frames, uint64_t seed, float *samples);

#endif
