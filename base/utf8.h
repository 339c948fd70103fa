// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).

#ifndef ONOMA_BASE_UTF8_H
#define ONOMA_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

// Decodes the code point at the beginning of text[0..n-1] and returns its length in bytes, or 0 if
// none begins there (always so when n is 0). [any]
size_t onoma_utf8_decode(const char *text, size_t n, uint32_t *code_point);

// Length of the longest valid prefix of text[0..n-1]; n if all of it is valid. [any]
size_t onoma_utf8_valid_length(const char *text, size_t n);

#endif
