// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The text encoder, whatever its class.

#ifndef ONOMA_MODEL_TEXT_H
#define ONOMA_MODEL_TEXT_H

#include "model/exec.h"

#include <onoma/status.h>

#include <stddef.h>

typedef struct OnomaText OnomaText;

// A prompt cut into what the encoder reads.
typedef struct OnomaTokens OnomaTokens;

// Opens the tokenizer and the text encoder of the model folder `folder`: its subfolders `tokenizer`
// (where the class has one) and `text_encoder`. [control]
OnomaStatus onoma_text_open(OnomaText **text, const char *folder, const OnomaKernels *kernels,
                            OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_text_close(OnomaText **text);

// Widths of the outputs: D of the hidden states, P of the pooled vector. [any]
size_t onoma_text_n_hidden(const OnomaText *text);
size_t onoma_text_n_pooled(const OnomaText *text);

// Cuts a prompt of valid UTF-8 into tokens; what is too long for the encoder is cut off. "" is
// valid and is the unconditional input. [any]
OnomaStatus onoma_tokens_new(OnomaTokens **tokens, const OnomaText *text, const char *prompt,
                             OnomaError *error);

// Frees them; NULL is fine. [any]
void onoma_tokens_free(OnomaTokens *tokens);

// Number of tokens L, special ones included, at least 1. [any]
size_t onoma_tokens_n(const OnomaTokens *tokens);

// Encodes: hidden [L,D] (may be NULL) are what cross attention looks at, pooled [P] stands for the
// whole prompt: CLAP's projection, normalised to length 1, or the first hidden state of
// OnomaTextEncoder.
void onoma_text_run(const OnomaText *text, const OnomaExec *exec, const OnomaTokens *tokens,
                    float *hidden, float *pooled);

#endif
