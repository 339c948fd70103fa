// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Resampling: lengths, that tones stay where and what they are, and that none is folded.

#include "test.h"

#include "base/memory.h"
#include "dsp/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

static void test_lengths(void **state) {
  (void)state;
  assert_int_equal(onoma_resample_length(0, 44100, 48000), 0);
  assert_int_equal(onoma_resample_length(44100, 44100, 48000), 48000);
  assert_int_equal(onoma_resample_length(3, 2, 1), 2);
  assert_int_equal(onoma_resample_length(1, 48000, 8000), 1);
  assert_int_equal(onoma_resample_length(100, 44100, 16000), 36);
  assert_int_equal(onoma_resample_length(SIZE_MAX, 1, 1000), PTRDIFF_MAX);
}

// Any pair of rates, any length: exactly that many samples, with a tone at its right place in the
// middle of each channel.
static void test_tones(void **state) {
  (void)state;
  static const double rates[][2] = {{44100, 48000}, {44100, 16000}, {16000, 44100},
                                    {48000, 44100}, {22050, 44100}, {44100, 44056.7}};
  for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
    for (size_t n = 9001; n < 9004; n++) {
      const double from = rates[r][0];
      const double to = rates[r][1];
      const size_t n_out = onoma_resample_length(n, from, to);
      float *left = onoma_alloc(n, sizeof(float));
      float *right = onoma_alloc(n, sizeof(float));
      float *out[] = {onoma_alloc(n_out + 1, sizeof(float)), onoma_alloc(n_out + 1, sizeof(float))};
      for (size_t i = 0; i < n; i++) {
        left[i] = (float)sin(TWO_PI * 440 * (double)i / from);
        right[i] = (float)cos(TWO_PI * 5000 * (double)i / from);
      }
      out[0][n_out] = out[1][n_out] = 77;
      const float *in[] = {left, right};
      assert_int_equal(onoma_resample(in, 2, n, from, to, out, NULL), ONOMA_OK);
      for (size_t i = n_out / 4; i < 3 * n_out / 4; i++) {
        assert_true(fabs(out[0][i] - sin(TWO_PI * 440 * (double)i / to)) < 1e-4);
        assert_true(fabs(out[1][i] - cos(TWO_PI * 5000 * (double)i / to)) < 1e-4);
      }
      assert_true(out[0][n_out] == 77 && out[1][n_out] == 77);
      onoma_free(out[0]);
      onoma_free(out[1]);
      onoma_free(left);
      onoma_free(right);
    }
  }
}

static void test_no_folding(void **state) {
  (void)state;
  enum { n = 20000 };
  float *x = onoma_alloc(n, sizeof(float));
  for (int i = 0; i < n; i++)
    x[i] = (float)sin(TWO_PI * 15000 * i / 44100);
  const size_t n_out = onoma_resample_length(n, 44100, 22050);
  float *out = onoma_alloc(n_out, sizeof(float));
  assert_int_equal(onoma_resample((const float *[]){x}, 1, n, 44100, 22050, (float *[]){out}, NULL),
                   ONOMA_OK);
  for (size_t i = n_out / 4; i < 3 * n_out / 4; i++)
    assert_true(fabsf(out[i]) < 1e-5F);
  onoma_free(out);
  onoma_free(x);
}

static void test_short_and_equal(void **state) {
  (void)state;
  const float x[] = {0.5F, -0.5F, 0.25F};
  float out[16];
  for (size_t n = 0; n <= 3; n++) {
    const size_t n_out = onoma_resample_length(n, 16000, 48000);
    out[n_out] = 77;
    assert_int_equal(
        onoma_resample((const float *[]){x}, 1, n, 16000, 48000, (float *[]){out}, NULL), ONOMA_OK);
    for (size_t i = 0; i < n_out; i++)
      assert_true(fabsf(out[i]) < 1);
    assert_true(out[n_out] == 77);
  }
  assert_int_equal(onoma_resample((const float *[]){x}, 1, 3, 16000, 16000, (float *[]){out}, NULL),
                   ONOMA_OK);
  assert_memory_equal(out, x, sizeof(x));
}

static void test_refusals(void **state) {
  (void)state;
  const float x[] = {1};
  float out[1];
  static const double bad[] = {0, -1, NAN, INFINITY};
  for (size_t i = 0; i < 4; i++) {
    OnomaError error = {0};
    assert_int_equal(
        onoma_resample((const float *[]){x}, 1, 1, bad[i], 1, (float *[]){out}, &error),
        ONOMA_ERR_ARGUMENT);
    assert_int_equal(
        onoma_resample((const float *[]){x}, 1, 1, 1, bad[i], (float *[]){out}, &error),
        ONOMA_ERR_ARGUMENT);
    assert_true(strlen(error.text) > 0);
  }
  assert_int_equal(onoma_resample(NULL, 0, 1, 1, 2, NULL, NULL), ONOMA_ERR_ARGUMENT);
  assert_int_equal(onoma_resample(NULL, 17, 1, 1, 2, NULL, NULL), ONOMA_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lengths),    cmocka_unit_test(test_tones),
      cmocka_unit_test(test_no_folding), cmocka_unit_test(test_short_and_equal),
      cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
