// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loudness by EBU R128, measured by libebur128.

#include "loudness.h"

#include "base/error.h"
#include "edit.h"

#include <ebur128.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { max_channels = 2, frames_per_block = 4096 };

// Feeds n frames; channels is NULL for silence. False if memory is out.
static bool feed(ebur128_state *meter, const float *const *channels, size_t n_channels, size_t n) {
  float block[frames_per_block * max_channels];
  memset(block, 0, sizeof(block));
  for (size_t first = 0; first < n; first += frames_per_block) {
    const size_t n_block = n - first < frames_per_block ? n - first : frames_per_block;
    for (size_t i = 0; channels && i < n_block * n_channels; i++)
      block[i] = channels[i % n_channels][first + i / n_channels];
    if (ebur128_add_frames_float(meter, block, n_block) != EBUR128_SUCCESS)
      return false;
  }
  return true;
}

// Frames of silence after which the last of n frames lies in a whole block. libebur128 counts 100
// ms in whole frames, to the nearest.
static size_t n_frames_missing(size_t n, double rate_hz) {
  const size_t step = (size_t)lrint(rate_hz / 10);
  const size_t n_steps = (n + step - 1) / step;
  return (n_steps < 4 ? 4 : n_steps) * step - n;
}

static bool measure(ebur128_state *meter, const float *const *channels, size_t n_channels,
                    size_t n_frames, double rate_hz, OnomaLoudness *loudness) {
  // More than the filter that finds the peaks between samples is long.
  enum { n_flush = 256 };
  if (!feed(meter, channels, n_channels, n_frames) ||
      ebur128_loudness_global(meter, &loudness->lufs) != EBUR128_SUCCESS)
    return false;
  if (isinf(loudness->lufs) &&
      (!feed(meter, NULL, n_channels, n_frames_missing(n_frames, rate_hz)) ||
       ebur128_loudness_global(meter, &loudness->lufs) != EBUR128_SUCCESS))
    return false;
  if (!feed(meter, NULL, n_channels, n_flush))
    return false;
  loudness->true_peak = 0;
  for (size_t c = 0; c < n_channels; c++) {
    double peak;
    if (ebur128_true_peak(meter, (unsigned)c, &peak) != EBUR128_SUCCESS)
      return false;
    loudness->true_peak = fmax(loudness->true_peak, peak);
  }
  return true;
}

OnomaStatus onoma_loudness(const float *const *channels, size_t n_channels, size_t n_frames,
                           double rate_hz, OnomaLoudness *loudness, OnomaError *error) {
  if (n_channels < 1 || n_channels > max_channels)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the loudness of %zu channels", n_channels);
  if (!(rate_hz >= 16 && rate_hz <= 2822400))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "loudness needs a sample rate between 16 Hz and 2.8 MHz");
  ebur128_state *meter = ebur128_init((unsigned)n_channels, (unsigned long)lrint(rate_hz),
                                      EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
  if (!meter)
    return onoma_fail_memory(error);
  const bool measured = measure(meter, channels, n_channels, n_frames, rate_hz, loudness);
  ebur128_destroy(&meter);
  return measured ? ONOMA_OK : onoma_fail_memory(error);
}

OnomaStatus onoma_normalise_loudness(float *const *channels, size_t n_channels, size_t n_frames,
                                     double rate_hz, double target_lufs, double max_true_peak,
                                     double *gain, OnomaError *error) {
  OnomaLoudness loudness = {0};
  const OnomaStatus status = onoma_loudness((const float *const *)channels, n_channels, n_frames,
                                            rate_hz, &loudness, error);
  if (status)
    return status;
  double g = 1;
  if (!isinf(loudness.lufs)) {
    g = pow(10, (target_lufs - loudness.lufs) / 20);
    if (loudness.true_peak * g > max_true_peak)
      g = max_true_peak / loudness.true_peak;
  }
  onoma_gain(channels, n_channels, n_frames, g);
  if (gain)
    *gain = g;
  return ONOMA_OK;
}
