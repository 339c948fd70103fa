// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What an OnomaPghiVocoder is made of.

#ifndef ONOMA_MODEL_PGHI_VOCODER_IMPL_H
#define ONOMA_MODEL_PGHI_VOCODER_IMPL_H

#include "vocoder.h"

#include "dsp/stft.h"
#include "model/layers/layers.h"
#include "model/vocoder/pghi.h"

#include <stddef.h>

#define ONOMA_PGHI_VOCODER_MAX_LAYERS 64

// h + gamma * pw2(gelu(pw1(norm(dw(h))))); gamma is part of pw2.
typedef struct {
  OnomaDepthwise dw;
  OnomaNorm norm;
  OnomaLinear pw1, pw2;
} OnomaConvNext;

typedef struct {
  OnomaVocoder base;
  float input_mean, input_scale; // 1 / input_std
  float magnitude_offset;
  unsigned n_rounds; // of Griffin-Lim
  OnomaConv conv_in;
  OnomaNorm norm_in, norm_out; // ln0 and ln1
  size_t n_layers;
  OnomaConvNext layers[ONOMA_PGHI_VOCODER_MAX_LAYERS];
  OnomaLinear expand, head;
  OnomaPghi pghi;
  OnomaStft *stft; // owned
} OnomaPghiVocoder;

size_t onoma_pghi_vocoder_n_samples(const OnomaVocoder *vocoder, size_t n_frames);
void onoma_pghi_vocoder_run(const OnomaVocoder *vocoder, const OnomaExec *exec, const float *bands,
                            size_t n_frames, uint64_t seed, float *samples);

#endif
