// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Seamless loops.

#include "loop.h"

#include "base/error.h"
#include "base/memory.h"
#include "fft.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define PI 3.141592653589793238462643383279

// The power under the loudest at which a sound counts as over: 6 dB.
#define ENDING_POWER 0.25

enum { min_fade = 16 };

void onoma_loop_settings_default(OnomaLoopSettings *settings, size_t n_frames, double rate_hz) {
  const size_t longest = (size_t)fmax(rate_hz / 20, min_fade);
  settings->n_fade = n_frames / 4 < longest ? n_frames / 4 : longest;
  settings->first_frame = n_frames * 3 / 20;
  settings->min_frames = 0;
}

// Sum of squares of frames first to first + n - 1.
static double power(float *const *channels, size_t n_channels, size_t first, size_t n) {
  double sum = 0;
  for (size_t c = 0; c < n_channels; c++) {
    for (size_t i = first; i < first + n; i++)
      sum += (double)channels[c][i] * channels[c][i];
  }
  return sum;
}

// The end of the last stretch of n_fade frames that is as loud as ENDING_POWER wants; 0 if the
// sound is silent.
static size_t find_end(float *const *channels, size_t n_channels, size_t n_frames,
                       const OnomaLoopSettings *s) {
  double loudest = 0;
  for (size_t at = s->first_frame; at + s->n_fade <= n_frames; at += s->n_fade / 2)
    loudest = fmax(loudest, power(channels, n_channels, at, s->n_fade));
  if (!(loudest > 0))
    return 0;
  size_t end = n_frames;
  while (end >= s->n_fade &&
         power(channels, n_channels, end - s->n_fade, s->n_fade) < loudest * ENDING_POWER)
    end -= s->n_fade / 4;
  return end;
}

// Scratch memory of the search: transforms of a power of two of samples.
typedef struct {
  size_t n_fft;
  OnomaFft *fft;
  float *x;               // [n_fft]
  float *sum;             // [n_fft]: of all channels
  OnomaComplex *spectrum; // [n_fft / 2 + 1]
  OnomaComplex *pattern;  // [n_fft / 2 + 1]
} Search;

static OnomaStatus open_search(Search *search, size_t n_samples, OnomaError *error) {
  *search = (Search){.n_fft = 64};
  while (search->n_fft < n_samples)
    search->n_fft *= 2;
  const OnomaStatus status = onoma_fft_open(&search->fft, search->n_fft, error);
  if (status)
    return status;
  search->x = onoma_alloc(search->n_fft, sizeof(float));
  search->sum = onoma_alloc_zero(search->n_fft, sizeof(float));
  search->spectrum = onoma_alloc(search->n_fft / 2 + 1, sizeof(OnomaComplex));
  search->pattern = onoma_alloc(search->n_fft / 2 + 1, sizeof(OnomaComplex));
  const bool good = search->x && search->sum && search->spectrum && search->pattern;
  return good ? ONOMA_OK : onoma_fail_memory(error);
}

static void close_search(Search *search) {
  onoma_fft_close(&search->fft);
  onoma_free(search->x);
  onoma_free(search->sum);
  onoma_free(search->spectrum);
  onoma_free(search->pattern);
}

static void transform(Search *search, const float *samples, size_t n, OnomaComplex *spectrum) {
  memcpy(search->x, samples, n * sizeof(float));
  memset(search->x + n, 0, (search->n_fft - n) * sizeof(float));
  onoma_fft_forward(search->fft, search->x, spectrum);
}

// Adds <x[i...], pattern> to sum[i], for all i where the pattern fits into x.
static void correlate(Search *search, const float *x, size_t n, const float *pattern,
                      size_t n_pattern) {
  transform(search, x, n, search->spectrum);
  transform(search, pattern, n_pattern, search->pattern);
  for (size_t k = 0; k <= search->n_fft / 2; k++) {
    const OnomaComplex a = search->spectrum[k];
    const OnomaComplex b = search->pattern[k];
    search->spectrum[k] =
        (OnomaComplex){.re = a.re * b.re + a.im * b.im, .im = a.im * b.re - a.re * b.im};
  }
  onoma_fft_inverse(search->fft, search->spectrum, search->x);
  for (size_t i = 0; i + n_pattern <= n; i++)
    search->sum[i] += search->x[i] / (float)search->n_fft;
}

