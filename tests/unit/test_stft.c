// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The short-time Fourier transform: where its frames lie, that its inverse is one, and that threads
// make no difference.

#include "test.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/stft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

static OnomaStft *open_stft(size_t n_fft, size_t hop, OnomaStftPadding padding) {
  OnomaStft *stft;
  OnomaError error;
  const OnomaStftSettings settings = {.n_fft = n_fft, .hop = hop, .padding = padding};
  assert_int_equal(onoma_stft_open(&stft, &settings, &error), ONOMA_OK);
  return stft;
}

// The transform and its inverse, with just the memory that they said they need.
static void forward(const OnomaStft *stft, OnomaPool *pool, const float *x, size_t n,
                    OnomaComplex *frames) {
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  onoma_stft_forward(stft, pool, &arena, NULL, n, NULL);
  assert_true(onoma_arena_init(&arena, arena.peak));
  onoma_stft_forward(stft, pool, &arena, x, n, frames);
  assert_int_equal(arena.used, 0);
  onoma_arena_fini(&arena);
}

static void magnitudes_of(const OnomaStft *stft, const float *x, size_t n, float *magnitudes) {
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  onoma_stft_magnitudes(stft, NULL, &arena, NULL, n, NULL);
  assert_true(onoma_arena_init(&arena, arena.peak));
  onoma_stft_magnitudes(stft, NULL, &arena, x, n, magnitudes);
  onoma_arena_fini(&arena);
}

static void inverse(const OnomaStft *stft, OnomaPool *pool, const OnomaComplex *frames,
                    size_t n_frames, float *x, size_t n) {
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  onoma_stft_inverse(stft, pool, &arena, NULL, n_frames, NULL, n);
  assert_true(onoma_arena_init(&arena, arena.peak));
  onoma_stft_inverse(stft, pool, &arena, frames, n_frames, x, n);
  assert_int_equal(arena.used, 0);
  onoma_arena_fini(&arena);
}

static float *noise(size_t n) {
  float *x = onoma_alloc(n, sizeof(float));
  onoma_normal(n, ONOMA_STREAM_LATENT, 0, 0, n, x);
  return x;
}

// Sample i of x as the padding continues it, by walking there.
static double extended(const float *x, ptrdiff_t n, ptrdiff_t i, OnomaStftPadding padding) {
  if (padding == ONOMA_STFT_FRAMED)
    return i >= 0 && i < n ? x[i] : 0;
  while (n > 1 && (i < 0 || i >= n))
    i = i < 0 ? -i : 2 * (n - 1) - i;
  return x[n > 1 ? i : 0];
}

static void check_bins(const OnomaStft *stft, const float *x, size_t n) {
  const OnomaStftSettings *const s = onoma_stft_settings(stft);
  const size_t n_frames = onoma_stft_n_frames(stft, n);
  const size_t n_bins = onoma_stft_n_bins(stft);
  OnomaComplex *frames = onoma_alloc(n_frames * n_bins, sizeof(OnomaComplex));
  float *magnitudes = onoma_alloc(n_frames * n_bins, sizeof(float));
  forward(stft, NULL, x, n, frames);
  magnitudes_of(stft, x, n, magnitudes);
  const size_t before = s->padding == ONOMA_STFT_CENTRED ? s->n_fft / 2 : (s->n_fft - s->hop) / 2;
  for (size_t t = 0; t < n_frames; t++) {
    for (size_t k = 0; k < n_bins; k++) {
      double re = 0;
      double im = 0;
      for (size_t i = 0; i < s->n_fft; i++) {
        const ptrdiff_t at = (ptrdiff_t)(t * s->hop + i) - (ptrdiff_t)before;
        const double window = pow(sin(TWO_PI / 2 * (double)i / (double)s->n_fft), 2);
        const double sample = window * extended(x, (ptrdiff_t)n, at, s->padding);
        re += sample * cos(TWO_PI * (double)(i * k) / (double)s->n_fft);
        im -= sample * sin(TWO_PI * (double)(i * k) / (double)s->n_fft);
      }
      const size_t at = t * n_bins + k;
      assert_true(fabs(frames[at].re - re) < 1e-4 && fabs(frames[at].im - im) < 1e-4);
      assert_true(fabs(magnitudes[at] - sqrt(re * re + im * im)) < 1e-4);
    }
  }
  onoma_free(magnitudes);
  onoma_free(frames);
}

static void test_bins_are_the_sum(void **state) {
  (void)state;
  static const struct {
    size_t n_fft, hop, n;
  } cases[] = {{64, 16, 200}, {64, 16, 20}, {63, 10, 150}, {30, 30, 61}, {2, 1, 5}, {16, 5, 1}};
  for (int padding = 0; padding < 2; padding++) {
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
      OnomaStft *stft = open_stft(cases[i].n_fft, cases[i].hop, (OnomaStftPadding)padding);
      float *x = noise(cases[i].n);
      check_bins(stft, x, cases[i].n);
      onoma_free(x);
      onoma_stft_close(&stft);
      assert_null(stft);
    }
  }
}

