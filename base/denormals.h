// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Flushing denormal numbers to zero in a scope.

#ifndef ONOMA_BASE_DENORMALS_H
#define ONOMA_BASE_DENORMALS_H

#include <stdint.h>

#if defined(__SSE2__)
#  include <xmmintrin.h>
#endif

// Makes this thread treat denormals as zero, on input and output. Returns the mode to restore.
// [any]
static inline uint64_t onoma_denormals_off(void) {
#if defined(__SSE2__)
  enum { flush_to_zero = 1 << 15, denormals_are_zero = 1 << 6 };
  const uint32_t mode = _mm_getcsr();
  _mm_setcsr(mode | flush_to_zero | denormals_are_zero);
  return mode;
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" : : "r"(mode | 1U << 24));
  return mode;
#else
  return 0;
#endif
}

// Restores what onoma_denormals_off() returned. [any]
static inline void onoma_denormals_restore(uint64_t mode) {
#if defined(__SSE2__)
  _mm_setcsr((uint32_t)mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
  (void)mode;
#endif
}

#endif
