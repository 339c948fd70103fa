// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Notes in prompts, and what looks like one.

#include "test.h"

#include "model/text/note.h"

#include <math.h>
#include <stdio.h>

static void test_found(void **state) {
  (void)state;
  static const struct {
    const char *prompt;
    double note;
  } cases[] = {
      {"C4", 60},
      {"c4", 60},
      {"a#3", 58},
      {"Bb2", 46},
      {"bb2", 46},
      {"F\342\231\2572", 42},
      {"E\342\231\2553", 51},
      {"f sharp 2", 42},
      {"F-sharp 2", 42},
      {"b flat 3", 58},
      {"D Flat 4", 61},
      {"midi 60", 60},
      {"MIDI note 127", 127},
      {"midi 0", 0},
      {"note E3", 52},
      {"C-1", 0},
      {"G9", 127},
      {"b#3", 60},
      {"Cb4", 59},
      {"c 4", 60},
      {"a 4", 69},
      {"piano a 4, soft", 69},
      {"the note a 4 on a piano", 69},
      {"a flute at A4", 69},
      {"warm pad in C#4 (slow)", 61},
      {"(g3)", 55},
      {"bass,e1", 28},
      {"c4 explosive", 60},
      {"c 4 explosive", 60},
      {"pluck c4.", 60},
      {"C4-E4", 60},
      {"b52 bomber, d3", 50},
      {"a 4 second drone on d sharp 5", 75},
      {"a bell, a sharp 5", 82},
      {"a flat 4 note", 68},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    double note = -1;
    if (!onoma_note_find(cases[i].prompt, &note) || note != cases[i].note)
      fail_msg("\"%s\": %d instead of %d", cases[i].prompt, (int)note, (int)cases[i].note);
  }
}

static void test_not_found(void **state) {
  (void)state;
  static const char *const prompts[] = {
      "",
      "a 4 second drone",
      "in a 4 second loop",
      "b 52",
      "b52",
      "mp3",
      "c4d",
      "h4",
      "C",
      "f sharp",
      "a4b",
      "#c4x",
      "c 4.5",
      "c4.5",
      "midi 128",
      "midi 1000",
      "midi",
      "G#9",
      "Cb-1",
      "c-4",
      "c -1",
      "e 4 seconds",
      "f sharp 2 seconds",
      "g 2-second hit",
      "808",
      "a flat 4 bars",
      "d 20",
      "C44",
      "cafe 4",
      "\303\2514",
      "vitamin d3x",
      "xa4",
      "A\nB\n4 tones",
  };
  for (size_t i = 0; i < sizeof(prompts) / sizeof(*prompts); i++) {
    double note = -1;
    if (onoma_note_find(prompts[i], &note))
      fail_msg("\"%s\": %d", prompts[i], (int)note);
    assert_true(note == -1);
  }
}

static void test_read(void **state) {
  (void)state;
  double note = -1;
  assert_true(onoma_note_read("C4", &note) && note == 60);
  assert_true(onoma_note_read(" f sharp 2 ", &note) && note == 42);
  assert_true(onoma_note_read("69", &note) && note == 69);
  assert_true(onoma_note_read("0", &note) && note == 0);
  assert_true(onoma_note_read("127", &note) && note == 127);
  assert_true(onoma_note_read("60.25", &note) && fabs(note - 60.25) < 1e-12);
  assert_true(onoma_note_read("a 4", &note) && note == 69);
  static const char *const texts[] = {"",
                                      "128",
                                      "-1",
                                      "127.5",
                                      "60,5",
                                      "C4 piano",
                                      "C",
                                      "60x",
                                      "6 0",
                                      "1e2",
                                      "60.",
                                      "nan",
                                      "99999999999999999999"};
  note = -1;
  for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
    if (onoma_note_read(texts[i], &note))
      fail_msg("\"%s\"", texts[i]);
    assert_true(note == -1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_found),
      cmocka_unit_test(test_not_found),
      cmocka_unit_test(test_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
