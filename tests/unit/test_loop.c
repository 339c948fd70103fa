// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loops: that the seam can't be told from the rest of the sound, and what is refused.

#include "test.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/loop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

enum { rate_hz = 44100, n_frames = 3 * rate_hz };

typedef enum { TONE, CHORD, VIBRATO, NOISE, LOW_NOISE, N_MATERIALS } Material;

// n frames of a sound, with an attack of a tenth of a second.
static float *make_sound(Material material, size_t n) {
  float *x = onoma_alloc(n, sizeof(float));
  onoma_normal(3, ONOMA_STREAM_LATENT, 0, 0, n, x);
  double phase = 0;
  double low = 0;
  for (size_t i = 0; i < n; i++) {
    const double t = (double)i / rate_hz;
    phase += TWO_PI * (material == VIBRATO ? 220 + 3 * sin(TWO_PI * 5.3 * t) : 220.7) / rate_hz;
    low += 0.02 * (x[i] - low);
    double y = 0;
    if (material == TONE || material == VIBRATO)
      for (int h = 1; h <= 10; h++)
        y += 0.3 * sin(h * phase) / h;
    if (material == CHORD)
      y = 0.2 * (sin(phase) + sin(phase * 1.2599) + sin(phase * 1.4983));
    if (material == NOISE)
      y = 0.1 * x[i];
    if (material == LOW_NOISE)
      y = 2 * low;
    x[i] = (float)(y * (1 - exp(-t / 0.03)));
  }
  return x;
}

static OnomaLoop make_loop(float *x, size_t n) {
  OnomaLoopSettings settings;
  onoma_loop_settings_default(&settings, n, rate_hz);
  OnomaLoop loop;
  OnomaError error = {0};
  if (onoma_loop_make(&x, 1, n, &settings, &loop, &error))
    fail_msg("%s", error.text);
  assert_true(loop.start >= settings.first_frame && loop.end <= n);
  assert_true(loop.end - loop.start >= (loop.end - settings.first_frame) / 2);
  return loop;
}

// Sample i of the sound played with its loop.
static double played(const float *x, const OnomaLoop *loop, size_t i) {
  if (i < loop->end)
    return x[i];
  return x[loop->start + (i - loop->end) % (loop->end - loop->start)];
}

// The largest fourth difference of the sound as played in [from, to): what a click is made of.
static double roughness(const float *x, const OnomaLoop *loop, size_t from, size_t to) {
  double largest = 0;
  for (size_t i = from; i < to; i++) {
    double y[5];
    for (size_t j = 0; j < 5; j++)
      y[j] = played(x, loop, i + j);
    largest = fmax(largest, fabs(y[0] - 4 * y[1] + 6 * y[2] - 4 * y[3] + y[4]));
  }
  return largest;
}

static double rms(const float *x, const OnomaLoop *loop, size_t from, size_t n) {
  double sum = 0;
  for (size_t i = from; i < from + n; i++)
    sum += pow(played(x, loop, i), 2);
  return sqrt(sum / (double)n);
}

static void test_seam_has_no_click(void **state) {
  (void)state;
  for (Material material = 0; material < N_MATERIALS; material++) {
    float *x = make_sound(material, n_frames);
    float *before = onoma_alloc(n_frames, sizeof(float));
    memcpy(before, x, n_frames * sizeof(float));
    const OnomaLoop loop = make_loop(x, n_frames);
    const size_t n_fade = rate_hz / 20;
    const double elsewhere = roughness(x, &loop, loop.start, loop.end - n_fade - 5);
    const double seam = roughness(x, &loop, loop.end - n_fade - 5, loop.end + n_fade);
    print_message("material %d: similarity %.3f, seam %.2g, elsewhere %.2g\n", material,
                  loop.similarity, seam, elsewhere);
    // What is left is 100 dB under full scale.
    assert_true(seam <= elsewhere * 1.15 + 1e-5);
    // Only the frames that are faded have changed.
    assert_memory_equal(x, before, (loop.end - n_fade) * sizeof(float));
    onoma_free(before);
    onoma_free(x);
  }
}

// Without all this there is a click: the measure above can tell.
static void test_a_plain_cut_clicks(void **state) {
  (void)state;
  for (Material material = TONE; material <= CHORD; material++) {
    float *x = make_sound(material, n_frames);
    int n_clicks = 0;
    for (size_t i = 0; i < 10; i++) {
      const OnomaLoop cut = {.start = 30000 + 997 * i, .end = 120000};
      const double elsewhere = roughness(x, &cut, cut.start, cut.end - 5);
      n_clicks += roughness(x, &cut, cut.end - 5, cut.end + 5) > 3 * elsewhere;
    }
    assert_true(n_clicks >= 8);
    onoma_free(x);
  }
}

