// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Drawing notes: only likely ones, each as often as it is likely.

#include "test.h"

#include "model/text/note_prior.h"

#include <math.h>

static void test_only_likely_notes_are_drawn(void **state) {
  (void)state;
  float logits[ONOMA_N_NOTE_CLASSES];
  for (size_t i = 0; i < ONOMA_N_NOTE_CLASSES; i++)
    logits[i] = -20;
  logits[40] = logf(0.3F);
  logits[52] = logf(0.3F);
  logits[90] = logf(0.2F);
  logits[ONOMA_NO_NOTE] = logf(0.2F);
  size_t counts[ONOMA_N_NOTE_CLASSES] = {0};
  for (int i = 0; i < 1000; i++)
    counts[onoma_note_prior_draw(logits, i / 1000.0)]++;
  assert_true(counts[40] >= 499 && counts[40] <= 501);
  assert_int_equal(counts[40] + counts[52], 1000);
}

static void test_certainty(void **state) {
  (void)state;
  float logits[ONOMA_N_NOTE_CLASSES] = {0};
  logits[ONOMA_NO_NOTE] = 1000;
  assert_int_equal(onoma_note_prior_draw(logits, 0), ONOMA_NO_NOTE);
  assert_int_equal(onoma_note_prior_draw(logits, 0.999999), ONOMA_NO_NOTE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_only_likely_notes_are_drawn),
      cmocka_unit_test(test_certainty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
