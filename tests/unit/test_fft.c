// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Fourier transforms against the sum that defines them, for all kinds of sizes, on several threads.

#include "test.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/fft.h"

#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

typedef struct {
  size_t n;
  OnomaFft *fft;
  float *x;               // [n]
  float *back;            // [n]
  OnomaComplex *spectrum; // [n / 2 + 1]
} Case;

static Case new_case(size_t n) {
  Case c = {
      .n = n,
      .x = onoma_alloc(n, sizeof(float)),
      .back = onoma_alloc(n, sizeof(float)),
      .spectrum = onoma_alloc(n / 2 + 1, sizeof(OnomaComplex)),
  };
  OnomaError error;
  assert_int_equal(onoma_fft_open(&c.fft, n, &error), ONOMA_OK);
  onoma_normal(n, ONOMA_STREAM_LATENT, 0, 0, n, c.x);
  return c;
}

static void free_case(Case *c) {
  onoma_fft_close(&c->fft);
  assert_null(c->fft);
  onoma_free(c->spectrum);
  onoma_free(c->back);
  onoma_free(c->x);
}

static void test_forward_is_the_sum(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 2, 3, 4, 5, 8, 15, 16, 37, 60, 128, 257, 1024, 1000, 2047};
  for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
    Case c = new_case(sizes[s]);
    assert_int_equal(onoma_fft_size(c.fft), c.n);
    assert_int_equal(onoma_fft_n_bins(c.fft), c.n / 2 + 1);
    memcpy(c.back, c.x, c.n * sizeof(float));
    onoma_fft_forward(c.fft, c.x, c.spectrum);
    assert_memory_equal(c.back, c.x, c.n * sizeof(float));
    double squared_error = 0;
    double squares = 0;
    for (size_t k = 0; k <= c.n / 2; k++) {
      double re = 0;
      double im = 0;
      for (size_t t = 0; t < c.n; t++) {
        const double angle = TWO_PI * (double)(k * t % c.n) / (double)c.n;
        re += c.x[t] * cos(angle);
        im -= c.x[t] * sin(angle);
      }
      squared_error += pow(re - c.spectrum[k].re, 2) + pow(im - c.spectrum[k].im, 2);
      squares += re * re + im * im;
    }
    assert_true(squared_error <= 1e-12 * squares);
    free_case(&c);
  }
}

static void test_inverse_gives_back(void **state) {
  (void)state;
  for (size_t n = 1; n < 5000; n = n * 3 / 2 + 1) {
    Case c = new_case(n);
    onoma_fft_forward(c.fft, c.x, c.spectrum);
    onoma_fft_inverse(c.fft, c.spectrum, c.back);
    for (size_t t = 0; t < n; t++)
      assert_true(fabsf(c.back[t] / (float)n - c.x[t]) < 1e-5F);
    free_case(&c);
  }
}

static void test_absolute_values(void **state) {
  (void)state;
  const OnomaComplex numbers[] = {{3, -4}, {0, 0}, {-2, 0}};
  float magnitudes[3];
  onoma_complex_abs(numbers, 3, magnitudes);
  assert_true(magnitudes[0] == 5.0F && magnitudes[1] == 0.0F && magnitudes[2] == 2.0F);
}

static void test_sizes_refused(void **state) {
  (void)state;
  OnomaFft *fft = (OnomaFft *)1;
  OnomaError error;
  assert_int_equal(onoma_fft_open(&fft, 0, &error), ONOMA_ERR_ARGUMENT);
  assert_null(fft);
  assert_int_equal(onoma_fft_open(&fft, (size_t)INT_MAX + 1, &error), ONOMA_ERR_ARGUMENT);
  assert_non_null(strstr(error.text, "2147483648"));
  onoma_fft_close(&fft);
}

// Plans, transforms and frees on its own, while the others do; returns NULL if all went well.
static void *plan_and_transform(void *data) {
  const OnomaFft *const shared = data;
  const size_t n = onoma_fft_size(shared);
  float *const x = onoma_alloc(n, sizeof(float));
  OnomaComplex *const a = onoma_alloc(n / 2 + 1, sizeof(OnomaComplex));
  OnomaComplex *const b = onoma_alloc(n / 2 + 1, sizeof(OnomaComplex));
  onoma_normal(1, ONOMA_STREAM_LATENT, 0, 0, n, x);
  void *failed = NULL;
  for (int i = 0; i < 200 && !failed; i++) {
    OnomaFft *own;
    if (onoma_fft_open(&own, n, NULL)) {
      failed = data;
      break;
    }
    onoma_fft_forward(shared, x, a);
    onoma_fft_forward(own, x, b);
    if (memcmp(a, b, (n / 2 + 1) * sizeof(OnomaComplex)) != 0)
      failed = data;
    onoma_fft_close(&own);
  }
  onoma_free(b);
  onoma_free(a);
  onoma_free(x);
  return failed;
}

// A plan of its own and a shared one give every thread the same bits.
static void test_threads(void **state) {
  (void)state;
  OnomaFft *shared;
  assert_int_equal(onoma_fft_open(&shared, 480, NULL), ONOMA_OK);
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, plan_and_transform, shared), 0);
  for (int i = 0; i < 4; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    assert_null(failed);
  }
  onoma_fft_close(&shared);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_forward_is_the_sum),
      cmocka_unit_test(test_inverse_gives_back),
      cmocka_unit_test(test_absolute_values),
      cmocka_unit_test(test_sizes_refused),
      cmocka_unit_test(test_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
