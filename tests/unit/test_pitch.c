// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Pitch: within 5 cent for tones of all kinds, and none for sounds that have none.

#include "test.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/pitch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

static OnomaPitch pitch_of(const float *x, size_t n, double rate) {
  OnomaPitch pitch;
  assert_int_equal(onoma_pitch(x, n, rate, &pitch, NULL), ONOMA_OK);
  assert_true(pitch.clarity >= 0 && pitch.clarity <= 1);
  assert_int_equal(isnan(pitch.hz), pitch.clarity < ONOMA_PITCH_MIN_CLARITY);
  return pitch;
}

static void assert_pitch(const float *x, size_t n, double rate, double hz, const char *what) {
  const OnomaPitch pitch = pitch_of(x, n, rate);
  const double cents = 1200 * log2(pitch.hz / hz);
  if (!(fabs(cents) < 5))
    fail_msg("%s of %g Hz at %g Hz: %g Hz, %g cent, clarity %g", what, hz, rate, pitch.hz, cents,
             pitch.clarity);
}

// Adds harmonics first to last under the Nyquist frequency, with amplitude h^-slope each.
static void add_tone(float *x, size_t n, double rate, double hz, int first, int last,
                     double slope) {
  for (int h = first; h <= last && h * hz < rate / 2; h++) {
    for (size_t i = 0; i < n; i++)
      x[i] += (float)(0.2 * pow(h, -slope) * sin(TWO_PI * h * hz * (double)i / rate + h * h));
  }
}

static const double rates[] = {44100, 48000, 16000};

static void test_harmonic_tones(void **state) {
  (void)state;
  static const struct {
    int first, last;
    double slope;
    const char *what;
  } kinds[] = {{1, 1, 0, "a sine"},
               {1, 30, 1, "a sawtooth"},
               {1, 10, 0, "ten equal harmonics"},
               {1, 3, -1, "rising harmonics"}};
  for (size_t r = 0; r < 3; r++) {
    const size_t n = (size_t)rates[r];
    float *x = onoma_alloc(n, sizeof(float));
    for (double hz = 40; hz < 4000; hz *= 1.3371) {
      for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        memset(x, 0, n * sizeof(float));
        add_tone(x, n, rates[r], hz, kinds[k].first, kinds[k].last, kinds[k].slope);
        assert_pitch(x, n, rates[r], hz, kinds[k].what);
      }
    }
    onoma_free(x);
  }
}

static void test_missing_fundamental(void **state) {
  (void)state;
  enum { n = 44100 };
  float *x = onoma_alloc(n, sizeof(float));
  for (double hz = 50; hz < 1500; hz *= 1.41) {
    memset(x, 0, n * sizeof(float));
    add_tone(x, n, 44100, hz, 3, 8, 0);
    assert_pitch(x, n, 44100, hz, "harmonics 3 to 8");
  }
  onoma_free(x);
}

// A tone with an attack and a decay, some noise, a little vibrato, and silence around it.
static void test_notes_as_played(void **state) {
  (void)state;
  enum { n = 2 * 44100, first = 4000 };
  static const double pitches[] = {55, 110.5, 261.63, 880, 2093};
  float *x = onoma_alloc(n, sizeof(float));
  for (size_t p = 0; p < 5; p++) {
    onoma_normal(p, ONOMA_STREAM_LATENT, 0, 0, n, x);
    double phase = 0;
    for (int i = 0; i < n; i++) {
      const double t = (i - first) / 44100.0;
      x[i] *= 0.001F;
      if (t < 0)
        continue;
      phase += TWO_PI * pitches[p] * (1 + 0.003 * sin(TWO_PI * 5 * t)) / 44100;
      for (int h = 1; h <= 8 && h * pitches[p] < 20000; h++)
        x[i] += (float)(0.3 * exp(-t * (1 + h)) * (1 - exp(-t / 0.01)) * sin(h * phase) / h);
    }
    assert_pitch(x, n, 44100, pitches[p], "a note");
    assert_true(pitch_of(x, n, 44100).clarity > 0.8);
  }
  onoma_free(x);
}

// Ten periods are enough.
static void test_short_tones(void **state) {
  (void)state;
  for (double hz = 100; hz < 4000; hz *= 1.7) {
    const size_t n = (size_t)(44100 * 10 / hz);
    float *x = onoma_alloc_zero(n, sizeof(float));
    add_tone(x, n, 44100, hz, 1, 5, 1);
    assert_pitch(x, n, 44100, hz, "a short tone");
    onoma_free(x);
  }
}

