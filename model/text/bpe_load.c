// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loading a vocabulary and its merges.

#include "base/error.h"
#include "base/memory.h"
#include "bpe_merges.h"
#include "model/files/json_text.h"

#include <json-c/json.h>
#include <string.h>

typedef struct {
  const char *text; // not terminated
  size_t n;
} Spelling;

// Numbers symbols by their spelling while loading.
typedef struct {
  Spelling *symbols; // owned; of each symbol
  size_t n_symbols;
  uint32_t *table; // owned; symbol + 1 by the hash of its spelling, linear probing
  size_t n_table;  // a power of two
  char *pool;      // owned; spellings made here
  size_t n_pool;
} Interner;

// The smallest power of two that is at least twice n, 0 if there is none.
static size_t table_size(size_t n) {
  size_t size = 16;
  while (size && size / 2 < n)
    size *= 2;
  return size;
}

static OnomaStatus init_interner(Interner *interner, size_t n_symbols, size_t n_pool,
                                 OnomaError *error) {
  interner->n_table = table_size(n_symbols);
  interner->symbols = onoma_alloc(n_symbols, sizeof(*interner->symbols));
  interner->table = onoma_alloc_zero(interner->n_table, sizeof(*interner->table));
  interner->pool = onoma_alloc(n_pool, 1);
  return interner->symbols && interner->table && interner->pool ? ONOMA_OK
                                                                : onoma_fail_memory(error);
}

static void fini_interner(Interner *interner) {
  onoma_free(interner->symbols);
  onoma_free(interner->table);
  onoma_free(interner->pool);
}

// FNV-1a.
static size_t hash_bytes(const char *text, size_t n) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
  return (size_t)(hash ^ hash >> 32);
}

// The symbol spelt so; a new one if there is none yet. The text must live as long as the interner.
static uint32_t intern(Interner *interner, const char *text, size_t n) {
  size_t at = hash_bytes(text, n) & (interner->n_table - 1);
  for (; interner->table[at]; at = (at + 1) & (interner->n_table - 1)) {
    const Spelling *const found = &interner->symbols[interner->table[at] - 1];
    if (found->n == n && !memcmp(found->text, text, n))
      return interner->table[at] - 1;
  }
  interner->symbols[interner->n_symbols] = (Spelling){text, n};
  interner->table[at] = (uint32_t)++interner->n_symbols;
  return interner->table[at] - 1;
}

// GPT-2 spells bytes as printable characters: Latin-1's printable ones as themselves, the others,
// in order, as those from U+0100 on.
static void intern_bytes(Interner *interner, uint32_t *symbols) {
  uint32_t next = 0x100;
  for (uint32_t byte = 0; byte < 256; byte++) {
    const bool printable =
        (byte > 0x20 && byte < 0x7F) || (byte > 0xA0 && byte < 0x100 && byte != 0xAD);
    const uint32_t code_point = printable ? byte : next++;
    char *const text = interner->pool + interner->n_pool;
    size_t n = 0;
    if (code_point >= 0x80)
      text[n++] = (char)(0xC0 | code_point >> 6);
    text[n++] = (char)(code_point >= 0x80 ? 0x80 | (code_point & 0x3F) : code_point);
    interner->n_pool += n;
    symbols[byte] = intern(interner, text, n);
  }
}

size_t onoma_bpe_pair_slot(const OnomaBpeMerges *merges, uint32_t left, uint32_t right) {
  uint64_t hash = ((uint64_t)left << 32 | right) * 0x9E3779B97F4A7C15; // Fibonacci hashing
  hash ^= hash >> 32;
  size_t at = (size_t)hash & (merges->n_pairs - 1);
  while (merges->pairs[at].left != UINT32_MAX &&
         (merges->pairs[at].left != left || merges->pairs[at].right != right))
    at = (at + 1) & (merges->n_pairs - 1);
  return at;
}

// Adds the merge of a line, "left right". A later line of the same pair wins.
static void add_merge(OnomaBpeMerges *merges, Interner *interner, Spelling left, Spelling right,
                      uint32_t rank) {
  char *const both = interner->pool + interner->n_pool;
  memcpy(both, left.text, left.n);
  memcpy(both + left.n, right.text, right.n);
  interner->n_pool += left.n + right.n;
  const OnomaBpePair pair = {.left = intern(interner, left.text, left.n),
                             .right = intern(interner, right.text, right.n),
                             .merged = intern(interner, both, left.n + right.n),
                             .rank = rank};
  merges->pairs[onoma_bpe_pair_slot(merges, pair.left, pair.right)] = pair;
}

