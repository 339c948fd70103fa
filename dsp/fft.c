// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Fourier transforms of real signals: the one user of FFTW.

#include "fft.h"

#include "base/error.h"
#include "base/memory.h"

#include <assert.h>
#include <dlfcn.h>
#include <fftw3.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct OnomaFft {
  size_t n;
  fftwf_plan forward;
  fftwf_plan inverse;
};

static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t planner_once = PTHREAD_ONCE_INIT;

// Our lock keeps our own threads apart. In a plugin host others plan too, on the same library:
// FFTW's own planner lock keeps them apart from us, but turning it on installs hooks that point
// into the library of threads. That library must then never be unloaded, or the planner would call
// into nothing after our plugin is gone. So it is not linked, but loaded to stay.
static void share_planner(void) {
  void *const library = dlopen("libfftw3f_threads.so.3", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library)
    return;
  void (*make_planner_thread_safe)(void);
  *(void **)&make_planner_thread_safe = dlsym(library, "fftwf_make_planner_thread_safe");
  if (make_planner_thread_safe)
    make_planner_thread_safe();
}

static void lock_planner(void) {
  pthread_once(&planner_once, share_planner);
  pthread_mutex_lock(&planner_lock);
}

static void unlock_planner(void) {
  pthread_mutex_unlock(&planner_lock);
}

// Plans on buffers that are aligned like the ones that will be transformed. FFTW_ESTIMATE leaves
// them alone.
static bool make_plans(OnomaFft *fft) {
  const int n = (int)fft->n;
  float *const x = onoma_alloc(fft->n, sizeof(float));
  OnomaComplex *const spectrum = onoma_alloc(fft->n / 2 + 1, sizeof(OnomaComplex));
  if (x && spectrum) {
    fftwf_complex *const bins = (fftwf_complex *)spectrum;
    lock_planner();
    fft->forward = fftwf_plan_dft_r2c_1d(n, x, bins, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    fft->inverse = fftwf_plan_dft_c2r_1d(n, bins, x, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    unlock_planner();
  }
  onoma_free(spectrum);
  onoma_free(x);
  return fft->forward && fft->inverse;
}

OnomaStatus onoma_fft_open(OnomaFft **fft, size_t n, OnomaError *error) {
  *fft = NULL;
  if (!n || n > INT_MAX)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a Fourier transform of %zu samples", n);

  OnomaFft *f = onoma_alloc_zero(1, sizeof(OnomaFft));
  if (!f)
    return onoma_fail_memory(error);
  f->n = n;
  if (!make_plans(f)) {
    onoma_fft_close(&f);
    return onoma_fail_memory(error);
  }
  *fft = f;
  return ONOMA_OK;
}

void onoma_fft_close(OnomaFft **fft) {
  OnomaFft *const f = *fft;
  *fft = NULL;
  if (!f)
    return;
  lock_planner();
  if (f->forward)
    fftwf_destroy_plan(f->forward);
  if (f->inverse)
    fftwf_destroy_plan(f->inverse);
  unlock_planner();
  onoma_free(f);
}

size_t onoma_fft_size(const OnomaFft *fft) {
  return fft->n;
}

size_t onoma_fft_n_bins(const OnomaFft *fft) {
  return fft->n / 2 + 1;
}

void onoma_fft_forward(const OnomaFft *fft, const float *x, OnomaComplex *spectrum) {
  assert((uintptr_t)x % ONOMA_ALIGN == 0 && (uintptr_t)spectrum % ONOMA_ALIGN == 0);
  // FFTW's signature lacks the const that FFTW_PRESERVE_INPUT promises.
  fftwf_execute_dft_r2c(fft->forward, (float *)x, (fftwf_complex *)spectrum);
}

void onoma_fft_inverse(const OnomaFft *fft, OnomaComplex *spectrum, float *x) {
  assert((uintptr_t)x % ONOMA_ALIGN == 0 && (uintptr_t)spectrum % ONOMA_ALIGN == 0);
  fftwf_execute_dft_c2r(fft->inverse, (fftwf_complex *)spectrum, x);
}

void onoma_complex_abs(const OnomaComplex *numbers, size_t n, float *magnitudes) {
  for (size_t i = 0; i < n; i++)
    magnitudes[i] = sqrtf(numbers[i].re * numbers[i].re + numbers[i].im * numbers[i].im);
}
