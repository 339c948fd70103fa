// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loudness: the reference tone of EBU Tech 3341, true peaks, short sounds, and normalising.

#include "test.h"

#include "base/memory.h"
#include "dsp/loudness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

// A tone of so many dBFS, n frames of n_total, the rest silence.
static float *tone(double hz, double db, double rate, size_t n, size_t n_total) {
  float *x = onoma_alloc_zero(n_total, sizeof(float));
  for (size_t i = 0; i < n; i++)
    x[i] = (float)(pow(10, db / 20) * sin(TWO_PI * hz * (double)i / rate));
  return x;
}

static OnomaLoudness measure(const float *left, const float *right, size_t n, double rate) {
  OnomaLoudness loudness;
  const float *const channels[] = {left, right};
  assert_int_equal(onoma_loudness(channels, right ? 2 : 1, n, rate, &loudness, NULL), ONOMA_OK);
  return loudness;
}

// EBU Tech 3341, cases 1 and 2: a stereo tone of 1000 Hz at -23 dBFS has -23 LUFS.
static void test_reference_tone(void **state) {
  (void)state;
  static const double rates[] = {44100, 48000};
  for (size_t r = 0; r < 2; r++) {
    for (double db = -33; db <= -23; db += 10) {
      const size_t n = (size_t)(5 * rates[r]);
      float *x = tone(1000, db, rates[r], n, n);
      assert_true(fabs(measure(x, x, n, rates[r]).lufs - db) < 0.1);
      assert_true(fabs(measure(x, NULL, n, rates[r]).lufs - (db - 3.01)) < 0.1);
      onoma_free(x);
    }
  }
}

// The peak of a tone at a quarter of the rate lies between samples, 3 dB above them.
static void test_true_peak(void **state) {
  (void)state;
  enum { n = 48000 };
  float *x = onoma_alloc(n, sizeof(float));
  for (int i = 0; i < n; i++)
    x[i] = (float)(0.5 * sin(TWO_PI * (i / 4.0 + 1.0 / 8)));
  const double db = 20 * log10(measure(x, NULL, n, 48000).true_peak / 0.5);
  assert_true(db > -0.4 && db < 0.2);
  // The last sample counts too.
  memset(x, 0, n * sizeof(float));
  x[n - 1] = 0.8F;
  assert_true(measure(x, NULL, n, 48000).true_peak >= 0.8F);
  onoma_free(x);
}

// Under 400 ms, a sound has the power that it gives to 400 ms: 6 dB less for a quarter of it.
static void test_short_sounds(void **state) {
  (void)state;
  static const double lengths_s[] = {0.4, 0.2, 0.1, 0.01};
  for (size_t i = 0; i < 4; i++) {
    const size_t n = (size_t)(lengths_s[i] * 48000);
    float *x = tone(1000, -20, 48000, n, n);
    const double expected = -23.01 + 10 * log10(lengths_s[i] / 0.4);
    assert_true(fabs(measure(x, NULL, n, 48000).lufs - expected) < 0.3);
    onoma_free(x);
  }
  // So does one that begins after the last whole block.
  float *x = tone(1000, -20, 48000, 4000, 24000 - 1);
  memmove(x + 19900, x, 4000 * sizeof(float));
  memset(x, 0, 19900 * sizeof(float));
  const double late = measure(x, NULL, 24000 - 1, 48000).lufs;
  assert_true(fabs(late - (-23.01 + 10 * log10(4000.0 / 19200))) < 0.3);
  onoma_free(x);
}

static void test_silence(void **state) {
  (void)state;
  static const size_t lengths[] = {0, 1, 100, 48000};
  float *x = onoma_alloc_zero(48000, sizeof(float));
  for (size_t i = 0; i < 4; i++) {
    const OnomaLoudness loudness = measure(x, NULL, lengths[i], 48000);
    assert_true(isinf(loudness.lufs) && loudness.lufs < 0 && loudness.true_peak == 0);
    double gain = 0;
    assert_int_equal(onoma_normalise_loudness(&x, 1, lengths[i], 48000, -16, 0.9, &gain, NULL),
                     ONOMA_OK);
    assert_true(gain == 1);
  }
  onoma_free(x);
}

static void test_normalise(void **state) {
  (void)state;
  enum { n = 48000 };
  float *x = tone(1000, -30, 48000, n, n);
  double gain;
  assert_int_equal(onoma_normalise_loudness(&x, 1, n, 48000, -16, 0.89, &gain, NULL), ONOMA_OK);
  assert_true(fabs(measure(x, NULL, n, 48000).lufs + 16) < 0.05);
  assert_true(fabs(20 * log10(gain) - 17.01) < 0.1);
  // Here the ceiling is in the way.
  assert_int_equal(onoma_normalise_loudness(&x, 1, n, 48000, -1, 0.89, &gain, NULL), ONOMA_OK);
  const OnomaLoudness loudness = measure(x, NULL, n, 48000);
  assert_true(fabs(loudness.true_peak - 0.89) < 1e-3 && loudness.lufs < -1);
  onoma_free(x);
}

static void test_refusals(void **state) {
  (void)state;
  const float x[3] = {0};
  const float *const channels[] = {x, x, x};
  OnomaLoudness loudness;
  OnomaError error = {0};
  assert_int_equal(onoma_loudness(channels, 0, 3, 48000, &loudness, &error), ONOMA_ERR_ARGUMENT);
  assert_int_equal(onoma_loudness(channels, 3, 3, 48000, &loudness, &error), ONOMA_ERR_ARGUMENT);
  static const double bad_rates[] = {0, -1, 1, 1e9, NAN};
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(onoma_loudness(channels, 1, 3, bad_rates[i], &loudness, &error),
                     ONOMA_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reference_tone), cmocka_unit_test(test_true_peak),
      cmocka_unit_test(test_short_sounds),   cmocka_unit_test(test_silence),
      cmocka_unit_test(test_normalise),      cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