// Finds the start of a loop that ends at loop->end, whose fade begins in [first, last].
static OnomaStatus find_start(float *const *channels, size_t n_channels, size_t n_fade,
                              size_t first, size_t last, OnomaLoop *loop, OnomaError *error) {
  Search search;
  const size_t n = last - first + n_fade;
  const OnomaStatus status = open_search(&search, n, error);
  if (!status) {
    const size_t fade_out = loop->end - n_fade;
    for (size_t c = 0; c < n_channels; c++)
      correlate(&search, channels[c] + first, n, channels[c] + fade_out, n_fade);

    const double end_power = power(channels, n_channels, fade_out, n_fade);
    double start_power = power(channels, n_channels, first, n_fade);
    loop->similarity = -1;
    for (size_t at = first; at <= last; at++) {
      const double similarity = 2 * search.sum[at - first] / (start_power + end_power);
      if (similarity > loop->similarity) {
        loop->similarity = similarity;
        loop->start = at + n_fade;
      }
      if (at < last)
        start_power +=
            power(channels, n_channels, at + n_fade, 1) - power(channels, n_channels, at, 1);
    }
  }
  close_search(&search);
  return status;
}

static void crossfade(float *const *channels, size_t n_channels, size_t n_fade,
                      const OnomaLoop *loop) {
  const double alike = fmax(loop->similarity, 0);
  for (size_t i = 0; i < n_fade; i++) {
    // Slow at both ends, so that neither gain begins or ends with an edge.
    const double angle = PI / 4 * (1 - cos(PI * ((double)i + 0.5) / (double)n_fade));
    const double scale = 1 / sqrt(1 + 2 * alike * sin(angle) * cos(angle));
    const float in = (float)(sin(angle) * scale);
    const float out = (float)(cos(angle) * scale);
    for (size_t c = 0; c < n_channels; c++) {
      float *const at = channels[c] + loop->end - n_fade + i;
      *at = *at * out + channels[c][loop->start - n_fade + i] * in;
    }
  }
}

// The smallest loop. Never shorter than the crossfade: what is faded in must not be what is
// changed.
static size_t smallest_loop(const OnomaLoopSettings *s, size_t end) {
  size_t n = s->min_frames;
  if (!n && end > s->first_frame)
    n = (end - s->first_frame) / 2;
  return n > s->n_fade ? n : s->n_fade;
}

static OnomaStatus too_short(size_t n_frames, OnomaError *error) {
  return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a sound of %zu frames is too short to loop",
                    n_frames);
}

OnomaStatus onoma_loop_make(float *const *channels, size_t n_channels, size_t n_frames,
                            const OnomaLoopSettings *settings, OnomaLoop *loop, OnomaError *error) {
  const size_t n_fade = settings->n_fade;
  if (n_fade < min_fade || n_fade > n_frames || settings->first_frame > n_frames - n_fade)
    return too_short(n_frames, error);

  OnomaLoop found = {.end = find_end(channels, n_channels, n_frames, settings)};
  if (!found.end)
    return onoma_fail(error, ONOMA_ERR_SILENT, "a silent sound cannot be looped");
  const size_t smallest = smallest_loop(settings, found.end);
  if (found.end < smallest || found.end - smallest < settings->first_frame ||
      found.end - smallest < n_fade)
    return too_short(found.end, error);
  // Of the fade, which comes before the loop's start.
  const size_t last = found.end - smallest - n_fade;
  const size_t first = settings->first_frame > n_fade ? settings->first_frame - n_fade : 0;
  const OnomaStatus status =
      find_start(channels, n_channels, n_fade, first < last ? first : last, last, &found, error);
  if (status)
    return status;
  crossfade(channels, n_channels, n_fade, &found);
  *loop = found;
  return ONOMA_OK;
}
