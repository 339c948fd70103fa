// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Phase integration: against a plain implementation of the paper, and on signals whose true
// magnitudes are known, by how pure, in tune and sharp what comes out is.

#include "test.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/rng.h"
#include "dsp/fft.h"
#include "dsp/stft.h"
#include "model/vocoder/pghi.h"
#include "model/vocoder/rank_queue.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PI   3.14159265358979323846
#define RATE 44100.0

// With the slopes of a Hann window, and with those of a Gaussian.
static const OnomaPghi hann = {.n_fft = 2048, .hop = 256, .tolerance = -11.0};
static const OnomaPghi gaussian = {.n_fft = 2048, .hop = 256, .gamma = 0.25645, .tolerance = -11.0};
enum { n_bins = 1025, n_clip = 65536, n_frames = n_clip / 256 };

// Runs with memory that a dry run measured.
static void run(const OnomaPghi *pghi, OnomaPool *pool, const float *magnitudes, size_t n,
                uint64_t seed, OnomaTurn *phases) {
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  onoma_pghi_run(pghi, NULL, &arena, magnitudes, n, seed, phases);
  const size_t peak = arena.peak;
  assert_true(onoma_arena_init(&arena, peak));
  onoma_pghi_run(pghi, pool, &arena, magnitudes, n, seed, phases);
  assert_int_equal(arena.used, 0);
  assert_int_equal(arena.peak, peak);
  onoma_arena_fini(&arena);
}

// ---- The queue

static void test_queue(void **state) {
  (void)state;
  enum { n = 300000 };
  OnomaArena arena;
  OnomaRankQueue queue;
  assert_true(onoma_arena_init(&arena, n));
  onoma_rank_queue_init(&queue, &arena, n);
  assert_true(onoma_rank_queue_is_empty(&queue));
  // Distinct numbers in any order come out sorted, and some put in on the way too.
  for (uint32_t i = 0; i < n; i += 7)
    onoma_rank_queue_put(&queue, (uint32_t)((uint64_t)i * 7919 % n / 7 * 7));
  uint32_t last = 0;
  size_t n_taken = 0;
  while (!onoma_rank_queue_is_empty(&queue)) {
    const uint32_t rank = onoma_rank_queue_take(&queue);
    assert_true(n_taken == 0 || rank > last);
    if (rank % 14 == 0 && rank + 3 < n)
      onoma_rank_queue_put(&queue, rank + 3);
    last = rank;
    n_taken++;
  }
  assert_true(n_taken > n / 14);
  onoma_arena_fini(&arena);
}

// ---- The paper, plainly: the loudest of all reached cells is looked for among all

typedef struct {
  size_t n_frames, n_bins;
  double s[400];
  double phase[400];
  bool done[400], reached[400];
} Plain;

static double plain_slope(const Plain *p, size_t t, size_t k, bool in_time) {
  const size_t n = in_time ? p->n_frames : p->n_bins;
  const size_t i = in_time ? t : k;
  const size_t step = in_time ? p->n_bins : 1;
  const double *x = p->s + t * p->n_bins + k;
  if (i == 0)
    return x[step] - x[0];
  if (i == n - 1)
    return x[0] - *(x - step);
  return 0.5 * (x[step] - *(x - step));
}

// Half the logarithm of the ratio of two bins, one to either side of bin 0, of a sinusoid at d
// under a Hann window.
static double sinusoid_slope(double d, double unused) {
  (void)unused;
  return 0.5 * log((1.0 + d) * (2.0 + d) / ((1.0 - d) * (2.0 - d)));
}

// The same of an impulse in the frames before and after that in which it is at the angle x.
static double impulse_slope(double x, double y) {
  return log(sin(x - y) / sin(x + y));
}

// Where a rising function has a value.
static double bisect(double (*f)(double, double), double y, double low, double high, double value) {
  for (int i = 0; i < 200; i++) {
    const double middle = 0.5 * (low + high);
    if (f(middle, y) < value)
      low = middle;
    else
      high = middle;
  }
  return 0.5 * (low + high);
}

