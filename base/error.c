// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Status strings and errors.

#include "error.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const meanings[ONOMA_N_STATUS] = {
    [ONOMA_OK] = "success",
    [ONOMA_ERR_ARGUMENT] = "invalid argument",
    [ONOMA_ERR_MEMORY] = "out of memory",
    [ONOMA_ERR_IO] = "input/output error",
    [ONOMA_ERR_NOT_FOUND] = "not found",
    [ONOMA_ERR_FORMAT] = "malformed file",
    [ONOMA_ERR_UNSUPPORTED] = "not supported",
    [ONOMA_ERR_CANCELLED] = "cancelled",
    [ONOMA_ERR_NUMERIC] = "numeric failure",
    [ONOMA_ERR_SILENT] = "the sound is silent",
    [ONOMA_ERR_SYSTEM] = "refused by the system",
};

const char *onoma_strerror(OnomaStatus status) {
  return (unsigned)status < ONOMA_N_STATUS ? meanings[status] : "unknown status";
}

OnomaStatus onoma_fail(OnomaError *error, OnomaStatus status, const char *format, ...) {
  if (error) {
    va_list args;
    va_start(args, format);
    error->status = status;
    vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
  }
  return status;
}

OnomaStatus onoma_fail_memory(OnomaError *error) {
  return onoma_fail(error, ONOMA_ERR_MEMORY, "out of memory");
}
