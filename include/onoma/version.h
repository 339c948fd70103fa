// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The library's version.

#ifndef ONOMA_VERSION_H
#define ONOMA_VERSION_H

#include <onoma/attributes.h>

#ifdef __cplusplus
extern "C" {
#endif

// "major.minor.micro" of the library in use. [any]
ONOMA_API const char *onoma_version(void);

#ifdef __cplusplus
}
#endif

#endif
