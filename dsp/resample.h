// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Changing the sample rate of whole sounds.

#ifndef ONOMA_DSP_RESAMPLE_H
#define ONOMA_DSP_RESAMPLE_H

#include <onoma/status.h>

#include <stddef.h>

#define ONOMA_RESAMPLE_MAX_CHANNELS 16

// The number of frames at to_hz that n_frames at from_hz become: n_frames * to_hz / from_hz to the
// nearest, halves upwards, but at least 1 if n_frames is. [any]
size_t onoma_resample_length(size_t n_frames, double from_hz, double to_hz);

// Resamples x [n_channels][n_frames] into out [n_channels][onoma_resample_length()], by libsoxr's
// best quality (28 bits, linear phase, pass band to 91 % of the lower rate's half). Frame 0 stays
// at time 0. The sound counts as zero outside of its ends. Equal rates copy. Samples of the result
// may be larger than the largest before. [any but audio]
OnomaStatus onoma_resample(const float *const *x, size_t n_channels, size_t n_frames,
                           double from_hz, double to_hz, float *const *out, OnomaError *error);

#endif
