// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Philox against the reference's known answers, and the normal deviates against their distribution.

#include "test.h"

#include "base/rng.h"

#include <math.h>

// Known answers of Random123's kat_vectors for philox4x32-10.
static void test_philox_known_answers(void **state) {
  (void)state;
  static const struct {
    uint32_t counter[4], key[2], out[4];
  } cases[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    uint32_t out[4];
    onoma_philox(cases[i].counter, cases[i].key, out);
    assert_memory_equal(out, cases[i].out, sizeof(out));
  }
}

static void test_normal_moments(void **state) {
  (void)state;
  enum { n = 100000 };
  static float x[n];
  onoma_normal(42, ONOMA_STREAM_LATENT, 0, 0, n, x);
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  for (int i = 0; i < n; i++) {
    assert_true(isfinite(x[i]));
    sum += x[i];
    squares += (double)x[i] * x[i];
    fourth += pow(x[i], 4);
  }
  // Five standard errors of each.
  assert_true(fabs(sum / n) < 5 / sqrt(n));
  assert_true(fabs(squares / n - 1) < 5 * sqrt(2.0 / n));
  assert_true(fabs(fourth / n - 3) < 5 * sqrt(96.0 / n));
}

static void test_normal_any_cut(void **state) {
  (void)state;
  float whole[101];
  float parts[101];
  onoma_normal(7, ONOMA_STREAM_STEP, 3, 0, 101, whole);
  for (size_t at = 0, n = 1; at < 101; at += n, n = n % 7 + 1)
    onoma_normal(7, ONOMA_STREAM_STEP, 3, at, at + n > 101 ? 101 - at : n, parts + at);
  assert_memory_equal(whole, parts, sizeof(whole));
}

static void test_streams_differ(void **state) {
  (void)state;
  float a[8];
  float b[8];
  onoma_normal(7, ONOMA_STREAM_STEP, 0, 0, 8, a);
  onoma_normal(7, ONOMA_STREAM_STEP, 1, 0, 8, b);
  assert_memory_not_equal(a, b, sizeof(a));
  onoma_normal(7, ONOMA_STREAM_LATENT, 0, 0, 8, b);
  assert_memory_not_equal(a, b, sizeof(a));
  onoma_normal((uint64_t)7 | (uint64_t)1 << 32, ONOMA_STREAM_STEP, 0, 0, 8, b);
  assert_memory_not_equal(a, b, sizeof(a));
}

static void test_uniform_range(void **state) {
  (void)state;
  double sum = 0;
  for (uint32_t i = 0; i < 1000; i++) {
    const double u = onoma_uniform_at(1, ONOMA_STREAM_PHASE, i, 2 * i);
    assert_true(u >= 0 && u < 1);
    sum += u;
  }
  assert_true(fabs(sum / 1000 - 0.5) < 5 * sqrt(1.0 / 12 / 1000));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_philox_known_answers), cmocka_unit_test(test_normal_moments),
      cmocka_unit_test(test_normal_any_cut),       cmocka_unit_test(test_streams_differ),
      cmocka_unit_test(test_uniform_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
