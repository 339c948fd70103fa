// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Cutting text into words as GPT-2's pattern does.

#include "bpe_words.h"

#include "base/utf8.h"
#include "unicode.h"

#include <string.h>

// The class of the character at the beginning of the text, and its length.
static OnomaUnicodeClass class_at(const char *text, size_t n, size_t *length) {
  uint32_t code_point = 0;
  *length = onoma_utf8_decode(text, n, &code_point);
  return onoma_unicode_class(code_point);
}

// Length of the contraction at the beginning, 0 if there is none.
static size_t contraction_length(const char *text, size_t n) {
  static const char *const endings[] = {"s", "t", "re", "ve", "m", "ll", "d"};
  if (text[0] != '\'')
    return 0;
  for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
    const size_t length = strlen(endings[i]);
    if (n - 1 >= length && !memcmp(text + 1, endings[i], length))
      return 1 + length;
  }
  return 0;
}

// Length of the longest run of this class from `at` on, plus at; *last is where its last character
// begins.
static size_t run_end(const char *text, size_t n, size_t at, OnomaUnicodeClass kind, size_t *last) {
  while (at < n) {
    size_t length = 0;
    if (class_at(text + at, n - at, &length) != kind)
      break;
    *last = at;
    at += length;
  }
  return at;
}

size_t onoma_bpe_word_length(const char *text, size_t n) {
  const size_t contraction = contraction_length(text, n);
  if (contraction)
    return contraction;

  // One blank may belong to the word behind it.
  const size_t blank = text[0] == ' ' && n > 1;
  size_t length = 0;
  size_t last = 0;
  const OnomaUnicodeClass kind = class_at(text + blank, n - blank, &length);
  if (kind != ONOMA_UNICODE_SPACE)
    return run_end(text, n, blank, kind, &last);

  // Spaces up to the end of the text, or all but the one in front of the next word.
  const size_t end = run_end(text, n, 0, ONOMA_UNICODE_SPACE, &last);
  return end == n || !last ? end : last;
}
