// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Byte-level byte pair encoding (Sennrich et al. 2016, Radford et al. 2019), with the files and the
// special tokens of transformers' RobertaTokenizer.

#ifndef ONOMA_MODEL_BPE_H
#define ONOMA_MODEL_BPE_H

#include <onoma/status.h>

#include <stddef.h>
#include <stdint.h>

typedef struct OnomaBpe OnomaBpe;

// Reads a tokenizer's folder: vocab.json and merges.txt, and tokenizer_config.json and
// special_tokens_map.json where they exist. [control]
OnomaStatus onoma_bpe_open(OnomaBpe **bpe, const char *folder, OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_bpe_close(OnomaBpe **bpe);

// The most tokens of a prompt that the configuration allows; SIZE_MAX if it says nothing. [any]
size_t onoma_bpe_max_tokens(const OnomaBpe *bpe);

// The largest id that there can be. [any]
uint32_t onoma_bpe_largest_id(const OnomaBpe *bpe);

// Encodes n_text bytes of UTF-8, NUL allowed, to at most max_tokens ids, at least 2: <s>, the text
// cut to what fits, </s>. Special tokens spelt out in the text count as such. ids has room for
// max_tokens. The result is that of RobertaTokenizer with truncation. [any]
OnomaStatus onoma_bpe_encode(const OnomaBpe *bpe, const char *text, size_t n_text,
                             size_t max_tokens, uint32_t *ids, size_t *n_ids, OnomaError *error);

#endif
