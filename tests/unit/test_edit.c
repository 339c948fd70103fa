// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Trimming, fading, gain and DC removal.

#include "test.h"

#include "dsp/edit.h"

#include <math.h>
#include <string.h>

static void test_trim(void **state) {
  (void)state;
  float left[100] = {0};
  float right[100] = {0};
  const float *const channels[] = {left, right};
  OnomaRange range = onoma_trim(channels, 2, 100, -60, 5, 5);
  assert_int_equal(range.n_frames, 0);
  range = onoma_trim(channels, 2, 0, -60, 5, 5);
  assert_int_equal(range.n_frames, 0);

  left[40] = -0.5F;
  left[30] = 0.001F; // -54 dB
  right[60] = 0.01F; // -34 dB
  static const struct {
    double db;
    size_t n_before, n_after, first, last;
  } cases[] = {{-60, 0, 0, 30, 60}, {-40, 0, 0, 40, 60},    {-20, 0, 0, 40, 40},
               {0, 0, 0, 40, 40},   {-40, 10, 3, 30, 63},   {-40, 1000, 39, 0, 99},
               {6, 0, 0, 40, 40},   {-40, 40, 1000, 0, 99}, {-INFINITY, 0, 0, 0, 99}};
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    range = onoma_trim(channels, 2, 100, cases[i].db, cases[i].n_before, cases[i].n_after);
    assert_int_equal(range.first, cases[i].first);
    assert_int_equal(range.first + range.n_frames - 1, cases[i].last);
  }
  assert_true(onoma_peak(channels, 2, 100) == 0.5);
  assert_true(onoma_peak(channels, 2, 0) == 0);
}

static void test_fades(void **state) {
  (void)state;
  float in[10];
  float out[10];
  float *const channels[] = {in, out};
  for (int i = 0; i < 10; i++)
    in[i] = out[i] = 2;
  onoma_fade_in(channels, 1, 10, 4);
  onoma_fade_out(channels + 1, 1, 10, 4);
  static const double gains[] = {0, 0.1464466, 0.5, 0.8535534, 1};
  for (int i = 0; i < 10; i++) {
    assert_true(fabs(in[i] - 2 * gains[i < 4 ? i : 4]) < 1e-6);
    assert_true(in[i] == out[9 - i]);
  }
  // A fade that is longer than the sound.
  for (int i = 0; i < 10; i++)
    in[i] = 1;
  onoma_fade_out(channels, 1, 10, 1000);
  assert_true(in[9] == 0 && in[0] < 1 && in[0] > 0.9F);
  onoma_fade_in(channels, 1, 0, 5);
  onoma_fade_out(channels, 1, 10, 0);
  assert_true(in[0] > 0.9F);
}

static void test_levels(void **state) {
  (void)state;
  float left[] = {0.5F, -0.25F};
  float right[] = {0, 0.125F};
  float *const channels[] = {left, right};
  assert_true(onoma_normalise_peak(channels, 2, 2, 1) == 2);
  assert_true(left[0] == 1 && left[1] == -0.5F && right[0] == 0 && right[1] == 0.25F);
  onoma_gain(channels, 2, 2, -2);
  assert_true(left[0] == -2 && right[1] == -0.5F);
  float silent[] = {0, 0};
  float *const one[] = {silent};
  assert_true(onoma_normalise_peak(one, 1, 2, 1) == 1);
  assert_true(silent[0] == 0 && silent[1] == 0);
}

static void test_dc(void **state) {
  (void)state;
  float left[] = {1, 2, 3};
  float right[] = {-4, -4, -4};
  float *const channels[] = {left, right};
  assert_true(onoma_remove_dc(channels, 2, 3) == 4);
  assert_true(left[0] == -1 && left[1] == 0 && left[2] == 1 && right[0] == 0 && right[2] == 0);
  assert_true(onoma_remove_dc(channels, 2, 0) == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_trim),
      cmocka_unit_test(test_fades),
      cmocka_unit_test(test_levels),
      cmocka_unit_test(test_dc),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
