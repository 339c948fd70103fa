// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The front end: from samples to the spectrogram that the autoencoder reads.

#ifndef ONOMA_MODEL_FRONT_END_H
#define ONOMA_MODEL_FRONT_END_H

#include "model/exec.h"
#include "model/vae/vae.h"

#include <onoma/status.h>

#include <stddef.h>

typedef struct OnomaFrontEnd OnomaFrontEnd;

// Opens the front end that the vocoder in the folder `folder` inverts: level-normalised log bands
// for OnomaPghiVocoder (doc/model-format.md), AudioLDM's log mel for SpeechT5HifiGan. [control]
OnomaStatus onoma_front_end_open(OnomaFrontEnd **front_end, const char *folder, OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_front_end_close(OnomaFrontEnd **front_end);

// Frames T that n_samples make, at least 1 for n_samples at least 1. [any]
size_t onoma_front_end_n_frames(const OnomaFrontEnd *front_end, size_t n_samples);

// samples [n_samples], mono, at the vocoder's rate -> bands [T,F].
void onoma_front_end_run(const OnomaFrontEnd *front_end, const OnomaExec *exec,
                         const float *samples, size_t n_samples, float *bands);

// The pitch conditioning of one latent column: latent [F',C] of a harmonic comb at f0_hz, times the
// scaling factor. For OnomaPghiVocoder's front end only.
void onoma_comb_latent(const OnomaFrontEnd *front_end, const OnomaVae *vae, const OnomaExec *exec,
                       double f0_hz, float *latent);

#endif
