// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// From a prompt to rows of OnomaTextEncoder's tables.

#ifndef ONOMA_MODEL_ONOMA_WORDS_H
#define ONOMA_MODEL_ONOMA_WORDS_H

#include "base/filemap.h"
#include "text_impl.h"

#include <onoma/status.h>

#include <stddef.h>
#include <stdint.h>

// The words of vocab.txt, one a line, sorted by bytes.
typedef struct {
  OnomaFileMap map;
  uint32_t *starts; // owned; of each line, and the end of the last
  size_t n;
} OnomaVocabulary;

// Opens the file. [control]
OnomaStatus onoma_vocabulary_open(OnomaVocabulary *vocabulary, const char *path, OnomaError *error);

// Closes it; a zeroed one is fine. [control]
void onoma_vocabulary_close(OnomaVocabulary *vocabulary);

// Finds the line of a word. [any]
bool onoma_vocabulary_find(const OnomaVocabulary *vocabulary, const char *word, size_t n_word,
                           size_t *line);

typedef struct {
  size_t max_words;
  size_t word_buckets, ngram_buckets; // rows of the tables; row 0 is unused
  size_t ngram_min, ngram_max;        // bytes
} OnomaWordSettings;

// A word without a vector.
#define ONOMA_NO_VECTOR UINT32_MAX

// Cuts the prompt into words. tokens->n is 1 + words, and tokens->ids hold for each word: the row
// of words.weight, the row of word_vectors or ONOMA_NO_VECTOR, the number of n-grams, and their
// rows of ngrams.weight. [any]
OnomaStatus onoma_words_tokenize(const OnomaWordSettings *settings,
                                 const OnomaVocabulary *vocabulary, const char *prompt,
                                 OnomaTokens *tokens, OnomaError *error);

#endif
