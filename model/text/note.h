// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Notes in words.
//
// A note name is a letter a to g, an accidental or none, and an octave from -1 to 9; middle C is
// C4, MIDI note 60. Names are written
//   together:  C4  a#3  Bb2  F♯2  E♭3  C-1     the flat is a small b
//   in words:  f sharp 2   b-flat 3   c 4
//   by number: midi 60   midi note 60
// Letters may be large or small. Other letters, digits and # beside a name make it something else
// ("mp3", "b52", "c4d"). In words there is no octave -1, and what counts something is none: "f
// sharp 2 seconds", "c 4.5". As "a" is also an article, "a 4" is a note only before a comma or the
// like, at the end, and behind "note": not in "a 4 second drone".

#ifndef ONOMA_MODEL_NOTE_H
#define ONOMA_MODEL_NOTE_H

#include <stdbool.h>

// Finds the first note in a prompt. *note is its MIDI note, 0 to 127; left alone if there is none.
// [any]
bool onoma_note_find(const char *prompt, double *note);

// Reads a text that is a note and nothing else: one of the above, or just a MIDI note from 0 to
// 127, with a decimal point and digits if wanted. [any]
bool onoma_note_read(const char *text, double *note);

#endif
