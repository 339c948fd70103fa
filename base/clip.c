// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Clips: finished sounds, immutable and shared by reference count.

#include <onoma/clip.h>

#include "error.h"
#include "memory.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

// Steps of 24-bit samples in [0, 1).
#define QUANTA 8388608.0F

struct OnomaClip {
  OnomaClipInfo info;
  _Atomic size_t n_references;
  float *samples[ONOMA_CLIP_MAX_CHANNELS]; // owned
  char *recipe;                            // owned, or NULL
};

static OnomaStatus check_info(const OnomaClipInfo *info, OnomaError *error) {
  if (!info->n_channels || info->n_channels > ONOMA_CLIP_MAX_CHANNELS)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a clip has one or two channels, not %zu",
                      info->n_channels);
  if (!info->n_frames)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a clip can't be empty");
  if (!(info->sample_rate > 0) || !isfinite(info->sample_rate))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a clip's sample rate must be positive");
  if (!isnan(info->root_note) && !(info->root_note >= 0 && info->root_note < 128))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a clip's root note must be a MIDI note");
  if (info->has_loop && (info->loop_start >= info->loop_end || info->loop_end > info->n_frames))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "loop %zu to %zu is not within the clip's %zu frames", info->loop_start,
                      info->loop_end, info->n_frames);
  return ONOMA_OK;
}

// The largest 24-bit sample is just under 1. Adding zero makes negative zeros positive, as a file
// would give them back. False for samples out of range.
static bool quantise(const float *in, size_t n, float *out) {
  for (size_t i = 0; i < n; i++) {
    if (!(in[i] >= -1.0F && in[i] <= 1.0F))
      return false;
    out[i] = fminf(rintf(in[i] * QUANTA), QUANTA - 1) / QUANTA + 0.0F;
  }
  return true;
}

static OnomaStatus fill(OnomaClip *clip, const float *const *channels, OnomaError *error) {
  OnomaClipInfo *const info = &clip->info;
  for (size_t c = 0; c < info->n_channels; c++) {
    clip->samples[c] = onoma_alloc(info->n_frames, sizeof(float));
    if (!clip->samples[c])
      return onoma_fail_memory(error);
    if (!quantise(channels[c], info->n_frames, clip->samples[c]))
      return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a clip's samples must lie in [-1, 1]");
  }
  if (info->recipe) {
    const size_t size = strlen(info->recipe) + 1;
    clip->recipe = onoma_alloc(size, 1);
    if (!clip->recipe)
      return onoma_fail_memory(error);
    memcpy(clip->recipe, info->recipe, size);
    info->recipe = clip->recipe;
  }
  return ONOMA_OK;
}

OnomaStatus onoma_clip_new(OnomaClip **clip, const OnomaClipInfo *info,
                           const float *const *channels, OnomaError *error) {
  *clip = NULL;
  OnomaStatus status = check_info(info, error);
  if (status)
    return status;
  OnomaClip *const c = onoma_alloc_zero(1, sizeof(OnomaClip));
  if (!c)
    return onoma_fail_memory(error);

  c->info = *info;
  atomic_init(&c->n_references, 1);
  status = fill(c, channels, error);
  if (status) {
    onoma_clip_unref(c);
    return status;
  }
  *clip = c;
  return ONOMA_OK;
}

OnomaClip *onoma_clip_ref(OnomaClip *clip) {
  atomic_fetch_add_explicit(&clip->n_references, 1, memory_order_relaxed);
  return clip;
}

void onoma_clip_unref(OnomaClip *clip) {
  if (!clip || atomic_fetch_sub_explicit(&clip->n_references, 1, memory_order_acq_rel) != 1)
    return;
  for (size_t c = 0; c < ONOMA_CLIP_MAX_CHANNELS; c++)
    onoma_free(clip->samples[c]);
  onoma_free(clip->recipe);
  onoma_free(clip);
}

const OnomaClipInfo *onoma_clip_info(const OnomaClip *clip) {
  return &clip->info;
}

const float *onoma_clip_samples(const OnomaClip *clip, size_t channel) {
  return clip->samples[channel];
}
