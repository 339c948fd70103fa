// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Choosing and running a front end.

#include "front_end.h"

#include "front_end_impl.h"

#include "base/memory.h"
#include "model/nn/part.h"

#include <string.h>

static const OnomaFrontEndClass *const classes[] = {
    &onoma_front_end_bands,
    &onoma_front_end_mel,
};

static OnomaStatus open_part(OnomaFrontEnd **front_end, const OnomaPart *part, OnomaError *error) {
  for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
    if (strcmp(part->class_name, classes[i]->vocoder) != 0)
      continue;
    const OnomaStatus status = classes[i]->open(front_end, &part->config, part->weights, error);
    if (*front_end)
      (*front_end)->type = classes[i];
    return status;
  }
  return onoma_part_fail_class(part, error);
}

OnomaStatus onoma_front_end_open(OnomaFrontEnd **front_end, const char *folder, OnomaError *error) {
  *front_end = NULL;
  OnomaPart part;
  OnomaStatus status = onoma_part_open(&part, folder, error);
  if (status)
    return status;
  status = open_part(front_end, &part, error);
  onoma_part_close(&part);
  if (status)
    onoma_front_end_close(front_end);
  return status;
}

void onoma_front_end_close(OnomaFrontEnd **front_end) {
  OnomaFrontEnd *const fe = *front_end;
  *front_end = NULL;
  if (!fe)
    return;
  fe->type->close(fe);
  onoma_stft_close(&fe->stft);
  onoma_free(fe);
}

size_t onoma_front_end_n_frames(const OnomaFrontEnd *front_end, size_t n_samples) {
  const size_t hop = onoma_stft_settings(front_end->stft)->hop;
  return n_samples / hop + (n_samples % hop != 0);
}

void onoma_front_end_run_frames(const OnomaFrontEnd *front_end, const OnomaExec *exec,
                                const float *samples, size_t n_samples, size_t first,
                                size_t n_frames, float *bands) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_all = onoma_stft_n_frames(front_end->stft, n_samples);
  float *const magnitudes = onoma_arena_floats(arena, n_all * onoma_stft_n_bins(front_end->stft));
  if (front_end->type->prepare) {
    float *const prepared = onoma_arena_floats(arena, n_samples);
    if (!arena->measuring)
      front_end->type->prepare(samples, n_samples, prepared);
    samples = prepared;
  }
  onoma_stft_magnitudes(front_end->stft, exec->pool, arena, samples, n_samples, magnitudes);
  if (!arena->measuring)
    front_end->type->apply(front_end, exec, magnitudes, first, n_frames, bands);
  onoma_arena_release(arena, mark);
}

void onoma_front_end_run(const OnomaFrontEnd *front_end, const OnomaExec *exec,
                         const float *samples, size_t n_samples, float *bands) {
  onoma_front_end_run_frames(front_end, exec, samples, n_samples, 0,
                             onoma_front_end_n_frames(front_end, n_samples), bands);
}
