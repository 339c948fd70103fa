// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A file in memory that libsndfile can read and write.

#ifndef ONOMA_DSP_MEMFILE_H
#define ONOMA_DSP_MEMFILE_H

#include <sndfile.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  unsigned char *data;
  size_t size;     // bytes
  size_t capacity; // bytes
  size_t position; // of the next read or write
  bool failed;     // memory ran out: the data is not complete
} OnomaMemfile;

// The functions by which libsndfile gets at an OnomaMemfile. [any]
SF_VIRTUAL_IO onoma_memfile_io(void);

// Adds bytes to the end; false, and failed set, if memory is out. [any but audio]
bool onoma_memfile_append(OnomaMemfile *file, const void *bytes, size_t n_bytes);

// Frees the data of a file, which may be all zeros. [any but audio]
void onoma_memfile_fini(OnomaMemfile *file);

#endif
