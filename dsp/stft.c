// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The short-time Fourier transform and its inverse.

#include "stft.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

// How work is cut into items of the pool; does not depend on the number of threads.
enum { frames_per_item = 16, samples_per_item = 4096 };

struct OnomaStft {
  OnomaStftSettings settings;
  size_t n_bins;
  ptrdiff_t origin; // of frame 0, in samples; not positive
  OnomaFft *fft;
  float *window; // [n_fft]
};

// Room for one frame and its spectrum, both aligned.
typedef struct {
  float *frame;
  OnomaComplex *spectrum;
} Scratch;

static size_t round_up(size_t n, size_t unit) {
  return (n + unit - 1) / unit * unit;
}

// Floats of an aligned frame.
static size_t frame_stride(const OnomaStft *stft) {
  return round_up(stft->settings.n_fft, ONOMA_ALIGN / sizeof(float));
}

static size_t spectrum_stride(const OnomaStft *stft) {
  return round_up(stft->n_bins * 2, ONOMA_ALIGN / sizeof(float));
}

static bool make_window(OnomaStft *stft) {
  const size_t n = stft->settings.n_fft;
  stft->window = onoma_alloc(n, sizeof(float));
  if (!stft->window)
    return false;
  for (size_t i = 0; i < n; i++)
    stft->window[i] = (float)(0.5 - 0.5 * cos(TWO_PI * (double)i / (double)n));
  return true;
}

OnomaStatus onoma_stft_open(OnomaStft **stft, const OnomaStftSettings *settings,
                            OnomaError *error) {
  *stft = NULL;
  const size_t n_fft = settings->n_fft;
  const size_t hop = settings->hop;
  if (n_fft < 2 || n_fft > (size_t)1 << 24 || hop < 1 || hop > n_fft)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "a short-time Fourier transform of %zu samples every %zu", n_fft, hop);

  OnomaStft *s = onoma_alloc_zero(1, sizeof(OnomaStft));
  if (!s)
    return onoma_fail_memory(error);
  s->settings = *settings;
  s->n_bins = n_fft / 2 + 1;
  s->origin = -(ptrdiff_t)(settings->padding == ONOMA_STFT_CENTRED ? n_fft / 2 : (n_fft - hop) / 2);
  OnomaStatus status = onoma_fft_open(&s->fft, n_fft, error);
  if (!status && !make_window(s))
    status = onoma_fail_memory(error);
  if (status) {
    onoma_stft_close(&s);
    return status;
  }
  *stft = s;
  return ONOMA_OK;
}

void onoma_stft_close(OnomaStft **stft) {
  OnomaStft *const s = *stft;
  *stft = NULL;
  if (!s)
    return;
  onoma_fft_close(&s->fft);
  onoma_free(s->window);
  onoma_free(s);
}

size_t onoma_stft_n_bins(const OnomaStft *stft) {
  return stft->n_bins;
}

const OnomaStftSettings *onoma_stft_settings(const OnomaStft *stft) {
  return &stft->settings;
}

size_t onoma_stft_n_frames(const OnomaStft *stft, size_t n_samples) {
  const size_t hop = stft->settings.hop;
  if (!n_samples)
    return 0;
  if (stft->settings.padding == ONOMA_STFT_CENTRED)
    return 1 + n_samples / hop;
  return (n_samples - 1) / hop + 1;
}

size_t onoma_stft_n_samples(const OnomaStft *stft, size_t n_frames) {
  const size_t hop = stft->settings.hop;
  if (!n_frames)
    return 0;
  return stft->settings.padding == ONOMA_STFT_CENTRED ? (n_frames - 1) * hop : n_frames * hop;
}

// Sample i of x mirrored at both ends.
static float mirrored(const float *x, size_t n_samples, ptrdiff_t i) {
  if (n_samples == 1)
    return x[0];
  const ptrdiff_t period = 2 * ((ptrdiff_t)n_samples - 1);
  ptrdiff_t at = i % period;
  if (at < 0)
    at += period;
  return x[at < (ptrdiff_t)n_samples ? at : period - at];
}

// A forward transform shared out in items of frames_per_item frames. Either of frames and
// magnitudes is NULL.
typedef struct {
  const OnomaStft *stft;
  const float *x; // [n_samples]
  size_t n_samples;
  size_t n_frames;
  OnomaComplex *frames; // [T,K]
  float *magnitudes;    // [T,K]
  float *scratch;       // frame_stride() + spectrum_stride() for each item
} Forward;

// Item i's part of the scratch memory.
static Scratch scratch_of(const OnomaStft *stft, float *scratch, size_t i) {
  float *const frame = scratch + i * (frame_stride(stft) + spectrum_stride(stft));
  return (Scratch){.frame = frame, .spectrum = (OnomaComplex *)(frame + frame_stride(stft))};
}

static float *alloc_scratch(const OnomaStft *stft, OnomaArena *arena, size_t n_items) {
  return onoma_arena_alloc(arena, n_items,
                           (frame_stride(stft) + spectrum_stride(stft)) * sizeof(float));
}

// Cuts frame t out of the signal, and windows it.
static void cut_frame(const Forward *f, size_t t, float *frame) {
  const OnomaStft *const stft = f->stft;
  const size_t n_fft = stft->settings.n_fft;
  const ptrdiff_t first = (ptrdiff_t)(t * stft->settings.hop) + stft->origin;
  const ptrdiff_t n = (ptrdiff_t)f->n_samples;
  for (size_t i = 0; i < n_fft; i++) {
    const ptrdiff_t at = first + (ptrdiff_t)i;
    float sample = 0;
    if (at >= 0 && at < n)
      sample = f->x[at];
    else if (stft->settings.padding == ONOMA_STFT_CENTRED)
      sample = mirrored(f->x, f->n_samples, at);
    frame[i] = sample * stft->window[i];
  }
}