static void assert_none(const float *x, size_t n, const char *what) {
  const OnomaPitch pitch = pitch_of(x, n, 44100);
  print_message("%s: clarity %.2f\n", what, pitch.clarity);
  if (!isnan(pitch.hz))
    fail_msg("%s has %g Hz, clarity %g", what, pitch.hz, pitch.clarity);
}

static void test_noise_has_none(void **state) {
  (void)state;
  enum { n = 44100 };
  float *white = onoma_alloc(n, sizeof(float));
  float *x = onoma_alloc(n, sizeof(float));
  for (uint64_t seed = 0; seed < 8; seed++) {
    onoma_normal(seed, ONOMA_STREAM_LATENT, 0, 0, n, white);
    assert_none(white, n, "white noise");
    double low = 0;
    double band = 0;
    for (int i = 0; i < n; i++) {
      low += 0.02 * (white[i] - low);
      x[i] = (float)low;
    }
    assert_none(x, n, "low noise");
    // A noise-like band of two octaves around 1 kHz, as of rain or wind.
    for (int i = 0; i < n; i++) {
      low += 0.25 * (white[i] - low);
      band += 0.07 * (low - band);
      x[i] = (float)(low - band);
    }
    assert_none(x, n, "noise in a band");
    for (int i = 0; i < n; i++)
      x[i] = (float)(white[i] * exp(-i / 2000.0));
    assert_none(x, n, "a burst of noise");
  }
  onoma_free(x);
  onoma_free(white);
}

// A drum's pitch falls all the time; a chirp sweeps; chords have several.
static void test_unsteady_sounds_have_none(void **state) {
  (void)state;
  enum { n = 44100 };
  float *x = onoma_alloc(n, sizeof(float));
  double phase = 0;
  for (int i = 0; i < n; i++) {
    const double t = i / 44100.0;
    phase += TWO_PI * 100 * pow(20, t) / 44100;
    x[i] = (float)sin(phase);
  }
  assert_none(x, n, "a sweep");
  phase = 0;
  for (int i = 0; i < n; i++) {
    const double t = i / 44100.0;
    phase += TWO_PI * (40 + 250 * exp(-t / 0.08)) / 44100;
    x[i] = (float)(sin(phase) * exp(-t / 0.08));
  }
  assert_none(x, n, "a falling drum");
  onoma_free(x);
}

static void test_nothing(void **state) {
  (void)state;
  float x[5000] = {0};
  static const size_t lengths[] = {0, 1, 2, 3, 7, 8, 9, 20, 100, 5000};
  for (size_t i = 0; i < 10; i++) {
    assert_none(x, lengths[i], "silence");
    for (size_t j = 0; j < lengths[i]; j++)
      x[j] = 0.5F;
    assert_none(x, lengths[i], "a constant");
    memset(x, 0, sizeof(x));
  }
  x[2000] = 1;
  assert_none(x, 5000, "a click");
}

static void test_rates_refused(void **state) {
  (void)state;
  const float x[10] = {0};
  static const double bad[] = {0, 60, -44100, NAN, INFINITY};
  for (size_t i = 0; i < 5; i++) {
    OnomaPitch pitch;
    OnomaError error = {0};
    assert_int_equal(onoma_pitch(x, 10, bad[i], &pitch, &error), ONOMA_ERR_ARGUMENT);
    assert_true(strlen(error.text) > 0);
  }
}

static void test_notes_and_frequencies(void **state) {
  (void)state;
  assert_true(onoma_hz_to_note(440) == 69);
  assert_true(fabs(onoma_note_to_hz(60) - 261.6255653) < 1e-6);
  assert_true(fabs(onoma_hz_to_note(onoma_note_to_hz(21.37)) - 21.37) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_harmonic_tones),
      cmocka_unit_test(test_missing_fundamental),
      cmocka_unit_test(test_notes_as_played),
      cmocka_unit_test(test_short_tones),
      cmocka_unit_test(test_noise_has_none),
      cmocka_unit_test(test_unsteady_sounds_have_none),
      cmocka_unit_test(test_nothing),
      cmocka_unit_test(test_rates_refused),
      cmocka_unit_test(test_notes_and_frequencies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
