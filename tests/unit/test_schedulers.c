// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Schedulers and samplers against the reference runs.

#include "test.h"

#include "tests/golden/report.h"

#include <stdio.h>

typedef struct {
  size_t n_compared, n_right, n_skipped, n_wrong;
} Counts;

static void compare(void *data, const char *name, const float *got, const float *want, size_t n,
                    double tolerance) {
  Counts *counts = data;
  double relative;
  double largest;
  const bool agrees = golden_agrees(got, want, n, tolerance, &relative, &largest);
  counts->n_compared++;
  if (agrees)
    return;
  counts->n_wrong++;
  print_error("%s: relative error %g, largest %g\n", name, relative, largest);
}

static void result(void *data, const char *name, bool is_right, const char *text) {
  Counts *counts = data;
  if (is_right) {
    counts->n_right++;
    return;
  }
  counts->n_wrong++;
  print_error("%s: %s\n", name, text);
}

static void skip_one(void *data, const char *name, const char *why) {
  Counts *counts = data;
  (void)name;
  (void)why;
  counts->n_skipped++;
}

static void test_golden(void **state) {
  Counts counts = {0};
  const GoldenReport report = {&counts, compare, result, skip_one};
  (void)state;
  golden_check_schedulers(ONOMA_TEST_DATA "/golden/dev/expected", &report);
  assert_int_equal(counts.n_wrong, 0);
  // All of the reference's runs but PNDM, Heun, LMS, Euler ancestral and DPM singlestep, whose
  // timesteps (all but the last) are listed too.
  assert_int_equal(counts.n_skipped, 5 + 4);
  assert_true(counts.n_compared > 150);
  assert_true(counts.n_right > 140);
}

static void test_agreement(void **state) {
  (void)state;
  double relative;
  double largest;
  const float want[4] = {1.0F, -2.0F, 0.0F, 4.0F};
  float got[4] = {1.0F, -2.0F, 0.0F, 4.0F};
  assert_true(golden_agrees(got, want, 4, 0.0, &relative, &largest));
  got[2] = 0.01F;
  assert_true(golden_agrees(got, want, 4, 0.0025, &relative, &largest));
  assert_false(golden_agrees(got, want, 4, 0.002, &relative, &largest));
  got[2] = (float)(0.0 / 1.0);
  got[1] = (float)__builtin_nan("");
  assert_false(golden_agrees(got, want, 4, 1.0, &relative, &largest));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_golden),
      cmocka_unit_test(test_agreement),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
