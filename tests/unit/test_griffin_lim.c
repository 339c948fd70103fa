// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Griffin-Lim: how well a signal's magnitudes are met, that momentum helps, and the way from mel
// bands.

#include "test.h"

#include "base/rng.h"
#include "dsp/griffin_lim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_samples = 16000, rate_hz = 16000, n_fft = 1024, hop = 256 };

// A gliding harmonic tone that decays, and some noise.
static void make_sound(float *x) {
  onoma_normal(5, ONOMA_STREAM_LATENT, 0, 0, n_samples, x);
  double phase = 0;
  for (int i = 0; i < n_samples; i++) {
    phase += 6.283185307179586 * (220 + 60.0 * i / n_samples) / rate_hz;
    double tone = 0;
    for (int h = 1; h <= 12; h++)
      tone += sin(h * phase) / h;
    x[i] = (float)(exp(-3.0 * i / n_samples) * tone + 0.01 * x[i]);
  }
}

typedef struct {
  OnomaStft *stft;
  OnomaArena arena;
  size_t n_frames;
  size_t n_bins;
  float *x;             // [n_samples]
  float *magnitudes;    // [T,K]
  float *again;         // [T,K]
  OnomaComplex *frames; // [T,K]
} Case;

static void open_case(Case *c) {
  const OnomaStftSettings settings = {.n_fft = n_fft, .hop = hop, .padding = ONOMA_STFT_CENTRED};
  assert_int_equal(onoma_stft_open(&c->stft, &settings, NULL), ONOMA_OK);
  c->n_frames = onoma_stft_n_frames(c->stft, n_samples);
  c->n_bins = onoma_stft_n_bins(c->stft);
  c->x = onoma_alloc(n_samples, sizeof(float));
  c->magnitudes = onoma_alloc(c->n_frames * c->n_bins, sizeof(float));
  c->again = onoma_alloc(c->n_frames * c->n_bins, sizeof(float));
  c->frames = onoma_alloc(c->n_frames * c->n_bins, sizeof(OnomaComplex));
  onoma_arena_init_measuring(&c->arena);
  onoma_griffin_lim(c->stft, NULL, &c->arena, NULL, c->n_frames, 5, 0);
  assert_true(onoma_arena_init(&c->arena, c->arena.peak));
  make_sound(c->x);
  onoma_stft_magnitudes(c->stft, NULL, &c->arena, c->x, n_samples, c->magnitudes);
}

static void close_case(Case *c) {
  onoma_arena_fini(&c->arena);
  onoma_free(c->frames);
  onoma_free(c->again);
  onoma_free(c->magnitudes);
  onoma_free(c->x);
  onoma_stft_close(&c->stft);
}

// How far the magnitudes of the case's signal x are from the wanted ones, in dB.
static double convergence_db(Case *c) {
  onoma_stft_magnitudes(c->stft, NULL, &c->arena, c->x, n_samples, c->again);
  double squared_error = 0;
  double squares = 0;
  for (size_t i = 0; i < c->n_frames * c->n_bins; i++) {
    squared_error += pow(c->again[i] - c->magnitudes[i], 2);
    squares += pow(c->magnitudes[i], 2);
  }
  return 10 * log10(squared_error / squares);
}

static double run(Case *c, OnomaPool *pool, unsigned n_rounds, float momentum) {
  onoma_random_phases(pool, 7, c->magnitudes, c->n_frames, c->n_bins, c->frames);
  onoma_griffin_lim(c->stft, pool, &c->arena, c->frames, c->n_frames, n_rounds, momentum);
  onoma_stft_inverse(c->stft, pool, &c->arena, c->frames, c->n_frames, c->x, n_samples);
  return convergence_db(c);
}

static void test_rounds_and_momentum_help(void **state) {
  (void)state;
  Case c;
  open_case(&c);
  const double none = run(&c, NULL, 0, 0);
  const double plain = run(&c, NULL, 40, 0);
  const double fast = run(&c, NULL, 40, ONOMA_GRIFFIN_LIM_MOMENTUM);
  print_message("0 rounds %.1f dB, 40 plain %.1f dB, 40 fast %.1f dB\n", none, plain, fast);
  assert_true(plain < none - 6);
  assert_true(fast < plain - 2);
  assert_true(fast < -20);
  close_case(&c);
}

