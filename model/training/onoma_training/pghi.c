// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC
//
// Phase gradient heap integration for the training's own checks (doc/model-format.md, "Phase"). The
// product has its own.

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct {
  float value;
  size_t cell;
} Entry;

typedef struct {
  const float *s; // [n_frames, n_bins] log magnitudes
  float *phase;   // [n_frames, n_bins]
  float *d_time;  // phase advance to the next frame
  float *d_bin;   // phase advance to the next bin
  bool *done;
  Entry *heap;
  size_t n_heap, n_frames, n_bins;
} Plan;

static bool before(Entry a, Entry b) {
  return a.value > b.value || (a.value == b.value && a.cell < b.cell);
}

static void push(Plan *p, size_t cell) {
  const Entry entry = {p->s[cell], cell};
  size_t i = p->n_heap++;
  while (i > 0 && before(entry, p->heap[(i - 1) / 2])) {
    p->heap[i] = p->heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  p->heap[i] = entry;
}

static size_t pop(Plan *p) {
  const size_t cell = p->heap[0].cell;
  const Entry last = p->heap[--p->n_heap];
  size_t i = 0;
  while (2 * i + 1 < p->n_heap) {
    size_t child = 2 * i + 1;
    if (child + 1 < p->n_heap && before(p->heap[child + 1], p->heap[child]))
      ++child;
    if (!before(p->heap[child], last))
      break;
    p->heap[i] = p->heap[child];
    i = child;
  }
  p->heap[i] = last;
  return cell;
}

// Central difference of x[0], x[stride], ..., x[(n - 1) stride] at i, one-sided at the ends.
static double slope(const float *x, size_t i, size_t n, size_t stride) {
  const size_t low = i > 0 ? i - 1 : i, high = i + 1 < n ? i + 1 : i;
  return high == low ? 0 : ((double)x[high * stride] - x[low * stride]) / (double)(high - low);
}

static void gradients(Plan *p, double hop, double n_fft, double gamma) {
  for (size_t t = 0; t < p->n_frames; ++t) {
    for (size_t k = 0; k < p->n_bins; ++k) {
      const size_t cell = t * p->n_bins + k;
      const double in_bins = slope(p->s + t * p->n_bins, k, p->n_bins, 1);
      const double in_time = slope(p->s + k, t, p->n_frames, p->n_bins);
      p->d_time[cell] =
          (float)(hop * n_fft / gamma * in_bins + 2 * M_PI * fmod(hop * (double)k, n_fft) / n_fft);
      p->d_bin[cell] = (float)(-gamma / (hop * n_fft) * in_time - M_PI);
    }
  }
}

static void spread(Plan *p, size_t from, size_t to, const float *gradient, float sign) {
  if (p->done[to])
    return;
  p->phase[to] =
      fmodf(p->phase[from] + sign * 0.5f * (gradient[from] + gradient[to]), 2 * (float)M_PI);
  p->done[to] = true;
  push(p, to);
}

static int falling(const void *a, const void *b) {
  return before(*(const Entry *)b, *(const Entry *)a) ? 1 : -1;
}

static void integrate(Plan *p, const Entry *order, float threshold) {
  const size_t n = p->n_frames * p->n_bins, k_last = p->n_bins - 1;
  for (size_t i = 0; i < n && order[i].value >= threshold; ++i) {
    if (p->done[order[i].cell])
      continue;
    p->done[order[i].cell] = true;
    p->phase[order[i].cell] = 0;
    push(p, order[i].cell);
    while (p->n_heap > 0) {
      const size_t cell = pop(p), t = cell / p->n_bins, k = cell % p->n_bins;
      if (t + 1 < p->n_frames)
        spread(p, cell, cell + p->n_bins, p->d_time, 1);
      if (t > 0)
        spread(p, cell, cell - p->n_bins, p->d_time, -1);
      if (k < k_last)
        spread(p, cell, cell + 1, p->d_bin, 1);
      if (k > 0)
        spread(p, cell, cell - 1, p->d_bin, -1);
    }
  }
}

// Writes phases over the random ones that `phase` holds, where s is at least max(s) + tolerance.
// Returns 0, or -1 without memory.
int onoma_training_pghi(const float *s, size_t n_frames, size_t n_bins, double hop, double n_fft,
                        double gamma, float tolerance, float *phase) {
  const size_t n = n_frames * n_bins;
  Plan p = {s, phase, NULL, NULL, NULL, NULL, 0, n_frames, n_bins};
  Entry *order = malloc(n * sizeof *order);
  p.d_time = malloc(n * sizeof(float));
  p.d_bin = malloc(n * sizeof(float));
  p.done = calloc(n, sizeof(bool));
  p.heap = malloc(n * sizeof(Entry));
  int status = -1;
  if (n > 0 && order && p.d_time && p.d_bin && p.done && p.heap) {
    for (size_t i = 0; i < n; ++i)
      order[i] = (Entry){s[i], i};
    qsort(order, n, sizeof *order, falling);
    const float threshold = order[0].value + tolerance;
    for (size_t i = 0; i < n; ++i)
      p.done[i] = s[i] < threshold;
    gradients(&p, hop, n_fft, gamma);
    integrate(&p, order, threshold);
    status = 0;
  }
  free(p.heap);
  free(p.done);
  free(p.d_bin);
  free(p.d_time);
  free(order);
  return status;
}
