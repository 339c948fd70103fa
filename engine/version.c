// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The library's version.

#include <onoma/version.h>

const char *onoma_version(void) {
  return ONOMA_VERSION;
}
