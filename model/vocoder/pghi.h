// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Phases from magnitudes by phase gradient heap integration (Prusa, Balazs and Sondergaard, "A
// noniterative method for reconstruction of phase from STFT magnitude", 2017).
//
// For a Gaussian window the logarithm of the magnitude determines the gradient of the phase. For a
// Hann window it does where there is one sinusoid or one impulse. It is integrated outwards from
// the loudest cell, always going on from the loudest cell reached, so that errors are made where
// they matter least. doc/model-format.md, "Phase".

#ifndef ONOMA_MODEL_VOCODER_PGHI_H
#define ONOMA_MODEL_VOCODER_PGHI_H

#include "base/memory.h"
#include "base/pool.h"

#include <stddef.h>
#include <stdint.h>

// Frames of n_fft samples every hop samples, whose phases count from their first sample.
typedef struct {
  size_t n_fft, hop;
  double gamma;     // of the Gaussian that stands for the window, over n_fft^2; 0: a Hann window
  double tolerance; // cells this much (in nepers, negative) under the loudest get random phases
} OnomaPghi;

// A phase: 2^32 is a turn, so that sums wrap by themselves and round nowhere.
typedef uint32_t OnomaTurn;

// magnitudes [T,K], K = n_fft/2 + 1, at least 0 -> phases [T,K]. T K must be less than 2^31. The
// result depends on nothing but the magnitudes and the seed: equal ones are ordered by their index.
// In time proportional to T K. Scratch memory comes from the arena and is given back; with a
// measuring arena nothing else is done. [any but audio]
void onoma_pghi_run(const OnomaPghi *pghi, OnomaPool *pool, OnomaArena *arena,
                    const float *magnitudes, size_t n_frames, uint64_t seed, OnomaTurn *phases);

// A phase in radians, 0 to 2 pi. [any]
float onoma_turn_radians(OnomaTurn phase);

#endif
