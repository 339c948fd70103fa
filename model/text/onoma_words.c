// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// From a prompt to rows of tables.

#include "onoma_words.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static int compare_words(const char *a, size_t n_a, const char *b, size_t n_b) {
  const int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
  return order ? order : (n_a > n_b) - (n_a < n_b);
}

static const char *word_at(const OnomaVocabulary *vocabulary, size_t i, size_t *n) {
  *n = vocabulary->starts[i + 1] - vocabulary->starts[i] - 1;
  return (const char *)vocabulary->map.data + vocabulary->starts[i];
}

// Finds the lines, and checks that they are sorted.
static OnomaStatus index_lines(OnomaVocabulary *vocabulary, const char *path, OnomaError *error) {
  const OnomaFileMap *const map = &vocabulary->map;
  size_t n_lines = 0;
  for (size_t i = 0; i < map->size; i++)
    n_lines += map->data[i] == '\n';
  if (map->size && map->data[map->size - 1] != '\n')
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: does not end in a newline", path);
  vocabulary->starts = onoma_alloc(n_lines + 1, sizeof(*vocabulary->starts));
  if (!vocabulary->starts)
    return onoma_fail_memory(error);
  vocabulary->starts[0] = 0;
  for (size_t i = 0; i < map->size; i++) {
    if (map->data[i] == '\n')
      vocabulary->starts[++vocabulary->n] = (uint32_t)i + 1;
  }
  for (size_t i = 1; i < vocabulary->n; i++) {
    size_t n = 0;
    size_t n_last = 0;
    const char *const last = word_at(vocabulary, i - 1, &n_last);
    const char *const word = word_at(vocabulary, i, &n);
    if (compare_words(last, n_last, word, n) >= 0)
      return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: line %zu: not sorted", path, i + 1);
  }
  return ONOMA_OK;
}

OnomaStatus onoma_vocabulary_open(OnomaVocabulary *vocabulary, const char *path,
                                  OnomaError *error) {
  *vocabulary = (OnomaVocabulary){0};
  OnomaStatus status = onoma_filemap_open(&vocabulary->map, path, error);
  if (status)
    return status;
  status = vocabulary->map.size < UINT32_MAX
               ? index_lines(vocabulary, path, error)
               : onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "%s: too large", path);
  if (status)
    onoma_vocabulary_close(vocabulary);
  return status;
}

void onoma_vocabulary_close(OnomaVocabulary *vocabulary) {
  onoma_filemap_close(&vocabulary->map);
  onoma_free(vocabulary->starts);
  *vocabulary = (OnomaVocabulary){0};
}

bool onoma_vocabulary_find(const OnomaVocabulary *vocabulary, const char *word, size_t n_word,
                           size_t *line) {
  size_t first = 0;
  size_t n = vocabulary->n;
  while (n) {
    const size_t middle = first + n / 2;
    size_t n_found = 0;
    const char *const found = word_at(vocabulary, middle, &n_found);
    const int order = compare_words(word, n_word, found, n_found);
    if (!order) {
      *line = middle;
      return true;
    }
    if (order > 0) {
      first = middle + 1;
      n -= n / 2 + 1;
    } else {
      n /= 2;
    }
  }
  return false;
}

// The row of the word's vector, or of the word's without a common ending.
static uint32_t find_vector(const OnomaVocabulary *vocabulary, const char *word, size_t n) {
  static const char *const endings[] = {"", "s", "es", "ed", "ing"};
  for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
    const size_t n_ending = strlen(endings[i]);
    size_t line = 0;
    if (n_ending && (n < n_ending + 3 || memcmp(word + n - n_ending, endings[i], n_ending) != 0))
      continue;
    if (onoma_vocabulary_find(vocabulary, word, n - n_ending, &line))
      return (uint32_t)line;
  }
  return ONOMA_NO_VECTOR;
}

static uint32_t bucket(const char *text, size_t n, size_t n_buckets) {
  return (uint32_t)(1 + crc32(0, (const Bytef *)text, (uInt)n) % (n_buckets - 1));
}

static size_t count_ngrams(const OnomaWordSettings *settings, size_t n_text) {
  size_t n = 0;
  for (size_t length = settings->ngram_min; length <= settings->ngram_max && length <= n_text;
       length++)
    n += n_text - length + 1;
  return n;
}

static OnomaStatus reserve(OnomaTokens *tokens, size_t n_more, OnomaError *error) {
  uint32_t *const ids = realloc(tokens->ids, (tokens->n_ids + n_more) * sizeof(*ids));
  if (!ids)
    return onoma_fail_memory(error);
  tokens->ids = ids;
  return ONOMA_OK;
}

// Adds a word, which is text[1..n_text-2]: it is in angle brackets.
static OnomaStatus add_word(const OnomaWordSettings *settings, const OnomaVocabulary *vocabulary,
                            const char *text, size_t n_text, OnomaTokens *tokens,
                            OnomaError *error) {
  const size_t n_ngrams = count_ngrams(settings, n_text);
  const OnomaStatus status = reserve(tokens, 3 + n_ngrams, error);
  if (status)
    return status;
  uint32_t *ids = tokens->ids + tokens->n_ids;
  *ids++ = bucket(text + 1, n_text - 2, settings->word_buckets);
  *ids++ = find_vector(vocabulary, text + 1, n_text - 2);
  *ids++ = (uint32_t)n_ngrams;
  for (size_t length = settings->ngram_min; length <= settings->ngram_max && length <= n_text;
       length++) {
    for (size_t at = 0; at + length <= n_text; at++)
      *ids++ = bucket(text + at, length, settings->ngram_buckets);
  }
  tokens->n_ids += 3 + n_ngrams;
  tokens->n++;
  return ONOMA_OK;
}

// The character if it belongs to words, made lower case, else 0. The locale has no say in it.
static char word_character(char c) {
  if (c >= 'A' && c <= 'Z')
    return (char)(c - 'A' + 'a');
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '#' ? c : '\0';
}

OnomaStatus onoma_words_tokenize(const OnomaWordSettings *settings,
                                 const OnomaVocabulary *vocabulary, const char *prompt,
                                 OnomaTokens *tokens, OnomaError *error) {
  const size_t n_prompt = strlen(prompt);
  if (n_prompt > INT32_MAX / 16)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the prompt is too long");
  char *const word = malloc(n_prompt + 2);
  if (!word)
    return onoma_fail_memory(error);
  OnomaStatus status = ONOMA_OK;
  size_t n_word = 0;
  tokens->n = 1; // the CLS token
  word[0] = '<';
  for (size_t i = 0; i <= n_prompt && tokens->n <= settings->max_words && !status; i++) {
    const char c = i < n_prompt ? word_character(prompt[i]) : '\0';
    if (c) {
      word[++n_word] = c;
    } else if (n_word) {
      word[n_word + 1] = '>';
      status = add_word(settings, vocabulary, word, n_word + 2, tokens, error);
      n_word = 0;
    }
  }
  free(word);
  return status;
}
