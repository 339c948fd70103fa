// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Mel filter banks, from linear-frequency magnitudes to mel bands and back, and their logarithms.

#ifndef ONOMA_DSP_MEL_H
#define ONOMA_DSP_MEL_H

#include "base/memory.h"
#include "base/pool.h"

#include <onoma/status.h>

#include <stddef.h>

typedef enum {
  // Linear to 1000 Hz, 15 mel; logarithmic above, 27 mel for a factor of 6.4 (Slaney, "Auditory
  // Toolbox", 1998). librosa's default.
  ONOMA_MEL_SLANEY,
  // mel = 2595 log10(1 + f / 700 Hz) (O'Shaughnessy 1987). HTK's.
  ONOMA_MEL_HTK,
} OnomaMelScale;

typedef enum {
  ONOMA_MEL_NORM_NONE, // triangles with a peak of 1
  ONOMA_MEL_NORM_AREA, // Slaney's: triangles of an area of 1 over frequency in Hz
} OnomaMelNorm;

typedef struct {
  double sample_rate; // Hz
  size_t n_fft;       // samples of a frame, 2 to 2^24
  size_t n_bands;     // F, 1 to 2^16
  double min_hz;      // lower edge of the first band, at least 0
  double max_hz;      // upper edge of the last band, up to half the sample rate
  OnomaMelScale scale;
  OnomaMelNorm norm;
} OnomaMelSettings;

// Triangular filters: band b rises from edge b to its peak at edge b + 1 and falls to edge b + 2,
// where edges 0 to F + 1 are evenly spaced in mel from min_hz to max_hz. Bin k lies at
// k * sample_rate / n_fft. Bands narrower than a bin may see no bin at all, and are zero.
typedef struct OnomaMel OnomaMel;

// [any but audio]
OnomaStatus onoma_mel_open(OnomaMel **mel, const OnomaMelSettings *settings, OnomaError *error);

// Frees it, and clears the pointer. [any but audio]
void onoma_mel_close(OnomaMel **mel);

// F, and the number K = n_fft / 2 + 1 of bins. [any]
size_t onoma_mel_n_bands(const OnomaMel *mel);
size_t onoma_mel_n_bins(const OnomaMel *mel);

// The filters as a matrix, weights [F,K]. [any]
void onoma_mel_weights(const OnomaMel *mel, float *weights);

// Whether bands add up magnitudes or their squares.
typedef enum { ONOMA_MEL_MAGNITUDE, ONOMA_MEL_POWER } OnomaMelQuantity;

// bands[t,b] = sum over k of weights[b,k] q[t,k], where q are the magnitudes [T,K], or their
// squares. The same bits for any number of threads. [any but audio]
void onoma_mel_apply(const OnomaMel *mel, OnomaPool *pool, OnomaMelQuantity quantity,
                     const float *magnitudes, size_t n_frames, float *bands);

// Magnitudes [T,K] that make given bands [T,F], none negative, nearly: the non-negative least
// squares problem by n_rounds multiplicative updates (Lee and Seung 2001; without factorisation, as
// the filters are known), which start from the bands' means interpolated. Bins under no filter are
// zero. Takes scratch memory from the arena and gives it back; with a measuring arena
// nothing else is done. [any but audio]
void onoma_mel_invert(const OnomaMel *mel, OnomaPool *pool, OnomaArena *arena,
                      OnomaMelQuantity quantity, const float *bands, size_t n_frames,
                      unsigned n_rounds, float *magnitudes);

// Rounds after which more change the magnitudes by less than a listener will notice.
#define ONOMA_MEL_INVERT_ROUNDS 60

// out[i] = ln(max(x[i], floor)), floor above zero. out may be x. [any]
void onoma_log_floor(const float *x, size_t n, float floor, float *out);

// out[i] = 10 log10(max(x[i], floor)), floor above zero: decibels of powers. out may be x. [any]
void onoma_power_db(const float *x, size_t n, float floor, float *out);

#endif
