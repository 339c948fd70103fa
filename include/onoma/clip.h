// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Clips: finished sounds, immutable and shared by reference count.

#ifndef ONOMA_CLIP_H
#define ONOMA_CLIP_H

#include <onoma/attributes.h>
#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct OnomaClip OnomaClip;

#define ONOMA_CLIP_MAX_CHANNELS 2

// What a clip says about itself.
typedef struct {
  size_t n_channels;  // 1 or 2
  size_t n_frames;    // samples per channel, at least 1
  double sample_rate; // Hz
  double root_note;   // MIDI note with fraction, 0 to under 128, or NaN if the sound has no pitch
                      // that is known
  bool has_loop;      // the next two are valid
  size_t loop_start;  // frame
  size_t loop_end;    // frame after the last one of the loop, at most n_frames
  const char
      *recipe; // JSON, or NULL if it is not known what made the clip; lives as long as the clip
} OnomaClipInfo;

// Makes a clip of a copy of channels[info->n_channels][info->n_frames]. Samples are quantised to 24
// bits, so that a lossless 24-bit file gives back the same clip. Samples must be finite and within
// [-1, 1], else ONOMA_ERR_ARGUMENT. The clip has one reference, the caller's. [control]
ONOMA_API OnomaStatus onoma_clip_new(OnomaClip **clip, const OnomaClipInfo *info,
                                     const float *const *channels, OnomaError *error);

// Takes another reference, and returns the clip. [any]
ONOMA_API OnomaClip *onoma_clip_ref(OnomaClip *clip);

// Gives a reference up; the last one frees the clip. NULL is fine. [any but audio]
ONOMA_API void onoma_clip_unref(OnomaClip *clip);

// The clip's description, valid as long as the clip. [any]
ONOMA_API const OnomaClipInfo *onoma_clip_info(const OnomaClip *clip);

// The n_frames samples of a channel, aligned to 64 bytes, valid as long as the clip. [any]
ONOMA_API const float *onoma_clip_samples(const OnomaClip *clip, size_t channel);

#ifdef __cplusplus
}
#endif

#endif
