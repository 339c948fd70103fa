// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A folder of a test's own for files, which goes when the test ends.

#ifndef ONOMA_TESTS_SCRATCH_H
#define ONOMA_TESTS_SCRATCH_H

#include <stddef.h>

typedef struct {
  char folder[512];
} Scratch;

// Makes an empty folder under $TMPDIR or /tmp; false if it can't.
int scratch_open(Scratch *scratch);

// Removes it with the files in it.
void scratch_close(Scratch *scratch);

// The path of a file in it; the string lives until the next call but three.
const char *scratch_path(const Scratch *scratch, const char *name);

// Writes a file into it, and returns its path as scratch_path() does; NULL if it can't.
const char *scratch_write(const Scratch *scratch, const char *name, const void *bytes, size_t n);

#endif
