// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Running an OnomaPghiVocoder.

#include "pghi_vocoder_impl.h"

#include "base/memory.h"
#include "dsp/griffin_lim.h"
#include "model/nn/tap.h"

#include <math.h>

size_t onoma_pghi_vocoder_n_samples(const OnomaVocoder *vocoder, size_t n_frames) {
  return n_frames * vocoder->hop_length;
}

// ---- Magnitudes

// One ConvNeXt layer on h [T,H], in place.
static void run_layer(const OnomaConvNext *layer, const OnomaExec *exec, float *h, size_t n_frames,
                      float *mixed, float *inner) {
  const OnomaEpilogue gelu = {.activation = ONOMA_ACT_GELU};
  const OnomaEpilogue add = {.residual = h};
  onoma_depthwise_run(&layer->dw, exec, h, 1, n_frames, mixed);
  onoma_layer_norm_run(&layer->norm, exec, mixed, n_frames, mixed);
  onoma_linear_run(&layer->pw1, exec, mixed, n_frames, inner, &gelu);
  onoma_linear_run(&layer->pw2, exec, inner, n_frames, h, &add);
}

// bands [T,F] -> log_magnitudes [T,K], the Y of the document.
static void run_network(const OnomaPghiVocoder *vocoder, const OnomaExec *exec, const float *bands,
                        size_t n_frames, float *log_magnitudes) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_in = n_frames * vocoder->base.n_bands;
  const size_t n_hidden = vocoder->conv_in.shape.n_out;
  const size_t n_inner = vocoder->n_layers ? vocoder->layers[0].pw1.n_out : 0;
  float *const scaled = onoma_arena_floats(arena, n_in);
  float *const h = onoma_arena_floats(arena, n_frames * n_hidden);
  float *const mixed = onoma_arena_floats(arena, n_frames * n_hidden);
  float *const inner = onoma_arena_floats(arena, n_frames * n_inner);
  for (size_t i = 0; i < n_in && !arena->measuring; i++)
    scaled[i] = (bands[i] - vocoder->input_mean) * vocoder->input_scale;

  onoma_conv_run(&vocoder->conv_in, exec, scaled, 1, 1, n_frames, h, NULL);
  onoma_tap_rows(exec, h, 1, n_frames, n_hidden, "conv_in");
  onoma_layer_norm_run(&vocoder->norm_in, exec, h, n_frames, h);
  for (size_t i = 0; i < vocoder->n_layers; i++) {
    run_layer(&vocoder->layers[i], exec, h, n_frames, mixed, inner);
    onoma_tap_rows(exec, h, 1, n_frames, n_hidden, "layers.%zu", i);
  }
  onoma_layer_norm_run(&vocoder->norm_out, exec, h, n_frames, h);

  const OnomaEpilogue add = {.residual = log_magnitudes};
  onoma_linear_run(&vocoder->expand, exec, bands, n_frames, log_magnitudes, NULL);
  onoma_linear_run(&vocoder->head, exec, h, n_frames, log_magnitudes, &add);
  onoma_tap_rows(exec, log_magnitudes, n_frames, 0, vocoder->head.n_out, "log_magnitude");
  onoma_arena_release(arena, mark);
}

// ---- From magnitudes to samples, frame by frame

typedef struct {
  const OnomaPghiVocoder *vocoder;
  float *magnitudes;       // [T,K]
  const OnomaTurn *phases; // [T,K]
  OnomaComplex *frames;    // [T,K]
} Task;

static void take_exp(void *data, size_t t) {
  const Task *const task = data;
  const size_t n_bins = task->vocoder->head.n_out;
  const float offset = 1.3F * task->vocoder->magnitude_offset;
  float *const frame = task->magnitudes + t * n_bins;
  for (size_t k = 0; k < n_bins; k++) {
    const float magnitude = expf(frame[k]) - offset;
    frame[k] = magnitude < 0.0F ? 0.0F : magnitude; // NaN stays
  }
}

static void turn_frame(void *data, size_t t) {
  const Task *const task = data;
  const size_t n_bins = task->vocoder->head.n_out;
  for (size_t i = t * n_bins; i < (t + 1) * n_bins; i++) {
    const float angle = onoma_turn_radians(task->phases[i]);
    const float magnitude = task->magnitudes[i];
    task->frames[i] = (OnomaComplex){magnitude * cosf(angle), magnitude * sinf(angle)};
  }
}

void onoma_pghi_vocoder_run(const OnomaVocoder *base, const OnomaExec *exec, const float *bands,
                            size_t n_frames, uint64_t seed, float *samples) {
  const OnomaPghiVocoder *const vocoder = (const OnomaPghiVocoder *)base;
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n = n_frames * vocoder->head.n_out;
  float *const magnitudes = onoma_arena_floats(arena, n);
  OnomaTurn *const phases = onoma_arena_alloc(arena, n, sizeof(OnomaTurn));
  Task task = {vocoder, magnitudes, phases, NULL};

  run_network(vocoder, exec, bands, n_frames, magnitudes);
  if (!arena->measuring)
    onoma_pool_run(exec->pool, n_frames, take_exp, &task);
  onoma_pghi_run(&vocoder->pghi, exec->pool, arena, magnitudes, n_frames, seed, phases);

  task.frames = onoma_arena_alloc(arena, n, sizeof(OnomaComplex));
  if (!arena->measuring)
    onoma_pool_run(exec->pool, n_frames, turn_frame, &task);
  if (vocoder->n_rounds)
    onoma_griffin_lim(vocoder->stft, exec->pool, arena, task.frames, n_frames, vocoder->n_rounds,
                      ONOMA_GRIFFIN_LIM_MOMENTUM);
  onoma_stft_inverse(vocoder->stft, exec->pool, arena, task.frames, n_frames, samples,
                     n_frames * base->hop_length);
  onoma_arena_release(arena, mark);
}
