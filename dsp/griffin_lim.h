// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Phases for magnitudes without any: the fast Griffin-Lim algorithm (Perraudin, Balazs and
// Sondergaard, "A fast Griffin-Lim algorithm", 2013), and with it a vocoder of last resort.

#ifndef ONOMA_DSP_GRIFFIN_LIM_H
#define ONOMA_DSP_GRIFFIN_LIM_H

#include "mel.h"
#include "stft.h"

#include <stddef.h>
#include <stdint.h>

// The acceleration that the paper found best in most cases.
#define ONOMA_GRIFFIN_LIM_MOMENTUM 0.99F

// frames [T,K] = magnitudes [T,K] with random phases: that of frame t and bin k is 2 pi times the
// uniform deviate (t, k) of the seed's stream of phases. [any but audio]
void onoma_random_phases(OnomaPool *pool, uint64_t seed, const float *magnitudes, size_t n_frames,
                         size_t n_bins, OnomaComplex *frames);

// Refines the phases of frames [T,K] for n_rounds rounds, and leaves their magnitudes. The signal
// is then onoma_stft_inverse() of the frames, of onoma_stft_n_samples() samples. Each round
// projects the estimate onto the transforms of signals, and steps further in the direction of the
// last change by the momentum (0: the algorithm of Griffin and Lim 1984) before the magnitudes are
// restored. The same bits for any number of threads. Scratch memory comes from the arena and is
// given back; with a measuring arena nothing else is done. [any but audio]
void onoma_griffin_lim(const OnomaStft *stft, OnomaPool *pool, OnomaArena *arena,
                       OnomaComplex *frames, size_t n_frames, unsigned n_rounds, float momentum);

// The whole way from mel bands [T,F] to x [onoma_stft_n_samples(stft, T)], with random phases. The
// filter bank must be made for frames of the transform's size. Scratch memory as above.
// [any but audio]
void onoma_griffin_lim_mel(const OnomaStft *stft, const OnomaMel *mel, OnomaPool *pool,
                           OnomaArena *arena, OnomaMelQuantity quantity, const float *bands,
                           size_t n_frames, uint64_t seed, unsigned n_rounds, float *x);

#endif
