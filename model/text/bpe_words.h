// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Cutting text into the words within which bytes merge.

#ifndef ONOMA_MODEL_BPE_WORDS_H
#define ONOMA_MODEL_BPE_WORDS_H

#include <stddef.h>

// Length in bytes of the word at the beginning of text[0..n-1], which is valid UTF-8 and not empty;
// at least 1. Words are what GPT-2's pattern matches, one after the other:
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// [any]
size_t onoma_bpe_word_length(const char *text, size_t n);

#endif
