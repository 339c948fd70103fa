// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Clips as one channel.

#include "mono.h"

#include "base/memory.h"

float *onoma_clip_mono(const OnomaClip *clip) {
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  float *const mono = onoma_alloc(info->n_frames, sizeof(float));
  for (size_t i = 0; mono && i < info->n_frames; i++) {
    float sum = 0;
    for (size_t c = 0; c < info->n_channels; c++)
      sum += onoma_clip_samples(clip, c)[i];
    mono[i] = sum / (float)info->n_channels;
  }
  return mono;
}
