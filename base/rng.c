// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Counter-based random numbers: any part of a stream can be drawn on any thread.

#include "rng.h"

#include <math.h>

#define TWO_PI 6.283185307179586476925286766559

void onoma_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  enum { n_rounds = 10 };
  uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  uint32_t k[2] = {key[0], key[1]};
  for (int i = 0; i < n_rounds; i++) {
    const uint64_t a = (uint64_t)0xD2511F53U * c[0];
    const uint64_t b = (uint64_t)0xCD9E8D57U * c[2];
    const uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b,
                              (uint32_t)(a >> 32) ^ c[3] ^ k[1], (uint32_t)a};
    for (int j = 0; j < 4; j++)
      c[j] = next[j];
    k[0] += 0x9E3779B9U;
    k[1] += 0xBB67AE85U;
  }
  for (int j = 0; j < 4; j++)
    out[j] = c[j];
}

// Four words of a stream: number `block` of index.
static void draw(uint64_t seed, OnomaStream stream, uint32_t index, uint64_t block,
                 uint32_t out[4]) {
  const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), index, (uint32_t)stream};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  onoma_philox(counter, key, out);
}

// Two normal deviates from two words.
static void box_muller(uint32_t a, uint32_t b, float out[2]) {
  const double u = ((double)a + 0.5) / 4294967296.0; // in (0, 1): the logarithm is finite
  const double v = (double)b / 4294967296.0;
  const double radius = sqrt(-2.0 * log(u));
  out[0] = (float)(radius * cos(TWO_PI * v));
  out[1] = (float)(radius * sin(TWO_PI * v));
}

void onoma_normal(uint64_t seed, OnomaStream stream, uint32_t index, size_t first, size_t n,
                  float *out) {
  float deviates[4];
  for (size_t i = 0; i < n; i++) {
    const size_t at = first + i;
    if (i == 0 || at % 4 == 0) {
      uint32_t words[4];
      draw(seed, stream, index, at / 4, words);
      box_muller(words[0], words[1], deviates);
      box_muller(words[2], words[3], deviates + 2);
    }
    out[i] = deviates[at % 4];
  }
}

double onoma_uniform_at(uint64_t seed, OnomaStream stream, uint32_t i, uint32_t j) {
  uint32_t words[4];
  draw(seed, stream, i, j, words);
  return (double)words[0] / 4294967296.0;
}
