// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loudness by EBU R128 (ITU-R BS.1770), measured by libebur128.

#ifndef ONOMA_DSP_LOUDNESS_H
#define ONOMA_DSP_LOUDNESS_H

#include <onoma/status.h>

#include <stddef.h>

typedef struct {
  double lufs;      // integrated loudness; minus infinity for silence
  double true_peak; // largest absolute value between the samples too, linear
} OnomaLoudness;

// Measures a sound [n_channels][n_frames], 1 or 2 channels at 16 Hz or more. One channel counts
// once, as a sound from one loudspeaker.
//
// The integrated loudness is the mean over blocks of 400 ms, leaving out those under -70 LUFS and
// those 10 LU quieter than the rest. Where no block passes, as in every sound under 400 ms, silence
// is added until the last sample lies in a block: a short sound has the loudness of the 400 ms that
// it opens, which is about how long the ear takes to judge one.
// [any but audio]
OnomaStatus onoma_loudness(const float *const *channels, size_t n_channels, size_t n_frames,
                           double rate_hz, OnomaLoudness *loudness, OnomaError *error);

// Scales the sound to target_lufs, or by less where its true peak would pass max_true_peak. *gain
// (may be NULL) gets the gain; a silent sound stays, with a gain of 1. [any but audio]
OnomaStatus onoma_normalise_loudness(float *const *channels, size_t n_channels, size_t n_frames,
                                     double rate_hz, double target_lufs, double max_true_peak,
                                     double *gain, OnomaError *error);

#endif