static void transform_item(void *data, size_t item) {
  const Forward *const f = data;
  const size_t n_bins = f->stft->n_bins;
  const Scratch scratch = scratch_of(f->stft, f->scratch, item);
  for (size_t t = item * frames_per_item; t < (item + 1) * frames_per_item && t < f->n_frames;
       t++) {
    cut_frame(f, t, scratch.frame);
    onoma_fft_forward(f->stft->fft, scratch.frame, scratch.spectrum);
    if (f->frames)
      memcpy(f->frames + t * n_bins, scratch.spectrum, n_bins * sizeof(OnomaComplex));
    else
      onoma_complex_abs(scratch.spectrum, n_bins, f->magnitudes + t * n_bins);
  }
}

static void transform(Forward *f, OnomaPool *pool, OnomaArena *arena) {
  f->n_frames = onoma_stft_n_frames(f->stft, f->n_samples);
  const size_t n_items = (f->n_frames + frames_per_item - 1) / frames_per_item;
  const size_t mark = onoma_arena_mark(arena);
  f->scratch = alloc_scratch(f->stft, arena, n_items);
  if (!arena->measuring)
    onoma_pool_run(pool, n_items, transform_item, f);
  onoma_arena_release(arena, mark);
}

void onoma_stft_forward(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena, const float *x,
                        size_t n_samples, OnomaComplex *frames) {
  Forward f = {.stft = stft, .x = x, .n_samples = n_samples, .frames = frames};
  transform(&f, pool, arena);
}

void onoma_stft_magnitudes(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena,
                           const float *x, size_t n_samples, float *magnitudes) {
  Forward f = {.stft = stft, .x = x, .n_samples = n_samples, .magnitudes = magnitudes};
  transform(&f, pool, arena);
}

// An inverse transform, in two operations: all frames on their own, then the overlap-add, where
// each item gathers its samples from the frames that reach them, in the order of their number.
typedef struct {
  const OnomaStft *stft;
  const OnomaComplex *frames; // [T,K]
  size_t n_frames;
  float *x; // [n_samples]
  size_t n_samples;
  float *pieces;  // [T, frame_stride()]: windowed inverse frames
  float *weights; // [n_samples]: sum of squared windows
  float *scratch; // as above
} Inverse;

static void invert_item(void *data, size_t item) {
  const Inverse *const f = data;
  const OnomaStft *const stft = f->stft;
  const size_t n_fft = stft->settings.n_fft;
  const Scratch scratch = scratch_of(stft, f->scratch, item);
  for (size_t t = item * frames_per_item; t < (item + 1) * frames_per_item && t < f->n_frames;
       t++) {
    float *const piece = f->pieces + t * frame_stride(stft);
    memcpy(scratch.spectrum, f->frames + t * stft->n_bins, stft->n_bins * sizeof(OnomaComplex));
    onoma_fft_inverse(stft->fft, scratch.spectrum, piece);
    for (size_t i = 0; i < n_fft; i++)
      piece[i] *= stft->window[i] / (float)n_fft;
  }
}

static void add_item(void *data, size_t item) {
  const Inverse *const f = data;
  const OnomaStft *const stft = f->stft;
  const ptrdiff_t n_fft = (ptrdiff_t)stft->settings.n_fft;
  const ptrdiff_t hop = (ptrdiff_t)stft->settings.hop;
  const ptrdiff_t begin = (ptrdiff_t)(item * samples_per_item);
  const size_t left = f->n_samples - (size_t)begin;
  const ptrdiff_t n = (ptrdiff_t)(left < samples_per_item ? left : samples_per_item);
  float *const x = f->x + begin;
  float *const weights = f->weights + begin;
  for (ptrdiff_t i = 0; i < n; i++)
    x[i] = weights[i] = 0;

  // The first frame whose end, t * hop + origin + n_fft, is past the item's beginning.
  const ptrdiff_t before = begin - stft->origin - n_fft;
  for (ptrdiff_t t = before < 0 ? 0 : before / hop + 1; t < (ptrdiff_t)f->n_frames; t++) {
    const float *const piece = f->pieces + (size_t)t * frame_stride(stft);
    const ptrdiff_t at = t * hop + stft->origin - begin;
    if (at >= n)
      break;
    for (ptrdiff_t i = at < 0 ? -at : 0; i < n_fft && at + i < n; i++) {
      x[at + i] += piece[i];
      weights[at + i] += stft->window[i] * stft->window[i];
    }
  }
  for (ptrdiff_t i = 0; i < n; i++)
    x[i] /= fmaxf(weights[i], ONOMA_STFT_MIN_WEIGHT);
}

void onoma_stft_inverse(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena,
                        const OnomaComplex *frames, size_t n_frames, float *x, size_t n_samples) {
  const size_t n_items = (n_frames + frames_per_item - 1) / frames_per_item;
  const size_t mark = onoma_arena_mark(arena);
  Inverse f = {
      .stft = stft,
      .frames = frames,
      .n_frames = n_frames,
      .x = x,
      .n_samples = n_samples,
      .pieces = onoma_arena_alloc(arena, n_frames, frame_stride(stft) * sizeof(float)),
      .weights = onoma_arena_floats(arena, n_samples),
      .scratch = alloc_scratch(stft, arena, n_items),
  };
  if (!arena->measuring) {
    onoma_pool_run(pool, n_items, invert_item, &f);
    onoma_pool_run(pool, (n_samples + samples_per_item - 1) / samples_per_item, add_item, &f);
  }
  onoma_arena_release(arena, mark);
}
