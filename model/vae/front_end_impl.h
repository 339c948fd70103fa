// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What front ends are made of.

#ifndef ONOMA_MODEL_FRONT_END_IMPL_H
#define ONOMA_MODEL_FRONT_END_IMPL_H

#include "front_end.h"

#include "dsp/stft.h"
#include "model/files/config.h"
#include "model/files/weights.h"

// What goes with a class of vocoders.
typedef struct {
  const char *vocoder; // the class's name
  // On failure, too, *front_end is what there is to close.
  OnomaStatus (*open)(OnomaFrontEnd **front_end, const OnomaConfig *config,
                      const OnomaWeights *weights, OnomaError *error);
  void (*close)(OnomaFrontEnd *front_end); // frees what the class owns, but not the structure
  // samples [n_samples] -> out, before they are transformed; NULL if nothing is to be done.
  void (*prepare)(const float *samples, size_t n_samples, float *out);
  // Frames `first` to first + n_frames - 1 of magnitudes [T,K] -> bands [n_frames,F].
  void (*apply)(const OnomaFrontEnd *front_end, const OnomaExec *exec, const float *magnitudes,
                size_t first, size_t n_frames, float *bands);
} OnomaFrontEndClass;

extern const OnomaFrontEndClass onoma_front_end_bands; // of the shipped model
extern const OnomaFrontEndClass onoma_front_end_mel;   // AudioLDM's

// What all have; the first member of each class's own structure.
struct OnomaFrontEnd {
  const OnomaFrontEndClass *type;
  size_t rate_hz;
  size_t n_bands;
  OnomaStft *stft; // owned
};

// samples [n_samples] -> bands [n_frames,F] of the frames from `first` on, which count as a clip of
// their own.
void onoma_front_end_run_frames(const OnomaFrontEnd *front_end, const OnomaExec *exec,
                                const float *samples, size_t n_samples, size_t first,
                                size_t n_frames, float *bands);

#endif
