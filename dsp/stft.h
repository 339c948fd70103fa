// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The short-time Fourier transform and its inverse.
//
// Frames are windowed by a periodic Hann window of n_fft samples, w[i] = (1 - cos(2 pi i / n_fft))
// / 2, and transformed without scaling. Frame t's phases count from its first sample. Spectrograms
// are [T,K]: T frames of K = n_fft / 2 + 1 bins.
//
// All functions take a const OnomaStft, and any number of threads may use one at a time. Work is
// shared out over a pool (NULL: done by the caller), with the same bits for any number of threads.
// Scratch memory comes from an arena and is given back; with a measuring arena nothing else is done
// or touched.

#ifndef ONOMA_DSP_STFT_H
#define ONOMA_DSP_STFT_H

#include "base/memory.h"
#include "base/pool.h"
#include "fft.h"

#include <onoma/status.h>

#include <stddef.h>

// Where frames lie, and what is outside of the signal.
typedef enum {
  // Frame t is centred on sample t * hop: it begins at t * hop - n_fft / 2. The signal is mirrored
  // at its first and last sample, again and again if it is short. This is what librosa and PyTorch
  // do with `center` and `reflect`. N samples make 1 + N / hop frames (rounded down), none if N
  // is 0.
  ONOMA_STFT_CENTRED,
  // Frame t is centred on the hop it stands for: it begins at t * hop - (n_fft - hop) / 2 (rounded
  // down). Outside of the signal are zeros. N samples make N / hop frames (rounded up).
  ONOMA_STFT_FRAMED,
} OnomaStftPadding;

typedef struct {
  size_t n_fft; // samples of a frame: 2 to 2^24
  size_t hop;   // samples from frame to frame: 1 to n_fft
  OnomaStftPadding padding;
} OnomaStftSettings;

typedef struct OnomaStft OnomaStft;

// The sum of squared windows by which the inverse divides is at least this, so that samples which
// no window covers properly fade to zero instead of blowing up.
#define ONOMA_STFT_MIN_WEIGHT 1e-3F

// Makes the window and the plans. [any but audio]
OnomaStatus onoma_stft_open(OnomaStft **stft, const OnomaStftSettings *settings, OnomaError *error);

// Frees it, and clears the pointer. [any but audio]
void onoma_stft_close(OnomaStft **stft);

// K, and the settings. [any]
size_t onoma_stft_n_bins(const OnomaStft *stft);
const OnomaStftSettings *onoma_stft_settings(const OnomaStft *stft);

// The number of frames that n_samples make. [any]
size_t onoma_stft_n_frames(const OnomaStft *stft, size_t n_samples);

// The number of samples that n_frames stand for: (T - 1) * hop if centred, T * hop if framed. [any]
size_t onoma_stft_n_samples(const OnomaStft *stft, size_t n_frames);

// The transform of x, n_samples, into frames [T,K], T = onoma_stft_n_frames(). [any but audio]
void onoma_stft_forward(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena, const float *x,
                        size_t n_samples, OnomaComplex *frames);

// The magnitudes of the transform, [T,K]. [any but audio]
void onoma_stft_magnitudes(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena,
                           const float *x, size_t n_samples, float *magnitudes);

// The signal whose transform is nearest to frames [n_frames,K] (Griffin and Lim 1984): the inverse
// frames are windowed once more, added up in the order of their number, and divided by the sum of
// their squared windows, at least ONOMA_STFT_MIN_WEIGHT. The frames of a signal give it back to
// rounding wherever that sum is larger. x gets the first n_samples; those that no frame reaches are
// zero. frames are left as they were. [any but audio]
void onoma_stft_inverse(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena,
                        const OnomaComplex *frames, size_t n_frames, float *x, size_t n_samples);

#endif
