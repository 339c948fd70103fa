// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Choosing the class of a text encoder.

#include "text.h"

#include "base/error.h"
#include "base/utf8.h"
#include "clap_text.h"
#include "onoma_text.h"
#include "text_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const OnomaTextClass *const classes[] = {
    &onoma_clap_text,
    &onoma_onoma_text,
};

static OnomaStatus open_part(OnomaText **text, OnomaPart *part, const char *folder,
                             const OnomaKernels *kernels, OnomaError *error) {
  for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
    if (!strcmp(part->class_name, classes[i]->name))
      return classes[i]->open(text, part, folder, kernels, error);
  }
  return onoma_part_fail_class(part, error);
}

OnomaStatus onoma_text_open(OnomaText **text, const char *folder, const OnomaKernels *kernels,
                            OnomaError *error) {
  *text = NULL;
  const size_t n_path = strlen(folder) + sizeof("/text_encoder");
  char *const path = malloc(n_path);
  if (!path)
    return onoma_fail_memory(error);
  (void)snprintf(path, n_path, "%s/text_encoder", folder);
  OnomaPart part;
  OnomaStatus status = onoma_part_open(&part, path, error);
  if (!status) {
    status = open_part(text, &part, folder, kernels, error);
    onoma_part_close(&part);
  }
  free(path);
  return status;
}

void onoma_text_close(OnomaText **text) {
  OnomaText *const t = *text;
  *text = NULL;
  if (t)
    t->type->close(t);
}

size_t onoma_text_n_hidden(const OnomaText *text) {
  return text->n_hidden;
}

size_t onoma_text_n_pooled(const OnomaText *text) {
  return text->n_pooled;
}

OnomaStatus onoma_tokens_new(OnomaTokens **tokens, const OnomaText *text, const char *prompt,
                             OnomaError *error) {
  *tokens = NULL;
  const size_t n = strlen(prompt);
  const size_t n_valid = onoma_utf8_valid_length(prompt, n);
  if (n_valid < n)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the prompt is not UTF-8 (byte %zu)", n_valid + 1);
  *tokens = calloc(1, sizeof(**tokens));
  if (!*tokens)
    return onoma_fail_memory(error);
  const OnomaStatus status = text->type->tokenize(text, prompt, *tokens, error);
  if (status) {
    onoma_tokens_free(*tokens);
    *tokens = NULL;
  }
  return status;
}

void onoma_tokens_free(OnomaTokens *tokens) {
  if (tokens)
    free(tokens->ids);
  free(tokens);
}

size_t onoma_tokens_n(const OnomaTokens *tokens) {
  return tokens->n;
}

void onoma_text_run(const OnomaText *text, const OnomaExec *exec, const OnomaTokens *tokens,
                    float *hidden, float *pooled) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  if (!hidden)
    hidden = onoma_arena_floats(arena, tokens->n * text->n_hidden);
  text->type->run(text, exec, tokens, hidden, pooled);
  onoma_arena_release(arena, mark);
}