// Frames of a signal are a fixed point: right phases stay right.
static void test_right_phases_stay(void **state) {
  (void)state;
  Case c;
  open_case(&c);
  float *original = onoma_alloc(n_samples, sizeof(float));
  memcpy(original, c.x, n_samples * sizeof(float));
  onoma_stft_forward(c.stft, NULL, &c.arena, c.x, n_samples, c.frames);
  onoma_griffin_lim(c.stft, NULL, &c.arena, c.frames, c.n_frames, 5, ONOMA_GRIFFIN_LIM_MOMENTUM);
  onoma_stft_inverse(c.stft, NULL, &c.arena, c.frames, c.n_frames, c.x, n_samples);
  // The last frames saw samples after those that all frames stand for, so that they don't agree
  // with what is there now, which travels a frame's length each round.
  for (int i = 0; i < n_samples - 7 * n_fft; i++)
    assert_true(fabsf(c.x[i] - original[i]) < 1e-3F);
  onoma_free(original);
  close_case(&c);
}

static void test_magnitudes_and_seed(void **state) {
  (void)state;
  Case c;
  open_case(&c);
  const size_t n_items = c.n_frames * c.n_bins;
  OnomaComplex *other = onoma_alloc(n_items, sizeof(OnomaComplex));
  onoma_random_phases(NULL, 1, c.magnitudes, c.n_frames, c.n_bins, c.frames);
  onoma_random_phases(NULL, 2, c.magnitudes, c.n_frames, c.n_bins, other);
  assert_memory_not_equal(c.frames, other, n_items * sizeof(OnomaComplex));
  onoma_griffin_lim(c.stft, NULL, &c.arena, c.frames, c.n_frames, 3, 0.99F);
  onoma_complex_abs(c.frames, n_items, c.again);
  for (size_t i = 0; i < n_items; i++)
    assert_true(fabsf(c.again[i] - c.magnitudes[i]) <= 1e-5F * c.magnitudes[i] + 1e-20F);
  onoma_free(other);
  close_case(&c);
}

static void test_same_bits_on_any_number_of_threads(void **state) {
  (void)state;
  Case c;
  open_case(&c);
  float *first = onoma_alloc(n_samples, sizeof(float));
  for (unsigned n_threads = 1; n_threads <= 3; n_threads++) {
    OnomaPool *pool;
    assert_int_equal(onoma_pool_open(&pool, n_threads, NULL), ONOMA_OK);
    run(&c, pool, 3, ONOMA_GRIFFIN_LIM_MOMENTUM);
    if (n_threads == 1)
      memcpy(first, c.x, n_samples * sizeof(float));
    assert_memory_equal(first, c.x, n_samples * sizeof(float));
    onoma_pool_close(&pool);
  }
  onoma_free(first);
  close_case(&c);
}

// Bands of the sound that is made from bands are those bands, within a decibel or two.
static void test_from_mel_bands(void **state) {
  (void)state;
  enum { n_bands = 64 };
  Case c;
  open_case(&c);
  const OnomaMelSettings settings = {
      .sample_rate = rate_hz, .n_fft = n_fft, .n_bands = n_bands, .max_hz = rate_hz / 2};
  OnomaMel *mel;
  assert_int_equal(onoma_mel_open(&mel, &settings, NULL), ONOMA_OK);
  float *bands = onoma_alloc(c.n_frames * n_bands, sizeof(float));
  float *again = onoma_alloc(c.n_frames * n_bands, sizeof(float));
  onoma_mel_apply(mel, NULL, ONOMA_MEL_MAGNITUDE, c.magnitudes, c.n_frames, bands);

  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  onoma_griffin_lim_mel(c.stft, mel, NULL, &arena, ONOMA_MEL_MAGNITUDE, NULL, c.n_frames, 1, 50,
                        NULL);
  assert_true(onoma_arena_init(&arena, arena.peak));
  memset(c.x, 0, n_samples * sizeof(float));
  onoma_griffin_lim_mel(c.stft, mel, NULL, &arena, ONOMA_MEL_MAGNITUDE, bands, c.n_frames, 1, 50,
                        c.x);
  onoma_arena_fini(&arena);

  onoma_stft_magnitudes(c.stft, NULL, &c.arena, c.x, n_samples, c.again);
  onoma_mel_apply(mel, NULL, ONOMA_MEL_MAGNITUDE, c.again, c.n_frames, again);
  double difference_db = 0;
  for (size_t i = 0; i < c.n_frames * n_bands; i++)
    difference_db += fabs(20 * log10((again[i] + 1e-4) / (bands[i] + 1e-4)));
  difference_db /= (double)c.n_frames * n_bands;
  print_message("mean difference of bands %.2f dB\n", difference_db);
  assert_true(difference_db < 1.5);
  onoma_free(again);
  onoma_free(bands);
  onoma_mel_close(&mel);
  close_case(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rounds_and_momentum_help),
      cmocka_unit_test(test_right_phases_stay),
      cmocka_unit_test(test_magnitudes_and_seed),
      cmocka_unit_test(test_same_bits_on_any_number_of_threads),
      cmocka_unit_test(test_from_mel_bands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
