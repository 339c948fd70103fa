// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A tokenizer in memory. For bpe*.c alone.

#ifndef ONOMA_MODEL_BPE_IMPL_H
#define ONOMA_MODEL_BPE_IMPL_H

#include "bpe.h"
#include "bpe_merges.h"

#include <stdbool.h>

// The special tokens, by their keys in special_tokens_map.json.
typedef enum {
  ONOMA_BPE_BOS,
  ONOMA_BPE_EOS,
  ONOMA_BPE_UNK,
  ONOMA_BPE_SEP, // ends a prompt
  ONOMA_BPE_PAD,
  ONOMA_BPE_CLS, // begins a prompt
  ONOMA_BPE_MASK,
  ONOMA_BPE_N_SPECIALS,
} OnomaBpeSpecialKey;

typedef struct {
  char text[64];
  size_t n_text; // 0 if the vocabulary lacks it
  uint32_t id;
  bool strips_left, strips_right; // swallows the blanks beside it
} OnomaBpeSpecial;

struct OnomaBpe {
  OnomaBpeMerges merges;
  OnomaBpeSpecial specials[ONOMA_BPE_N_SPECIALS];
  size_t max_tokens;
  bool add_prefix_space;
};

#endif
