// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Mel filter banks.

#include "mel.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

// A bin adds to two bands at the most, so that filters are stored as the run of bins that each
// covers.
typedef struct {
  size_t first_bin;
  size_t n_bins;
  float *weights; // [n_bins], in OnomaMel.weights
  float sum;      // of the weights
} Filter;

struct OnomaMel {
  size_t n_bands;
  size_t n_bins;
  Filter *filters; // [F]
  float *weights;
};

// How work is cut into items of the pool.
enum { frames_per_item = 16 };

static double hz_to_mel(OnomaMelScale scale, double hz) {
  if (scale == ONOMA_MEL_HTK)
    return 2595.0 * log10(1.0 + hz / 700.0);
  return hz < 1000.0 ? hz * 3.0 / 200.0 : 15.0 + 27.0 * log(hz / 1000.0) / log(6.4);
}

static double mel_to_hz(OnomaMelScale scale, double mel) {
  if (scale == ONOMA_MEL_HTK)
    return 700.0 * (pow(10.0, mel / 2595.0) - 1.0);
  return mel < 15.0 ? mel * 200.0 / 3.0 : 1000.0 * exp((mel - 15.0) * log(6.4) / 27.0);
}

static OnomaStatus check(const OnomaMelSettings *s, OnomaError *error) {
  if (!(s->sample_rate > 0) || isinf(s->sample_rate))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "mel bands of a sample rate that is not above 0");
  if (s->n_fft < 2 || s->n_fft > (size_t)1 << 24)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "mel bands of frames of %zu samples", s->n_fft);
  if (s->n_bands < 1 || s->n_bands > (size_t)1 << 16)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "%zu mel bands", s->n_bands);
  if (!(s->min_hz >= 0 && s->min_hz < s->max_hz && s->max_hz <= s->sample_rate / 2))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "the edges of mel bands must rise within 0 and half the sample rate");
  return ONOMA_OK;
}

// The frequency in Hz of band edge i.
static double edge_hz(const OnomaMelSettings *s, size_t i) {
  const double low = hz_to_mel(s->scale, s->min_hz);
  const double high = hz_to_mel(s->scale, s->max_hz);
  return mel_to_hz(s->scale, low + (high - low) * (double)i / (double)(s->n_bands + 1));
}

// The value of band b's triangle at hz; negative or zero outside.
static double triangle(const OnomaMelSettings *s, size_t b, double hz) {
  const double left = edge_hz(s, b);
  const double peak = edge_hz(s, b + 1);
  const double right = edge_hz(s, b + 2);
  const double value = fmin((hz - left) / (peak - left), (right - hz) / (right - peak));
  return s->norm == ONOMA_MEL_NORM_AREA ? value * 2.0 / (right - left) : value;
}

// The bins between the edges of band b.
static Filter cover(const OnomaMelSettings *s, size_t b) {
  const double bin_hz = s->sample_rate / (double)s->n_fft;
  const size_t last = s->n_fft / 2;
  const double first = ceil(edge_hz(s, b) / bin_hz);
  const double end = floor(edge_hz(s, b + 2) / bin_hz);
  Filter filter = {.first_bin = (size_t)first};
  if (end >= first && filter.first_bin <= last)
    filter.n_bins = ((size_t)end < last ? (size_t)end : last) + 1 - filter.first_bin;
  return filter;
}

static OnomaStatus make_filters(OnomaMel *mel, const OnomaMelSettings *s, OnomaError *error) {
  mel->filters = onoma_alloc(s->n_bands, sizeof(Filter));
  if (!mel->filters)
    return onoma_fail_memory(error);
  size_t n_weights = 0;
  for (size_t b = 0; b < s->n_bands; b++) {
    mel->filters[b] = cover(s, b);
    n_weights += mel->filters[b].n_bins;
  }
  mel->weights = onoma_alloc(n_weights, sizeof(float));
  if (!mel->weights)
    return onoma_fail_memory(error);

  float *next = mel->weights;
  for (size_t b = 0; b < s->n_bands; b++) {
    Filter *const filter = &mel->filters[b];
    filter->weights = next;
    next += filter->n_bins;
    for (size_t i = 0; i < filter->n_bins; i++) {
      const double hz = (double)(filter->first_bin + i) * s->sample_rate / (double)s->n_fft;
      filter->weights[i] = (float)fmax(triangle(s, b, hz), 0);
      filter->sum += filter->weights[i];
    }
  }
  return ONOMA_OK;
}

OnomaStatus onoma_mel_open(OnomaMel **mel, const OnomaMelSettings *settings, OnomaError *error) {
  *mel = NULL;
  OnomaStatus status = check(settings, error);
  if (status)
    return status;
  OnomaMel *m = onoma_alloc_zero(1, sizeof(OnomaMel));
  if (!m)
    return onoma_fail_memory(error);
  m->n_bands = settings->n_bands;
  m->n_bins = settings->n_fft / 2 + 1;
  status = make_filters(m, settings, error);
  if (status)
    onoma_mel_close(&m);
  *mel = m;
  return status;
}

void onoma_mel_close(OnomaMel **mel) {
  OnomaMel *const m = *mel;
  *mel = NULL;
  if (!m)
    return;
  onoma_free(m->filters);
  onoma_free(m->weights);
  onoma_free(m);
}

size_t onoma_mel_n_bands(const OnomaMel *mel) {
  return mel->n_bands;
}

size_t onoma_mel_n_bins(const OnomaMel *mel) {
  return mel->n_bins;
}

void onoma_mel_weights(const OnomaMel *mel, float *weights) {
  memset(weights, 0, mel->n_bands * mel->n_bins * sizeof(float));
  for (size_t b = 0; b < mel->n_bands; b++) {
    const Filter *const filter = &mel->filters[b];
    memcpy(weights + b * mel->n_bins + filter->first_bin, filter->weights,
           filter->n_bins * sizeof(float));
  }
}

