// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Figures of sounds whose figures are known.

#include "test.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

enum { n_samples = 44100 };

static OnomaSpectrum spectrum_of(const float *x, size_t n, double rate) {
  OnomaSpectrum spectrum;
  assert_int_equal(onoma_spectrum_init(&spectrum, x, n, rate, NULL), ONOMA_OK);
  assert_true(fabs((double)(spectrum.n_bins - 1) * spectrum.bin_hz - rate / 2) < 1e-6);
  return spectrum;
}

static void test_tones(void **state) {
  (void)state;
  static const double rates[] = {16000, 44100, 96000};
  float *x = onoma_alloc(n_samples, sizeof(float));
  for (size_t r = 0; r < 3; r++) {
    for (int i = 0; i < n_samples; i++)
      x[i] = (float)(0.1 + 0.5 * sin(TWO_PI * 1000 * i / rates[r]) +
                     0.5 * sin(TWO_PI * 3000 * i / rates[r]));
    OnomaSpectrum spectrum = spectrum_of(x, n_samples, rates[r]);
    assert_true(fabs(onoma_spectrum_centroid_hz(&spectrum) - 2000) < 30);
    assert_true(onoma_spectrum_flatness(&spectrum) < 1e-3);
    assert_true(fabs(onoma_spectrum_share(&spectrum, 900, 1100) - 0.5) < 0.02);
    assert_true(onoma_spectrum_share(&spectrum, 1200, 2800) < 0.01);
    onoma_spectrum_fini(&spectrum);
    assert_null(spectrum.power);
  }
  onoma_free(x);
}

static void test_noise(void **state) {
  (void)state;
  float *x = onoma_alloc(n_samples, sizeof(float));
  onoma_normal(1, ONOMA_STREAM_LATENT, 0, 0, n_samples, x);
  OnomaSpectrum spectrum = spectrum_of(x, n_samples, 44100);
  assert_true(onoma_spectrum_flatness(&spectrum) > 0.95);
  assert_true(fabs(onoma_spectrum_centroid_hz(&spectrum) - 11025) < 200);
  onoma_spectrum_fini(&spectrum);

  // The same, darker: it has a lower centroid, and is less flat.
  double low = 0;
  for (int i = 0; i < n_samples; i++)
    x[i] = (float)(low += 0.1 * (x[i] - low));
  spectrum = spectrum_of(x, n_samples, 44100);
  assert_true(onoma_spectrum_flatness(&spectrum) < 0.5);
  assert_true(onoma_spectrum_centroid_hz(&spectrum) < 3000);
  onoma_spectrum_fini(&spectrum);
  onoma_free(x);
}

static void test_silence_and_short_sounds(void **state) {
  (void)state;
  float x[100] = {0};
  OnomaSpectrum spectrum = spectrum_of(x, 100, 44100);
  assert_true(onoma_spectrum_centroid_hz(&spectrum) == 0);
  assert_true(onoma_spectrum_flatness(&spectrum) == 0);
  assert_true(onoma_spectrum_share(&spectrum, 0, 1e6) == 0);
  onoma_spectrum_fini(&spectrum);
  // A click is white.
  x[0] = 1;
  spectrum = spectrum_of(x, 1, 44100);
  assert_true(onoma_spectrum_flatness(&spectrum) > 0.99);
  onoma_spectrum_fini(&spectrum);

  OnomaError error = {0};
  assert_int_equal(onoma_spectrum_init(&spectrum, x, 0, 44100, &error), ONOMA_ERR_ARGUMENT);
  assert_null(spectrum.power);
  static const double bad_rates[] = {0, -1, NAN, INFINITY};
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(onoma_spectrum_init(&spectrum, x, 1, bad_rates[i], &error),
                     ONOMA_ERR_ARGUMENT);
}

static void test_levels(void **state) {
  (void)state;
  float x[1050];
  for (int i = 0; i < 1050; i++)
    x[i] = i < 500 ? (i % 2 ? 0.5F : -0.5F) : 0;
  for (int i = 1000; i < 1050; i++)
    x[i] = 1;
  double levels[11];
  onoma_levels_db(x, 1050, 100, -90, levels);
  for (int i = 0; i < 11; i++)
    assert_true(fabs(levels[i] - (i < 5 ? -6.0206 : i < 10 ? -90 : 0)) < 1e-3);
  assert_true(fabs(onoma_rms(x, 500) - 0.5) < 1e-6);
  assert_true(onoma_rms(x, 0) == 0);
  assert_true(fabs(onoma_crest_db(x, 500)) < 1e-6);
  assert_true(fabs(onoma_crest_db(x, 1000) - 3.0103) < 1e-3);
  assert_true(onoma_crest_db(x + 500, 500) == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tones),
      cmocka_unit_test(test_noise),
      cmocka_unit_test(test_silence_and_short_sounds),
      cmocka_unit_test(test_levels),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
