// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Mel filter banks: their shape and scale, applying and inverting them.

#include "test.h"

#include "base/rng.h"
#include "dsp/mel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const OnomaMelSettings plain = {.sample_rate = 16000,
                                       .n_fft = 1024,
                                       .n_bands = 64,
                                       .min_hz = 0,
                                       .max_hz = 8000,
                                       .scale = ONOMA_MEL_SLANEY,
                                       .norm = ONOMA_MEL_NORM_AREA};

static OnomaMel *open_mel(const OnomaMelSettings *settings) {
  OnomaMel *mel;
  assert_int_equal(onoma_mel_open(&mel, settings, NULL), ONOMA_OK);
  assert_int_equal(onoma_mel_n_bands(mel), settings->n_bands);
  assert_int_equal(onoma_mel_n_bins(mel), settings->n_fft / 2 + 1);
  return mel;
}

static float *weights_of(const OnomaMel *mel) {
  float *weights = onoma_alloc(onoma_mel_n_bands(mel) * onoma_mel_n_bins(mel), sizeof(float));
  onoma_mel_weights(mel, weights);
  return weights;
}

// Triangles without norm add up to one between the first and the last peak, and the area of the
// others is one.
static void test_sums(void **state) {
  (void)state;
  for (int scale = 0; scale < 2; scale++) {
    OnomaMelSettings settings = plain;
    settings.n_fft = 16384; // narrow bins: sums are areas
    settings.min_hz = 50;
    settings.max_hz = 7000;
    settings.scale = (OnomaMelScale)scale;
    OnomaMel *areas = open_mel(&settings);
    settings.norm = ONOMA_MEL_NORM_NONE;
    OnomaMel *peaks = open_mel(&settings);
    const size_t n_bins = onoma_mel_n_bins(areas);
    float *area = weights_of(areas);
    float *peak = weights_of(peaks);
    for (size_t b = 0; b < 64; b++) {
      float sum = 0;
      for (size_t k = 0; k < n_bins; k++)
        sum += area[b * n_bins + k];
      assert_true(fabsf(sum * 16000 / 16384 - 1) < 0.02F);
    }
    for (size_t k = 0; k < n_bins; k++) {
      float sum = 0;
      for (size_t b = 0; b < 64; b++)
        sum += peak[b * n_bins + k];
      const double hz = (double)k * 16000 / 16384;
      if (hz > 150 && hz < 6500)
        assert_true(fabsf(sum - 1) < 1e-5F);
      if (hz <= 50 || hz >= 7000)
        assert_true(sum < 1e-6F);
    }
    onoma_free(peak);
    onoma_free(area);
    onoma_mel_close(&peaks);
    onoma_mel_close(&areas);
    assert_null(areas);
  }
}

// A single band from 0 Hz peaks at half its upper edge's mel.
static void test_scales(void **state) {
  (void)state;
  const struct {
    OnomaMelScale scale;
    double max_hz;
    double peak_hz;
  } cases[] = {
      {ONOMA_MEL_SLANEY, 600, 300},                        // linear
      {ONOMA_MEL_SLANEY, 6400, 1000 * pow(6.4, 6.0 / 27)}, // (15 + 27) / 2 = 15 + 6 mel
      {ONOMA_MEL_HTK, 6300, 700 * (sqrt(10) - 1)},         // 2595 / 2 mel
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    OnomaMelSettings settings = plain;
    settings.n_fft = 1 << 14;
    settings.n_bands = 1;
    settings.scale = cases[i].scale;
    settings.max_hz = cases[i].max_hz;
    OnomaMel *mel = open_mel(&settings);
    float *weights = weights_of(mel);
    size_t best = 0;
    for (size_t k = 0; k < onoma_mel_n_bins(mel); k++)
      best = weights[k] > weights[best] ? k : best;
    assert_true(fabs((double)best * 16000 / (1 << 14) - cases[i].peak_hz) < 1.0);
    onoma_free(weights);
    onoma_mel_close(&mel);
  }
}

