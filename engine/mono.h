// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Clips as one channel.

#ifndef ONOMA_ENGINE_MONO_H
#define ONOMA_ENGINE_MONO_H

#include <onoma/clip.h>

// The mean of a clip's channels, [n_frames], for onoma_free(); NULL if memory is out. [any but
// audio]
float *onoma_clip_mono(const OnomaClip *clip);

#endif
