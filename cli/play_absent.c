// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Playing a clip, in a build without PortAudio.

#include "play.h"

#include <stdio.h>

bool play_clip(const OnomaClip *clip, OnomaError *error) {
  (void)clip;
  error->status = ONOMA_ERR_UNSUPPORTED;
  snprintf(error->text, sizeof(error->text), "cannot play: this build has no PortAudio");
  return false;
}