// The next word of a line, which ends at end.
static Spelling next_word(const char **at, const char *end) {
  while (*at < end && strchr(" \t\r", **at))
    ++*at;
  const char *const begin = *at;
  while (*at < end && !strchr(" \t\r", **at))
    ++*at;
  return (Spelling){begin, (size_t)(*at - begin)};
}

// Like transformers, leaves out the first line, the version, and what follows the last newline.
static OnomaStatus read_merges(OnomaBpeMerges *merges, Interner *interner, const char *path,
                               const char *text, size_t n, OnomaError *error) {
  const char *const end = text + n;
  const char *line = memchr(text, '\n', n);
  for (uint32_t rank = 0; line; rank++) {
    const char *at = line + 1;
    const char *const line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end)
      break;
    const Spelling left = next_word(&at, line_end);
    const Spelling right = next_word(&at, line_end);
    if (next_word(&at, line_end).n || (left.n && !right.n))
      return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: line %lu: not two words", path,
                        (unsigned long)rank + 2);
    if (left.n)
      add_merge(merges, interner, left, right, rank);
    line = line_end;
  }
  return ONOMA_OK;
}

static OnomaStatus read_ids(OnomaBpeMerges *merges, Interner *interner, const char *path,
                            const struct json_object *vocabulary, OnomaError *error) {
  json_object_object_foreach((struct json_object *)vocabulary, token, value) {
    uint64_t id = 0;
    if (!onoma_json_size(value, &id) || id > INT32_MAX)
      return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: %.100s: not an id", path, token);
    const uint32_t symbol = intern(interner, token, strlen(token));
    merges->ids[symbol] = (uint32_t)id;
    if (id > merges->largest_id)
      merges->largest_id = (uint32_t)id;
  }
  return ONOMA_OK;
}

// n_lines is at least the number of merges.
static OnomaStatus load(OnomaBpeMerges *merges, Interner *interner, size_t n_symbols,
                        size_t n_lines, OnomaError *error) {
  merges->n_pairs = table_size(n_lines);
  merges->ids = onoma_alloc(n_symbols, sizeof(*merges->ids));
  merges->pairs = onoma_alloc(merges->n_pairs, sizeof(*merges->pairs));
  if (!merges->ids || !merges->pairs)
    return onoma_fail_memory(error);
  memset(merges->ids, 0xFF, n_symbols * sizeof(*merges->ids));
  memset(merges->pairs, 0xFF, merges->n_pairs * sizeof(*merges->pairs));
  intern_bytes(interner, merges->bytes);
  return ONOMA_OK;
}

OnomaStatus onoma_bpe_merges_init(OnomaBpeMerges *merges, const char *vocabulary_path,
                                  const struct json_object *vocabulary, const char *path,
                                  const char *text, size_t n, OnomaError *error) {
  *merges = (OnomaBpeMerges){0};
  if (n > INT32_MAX)
    return onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "%s: too large", path);
  size_t n_lines = 1;
  for (size_t i = 0; i < n; i++)
    n_lines += text[i] == '\n';

  // A line has up to three new symbols, and spells the third, no longer than itself.
  const size_t n_symbols = 256 + 3 * n_lines + (size_t)json_object_object_length(vocabulary);
  Interner interner = {0};
  OnomaStatus status = init_interner(&interner, n_symbols, 512 + n, error);
  if (!status)
    status = load(merges, &interner, n_symbols, n_lines, error);
  if (!status)
    status = read_ids(merges, &interner, vocabulary_path, vocabulary, error);
  if (!status && n)
    status = read_merges(merges, &interner, path, text, n, error);
  fini_interner(&interner);
  if (status)
    onoma_bpe_merges_fini(merges);
  return status;
}

void onoma_bpe_merges_fini(OnomaBpeMerges *merges) {
  onoma_free(merges->ids);
  onoma_free(merges->pairs);
  *merges = (OnomaBpeMerges){0};
}