// The level through the seam is that of the rest, within what it varies by itself.
static void test_seam_has_no_dip(void **state) {
  (void)state;
  enum { window = 1000 };
  static const double tolerance_db[N_MATERIALS] = {0.3, 1.0, 0.5, 1.2, 3.5};
  for (Material material = 0; material < N_MATERIALS; material++) {
    float *x = make_sound(material, n_frames);
    const OnomaLoop loop = make_loop(x, n_frames);
    const double whole = rms(x, &loop, loop.start, loop.end - loop.start);
    double low = 0;
    double high = 0;
    const size_t n_fade = rate_hz / 20;
    for (size_t at = loop.end - n_fade; at < loop.end + n_fade; at += window / 2) {
      // Chords beat; compare with the same place in what was faded in.
      const double here =
          material == CHORD ? rms(x, &loop, loop.start + at - loop.end, window) : whole;
      const double db = 20 * log10(rms(x, &loop, at, window) / here);
      low = fmin(low, db);
      high = fmax(high, db);
    }
    print_message("material %d: %.2f to %.2f dB\n", material, low, high);
    assert_true(low > -tolerance_db[material] && high < tolerance_db[material]);
    onoma_free(x);
  }
}

// A sound that fades out loops before it is gone.
static void test_ending_is_left_out(void **state) {
  (void)state;
  float *x = make_sound(TONE, n_frames);
  for (size_t i = 2 * rate_hz; i < n_frames; i++)
    x[i] *= (float)exp(-((double)i / rate_hz - 2) / 0.1);
  const OnomaLoop loop = make_loop(x, n_frames);
  assert_true(loop.end < 2.1 * rate_hz && loop.end > 1.9 * rate_hz);
  assert_true(loop.similarity > 0.7);
  onoma_free(x);
}

static void test_two_channels(void **state) {
  (void)state;
  float *left = make_sound(TONE, n_frames);
  float *right = make_sound(CHORD, n_frames);
  float *const channels[] = {left, right};
  OnomaLoopSettings settings;
  onoma_loop_settings_default(&settings, n_frames, rate_hz);
  OnomaLoop loop;
  assert_int_equal(onoma_loop_make(channels, 2, n_frames, &settings, &loop, NULL), ONOMA_OK);
  for (int c = 0; c < 2; c++)
    assert_true(roughness(channels[c], &loop, loop.end - 3000, loop.end + 100) <=
                1.15 * roughness(channels[c], &loop, loop.start, loop.end - 3000) + 1e-5);
  onoma_free(right);
  onoma_free(left);
}

static void assert_refused(float *x, size_t n, OnomaLoopSettings settings, OnomaStatus status) {
  float *before = onoma_alloc(n, sizeof(float));
  memcpy(before, x, n * sizeof(float));
  OnomaLoop loop;
  OnomaError error = {0};
  assert_int_equal(onoma_loop_make(&x, 1, n, &settings, &loop, &error), status);
  assert_true(strlen(error.text) > 0);
  assert_memory_equal(before, x, n * sizeof(float));
  onoma_free(before);
}

static void test_refusals(void **state) {
  (void)state;
  enum { n = 1000 };
  float *x = make_sound(NOISE, n);
  OnomaLoopSettings settings;
  onoma_loop_settings_default(&settings, 60, rate_hz);
  assert_refused(x, 60, settings, ONOMA_ERR_ARGUMENT);
  onoma_loop_settings_default(&settings, 0, rate_hz);
  assert_refused(x, 0, settings, ONOMA_ERR_ARGUMENT);
  static const OnomaLoopSettings bad[] = {
      {.first_frame = 0, .min_frames = 1000, .n_fade = 100},
      {.first_frame = 1001, .min_frames = 10, .n_fade = 100},
      {.first_frame = 500, .min_frames = 600, .n_fade = 100},
      {.first_frame = 0, .min_frames = 10, .n_fade = 501},
      {.first_frame = 0, .min_frames = 10, .n_fade = 8},
      {.first_frame = 0, .min_frames = 10, .n_fade = SIZE_MAX},
      {.first_frame = SIZE_MAX, .min_frames = SIZE_MAX, .n_fade = 100},
      {.first_frame = 0, .min_frames = SIZE_MAX, .n_fade = 100},
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    assert_refused(x, n, bad[i], ONOMA_ERR_ARGUMENT);
  memset(x, 0, n * sizeof(float));
  onoma_loop_settings_default(&settings, n, rate_hz);
  assert_refused(x, n, settings, ONOMA_ERR_SILENT);
  onoma_free(x);
}

// The shortest that is taken.
static void test_shortest(void **state) {
  (void)state;
  enum { n = 64 };
  float *x = make_sound(NOISE, n);
  for (int i = 0; i < n; i++)
    x[i] = 1;
  OnomaLoop loop;
  const OnomaLoopSettings settings = {.first_frame = 0, .min_frames = 0, .n_fade = 32};
  assert_int_equal(onoma_loop_make(&x, 1, n, &settings, &loop, NULL), ONOMA_OK);
  assert_int_equal(loop.start, 32);
  assert_int_equal(loop.end, 64);
  for (int i = 0; i < n; i++)
    assert_true(fabsf(x[i] - 1) < 1e-5F);
  onoma_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_seam_has_no_click), cmocka_unit_test(test_a_plain_cut_clicks),
      cmocka_unit_test(test_seam_has_no_dip),   cmocka_unit_test(test_ending_is_left_out),
      cmocka_unit_test(test_two_channels),      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_shortest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
