// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Fast Griffin-Lim.

#include "griffin_lim.h"

#include "base/rng.h"

#include <math.h>

#define TWO_PI 6.283185307179586476925286766559

typedef struct {
  uint64_t seed;
  const float *magnitudes; // [T,K]
  size_t n_bins;
  OnomaComplex *frames; // [T,K]
} RandomPhases;

static void random_frame(void *data, size_t t) {
  const RandomPhases *const r = data;
  const float *const magnitudes = r->magnitudes + t * r->n_bins;
  OnomaComplex *const bins = r->frames + t * r->n_bins;
  for (size_t k = 0; k < r->n_bins; k++) {
    const double phase =
        TWO_PI * onoma_uniform_at(r->seed, ONOMA_STREAM_PHASE, (uint32_t)t, (uint32_t)k);
    bins[k].re = magnitudes[k] * (float)cos(phase);
    bins[k].im = magnitudes[k] * (float)sin(phase);
  }
}

void onoma_random_phases(OnomaPool *pool, uint64_t seed, const float *magnitudes, size_t n_frames,
                         size_t n_bins, OnomaComplex *frames) {
  RandomPhases r = {.seed = seed, .magnitudes = magnitudes, .n_bins = n_bins, .frames = frames};
  onoma_pool_run(pool, n_frames, random_frame, &r);
}

// One round: frames become the magnitudes with the phases of c + momentum (c - c of the round
// before), where c is the transform of the frames' signal.
typedef struct {
  const float *magnitudes;      // [T,K]
  const OnomaComplex *current;  // [T,K]: c
  const OnomaComplex *previous; // [T,K]: c of the round before, or NULL
  float momentum;
  size_t n_bins;
  OnomaComplex *frames; // [T,K]
} Round;

static void round_frame(void *data, size_t t) {
  const Round *const r = data;
  const size_t first = t * r->n_bins;
  for (size_t i = first; i < first + r->n_bins; i++) {
    OnomaComplex next = r->current[i];
    if (r->previous) {
      next.re += r->momentum * (next.re - r->previous[i].re);
      next.im += r->momentum * (next.im - r->previous[i].im);
    }
    // A vanishing estimate has no phase, and keeps the one it had.
    const float length = sqrtf(next.re * next.re + next.im * next.im);
    if (length > 0) {
      r->frames[i].re = r->magnitudes[i] * (next.re / length);
      r->frames[i].im = r->magnitudes[i] * (next.im / length);
    }
  }
}

void onoma_griffin_lim(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena,
                       OnomaComplex *frames, size_t n_frames, unsigned n_rounds, float momentum) {
  const size_t n_bins = onoma_stft_n_bins(stft);
  const size_t n_items = n_frames * n_bins;
  const size_t n_samples = onoma_stft_n_samples(stft, n_frames);
  const size_t mark = onoma_arena_mark(arena);
  float *const x = onoma_arena_floats(arena, n_samples);
  float *const magnitudes = onoma_arena_floats(arena, n_items);
  OnomaComplex *current = onoma_arena_alloc(arena, n_items, sizeof(OnomaComplex));
  OnomaComplex *previous = onoma_arena_alloc(arena, n_items, sizeof(OnomaComplex));

  if (!arena->measuring)
    onoma_complex_abs(frames, n_items, magnitudes);
  // How much memory a round takes does not depend on its number.
  const unsigned n_done = arena->measuring && n_rounds ? 1 : n_rounds;
  for (unsigned round = 0; round < n_done; round++) {
    onoma_stft_inverse(stft, pool, arena, frames, n_frames, x, n_samples);
    onoma_stft_forward(stft, pool, arena, x, n_samples, current);
    Round r = {.magnitudes = magnitudes,
               .current = current,
               .previous = round ? previous : NULL,
               .momentum = momentum,
               .n_bins = n_bins,
               .frames = frames};
    if (!arena->measuring)
      onoma_pool_run(pool, n_frames, round_frame, &r);
    OnomaComplex *const swap = previous;
    previous = current;
    current = swap;
  }
  onoma_arena_release(arena, mark);
}

void onoma_griffin_lim_mel(const OnomaStft *stft, const OnomaMel *mel, OnomaPool *pool,
                           OnomaArena *arena, OnomaMelQuantity quantity, const float *bands,
                           size_t n_frames, uint64_t seed, unsigned n_rounds, float *x) {
  const size_t n_bins = onoma_stft_n_bins(stft);
  const size_t mark = onoma_arena_mark(arena);
  OnomaComplex *const frames = onoma_arena_alloc(arena, n_frames * n_bins, sizeof(OnomaComplex));
  const size_t before_magnitudes = onoma_arena_mark(arena);
  float *const magnitudes = onoma_arena_floats(arena, n_frames * n_bins);
  onoma_mel_invert(mel, pool, arena, quantity, bands, n_frames, ONOMA_MEL_INVERT_ROUNDS,
                   magnitudes);
  if (!arena->measuring)
    onoma_random_phases(pool, seed, magnitudes, n_frames, n_bins, frames);
  onoma_arena_release(arena, before_magnitudes);

  onoma_griffin_lim(stft, pool, arena, frames, n_frames, n_rounds, ONOMA_GRIFFIN_LIM_MOMENTUM);
  onoma_stft_inverse(stft, pool, arena, frames, n_frames, x, onoma_stft_n_samples(stft, n_frames));
  onoma_arena_release(arena, mark);
}