static void test_numbers_of_frames(void **state) {
  (void)state;
  OnomaStft *stft = open_stft(1024, 160, ONOMA_STFT_CENTRED);
  assert_int_equal(onoma_stft_n_bins(stft), 513);
  assert_int_equal(onoma_stft_n_frames(stft, 0), 0);
  assert_int_equal(onoma_stft_n_frames(stft, 1), 1);
  assert_int_equal(onoma_stft_n_frames(stft, 8000), 51);
  assert_int_equal(onoma_stft_n_samples(stft, 51), 8000);
  assert_int_equal(onoma_stft_n_samples(stft, 0), 0);
  onoma_stft_close(&stft);

  stft = open_stft(2048, 256, ONOMA_STFT_FRAMED);
  assert_int_equal(onoma_stft_n_frames(stft, 0), 0);
  assert_int_equal(onoma_stft_n_frames(stft, 1), 1);
  assert_int_equal(onoma_stft_n_frames(stft, 256), 1);
  assert_int_equal(onoma_stft_n_frames(stft, 257), 2);
  assert_int_equal(onoma_stft_n_samples(stft, 2), 512);
  onoma_stft_close(&stft);
}

static void test_inverse_gives_back(void **state) {
  (void)state;
  static const struct {
    size_t n_fft, hop;
  } cases[] = {{1024, 160}, {2048, 512}, {2048, 256}, {600, 199}, {301, 100}};
  enum { n = 20000 };
  float *x = noise(n);
  float *back = onoma_alloc(n, sizeof(float));
  for (int padding = 0; padding < 2; padding++) {
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
      OnomaStft *stft = open_stft(cases[i].n_fft, cases[i].hop, (OnomaStftPadding)padding);
      const size_t n_frames = onoma_stft_n_frames(stft, n);
      OnomaComplex *frames = onoma_alloc(n_frames * onoma_stft_n_bins(stft), sizeof(OnomaComplex));
      forward(stft, NULL, x, n, frames);
      inverse(stft, NULL, frames, n_frames, back, n);
      for (size_t at = 0; at < n; at++)
        assert_true(fabsf(back[at] - x[at]) < 1e-5F);
      onoma_free(frames);
      onoma_stft_close(&stft);
    }
  }
  onoma_free(back);
  onoma_free(x);
}

// Samples that no frame reaches are zero, and where the windows vanish nothing blows up.
static void test_inverse_beyond_the_frames(void **state) {
  (void)state;
  enum { n = 5000 };
  OnomaStft *stft = open_stft(512, 512, ONOMA_STFT_FRAMED);
  float x[512];
  float back[n];
  OnomaComplex *frames = onoma_alloc(onoma_stft_n_bins(stft), sizeof(OnomaComplex));
  for (int i = 0; i < 512; i++)
    x[i] = 1;
  memset(back, 1, sizeof(back));
  forward(stft, NULL, x, 512, frames);
  inverse(stft, NULL, frames, 1, back, n);
  for (int i = 0; i < n; i++) {
    const double window = pow(sin(TWO_PI / 2 * i / 512), 2);
    const double expected = i < 512 ? fmin(window * window / ONOMA_STFT_MIN_WEIGHT, 1) : 0;
    assert_true(fabs(back[i] - expected) < 1e-4);
  }
  onoma_free(frames);
  onoma_stft_close(&stft);
}

static void test_same_bits_on_any_number_of_threads(void **state) {
  (void)state;
  enum { n = 30001 };
  OnomaStft *stft = open_stft(1024, 200, ONOMA_STFT_CENTRED);
  const size_t n_frames = onoma_stft_n_frames(stft, n);
  const size_t n_items = n_frames * onoma_stft_n_bins(stft);
  float *x = noise(n);
  float *back[4];
  OnomaComplex *frames[4];
  for (unsigned i = 0; i < 4; i++) {
    OnomaPool *pool = NULL;
    if (i)
      assert_int_equal(onoma_pool_open(&pool, i, NULL), ONOMA_OK);
    frames[i] = onoma_alloc(n_items, sizeof(OnomaComplex));
    back[i] = onoma_alloc(n, sizeof(float));
    forward(stft, pool, x, n, frames[i]);
    inverse(stft, pool, frames[i], n_frames, back[i], n);
    assert_memory_equal(frames[i], frames[0], n_items * sizeof(OnomaComplex));
    assert_memory_equal(back[i], back[0], n * sizeof(float));
    onoma_pool_close(&pool);
  }
  for (int i = 0; i < 4; i++) {
    onoma_free(frames[i]);
    onoma_free(back[i]);
  }
  onoma_free(x);
  onoma_stft_close(&stft);
}

static void test_settings_refused(void **state) {
  (void)state;
  static const OnomaStftSettings bad[] = {
      {.n_fft = 0, .hop = 1},
      {.n_fft = 1, .hop = 1},
      {.n_fft = 64, .hop = 0},
      {.n_fft = 64, .hop = 65},
      {.n_fft = ((size_t)1 << 24) + 1, .hop = 65},
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    OnomaStft *stft = (OnomaStft *)1;
    OnomaError error = {0};
    assert_int_equal(onoma_stft_open(&stft, &bad[i], &error), ONOMA_ERR_ARGUMENT);
    assert_int_equal(error.status, ONOMA_ERR_ARGUMENT);
    assert_null(stft);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bins_are_the_sum),
      cmocka_unit_test(test_numbers_of_frames),
      cmocka_unit_test(test_inverse_gives_back),
      cmocka_unit_test(test_inverse_beyond_the_frames),
      cmocka_unit_test(test_same_bits_on_any_number_of_threads),
      cmocka_unit_test(test_settings_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
