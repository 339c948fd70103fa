// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Playing a clip through PortAudio.

#ifndef ONOMA_CLI_PLAY_H
#define ONOMA_CLI_PLAY_H

#include <onoma/clip.h>

#include <stdbool.h>

// Plays the clip on the default output device until its end, or until the user interrupts.
bool play_clip(const OnomaClip *clip, OnomaError *error);

#endif
