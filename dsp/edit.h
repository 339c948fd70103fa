// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Simple changes to a sound: trimming, fading, levelling.
//
// A sound is channels [n_channels][n_frames].

#ifndef ONOMA_DSP_EDIT_H
#define ONOMA_DSP_EDIT_H

#include <stddef.h>

// A stretch of frames.
typedef struct {
  size_t first;
  size_t n_frames;
} OnomaRange;

// The largest absolute value of all samples; 0 if there are none. [any]
double onoma_peak(const float *const *channels, size_t n_channels, size_t n_frames);

// What is left of a sound without the silence at both ends: all from the first to the last frame
// where some channel reaches threshold_db (at most 0) relative to the peak, and up to n_before and
// n_after frames more. Empty if the sound is silent. [any]
OnomaRange onoma_trim(const float *const *channels, size_t n_channels, size_t n_frames,
                      double threshold_db, size_t n_before, size_t n_after);

// Multiplies every sample. [any]
void onoma_gain(float *const *channels, size_t n_channels, size_t n_frames, double gain);

// Scales the sound so that its peak is `peak`, and returns the gain; a silent sound stays, with a
// gain of 1. [any]
double onoma_normalise_peak(float *const *channels, size_t n_channels, size_t n_frames,
                            double peak);

// Fades the first or the last n_fade frames (or all of fewer) by half a period of a raised cosine,
// (1 - cos(pi i / n_fade)) / 2, where i counts from the end that fades: the outermost frame becomes
// zero. [any]
void onoma_fade_in(float *const *channels, size_t n_channels, size_t n_frames, size_t n_fade);
void onoma_fade_out(float *const *channels, size_t n_channels, size_t n_frames, size_t n_fade);

// Subtracts each channel's mean, and returns the largest absolute one of them. Silent ends are
// lifted off zero by it; fade them afterwards. [any]
double onoma_remove_dc(float *const *channels, size_t n_channels, size_t n_frames);

#endif
