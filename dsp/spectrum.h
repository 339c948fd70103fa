// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Figures of a sound: its mean spectrum, and its level over time.

#ifndef ONOMA_DSP_SPECTRUM_H
#define ONOMA_DSP_SPECTRUM_H

#include <onoma/status.h>

#include <stddef.h>

// The mean power spectrum of a whole sound (Welch 1967): the mean over Hann windows of about 40 ms,
// a quarter of it apart.
typedef struct {
  size_t n_bins;
  double bin_hz; // bin k lies at k * bin_hz
  double *power; // [n_bins]
} OnomaSpectrum;

// The spectrum of x [n], n at least 1. Free with onoma_spectrum_fini(). [any but audio]
OnomaStatus onoma_spectrum_init(OnomaSpectrum *spectrum, const float *x, size_t n, double rate_hz,
                                OnomaError *error);

// Frees it; a zeroed spectrum is fine. [any but audio]
void onoma_spectrum_fini(OnomaSpectrum *spectrum);

// The mean frequency in Hz, weighted by power; bin 0 does not count. 0 for silence. [any]
double onoma_spectrum_centroid_hz(const OnomaSpectrum *spectrum);

// Geometric over arithmetic mean of the power, 0 (a tone) to 1 (white noise). Bin 0 does not count,
// and bins 100 dB under the largest count as that. 0 for silence. [any]
double onoma_spectrum_flatness(const OnomaSpectrum *spectrum);

// The share of the power in [low_hz, high_hz), 0 to 1; bin 0 does not count. [any]
double onoma_spectrum_share(const OnomaSpectrum *spectrum, double low_hz, double high_hz);

// Root of the mean square of x [n]; 0 if n is. [any]
double onoma_rms(const float *x, size_t n);

// Peak over root mean square in dB: 0 for a square wave, 3 for a sine, large for clicks; 0 for
// silence. [any]
double onoma_crest_db(const float *x, size_t n);

// The level over time: levels[i], of n / hop (rounded up), is the root mean square of samples
// i * hop to (i + 1) * hop - 1 in dB relative to full scale, at least floor_db. [any]
void onoma_levels_db(const float *x, size_t n, size_t hop, double floor_db, double *levels);

#endif