static double plain_gradient(const Plain *p, const OnomaPghi *pghi, size_t t, size_t k,
                             bool in_time) {
  const double size = (double)pghi->n_fft;
  const double hop = (double)pghi->hop;
  const double y = PI * hop / size;
  const double in_bins = plain_slope(p, t, k, false);
  const double in_frames = plain_slope(p, t, k, true);
  const double centre = 2.0 * PI * hop * (double)k / size;
  if (pghi->gamma == 0.0 && in_time)
    return centre + 2.0 * PI * hop / size * bisect(sinusoid_slope, 0.0, -1.0, 1.0, in_bins);
  if (pghi->gamma == 0.0)
    return -2.0 * bisect(impulse_slope, y, y, PI - y, in_frames);
  const double gamma = pghi->gamma * size * size;
  return in_time ? hop * size / gamma * in_bins + centre : -gamma / (hop * size) * in_frames - PI;
}

// Loudest cell that is not done, of those reached or of all.
static bool plain_loudest(const Plain *p, bool reached, double least, size_t *cell) {
  bool found = false;
  for (size_t i = 0; i < p->n_frames * p->n_bins; i++) {
    if (p->done[i] || p->s[i] < least || (reached && !p->reached[i]) || (!reached && p->reached[i]))
      continue;
    if (!found || p->s[i] > p->s[*cell])
      *cell = i;
    found = true;
  }
  return found;
}

static void plain_spread(Plain *p, const OnomaPghi *pghi, size_t from, int dt, int dk,
                         double least) {
  const size_t t = from / p->n_bins;
  const size_t k = from % p->n_bins;
  if ((dt < 0 && t == 0) || (dt > 0 && t + 1 == p->n_frames) || (dk < 0 && k == 0) ||
      (dk > 0 && k + 1 == p->n_bins))
    return;
  const size_t to_t = (size_t)((long)t + dt);
  const size_t to_k = (size_t)((long)k + dk);
  const size_t to = to_t * p->n_bins + to_k;
  if (p->reached[to] || p->s[to] < least)
    return;
  const bool in_time = dt != 0;
  p->phase[to] = p->phase[from] + (dt + dk) * 0.5 *
                                      (plain_gradient(p, pghi, t, k, in_time) +
                                       plain_gradient(p, pghi, to_t, to_k, in_time));
  p->reached[to] = true;
}

static void plain_integrate(Plain *p, const OnomaPghi *pghi, double least) {
  size_t cell = 0;
  while (plain_loudest(p, false, least, &cell)) {
    p->phase[cell] = 0.0;
    p->reached[cell] = true;
    while (plain_loudest(p, true, least, &cell)) {
      p->done[cell] = true;
      plain_spread(p, pghi, cell, 1, 0, least);
      plain_spread(p, pghi, cell, -1, 0, least);
      plain_spread(p, pghi, cell, 0, 1, least);
      plain_spread(p, pghi, cell, 0, -1, least);
    }
  }
}

static void check_against_plain(size_t n_fft, size_t hop, double gamma, size_t frames,
                                double levels, uint32_t index) {
  const OnomaPghi pghi = {.n_fft = n_fft, .hop = hop, .gamma = gamma, .tolerance = -3.0};
  Plain p = {.n_frames = frames, .n_bins = n_fft / 2 + 1};
  const size_t n = p.n_frames * p.n_bins;
  float magnitudes[400];
  OnomaTurn phases[400];
  double loudest = -INFINITY;
  onoma_normal(5, ONOMA_STREAM_LATENT, index, 0, n, magnitudes);
  for (size_t i = 0; i < n; i++) {
    // A few levels only, so that there are many ties.
    magnitudes[i] = (float)exp(1.5 * rint((double)magnitudes[i] * levels) / levels);
    p.s[i] = (double)logf(magnitudes[i] + 1e-6F);
    loudest = fmax(loudest, p.s[i]);
  }
  const double least = (double)((float)loudest - 3.0F);
  run(&pghi, NULL, magnitudes, frames, 42, phases);
  plain_integrate(&p, &pghi, least);
  for (size_t i = 0; i < n; i++) {
    const double got = (double)onoma_turn_radians(phases[i]);
    double want = p.phase[i];
    if (p.s[i] < least)
      want = 2.0 * PI *
             onoma_uniform_at(42, ONOMA_STREAM_PHASE, (uint32_t)(i / p.n_bins),
                              (uint32_t)(i % p.n_bins));
    assert_float_equal(cos(got), cos(want), 1e-5);
    assert_float_equal(sin(got), sin(want), 1e-5);
  }
}

