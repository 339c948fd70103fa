// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The vocabulary of a byte pair encoding, and merging a word's bytes to it.

#ifndef ONOMA_MODEL_BPE_MERGES_H
#define ONOMA_MODEL_BPE_MERGES_H

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

// Id of a symbol that is no token.
#define ONOMA_BPE_NO_ID UINT32_MAX

// Two symbols that merge to another.
typedef struct {
  uint32_t left, right; // symbols; left is UINT32_MAX where the table is empty
  uint32_t merged;
  uint32_t rank; // lower ones merge first
} OnomaBpePair;

// Symbols are strings of bytes, by number.
typedef struct {
  uint32_t bytes[256]; // symbols of single bytes
  uint32_t *ids;       // of symbols; owned
  OnomaBpePair *pairs; // hash table, linear probing; owned
  size_t n_pairs;      // of the table, a power of two
  uint32_t largest_id;
} OnomaBpeMerges;

// Reads merges.txt, text[0..n-1], for the vocabulary: an object of tokens and their ids, both in
// GPT-2's printable spelling of bytes. vocabulary_path and path are for messages. [control]
OnomaStatus onoma_bpe_merges_init(OnomaBpeMerges *merges, const char *vocabulary_path,
                                  const struct json_object *vocabulary, const char *path,
                                  const char *text, size_t n, OnomaError *error);

// Frees it; zeroed ones are fine. [control]
void onoma_bpe_merges_fini(OnomaBpeMerges *merges);

// The place of a pair in the table: its own, or the empty one where it would go. [any]
size_t onoma_bpe_pair_slot(const OnomaBpeMerges *merges, uint32_t left, uint32_t right);

// Merges the n symbols of a word in place, 1 <= n < 2^31, and stores how many are left. Fails only
// for memory. [any]
OnomaStatus onoma_bpe_merge(const OnomaBpeMerges *merges, uint32_t *symbols, size_t *n,
                            OnomaError *error);

#endif
