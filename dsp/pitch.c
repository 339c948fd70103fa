// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The pitch of a sound.

#include "pitch.h"

#include "base/error.h"
#include "base/memory.h"
#include "fft.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// The first maximum counts that is at least so high relative to the highest.
#define KEY_MAXIMUM 0.93

// Windows 40 dB under the loudest don't count.
#define QUIET_POWER 1e-4

// Lags are counted in quarters of a sample, or the sharp maxima of a high and bright tone would be
// missed.
#define FINE 4

// What one window tells.
typedef struct {
  double octaves; // log2 of the fundamental in Hz
  double clarity; // 0 to 1
  double weight;  // amplitude; 0 if the window is quiet or has no period
} Estimate;

// The windows of one sound, and scratch memory for one of them.
typedef struct {
  const float *x;
  double rate_hz;
  size_t n_window;
  size_t n_windows;
  size_t hop;
  OnomaFft *fft;          // of at least 2 n_window samples
  OnomaFft *fine_fft;     // of FINE times as many
  float *frame;           // [fine fft size]
  OnomaComplex *spectrum; // [fine fft size / 2 + 1]
  double *nsdf;           // [n_lags]: normalised square difference, -1 to 1, over fine lags
  size_t n_lags;
  Estimate *estimates; // [n_windows]
} Detector;

static size_t power_of_two(size_t n) {
  size_t power = 1;
  while (power < n)
    power *= 2;
  return power;
}

static OnomaStatus open_detector(Detector *d, const float *x, size_t n, double rate_hz,
                                 OnomaError *error) {
  const size_t usual = power_of_two((size_t)(0.085 * rate_hz));
  d->x = x;
  d->rate_hz = rate_hz;
  d->n_window = n < usual ? n : usual;
  d->hop = (usual + 1) / 2;
  d->n_windows = 1 + (n - d->n_window) / d->hop;
  d->n_lags = d->n_window * 3 / 4 * FINE;
  const size_t n_fft = power_of_two(2 * d->n_window);
  OnomaStatus status = onoma_fft_open(&d->fft, n_fft, error);
  if (!status)
    status = onoma_fft_open(&d->fine_fft, n_fft * FINE, error);
  if (status)
    return status;
  d->frame = onoma_alloc(n_fft * FINE, sizeof(float));
  d->spectrum = onoma_alloc_zero(n_fft * FINE / 2 + 1, sizeof(OnomaComplex));
  d->nsdf = onoma_alloc(d->n_lags, sizeof(double));
  d->estimates = onoma_alloc_zero(d->n_windows, sizeof(Estimate));
  const bool good = d->frame && d->spectrum && d->nsdf && d->estimates;
  return good ? ONOMA_OK : onoma_fail_memory(error);
}

static void close_detector(Detector *d) {
  onoma_fft_close(&d->fft);
  onoma_fft_close(&d->fine_fft);
  onoma_free(d->frame);
  onoma_free(d->spectrum);
  onoma_free(d->nsdf);
  onoma_free(d->estimates);
}

// Copies window w less its mean, zeros after it, and returns its power.
static double cut_window(Detector *d, size_t w, double *mean) {
  const float *const x = d->x + w * d->hop;
  double sum = 0;
  for (size_t i = 0; i < d->n_window; i++)
    sum += x[i];
  *mean = sum / (double)d->n_window;
  double power = 0;
  for (size_t i = 0; i < d->n_window; i++) {
    d->frame[i] = (float)(x[i] - *mean);
    power += (double)d->frame[i] * d->frame[i];
  }
  memset(d->frame + d->n_window, 0, (onoma_fft_size(d->fft) - d->n_window) * sizeof(float));
  return power / (double)d->n_window;
}

