// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The front end of the shipped model: level-normalised log bands. doc/model-format.md, "Front end".

#include "front_end_impl.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

// The loudest band of a clip counts as at least this, so that silence stays finite.
#define MIN_PEAK 1e-9F

// A band is a weighted sum of bins first to first + n - 1; most others have no weight.
typedef struct {
  size_t first, n;
} Span;

typedef struct {
  OnomaFrontEnd base;
  size_t n_bins;
  float floor;
  float *weights; // [F,K]
  Span *spans;    // [F]
} BandsFrontEnd;

static OnomaStatus read_settings(BandsFrontEnd *front_end, const OnomaConfig *config,
                                 OnomaError *error) {
  double floor = 0.0;
  OnomaStftSettings stft = {.padding = ONOMA_STFT_FRAMED};
  OnomaFrontEnd *const base = &front_end->base;
  OnomaStatus status =
      onoma_config_size(config, "sampling_rate", 1, 1 << 24, &base->rate_hz, error);
  if (!status)
    status = onoma_config_size(config, "n_fft", 2, 1 << 20, &stft.n_fft, error);
  if (!status)
    status = onoma_config_size(config, "hop_length", 1, stft.n_fft, &stft.hop, error);
  if (!status)
    status = onoma_config_size(config, "n_bands", 1, 1 << 16, &base->n_bands, error);
  if (!status)
    status = onoma_config_float(config, "log_floor", -1e3, -1e-3, &floor, error);
  if (!status)
    status = onoma_stft_open(&base->stft, &stft, error);
  front_end->floor = (float)floor;
  front_end->n_bins = stft.n_fft / 2 + 1;
  return status;
}

static OnomaStatus read_bands(BandsFrontEnd *front_end, const OnomaWeights *weights,
                              OnomaError *error) {
  const size_t n_bins = front_end->n_bins;
  const size_t shape[2] = {front_end->base.n_bands, n_bins};
  const OnomaStatus status =
      onoma_weights_read(weights, "bands.weight", 2, shape, &front_end->weights, error);
  if (status)
    return status;
  front_end->spans = onoma_alloc_zero(front_end->base.n_bands, sizeof(Span));
  if (!front_end->spans)
    return onoma_fail_memory(error);
  for (size_t f = 0; f < front_end->base.n_bands; f++) {
    const float *const row = front_end->weights + f * n_bins;
    Span *const span = &front_end->spans[f];
    size_t end = n_bins;
    while (span->first < n_bins && row[span->first] == 0.0F)
      span->first++;
    while (end > span->first && row[end - 1] == 0.0F)
      end--;
    span->n = end - span->first;
  }
  return ONOMA_OK;
}

static void close_bands(OnomaFrontEnd *base) {
  BandsFrontEnd *const front_end = (BandsFrontEnd *)base;
  onoma_free(front_end->weights);
  onoma_free(front_end->spans);
}

static OnomaStatus open_bands(OnomaFrontEnd **base, const OnomaConfig *config,
                              const OnomaWeights *weights, OnomaError *error) {
  BandsFrontEnd *const front_end = onoma_alloc_zero(1, sizeof(*front_end));
  if (!front_end)
    return onoma_fail_memory(error);
  *base = &front_end->base;
  const OnomaStatus status = read_settings(front_end, config, error);
  return status ? status : read_bands(front_end, weights, error);
}

// ---- Spectrograms

typedef struct {
  const BandsFrontEnd *front_end;
  const float *magnitudes; // [T,K]
  float *bands;            // [T,F]
} SumTask;

// The bands of one frame, linear.
static void sum_bands(void *data, size_t t) {
  const SumTask *const task = data;
  const BandsFrontEnd *const fe = task->front_end;
  const size_t n_bins = fe->n_bins;
  const float *const frame = task->magnitudes + t * n_bins;
  for (size_t f = 0; f < fe->base.n_bands; f++) {
    const Span span = fe->spans[f];
    const float *const weights = fe->weights + f * n_bins;
    float sum = 0.0F;
    for (size_t k = span.first; k < span.first + span.n; k++)
      sum += weights[k] * frame[k];
    task->bands[t * fe->base.n_bands + f] = sum;
  }
}

static void normalise(const BandsFrontEnd *fe, float *bands, size_t n_frames) {
  const size_t n = n_frames * fe->base.n_bands;
  float peak = MIN_PEAK;
  for (size_t i = 0; i < n; i++)
    peak = fmaxf(peak, bands[i]);
  const float least = expf(fe->floor);
  for (size_t i = 0; i < n; i++)
    bands[i] = fminf(fmaxf(logf(fmaxf(bands[i] / peak, least)), fe->floor), 0.0F);
}

// Frames `first` to first + n_frames - 1 of magnitudes [T,K] as a clip of their own.
static void apply_bands(const OnomaFrontEnd *base, const OnomaExec *exec, const float *magnitudes,
                        size_t first, size_t n_frames, float *bands) {
  const BandsFrontEnd *const fe = (const BandsFrontEnd *)base;
  SumTask task = {fe, magnitudes + first * fe->n_bins, bands};
  onoma_pool_run(exec->pool, n_frames, sum_bands, &task);
  normalise(fe, bands, n_frames);
}

const OnomaFrontEndClass onoma_front_end_bands = {
    .vocoder = "OnomaPghiVocoder",
    .open = open_bands,
    .close = close_bands,
    .prepare = NULL,
    .apply = apply_bands,
};
