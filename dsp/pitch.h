// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The pitch of a sound.

#ifndef ONOMA_DSP_PITCH_H
#define ONOMA_DSP_PITCH_H

#include <onoma/status.h>

#include <stddef.h>

// Fundamentals that are looked for, Hz.
#define ONOMA_PITCH_MIN_HZ 30.0
#define ONOMA_PITCH_MAX_HZ 5000.0

// A sound under this clarity has no pitch.
#define ONOMA_PITCH_MIN_CLARITY 0.6

typedef struct {
  double hz;      // fundamental, or NaN if the sound has none to speak of
  double clarity; // 0 to 1: how periodic the sound is, and how much of it has this pitch
} OnomaPitch;

// The fundamental of x [n], which need not be present itself.
//
// The sound is cut into overlapping windows of about a tenth of a second, or a single shorter one.
// In each, the period is sought as the first high maximum of the normalised square difference
// (McLeod and Wyvill, "A smarter way to find pitch", 2005), computed by Fourier transforms, and
// then measured anew over as many periods as the window holds. The sound's pitch is that of the
// windows, weighted by their amplitude, that agree with the median within half a semitone. Its
// clarity is theirs, times their share: noise has no clear windows, and the windows of a drum don't
// agree. Windows 40 dB under the loudest don't count.
//
// ONOMA_ERR_ARGUMENT if the rate is not above twice ONOMA_PITCH_MIN_HZ. [any but audio]
OnomaStatus onoma_pitch(const float *x, size_t n, double rate_hz, OnomaPitch *pitch,
                        OnomaError *error);

// MIDI notes and frequencies: note 69 is 440 Hz. [any]
double onoma_hz_to_note(double hz);
double onoma_note_to_hz(double note);

#endif