static void test_against_plain(void **state) {
  (void)state;
  check_against_plain(32, 8, 0.25645, 20, 2.0, 0);
  check_against_plain(32, 4, 0.25645, 23, 1.0, 1);
  check_against_plain(6, 3, 0.4, 31, 100.0, 2);
  check_against_plain(34, 8, 0.25645, 2, 3.0, 3);
  check_against_plain(32, 8, 0.0, 20, 2.0, 4);
  check_against_plain(32, 4, 0.0, 23, 1.0, 5);
  check_against_plain(34, 8, 0.0, 2, 3.0, 6);
}

static void test_small(void **state) {
  (void)state;
  // One frame, and all cells equal.
  const OnomaPghi pghi = {.n_fft = 8, .hop = 2, .gamma = 0.25645, .tolerance = -11.0};
  const float magnitudes[5] = {1.0F, 1.0F, 1.0F, 1.0F, 1.0F};
  OnomaTurn phases[5];
  run(&pghi, NULL, magnitudes, 1, 0, phases);
  for (int k = 0; k < 5; k++) // -pi a bin, from the first
    assert_float_equal(cos((double)onoma_turn_radians(phases[k])), (k % 2 ? -1.0 : 1.0), 1e-6);
}

// ---- True magnitudes

typedef struct {
  OnomaStft *stft;
  OnomaArena arena;
  float *magnitudes;    // [T,K]
  OnomaTurn *phases;    // [T,K]
  OnomaComplex *frames; // [T,K]
} Chain;

static int chain_open(Chain *c) {
  const OnomaStftSettings stft = {hann.n_fft, hann.hop, ONOMA_STFT_FRAMED};
  *c = (Chain){0};
  c->magnitudes = onoma_alloc(n_frames * n_bins, sizeof(float));
  c->phases = onoma_alloc(n_frames * n_bins, sizeof(OnomaTurn));
  c->frames = onoma_alloc(n_frames * n_bins, sizeof(OnomaComplex));
  return onoma_arena_init(&c->arena, 64 << 20) && c->magnitudes && c->phases && c->frames &&
         !onoma_stft_open(&c->stft, &stft, NULL);
}

static void chain_close(Chain *c) {
  onoma_stft_close(&c->stft);
  onoma_arena_fini(&c->arena);
  onoma_free(c->magnitudes);
  onoma_free(c->phases);
  onoma_free(c->frames);
}

// x [n_clip] -> magnitudes -> phases -> x.
static void copy_synthesis(Chain *c, const OnomaPghi *pghi, float *x) {
  float peak = 1e-9F;
  onoma_stft_magnitudes(c->stft, NULL, &c->arena, x, n_clip, c->magnitudes);
  for (size_t i = 0; i < n_frames * n_bins; i++)
    peak = fmaxf(peak, c->magnitudes[i]);
  for (size_t i = 0; i < n_frames * n_bins; i++)
    c->magnitudes[i] /= peak;
  run(pghi, NULL, c->magnitudes, n_frames, 1, c->phases);
  for (size_t i = 0; i < n_frames * n_bins; i++) {
    const float angle = onoma_turn_radians(c->phases[i]);
    c->frames[i] = (OnomaComplex){c->magnitudes[i] * cosf(angle), c->magnitudes[i] * sinf(angle)};
  }
  onoma_stft_inverse(c->stft, NULL, &c->arena, c->frames, n_frames, x, n_clip);
}

// The power spectrum of the middle of x [n_clip], under a Hann window.
enum { n_spectrum = 32768, n_powers = n_spectrum / 2 + 1 };

