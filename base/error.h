// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Filling in an OnomaError.

#ifndef ONOMA_BASE_ERROR_H
#define ONOMA_BASE_ERROR_H

#include <onoma/status.h>

// Writes status and text to error (which may be NULL) and returns status, so that a failing
// function can `return onoma_fail(error, ...)`. Text that does not fit is cut. The format must not
// use floating point conversions, whose decimal point depends on the locale. [any]
OnomaStatus onoma_fail(OnomaError *error, OnomaStatus status, const char *format, ...)
    ONOMA_PRINTF(3, 4);

// onoma_fail() for running out of memory. [any]
OnomaStatus onoma_fail_memory(OnomaError *error);

#endif
