// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Classes of code points, looked up in sorted ranges.

#include "unicode.h"

#include <stddef.h>

static const struct {
  uint32_t first, last;
  OnomaUnicodeClass kind;
} ranges[] = {
#include "unicode_tables.inc"
};

OnomaUnicodeClass onoma_unicode_class(uint32_t code_point) {
  size_t first = 0;
  size_t n = sizeof(ranges) / sizeof(ranges[0]);
  while (n) {
    const size_t middle = first + n / 2;
    if (code_point < ranges[middle].first) {
      n /= 2;
    } else if (code_point > ranges[middle].last) {
      first = middle + 1;
      n -= n / 2 + 1;
    } else {
      return ranges[middle].kind;
    }
  }
  return ONOMA_UNICODE_OTHER;
}