static void middle_spectrum(const float *x, double *powers) {
  OnomaFft *fft = NULL;
  float *const part = onoma_alloc(n_spectrum, sizeof(float));
  OnomaComplex *const spectrum = onoma_alloc(n_powers, sizeof(OnomaComplex));
  assert_true(part && spectrum && !onoma_fft_open(&fft, n_spectrum, NULL));
  for (int i = 0; i < n_spectrum; i++)
    part[i] = x[(n_clip - n_spectrum) / 2 + i] *
              (float)(0.5 - 0.5 * cos(2.0 * PI * (double)i / n_spectrum));
  onoma_fft_forward(fft, part, spectrum);
  for (int k = 0; k < n_powers; k++)
    powers[k] = (double)spectrum[k].re * (double)spectrum[k].re +
                (double)spectrum[k].im * (double)spectrum[k].im;
  onoma_fft_close(&fft);
  onoma_free(part);
  onoma_free(spectrum);
}

// Frequency of the strongest bin near f0_hz, by a parabola through the logarithms.
static double find_pitch(const double *powers, double f0_hz) {
  const double spacing = RATE / n_spectrum;
  size_t at = 0;
  for (size_t k = (size_t)(f0_hz / spacing * 0.9); k < (size_t)(f0_hz / spacing * 1.1) + 2; k++)
    if (!at || powers[k] > powers[at])
      at = k;
  const double a = log(powers[at - 1]);
  const double b = log(powers[at]);
  const double c = log(powers[at + 1]);
  return ((double)at + 0.5 * (a - c) / (a - 2.0 * b + c)) * spacing;
}

// Power at the harmonics of f0_hz against all else, in dB. A line of a Hann window is 4 bins wide.
static double purity_db(const double *powers, double f0_hz) {
  const double spacing = RATE / n_spectrum;
  double tone = 0.0;
  double rest = 1e-30;
  for (int k = 0; k < n_powers; k++) {
    const double harmonic = fmax(1.0, rint((double)k * spacing / f0_hz));
    const double distance = fabs((double)k - harmonic * f0_hz / spacing);
    // Higher harmonics may be off by as many cents as the first.
    if (distance < 3.0 + 0.001 * harmonic * f0_hz / spacing)
      tone += powers[k];
    else
      rest += powers[k];
  }
  return 10.0 * log10(tone / rest);
}

static void make_tone(float *x, double f0_hz, bool saw) {
  for (int i = 0; i < n_clip; i++) {
    double sum = 0.0;
    for (int h = 1; h * f0_hz < 16000.0 && (saw || h == 1); h++)
      sum += sin(2.0 * PI * h * f0_hz * i / RATE) / h;
    x[i] = (float)(0.3 * sum);
  }
}

// What is asked of a tone; harmonics of notes under 80 Hz are less than 4 bins apart, and a line of
// the window is 4 wide.
typedef struct {
  double f0_hz;
  bool saw;
  double purity_db, cents; // Hann
  double gaussian_purity_db, gaussian_cents;
} Tone;

static void check_tone(Chain *chain, const OnomaPghi *pghi, const Tone *tone, double least_db,
                       double most_cents) {
  static float x[n_clip];
  static double powers[n_powers];
  make_tone(x, tone->f0_hz, tone->saw);
  copy_synthesis(chain, pghi, x);
  middle_spectrum(x, powers);
  const double pitch = find_pitch(powers, tone->f0_hz);
  const double cents = 1200.0 * log2(pitch / tone->f0_hz);
  const double purity = purity_db(powers, pitch);
  if (!(purity >= least_db && fabs(cents) <= most_cents))
    fail_msg("%s at %g Hz: purity %g dB, %g cent", tone->saw ? "saw" : "sine", tone->f0_hz, purity,
             cents);
}

