// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Counter-based random numbers: any part of a stream can be drawn on any thread.

#ifndef ONOMA_BASE_RNG_H
#define ONOMA_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// 2011): four random words from a counter and a key. [any]
void onoma_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

// What a stream of random numbers is for. Streams of one seed are independent.
typedef enum {
  ONOMA_STREAM_LATENT = 0,    // the initial noise
  ONOMA_STREAM_STEP = 1,      // noise added by stochastic samplers
  ONOMA_STREAM_PHASE = 2,     // phases of the vocoder
  ONOMA_STREAM_POSTERIOR = 3, // sampling from the VAE's posterior
  ONOMA_STREAM_NOTE = 4,      // the note of a prompt that names none
} OnomaStream;

// Numbers first to first + n - 1 of the stream (seed, stream, index) of normal deviates, by the
// Box-Muller transform in double precision; index tells apart the streams of the steps. The numbers
// do not depend on how they are cut into calls. [any]
void onoma_normal(uint64_t seed, OnomaStream stream, uint32_t index, size_t first, size_t n,
                  float *out);

// A uniform deviate in [0, 1) at (i, j) of a stream, to 32 bits. [any]
double onoma_uniform_at(uint64_t seed, OnomaStream stream, uint32_t i, uint32_t j);

#endif