static void test_apply_is_the_product(void **state) {
  (void)state;
  enum { n_frames = 37 };
  OnomaMel *mel = open_mel(&plain);
  const size_t n_bins = onoma_mel_n_bins(mel);
  float *weights = weights_of(mel);
  float *x = onoma_alloc(n_frames * n_bins, sizeof(float));
  onoma_normal(3, ONOMA_STREAM_LATENT, 0, 0, n_frames * n_bins, x);
  float bands[n_frames * 64];
  float threaded[n_frames * 64];
  OnomaPool *pool;
  assert_int_equal(onoma_pool_open(&pool, 3, NULL), ONOMA_OK);
  for (int power = 0; power < 2; power++) {
    const OnomaMelQuantity quantity = power ? ONOMA_MEL_POWER : ONOMA_MEL_MAGNITUDE;
    onoma_mel_apply(mel, NULL, quantity, x, n_frames, bands);
    onoma_mel_apply(mel, pool, quantity, x, n_frames, threaded);
    assert_memory_equal(bands, threaded, sizeof(bands));
    for (size_t t = 0; t < n_frames; t++) {
      for (size_t b = 0; b < 64; b++) {
        double sum = 0;
        for (size_t k = 0; k < n_bins; k++)
          sum += (double)weights[b * n_bins + k] * pow(x[t * n_bins + k], power + 1);
        assert_true(fabs(bands[t * 64 + b] - sum) < 1e-5);
      }
    }
  }
  onoma_pool_close(&pool);
  onoma_free(x);
  onoma_free(weights);
  onoma_mel_close(&mel);
}

// Bands of the magnitudes found are the bands that were asked for, and none is negative.
static void test_invert(void **state) {
  (void)state;
  enum { n_frames = 20 };
  OnomaMel *mel = open_mel(&plain);
  const size_t n_bins = onoma_mel_n_bins(mel);
  float *x = onoma_alloc(n_frames * n_bins, sizeof(float));
  for (size_t i = 0; i < n_frames * n_bins; i++)
    x[i] = expf(2 * (float)onoma_uniform_at(1, ONOMA_STREAM_PHASE, 0, (uint32_t)i)) /
           (1 + (float)(i % n_bins) / 50);
  float wanted[n_frames * 64];
  float got[n_frames * 64];
  for (int power = 0; power < 2; power++) {
    const OnomaMelQuantity quantity = power ? ONOMA_MEL_POWER : ONOMA_MEL_MAGNITUDE;
    onoma_mel_apply(mel, NULL, quantity, x, n_frames, wanted);
    OnomaArena arena;
    onoma_arena_init_measuring(&arena);
    onoma_mel_invert(mel, NULL, &arena, quantity, NULL, n_frames, 60, NULL);
    assert_true(onoma_arena_init(&arena, arena.peak));
    onoma_mel_invert(mel, NULL, &arena, quantity, wanted, n_frames, ONOMA_MEL_INVERT_ROUNDS, x);
    onoma_arena_fini(&arena);
    for (size_t i = 0; i < n_frames * n_bins; i++)
      assert_true(x[i] >= 0 && isfinite(x[i]));
    onoma_mel_apply(mel, NULL, quantity, x, n_frames, got);
    double squared_error = 0;
    double squares = 0;
    for (size_t i = 0; i < n_frames * 64; i++) {
      squared_error += pow(got[i] - wanted[i], 2);
      squares += pow(wanted[i], 2);
    }
    assert_true(sqrt(squared_error / squares) < 0.02);
  }
  onoma_free(x);
  onoma_mel_close(&mel);
}

static void test_logarithms(void **state) {
  (void)state;
  const float x[] = {0, 1, 10, -3};
  float out[4];
  onoma_log_floor(x, 4, 1e-5F, out);
  assert_true(fabsf(out[0] + 11.512925F) < 1e-5F && out[1] == 0);
  assert_true(fabsf(out[2] - 2.302585F) < 1e-6F && out[3] == out[0]);
  onoma_power_db(x, 4, 1e-10F, out);
  assert_true(fabsf(out[0] + 100) < 1e-4F && out[1] == 0 && out[3] == out[0]);
  assert_true(fabsf(out[2] - 10) < 1e-5F);
}

static void test_settings_refused(void **state) {
  (void)state;
  OnomaMelSettings bad[10];
  for (size_t i = 0; i < 10; i++)
    bad[i] = plain;
  bad[0].sample_rate = 0;
  bad[1].sample_rate = NAN;
  bad[2].n_fft = 1;
  bad[3].n_bands = 0;
  bad[4].n_bands = (size_t)1 << 20;
  bad[5].min_hz = -1;
  bad[6].min_hz = 8000;
  bad[7].max_hz = 8001;
  bad[8].max_hz = NAN;
  bad[9].sample_rate = INFINITY;
  for (size_t i = 0; i < 10; i++) {
    OnomaMel *mel = (OnomaMel *)1;
    OnomaError error = {0};
    assert_int_equal(onoma_mel_open(&mel, &bad[i], &error), ONOMA_ERR_ARGUMENT);
    assert_true(strlen(error.text) > 0);
    assert_null(mel);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sums),
      cmocka_unit_test(test_scales),
      cmocka_unit_test(test_apply_is_the_product),
      cmocka_unit_test(test_invert),
      cmocka_unit_test(test_logarithms),
      cmocka_unit_test(test_settings_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
