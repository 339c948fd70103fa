// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Attributes of public functions.

#ifndef ONOMA_ATTRIBUTES_H
#define ONOMA_ATTRIBUTES_H

#if defined(__GNUC__)
#  define ONOMA_API              __attribute__((visibility("default")))
#  define ONOMA_PRINTF(at, args) __attribute__((format(printf, at, args)))
#else
#  define ONOMA_API
#  define ONOMA_PRINTF(at, args)
#endif

#endif
