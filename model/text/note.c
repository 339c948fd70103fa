// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Notes in words.

#include "note.h"

#include <stddef.h>
#include <string.h>

// The locale has no say in what a letter is.
static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

// What belongs to the word beside it; bytes of other scripts do.
static bool is_word(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) || c == '#' || (c & 0x80);
}

static const char *skip_blanks(const char *text) {
  while (*text == ' ' || *text == '\t')
    text++;
  return text;
}

// Behind the word, if the text begins with it, in any case; else NULL.
static const char *skip_word(const char *text, const char *word) {
  for (; *word; text++, word++) {
    if (lower(*text) != *word)
      return NULL;
  }
  return text;
}

// Semitones above C of a letter, -1 if it is none.
static int semitones_of(char letter) {
  static const int semitones[] = {9, 11, 0, 2, 4, 5, 7};
  const char c = lower(letter);
  return c >= 'a' && c <= 'g' ? semitones[c - 'a'] : -1;
}

static bool set_note(int midi, double *note) {
  if (midi < 0 || midi > 127)
    return false;
  *note = midi;
  return true;
}

// Whether a number that ends here ends, and is not that of something: a fraction, or a unit.
static bool ends_number(const char *text) {
  return !is_word(*text) && !(*text == '.' && is_digit(text[1]));
}

static bool counts_something(const char *text) {
  static const char *const units[] = {"s",    "sec",  "secs",  "second", "seconds", "ms",   "bar",
                                      "bars", "beat", "beats", "hz",     "khz",     "times"};
  text = skip_blanks(text + (*text == '-'));
  for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
    const char *const end = skip_word(text, units[i]);
    if (end && !is_word(*end))
      return true;
  }
  return false;
}

// "C4" and the like; returns its end, or NULL.
static const char *read_together(const char *text, double *note) {
  const int semitones = semitones_of(*text);
  if (semitones < 0)
    return NULL;
  const char *at = text + 1;
  int accidental = 0;
  if (*at == '#' || *at == 'b')
    accidental = *at++ == '#' ? 1 : -1;
  else if (!strncmp(at, "\xe2\x99\xaf", 3) || !strncmp(at, "\xe2\x99\xad", 3)) {
    accidental = at[2] == '\xaf' ? 1 : -1;
    at += 3;
  }
  const bool is_lowest = at[0] == '-' && at[1] == '1';
  if (!is_lowest && !is_digit(*at))
    return NULL;
  const int octave = is_lowest ? -1 : *at - '0';
  at += is_lowest ? 2 : 1;
  return ends_number(at) && set_note(12 * (octave + 1) + semitones + accidental, note) ? at : NULL;
}

// Whether "a" is a letter here, not an article.
static bool is_letter_a(const char *begin, const char *text, const char *end) {
  const char *at = text;
  while (at > begin && at[-1] == ' ')
    at--;
  if (at - begin >= 4 && at < text && skip_word(at - 4, "note") &&
      (at - begin == 4 || !is_word(at[-5])))
    return true;
  end = skip_blanks(end);
  return !*end || strchr(",;:.!?)\n", *end);
}

// "f sharp 2" and the like, and "c 4"; begin is where the prompt begins.
static const char *read_in_words(const char *begin, const char *text, double *note) {
  const int semitones = semitones_of(*text);
  if (semitones < 0)
    return NULL;
  const char *at = skip_blanks(text + 1);
  const char *accidental = *at == '-' ? at + 1 : at;
  const char *const sharp = skip_word(accidental, "sharp");
  const char *const flat = skip_word(accidental, "flat");
  if (sharp || flat)
    at = skip_blanks(sharp ? sharp : flat);
  else if (at == text + 1)
    return NULL; // together, or nothing
  if (!is_digit(*at) || !ends_number(at + 1) || counts_something(at + 1))
    return NULL;
  if (!sharp && !flat && lower(*text) == 'a' && !is_letter_a(begin, text, at + 1))
    return NULL;
  const int octave = *at - '0';
  const int shift = sharp ? 1 : flat ? -1 : 0;
  return set_note(12 * (octave + 1) + semitones + shift, note) ? at + 1 : NULL;
}

// "midi 60", "midi note 60"
static const char *read_midi(const char *text, double *note) {
  const char *at = skip_word(text, "midi");
  if (!at)
    return NULL;
  at = skip_blanks(at);
  const char *const behind = skip_word(at, "note");
  at = skip_blanks(behind ? behind : at);
  int midi = 0;
  const char *const begin = at;
  for (; is_digit(*at) && at - begin < 3; at++)
    midi = 10 * midi + (*at - '0');
  return at > begin && ends_number(at) && set_note(midi, note) ? at : NULL;
}

// A note that begins at text; returns its end, or NULL.
static const char *read_any(const char *begin, const char *text, double *note) {
  const char *end = read_together(text, note);
  if (!end)
    end = read_in_words(begin, text, note);
  return end ? end : read_midi(text, note);
}

bool onoma_note_find(const char *prompt, double *note) {
  for (const char *at = prompt; *at; at++) {
    if ((at == prompt || !is_word(at[-1])) && read_any(prompt, at, note))
      return true;
  }
  return false;
}

bool onoma_note_read(const char *text, double *note) {
  text = skip_blanks(text);
  double found = 0;
  const char *end = read_any(text, text, &found);
  if (!end && is_digit(*text)) {
    for (end = text; is_digit(*end); end++)
      found = 10 * found + (*end - '0');
    if (*end == '.' && is_digit(end[1])) {
      double place = 0.1;
      for (end++; is_digit(*end); end++, place /= 10)
        found += place * (*end - '0');
    }
  }
  if (!end || *skip_blanks(end) || found > 127)
    return false;
  *note = found;
  return true;
}
