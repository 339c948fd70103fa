// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A fuzz target, as libFuzzer calls it. main.c calls it with a corpus instead.

#ifndef ONOMA_TESTS_FUZZ_H
#define ONOMA_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// Always returns 0. What must not be ends the process.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Ends the process unless the condition holds.
#define FUZZ_ASSERT(condition)                                                                     \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                      \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

#endif