// Transforms the frame into its correlation with itself, at fine lags.
static void correlate(Detector *d) {
  const size_t n_bins = onoma_fft_n_bins(d->fft);
  onoma_fft_forward(d->fft, d->frame, d->spectrum);
  for (size_t k = 0; k < n_bins; k++) {
    const OnomaComplex s = d->spectrum[k];
    d->spectrum[k] = (OnomaComplex){.re = s.re * s.re + s.im * s.im};
  }
  memset(d->spectrum + n_bins, 0, (onoma_fft_n_bins(d->fine_fft) - n_bins) * sizeof(OnomaComplex));
  onoma_fft_inverse(d->fine_fft, d->spectrum, d->frame);
}

// nsdf[lag] = 2 sum x[i] x[i + lag] / sum (x[i]^2 + x[i + lag]^2), over the pairs in the window.
// Between whole lags, the numerator is interpolated by its spectrum, the denominator linearly.
static void compute_nsdf(Detector *d, size_t w, double mean, double power) {
  correlate(d);
  const float *const x = d->x + w * d->hop;
  const double n_fft = (double)onoma_fft_size(d->fft);
  double energy = 2 * power * (double)d->n_window;
  for (size_t lag = 0; lag < d->n_lags / FINE; lag++) {
    const double lost = pow(x[lag] - mean, 2) + pow(x[d->n_window - 1 - lag] - mean, 2);
    for (size_t i = 0; i < FINE; i++) {
      const double correlation = d->frame[lag * FINE + i] / n_fft;
      const double here = energy - lost * (double)i / FINE;
      d->nsdf[lag * FINE + i] = here > 0 ? 2 * correlation / here : 0;
    }
    energy -= lost;
  }
}

// Height and place of the maximum of a parabola through the points around lag.
static double peak_at(const Detector *d, size_t lag, double *place) {
  const double left = d->nsdf[lag - 1];
  const double middle = d->nsdf[lag];
  const double right = d->nsdf[lag + 1];
  const double curvature = 2 * middle - left - right;
  const double shift = curvature > 0 ? (right - left) / (2 * curvature) : 0;
  *place = (double)lag + shift;
  return middle + (right - left) * shift / 4;
}

// The lag after `from` of the largest value before the difference falls below zero again; 0 at the
// end. Sets *from to where it does.
static size_t next_maximum(const Detector *d, size_t *from, size_t end) {
  size_t at = *from;
  while (at < end && d->nsdf[at] <= 0)
    at++;
  size_t best = 0;
  for (; at < end && d->nsdf[at] > 0; at++) {
    if (!best || d->nsdf[at] > d->nsdf[best])
      best = at;
  }
  *from = at;
  // At the end of the search the largest value may still be on its way up.
  return best && d->nsdf[best + 1] <= d->nsdf[best] ? best : 0;
}

// The lag of the first maximum that is nearly as high as the highest, or 0.
static size_t find_period(const Detector *d) {
  const size_t longest = (size_t)(d->rate_hz / ONOMA_PITCH_MIN_HZ * FINE) + 1;
  const size_t end = longest < d->n_lags - 1 ? longest : d->n_lags - 1;
  size_t start = 0;
  while (start < end && d->nsdf[start] > 0)
    start++;

  double highest = 0;
  size_t from = start;
  for (size_t lag = next_maximum(d, &from, end); lag; lag = next_maximum(d, &from, end)) {
    double place;
    highest = fmax(highest, peak_at(d, lag, &place));
  }
  from = start;
  for (size_t lag = next_maximum(d, &from, end); lag; lag = next_maximum(d, &from, end)) {
    double place;
    if (peak_at(d, lag, &place) >= KEY_MAXIMUM * highest)
      return lag;
  }
  return 0;
}

// The period measured over 2, 4, 8... periods, as long as the window holds half a period more and
// the sound stays like itself: an error of the place of a maximum is then an error of all of them.
static double refine(const Detector *d, double period, double clarity) {
  for (unsigned n = 2;; n *= 2) {
    const double expected = n * period;
    if (expected + period / 2 + 2 >= (double)d->n_lags)
      return period;
    size_t best = (size_t)lrint(expected - period / 4);
    for (size_t lag = best; (double)lag <= expected + period / 4; lag++)
      best = d->nsdf[lag] > d->nsdf[best] ? lag : best;
    double place;
    if (peak_at(d, best, &place) < 0.9 * clarity || fabs(place - expected) > period / 4)
      return period;
    period = place / n;
  }
}

