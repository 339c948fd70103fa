// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Figures of a sound.

#include "spectrum.h"

#include "base/error.h"
#include "base/memory.h"
#include "stft.h"

#include <math.h>

// Bins 100 dB under the largest.
#define FLATNESS_FLOOR 1e-10

static size_t window_of(double rate_hz) {
  size_t n_fft = 64;
  while ((double)n_fft < 0.04 * rate_hz)
    n_fft *= 2;
  return n_fft;
}

// Adds up the squares of magnitudes [T,K] over T.
static void add_power(const float *magnitudes, size_t n_frames, OnomaSpectrum *spectrum) {
  for (size_t k = 0; k < spectrum->n_bins; k++)
    spectrum->power[k] = 0;
  for (size_t t = 0; t < n_frames; t++) {
    for (size_t k = 0; k < spectrum->n_bins; k++) {
      const double magnitude = magnitudes[t * spectrum->n_bins + k];
      spectrum->power[k] += magnitude * magnitude / (double)n_frames;
    }
  }
}

static OnomaStatus transform(const OnomaStft *stft, const float *x, size_t n,
                             OnomaSpectrum *spectrum, OnomaError *error) {
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  onoma_stft_magnitudes(stft, NULL, &arena, x, n, NULL);
  if (!onoma_arena_init(&arena, arena.peak))
    return onoma_fail_memory(error);
  const size_t n_frames = onoma_stft_n_frames(stft, n);
  spectrum->n_bins = onoma_stft_n_bins(stft);
  spectrum->power = onoma_alloc(spectrum->n_bins, sizeof(double));
  float *const magnitudes = onoma_alloc(n_frames, spectrum->n_bins * sizeof(float));
  OnomaStatus status = ONOMA_OK;
  if (spectrum->power && magnitudes) {
    onoma_stft_magnitudes(stft, NULL, &arena, x, n, magnitudes);
    add_power(magnitudes, n_frames, spectrum);
  } else {
    status = onoma_fail_memory(error);
    onoma_spectrum_fini(spectrum);
  }
  onoma_free(magnitudes);
  onoma_arena_fini(&arena);
  return status;
}

OnomaStatus onoma_spectrum_init(OnomaSpectrum *spectrum, const float *x, size_t n, double rate_hz,
                                OnomaError *error) {
  *spectrum = (OnomaSpectrum){0};
  if (!n || !(rate_hz > 0 && rate_hz <= 10e6))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "no spectrum without samples or a sample rate");
  const size_t n_fft = window_of(rate_hz);
  const OnomaStftSettings settings = {
      .n_fft = n_fft, .hop = n_fft / 4, .padding = ONOMA_STFT_FRAMED};
  OnomaStft *stft;
  OnomaStatus status = onoma_stft_open(&stft, &settings, error);
  if (status)
    return status;
  status = transform(stft, x, n, spectrum, error);
  spectrum->bin_hz = rate_hz / (double)n_fft;
  onoma_stft_close(&stft);
  return status;
}

void onoma_spectrum_fini(OnomaSpectrum *spectrum) {
  onoma_free(spectrum->power);
  *spectrum = (OnomaSpectrum){0};
}

double onoma_spectrum_centroid_hz(const OnomaSpectrum *spectrum) {
  double sum = 0;
  double weighted = 0;
  for (size_t k = 1; k < spectrum->n_bins; k++) {
    sum += spectrum->power[k];
    weighted += spectrum->power[k] * (double)k * spectrum->bin_hz;
  }
  return sum > 0 ? weighted / sum : 0;
}

double onoma_spectrum_flatness(const OnomaSpectrum *spectrum) {
  double largest = 0;
  for (size_t k = 1; k < spectrum->n_bins; k++)
    largest = fmax(largest, spectrum->power[k]);
  if (!(largest > 0))
    return 0;
  double sum = 0;
  double logarithms = 0;
  for (size_t k = 1; k < spectrum->n_bins; k++) {
    const double power = fmax(spectrum->power[k], largest * FLATNESS_FLOOR);
    sum += power;
    logarithms += log(power);
  }
  const double n = (double)(spectrum->n_bins - 1);
  return exp(logarithms / n) / (sum / n);
}

double onoma_spectrum_share(const OnomaSpectrum *spectrum, double low_hz, double high_hz) {
  double sum = 0;
  double inside = 0;
  for (size_t k = 1; k < spectrum->n_bins; k++) {
    const double hz = (double)k * spectrum->bin_hz;
    sum += spectrum->power[k];
    if (hz >= low_hz && hz < high_hz)
      inside += spectrum->power[k];
  }
  return sum > 0 ? inside / sum : 0;
}

double onoma_rms(const float *x, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)x[i] * x[i];
  return n ? sqrt(sum / (double)n) : 0;
}

double onoma_crest_db(const float *x, size_t n) {
  double peak = 0;
  for (size_t i = 0; i < n; i++)
    peak = fmax(peak, fabsf(x[i]));
  return peak > 0 ? 20 * log10(peak / onoma_rms(x, n)) : 0;
}

void onoma_levels_db(const float *x, size_t n, size_t hop, double floor_db, double *levels) {
  for (size_t first = 0; first < n; first += hop) {
    const double rms = onoma_rms(x + first, n - first < hop ? n - first : hop);
    levels[first / hop] = rms > 0 ? fmax(20 * log10(rms), floor_db) : floor_db;
  }
}
