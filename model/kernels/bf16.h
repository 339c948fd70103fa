// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The bfloat16 format: the upper half of a float.

#ifndef ONOMA_MODEL_KERNELS_BF16_H
#define ONOMA_MODEL_KERNELS_BF16_H

#include <stdint.h>
#include <string.h>

// Rounds to nearest, ties to even; NaN stays NaN.
static inline uint16_t onoma_bf16_from_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof(bits));
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U)
    return (uint16_t)(bits >> 16 | 0x40U);
  return (uint16_t)((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

static inline float onoma_bf16_to_f32(uint16_t x) {
  const uint32_t bits = (uint32_t)x << 16;
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

#endif
