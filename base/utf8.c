// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// UTF-8.

#include "utf8.h"

size_t onoma_utf8_decode(const char *text, size_t n, uint32_t *code_point) {
  if (!n)
    return 0;
  const unsigned char *const bytes = (const unsigned char *)text;
  const unsigned char first = bytes[0];
  if (first < 0x80) {
    *code_point = first;
    return 1;
  }

  // The smallest code point of each length: what is below has a shorter form.
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || length > n)
    return 0;

  uint32_t value = first & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    if ((bytes[i] & 0xC0) != 0x80)
      return 0;
    value = value << 6 | (bytes[i] & 0x3FU);
  }
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return 0;
  *code_point = value;
  return length;
}

size_t onoma_utf8_valid_length(const char *text, size_t n) {
  size_t at = 0;
  while (at < n) {
    uint32_t code_point = 0;
    const size_t length = onoma_utf8_decode(text + at, n - at, &code_point);
    if (!length)
      break;
    at += length;
  }
  return at;
}
