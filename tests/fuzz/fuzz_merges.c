// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Merges of a byte pair encoding: a merges.txt up to the first NUL, and a word behind it.

#include "fuzz.h"
#include "model/text/bpe_merges.h"

#include <json-c/json.h>
#include <string.h>

static void merge_word(const OnomaBpeMerges *merges, const uint8_t *word, size_t n) {
  uint32_t symbols[256];
  n = n < 256 ? n : 256;
  if (!n)
    return;
  for (size_t i = 0; i < n; i++)
    symbols[i] = merges->bytes[word[i]];
  size_t n_left = n;
  OnomaError error;
  FUZZ_ASSERT(!onoma_bpe_merge(merges, symbols, &n_left, &error));
  FUZZ_ASSERT(n_left >= 1 && n_left <= n);
  // Nothing merges any more.
  for (size_t i = 0; i + 1 < n_left; i++) {
    const size_t slot = onoma_bpe_pair_slot(merges, symbols[i], symbols[i + 1]);
    FUZZ_ASSERT(merges->pairs[slot].left == UINT32_MAX);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *const end = size ? memchr(data, 0, size) : NULL;
  const size_t n_text = end ? (size_t)(end - data) : size;
  struct json_object *const vocabulary = json_object_new_object();
  json_object_object_add(vocabulary, "ab", json_object_new_int(5));
  OnomaBpeMerges merges;
  OnomaError error;
  if (!onoma_bpe_merges_init(&merges, "v", vocabulary, "m", (const char *)data, n_text, &error) &&
      end)
    merge_word(&merges, end + 1, size - n_text - 1);
  onoma_bpe_merges_fini(&merges);
  json_object_put(vocabulary);
  return 0;
}