static Estimate estimate_window(Detector *d, size_t w, double mean, double power) {
  Estimate estimate = {0};
  compute_nsdf(d, w, mean, power);
  const size_t lag = find_period(d);
  if (!lag)
    return estimate;
  double period;
  estimate.clarity = fmin(peak_at(d, lag, &period), 1);
  period = refine(d, period, estimate.clarity);
  const double hz = d->rate_hz * FINE / period;
  if (hz >= ONOMA_PITCH_MIN_HZ && hz <= ONOMA_PITCH_MAX_HZ) {
    estimate.octaves = log2(hz);
    estimate.weight = sqrt(power);
  }
  return estimate;
}

static int compare_octaves(const void *a, const void *b) {
  const double x = ((const Estimate *)a)->octaves;
  const double y = ((const Estimate *)b)->octaves;
  return (x > y) - (x < y);
}

// Combines the windows; total is the weight of all loud ones.
static OnomaPitch combine(Detector *d, double total) {
  OnomaPitch pitch = {.hz = NAN};
  double sum = 0;
  for (size_t i = 0; i < d->n_windows; i++)
    sum += d->estimates[i].weight;
  if (!(sum > 0))
    return pitch;

  qsort(d->estimates, d->n_windows, sizeof(Estimate), compare_octaves);
  double below = 0;
  size_t median = 0;
  while (median + 1 < d->n_windows && below + d->estimates[median].weight < sum / 2)
    below += d->estimates[median++].weight;

  double weight = 0;
  double octaves = 0;
  double clarity = 0;
  for (size_t i = 0; i < d->n_windows; i++) {
    const Estimate *const e = &d->estimates[i];
    if (fabs(e->octaves - d->estimates[median].octaves) > 0.5 / 12)
      continue;
    // Clear windows tell the frequency better.
    weight += e->weight * e->clarity;
    octaves += e->weight * e->clarity * e->octaves;
    clarity += e->weight * e->clarity;
  }
  pitch.clarity = fmin(clarity / total, 1);
  if (weight > 0 && pitch.clarity >= ONOMA_PITCH_MIN_CLARITY)
    pitch.hz = exp2(octaves / weight);
  return pitch;
}

static OnomaPitch detect(Detector *d) {
  double loudest = 0;
  double mean;
  for (size_t w = 0; w < d->n_windows; w++)
    loudest = fmax(loudest, cut_window(d, w, &mean));
  double total = 0;
  for (size_t w = 0; w < d->n_windows; w++) {
    const double power = cut_window(d, w, &mean);
    if (!(power > loudest * QUIET_POWER))
      continue;
    total += sqrt(power);
    d->estimates[w] = estimate_window(d, w, mean, power);
  }
  return combine(d, total);
}

OnomaStatus onoma_pitch(const float *x, size_t n, double rate_hz, OnomaPitch *pitch,
                        OnomaError *error) {
  enum { fewest = 8 };
  if (!(rate_hz > 2 * ONOMA_PITCH_MIN_HZ) || rate_hz > 10e6)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "no pitch at such a sample rate");
  *pitch = (OnomaPitch){.hz = NAN};
  if (n < fewest)
    return ONOMA_OK;
  Detector detector = {0};
  const OnomaStatus status = open_detector(&detector, x, n, rate_hz, error);
  if (!status)
    *pitch = detect(&detector);
  close_detector(&detector);
  return status;
}

double onoma_hz_to_note(double hz) {
  return 69 + 12 * log2(hz / 440);
}

double onoma_note_to_hz(double note) {
  return 440 * exp2((note - 69) / 12);
}
