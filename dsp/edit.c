// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Simple changes to a sound.

#include "edit.h"

#include <math.h>
#include <stdbool.h>

#define PI 3.141592653589793238462643383279

double onoma_peak(const float *const *channels, size_t n_channels, size_t n_frames) {
  float peak = 0;
  for (size_t c = 0; c < n_channels; c++) {
    for (size_t i = 0; i < n_frames; i++)
      peak = fmaxf(peak, fabsf(channels[c][i]));
  }
  return peak;
}

static bool reaches(const float *const *channels, size_t n_channels, size_t frame,
                    double threshold) {
  for (size_t c = 0; c < n_channels; c++) {
    if (fabsf(channels[c][frame]) >= threshold)
      return true;
  }
  return false;
}

OnomaRange onoma_trim(const float *const *channels, size_t n_channels, size_t n_frames,
                      double threshold_db, size_t n_before, size_t n_after) {
  const double peak = onoma_peak(channels, n_channels, n_frames);
  if (!(peak > 0))
    return (OnomaRange){0};
  const double threshold = peak * pow(10, fmin(threshold_db, 0) / 20);
  size_t first = 0;
  while (first + 1 < n_frames && !reaches(channels, n_channels, first, threshold))
    first++;
  size_t last = n_frames - 1;
  while (last > first && !reaches(channels, n_channels, last, threshold))
    last--;

  first -= n_before < first ? n_before : first;
  const size_t n_left = n_frames - 1 - last;
  last += n_after < n_left ? n_after : n_left;
  return (OnomaRange){.first = first, .n_frames = last + 1 - first};
}

void onoma_gain(float *const *channels, size_t n_channels, size_t n_frames, double gain) {
  for (size_t c = 0; c < n_channels; c++) {
    for (size_t i = 0; i < n_frames; i++)
      channels[c][i] = (float)(channels[c][i] * gain);
  }
}

double onoma_normalise_peak(float *const *channels, size_t n_channels, size_t n_frames,
                            double peak) {
  const double before = onoma_peak((const float *const *)channels, n_channels, n_frames);
  if (!(before > 0))
    return 1;
  onoma_gain(channels, n_channels, n_frames, peak / before);
  return peak / before;
}

// The gain of frame i of a fade, counted from the end that fades.
static float fade(size_t i, size_t n_fade) {
  return (float)(0.5 - 0.5 * cos(PI * (double)i / (double)n_fade));
}

void onoma_fade_in(float *const *channels, size_t n_channels, size_t n_frames, size_t n_fade) {
  n_fade = n_fade < n_frames ? n_fade : n_frames;
  for (size_t c = 0; c < n_channels; c++) {
    for (size_t i = 0; i < n_fade; i++)
      channels[c][i] *= fade(i, n_fade);
  }
}

void onoma_fade_out(float *const *channels, size_t n_channels, size_t n_frames, size_t n_fade) {
  n_fade = n_fade < n_frames ? n_fade : n_frames;
  for (size_t c = 0; c < n_channels; c++) {
    for (size_t i = 0; i < n_fade; i++)
      channels[c][n_frames - 1 - i] *= fade(i, n_fade);
  }
}

double onoma_remove_dc(float *const *channels, size_t n_channels, size_t n_frames) {
  double largest = 0;
  for (size_t c = 0; c < n_channels && n_frames; c++) {
    double sum = 0;
    for (size_t i = 0; i < n_frames; i++)
      sum += channels[c][i];
    const double mean = sum / (double)n_frames;
    for (size_t i = 0; i < n_frames; i++)
      channels[c][i] = (float)(channels[c][i] - mean);
    largest = fmax(largest, fabs(mean));
  }
  return largest;
}
