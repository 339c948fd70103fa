// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Spectrograms on logarithmic frequency, for pictures.

#include <onoma/analysis.h>

#include "mono.h"

#include "base/error.h"
#include "base/memory.h"
#include "dsp/stft.h"

#include <math.h>

// Long enough to tell low notes apart, short enough to show an attack.
#define N_FFT 2048

// Magnitudes [T,K] of the mean of the channels.
typedef struct {
  size_t n_frames, n_bins;
  double bin_hz;
  float *magnitudes; // owned
} Frames;

static OnomaStatus transform(const OnomaStft *stft, const float *mono, size_t n_samples,
                             Frames *frames, OnomaError *error) {
  frames->n_frames = onoma_stft_n_frames(stft, n_samples);
  frames->n_bins = onoma_stft_n_bins(stft);
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  onoma_stft_magnitudes(stft, NULL, &arena, mono, n_samples, NULL);
  if (!onoma_arena_init(&arena, arena.peak))
    return onoma_fail_memory(error);
  frames->magnitudes = onoma_alloc(frames->n_frames * frames->n_bins, sizeof(float));
  if (frames->magnitudes)
    onoma_stft_magnitudes(stft, NULL, &arena, mono, n_samples, frames->magnitudes);
  onoma_arena_fini(&arena);
  return frames->magnitudes ? ONOMA_OK : onoma_fail_memory(error);
}

static OnomaStatus analyse(const OnomaClip *clip, size_t n_columns, Frames *frames,
                           OnomaError *error) {
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  const size_t spacing = info->n_frames / n_columns;
  const size_t hop = spacing < 1 ? 1 : spacing > N_FFT / 4 ? N_FFT / 4 : spacing;
  const OnomaStftSettings settings = {.n_fft = N_FFT, .hop = hop, .padding = ONOMA_STFT_FRAMED};
  OnomaStft *stft;
  OnomaStatus status = onoma_stft_open(&stft, &settings, error);
  if (status)
    return status;
  float *const mono = onoma_clip_mono(clip);
  status = mono ? transform(stft, mono, info->n_frames, frames, error) : onoma_fail_memory(error);
  frames->bin_hz = info->sample_rate / N_FFT;
  onoma_free(mono);
  onoma_stft_close(&stft);
  return status;
}

// The largest magnitude among the bins of [low_hz, high_hz), or, if that is less than a bin wide,
// between the two nearest.
static float row_magnitude(const Frames *frames, size_t t, double low_hz, double high_hz) {
  const float *const row = frames->magnitudes + t * frames->n_bins;
  const double last = (double)(frames->n_bins - 1);
  const size_t first = (size_t)ceil(fmin(low_hz / frames->bin_hz, last));
  const size_t end = (size_t)ceil(fmin(high_hz / frames->bin_hz, last));
  if (end <= first + 1) {
    const double at = fmin(sqrt(low_hz * high_hz) / frames->bin_hz, last - 1e-6);
    const size_t k = (size_t)at;
    const float fraction = (float)(at - (double)k);
    return row[k] + fraction * (row[k + 1] - row[k]);
  }
  float largest = 0;
  for (size_t k = first; k < end; k++)
    largest = fmaxf(largest, row[k]);
  return largest;
}

// Fills in magnitudes, and returns the largest.
static float fill(OnomaSpectrogram *spectrogram, const Frames *frames) {
  const double step = log(spectrogram->max_hz / spectrogram->min_hz) / (double)spectrogram->n_rows;
  float largest = 0;
  for (size_t x = 0; x < spectrogram->n_columns; x++) {
    const size_t begin = x * frames->n_frames / spectrogram->n_columns;
    const size_t next = (x + 1) * frames->n_frames / spectrogram->n_columns;
    const size_t end = next > begin ? next : begin + 1;
    for (size_t y = 0; y < spectrogram->n_rows; y++) {
      const double low_hz = spectrogram->min_hz * exp(step * (double)y);
      float cell = 0;
      for (size_t t = begin; t < end; t++)
        cell = fmaxf(cell, row_magnitude(frames, t, low_hz, low_hz * exp(step)));
      spectrogram->db[x * spectrogram->n_rows + y] = cell;
      largest = fmaxf(largest, cell);
    }
  }
  return largest;
}

static void to_db(OnomaSpectrogram *spectrogram, float largest, double floor_db) {
  const size_t n = spectrogram->n_columns * spectrogram->n_rows;
  for (size_t i = 0; i < n; i++) {
    const double ratio = largest > 0 ? (double)spectrogram->db[i] / (double)largest : 0;
    spectrogram->db[i] = (float)fmax(-floor_db, ratio > 0 ? 20 * log10(ratio) : -floor_db);
  }
}

OnomaStatus onoma_spectrogram_init(OnomaSpectrogram *spectrogram, const OnomaClip *clip,
                                   size_t n_columns, size_t n_rows, double min_hz, double max_hz,
                                   double floor_db, OnomaError *error) {
  *spectrogram = (OnomaSpectrogram){0};
  if (!n_columns || !n_rows || !(min_hz > 0) || !(max_hz > min_hz) ||
      max_hz > onoma_clip_info(clip)->sample_rate / 2 || !(floor_db > 0))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the spectrogram's limits make no sense");
  Frames frames = {0};
  OnomaStatus status = analyse(clip, n_columns, &frames, error);
  if (!status) {
    *spectrogram = (OnomaSpectrogram){
        .n_columns = n_columns, .n_rows = n_rows, .min_hz = min_hz, .max_hz = max_hz};
    spectrogram->db = onoma_alloc(n_columns * n_rows, sizeof(float));
    if (spectrogram->db)
      to_db(spectrogram, fill(spectrogram, &frames), floor_db);
    else
      status = onoma_fail_memory(error);
  }
  onoma_free(frames.magnitudes);
  return status;
}

void onoma_spectrogram_fini(OnomaSpectrogram *spectrogram) {
  onoma_free(spectrogram->db);
  *spectrogram = (OnomaSpectrogram){0};
}
