// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Fourier transforms of real signals: the one user of FFTW.

#ifndef ONOMA_DSP_FFT_H
#define ONOMA_DSP_FFT_H

#include <onoma/status.h>

#include <stddef.h>

// A complex number, laid out as FFTW and C99 do.
typedef struct {
  float re;
  float im;
} OnomaComplex;

// Plans for transforms of one size, forth and back. Plans are made by FFTW_ESTIMATE, which measures
// nothing: the same library on the same processor always makes the same plan, and so the same bits
// (unless somebody else in the process has loaded wisdom into FFTW, which it then prefers).
typedef struct OnomaFft OnomaFft;

// Plans transforms of n real samples, n from 1 to INT_MAX. FFTW's planner is not thread safe: calls
// from all threads of this process take turns, and also with other users of FFTW in the process
// where the library offers that. [any but audio]
OnomaStatus onoma_fft_open(OnomaFft **fft, size_t n, OnomaError *error);

// Frees the plans, and clears the pointer. [any but audio]
void onoma_fft_close(OnomaFft **fft);

// The number n of samples; the number n / 2 + 1 of bins. [any]
size_t onoma_fft_size(const OnomaFft *fft);
size_t onoma_fft_n_bins(const OnomaFft *fft);

// spectrum[k] = sum over t of x[t] e^(-2 pi i k t / n), for k = 0 to n / 2. x has n samples, and is
// left as it was. Both buffers must be aligned to ONOMA_ALIGN, and may not overlap. Any number of
// threads may use the same plan at a time. [any]
void onoma_fft_forward(const OnomaFft *fft, const float *x, OnomaComplex *spectrum);

// The inverse of onoma_fft_forward() times n. The imaginary parts of bin 0 and, for even n, of bin
// n / 2 count as zero. spectrum is overwritten. Alignment and threads as above. [any]
void onoma_fft_inverse(const OnomaFft *fft, OnomaComplex *spectrum, float *x);

// The absolute values of n numbers. [any]
void onoma_complex_abs(const OnomaComplex *numbers, size_t n, float *magnitudes);

#endif
