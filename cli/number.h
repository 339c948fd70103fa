// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Numbers from the command line.

#ifndef ONOMA_CLI_NUMBER_H
#define ONOMA_CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

// Each reads the whole text, and is false if that is not a number, or one out of [min, max]. The
// decimal point is a point in any locale.
bool parse_whole(const char *text, uint64_t min, uint64_t max, uint64_t *value);
bool parse_real(const char *text, double min, double max, double *value);

#endif
