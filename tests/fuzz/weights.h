// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Opening bytes as a file of weights, and reading all that is in it.

#ifndef ONOMA_TESTS_FUZZ_WEIGHTS_H
#define ONOMA_TESTS_FUZZ_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

// `name` tells the format by its ending.
void fuzz_weights(const char *name, const uint8_t *data, size_t size);

#endif
