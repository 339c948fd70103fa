// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Status codes and errors.

#ifndef ONOMA_STATUS_H
#define ONOMA_STATUS_H

#include <onoma/attributes.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a function that can fail returns.
typedef enum {
  ONOMA_OK = 0,          // success
  ONOMA_ERR_ARGUMENT,    // a setting is out of its range, or contradicts another
  ONOMA_ERR_MEMORY,      // out of memory
  ONOMA_ERR_IO,          // a file could not be read or written
  ONOMA_ERR_NOT_FOUND,   // a file, a model or a part of one does not exist
  ONOMA_ERR_FORMAT,      // a file is malformed
  ONOMA_ERR_UNSUPPORTED, // a file is well-formed, but asks for what this version can't do
  ONOMA_ERR_CANCELLED,   // the caller cancelled the job
  ONOMA_ERR_NUMERIC,     // a computation gave NaN or infinity
  ONOMA_ERR_SILENT,      // the generated sound is silence
  ONOMA_ERR_SYSTEM,      // the system refused a thread, a mapping or a device
} OnomaStatus;

#define ONOMA_N_STATUS 11

// A failure in words. Functions that take one fill it in when they do not return ONOMA_OK, and
// leave it alone otherwise. The text is one line of UTF-8 without a final period, and names the
// file and the field where there is one.
typedef struct {
  OnomaStatus status;
  char text[512];
} OnomaError;

// The meaning of a status as a constant English string; for unknown values too. [any]
ONOMA_API const char *onoma_strerror(OnomaStatus status);

#ifdef __cplusplus
}
#endif

#endif