// bands [F] of one frame of bins [K], or of their squares.
static void analyse(const OnomaMel *mel, OnomaMelQuantity quantity, const float *bins,
                    float *bands) {
  for (size_t b = 0; b < mel->n_bands; b++) {
    const Filter *const filter = &mel->filters[b];
    const float *const x = bins + filter->first_bin;
    float sum = 0;
    for (size_t i = 0; i < filter->n_bins; i++)
      sum += filter->weights[i] * (quantity == ONOMA_MEL_POWER ? x[i] * x[i] : x[i]);
    bands[b] = sum;
  }
}

// bins [K] = the filters' weights, transposed, times bands [F].
static void spread(const OnomaMel *mel, const float *bands, float *bins) {
  memset(bins, 0, mel->n_bins * sizeof(float));
  for (size_t b = 0; b < mel->n_bands; b++) {
    const Filter *const filter = &mel->filters[b];
    for (size_t i = 0; i < filter->n_bins; i++)
      bins[filter->first_bin + i] += filter->weights[i] * bands[b];
  }
}

typedef struct {
  const OnomaMel *mel;
  OnomaMelQuantity quantity;
  const float *magnitudes; // [T,K]
  size_t n_frames;
  float *bands; // [T,F]
} Apply;

static void apply_item(void *data, size_t item) {
  const Apply *const a = data;
  for (size_t t = item * frames_per_item; t < (item + 1) * frames_per_item && t < a->n_frames; t++)
    analyse(a->mel, a->quantity, a->magnitudes + t * a->mel->n_bins,
            a->bands + t * a->mel->n_bands);
}

static size_t n_items_of(size_t n_frames) {
  return (n_frames + frames_per_item - 1) / frames_per_item;
}

void onoma_mel_apply(const OnomaMel *mel, OnomaPool *pool, OnomaMelQuantity quantity,
                     const float *magnitudes, size_t n_frames, float *bands) {
  Apply a = {.mel = mel,
             .quantity = quantity,
             .magnitudes = magnitudes,
             .n_frames = n_frames,
             .bands = bands};
  onoma_pool_run(pool, n_items_of(n_frames), apply_item, &a);
}

typedef struct {
  const OnomaMel *mel;
  OnomaMelQuantity quantity;
  const float *bands; // [T,F]
  size_t n_frames;
  unsigned n_rounds;
  float *magnitudes; // [T,K]
  float *scratch;    // F + 2 K for each item
} Invert;

// bins [K]: the mean of the bands' mean magnitudes, weighted by the filters' values at each bin.
// total [K] is overwritten.
static void interpolate(const OnomaMel *mel, const float *bands, float *means, float *total,
                        float *bins) {
  for (size_t b = 0; b < mel->n_bands; b++)
    means[b] = mel->filters[b].sum > 0 ? fmaxf(bands[b], 0) / mel->filters[b].sum : 0;
  spread(mel, means, bins);
  for (size_t b = 0; b < mel->n_bands; b++)
    means[b] = 1;
  spread(mel, means, total);
  for (size_t k = 0; k < mel->n_bins; k++)
    bins[k] = total[k] > 0 ? bins[k] / total[k] : 0;
}

// One frame: interpolated bands, then multiplied by (W^T bands) / (W^T W q), round by round.
static void invert_frame(const Invert *v, const float *bands, float *scratch, float *q) {
  const OnomaMel *const mel = v->mel;
  float *const estimate = scratch;
  float *const wanted = estimate + mel->n_bands;
  float *const got = wanted + mel->n_bins;
  interpolate(mel, bands, estimate, got, q);
  spread(mel, bands, wanted);
  for (unsigned round = 0; round < v->n_rounds; round++) {
    analyse(mel, ONOMA_MEL_MAGNITUDE, q, estimate);
    spread(mel, estimate, got);
    for (size_t k = 0; k < mel->n_bins; k++)
      q[k] = got[k] > 0 ? q[k] * fmaxf(wanted[k], 0) / got[k] : 0;
  }
  if (v->quantity == ONOMA_MEL_POWER) {
    for (size_t k = 0; k < mel->n_bins; k++)
      q[k] = sqrtf(q[k]);
  }
}

static void invert_item(void *data, size_t item) {
  const Invert *const v = data;
  float *const scratch = v->scratch + item * (v->mel->n_bands + 2 * v->mel->n_bins);
  for (size_t t = item * frames_per_item; t < (item + 1) * frames_per_item && t < v->n_frames; t++)
    invert_frame(v, v->bands + t * v->mel->n_bands, scratch, v->magnitudes + t * v->mel->n_bins);
}

void onoma_mel_invert(const OnomaMel *mel, OnomaPool *pool, OnomaArena *arena,
                      OnomaMelQuantity quantity, const float *bands, size_t n_frames,
                      unsigned n_rounds, float *magnitudes) {
  const size_t mark = onoma_arena_mark(arena);
  Invert v = {.mel = mel,
              .quantity = quantity,
              .bands = bands,
              .n_frames = n_frames,
              .n_rounds = n_rounds,
              .magnitudes = magnitudes,
              .scratch = onoma_arena_floats(arena, n_items_of(n_frames) *
                                                       (mel->n_bands + 2 * mel->n_bins))};
  if (!arena->measuring)
    onoma_pool_run(pool, n_items_of(n_frames), invert_item, &v);
  onoma_arena_release(arena, mark);
}

void onoma_log_floor(const float *x, size_t n, float floor, float *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = logf(fmaxf(x[i], floor));
}

void onoma_power_db(const float *x, size_t n, float floor, float *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = 10.0F * log10f(fmaxf(x[i], floor));
}
