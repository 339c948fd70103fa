// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Seamless loops.

#ifndef ONOMA_DSP_LOOP_H
#define ONOMA_DSP_LOOP_H

#include <onoma/status.h>

#include <stddef.h>

typedef struct {
  size_t first_frame; // the loop begins here or later, so that an attack stays outside
  size_t min_frames; // the loop is at least this long; 0: half of what lies between first_frame and
                     // the end
  size_t n_fade;     // length of the crossfade, at least 16
} OnomaLoopSettings;

typedef struct {
  size_t start;      // frame
  size_t end;        // frame after the last one of the loop
  double similarity; // of what was crossfaded: 1 if the same, 0 if unrelated
} OnomaLoop;

// Settings for a sound of n_frames: a crossfade of 50 ms (or a quarter of the sound, if that is
// less), behind the first 15 % of the sound, and min_frames 0. [any]
void onoma_loop_settings_default(OnomaLoopSettings *settings, size_t n_frames, double rate_hz);

// Makes the sound [n_channels][n_frames] playable as frames 0 to end - 1, and from there on start
// to end - 1 for ever, without a click or a dip.
//
// The end is where the sound has fallen for good by 6 dB from its loudest, at the latest the last
// frame. The start is where the n_fade frames before it are most like the n_fade frames before the
// end, in shape and in level: 2 <a, b> / (<a, a> + <b, b>) is largest, over all channels. The
// frames before the end are then crossfaded into the ones before the start, with a quarter of a
// sine and of a cosine, divided by what the two together have more of power than each, as far as
// they are alike: unrelated sounds are crossfaded at equal power, equal ones at equal amplitude.
// Only the n_fade frames before the end are changed; what follows the end should be cut off. The
// samples may grow by up to 3 dB where the sound is not like itself.
//
// ONOMA_ERR_ARGUMENT if the sound is too short for the settings, ONOMA_ERR_SILENT if it is silent
// from the first frame of the loop on. The sound is then left alone. [any but audio]
OnomaStatus onoma_loop_make(float *const *channels, size_t n_channels, size_t n_frames,
                            const OnomaLoopSettings *settings, OnomaLoop *loop, OnomaError *error);

#endif