static void test_tones(void **state) {
  (void)state;
  static const Tone tones[] = {
      {55.0, false, 40.0, 1.0, 40.0, 6.0},   {61.735, false, 40.0, 1.0, 40.0, 6.0},
      {110.0, false, 38.0, 0.5, 36.0, 4.0},  {233.08, false, 40.0, 0.5, 36.0, 3.0},
      {440.0, false, 45.0, 0.2, 40.0, 2.0},  {880.0, false, 45.0, 0.2, 50.0, 1.0},
      {1760.0, false, 45.0, 0.2, 50.0, 1.0}, {55.0, true, 8.0, 30.0, 8.0, 20.0},
      {61.735, true, 20.0, 1.0, 14.0, 6.0},  {110.0, true, 36.0, 0.5, 20.0, 4.0},
      {233.08, true, 40.0, 0.5, 36.0, 3.0},  {440.0, true, 45.0, 0.2, 40.0, 2.0},
      {880.0, true, 45.0, 0.2, 50.0, 1.0},   {1760.0, true, 45.0, 0.2, 50.0, 1.0},
  };
  Chain chain;
  assert_true(chain_open(&chain));
  for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++) {
    check_tone(&chain, &hann, &tones[i], tones[i].purity_db, tones[i].cents);
    check_tone(&chain, &gaussian, &tones[i], tones[i].gaussian_purity_db, tones[i].gaussian_cents);
  }
  chain_close(&chain);
}

// Energy of x within `width` samples of a place, and all of it.
static double energy(const float *x, int at, int width) {
  double sum = 0.0;
  for (int i = at - width; i <= at + width; i++)
    sum += (double)x[i] * (double)x[i];
  return sum;
}

static void test_impulses(void **state) {
  (void)state;
  static const int places[] = {6000, 14111, 22037, 30300, 41005, 52500};
  static float x[n_clip];
  Chain chain;
  assert_true(chain_open(&chain));
  for (int pass = 0; pass < 2; pass++) {
    memset(x, 0, sizeof(x));
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
      x[places[i]] = 1.0F;
    copy_synthesis(&chain, pass ? &gaussian : &hann, x);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
      const double all = energy(x, places[i], 3000);
      assert_true(energy(x, places[i], 32) > 0.98 * all);
      assert_true(pass || energy(x, places[i], 8) > 0.94 * all);
    }
  }
  chain_close(&chain);
}

// The same bits for any number of threads; others for another seed.
static void test_threads(void **state) {
  (void)state;
  enum { frames = 40 };
  OnomaPool *pool = NULL;
  float *const magnitudes = onoma_alloc(frames * n_bins, sizeof(float));
  OnomaTurn *const one = onoma_alloc(frames * n_bins, sizeof(OnomaTurn));
  OnomaTurn *const three = onoma_alloc(frames * n_bins, sizeof(OnomaTurn));
  assert_int_equal(onoma_pool_open(&pool, 3, NULL), ONOMA_OK);
  onoma_normal(9, ONOMA_STREAM_LATENT, 0, 0, frames * n_bins, magnitudes);
  for (size_t i = 0; i < frames * n_bins; i++)
    magnitudes[i] = expf(8.0F * magnitudes[i]);
  run(&hann, NULL, magnitudes, frames, 1, one);
  run(&hann, pool, magnitudes, frames, 1, three);
  assert_memory_equal(one, three, frames * n_bins * sizeof(OnomaTurn));
  run(&hann, pool, magnitudes, frames, 2, three);
  assert_memory_not_equal(one, three, frames * n_bins * sizeof(OnomaTurn));
  onoma_pool_close(&pool);
  onoma_free(magnitudes);
  onoma_free(one);
  onoma_free(three);
}

// Values that are no magnitudes must not hurt.
static void test_not_finite(void **state) {
  (void)state;
  const OnomaPghi pghi = {.n_fft = 8, .hop = 2, .tolerance = -11.0};
  float magnitudes[20] = {0};
  OnomaTurn phases[20];
  run(&pghi, NULL, magnitudes, 4, 0, phases);
  magnitudes[3] = INFINITY;
  magnitudes[7] = NAN;
  magnitudes[12] = 1.0F;
  run(&pghi, NULL, magnitudes, 4, 0, phases);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_queue),      cmocka_unit_test(test_against_plain),
      cmocka_unit_test(test_small),      cmocka_unit_test(test_tones),
      cmocka_unit_test(test_impulses),   cmocka_unit_test(test_threads),
      cmocka_unit_test(test_not_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
