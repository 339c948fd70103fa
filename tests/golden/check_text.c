// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Text encoders against ClapTextModelWithProjection. The reference is padded; ours is not.

#include "golden.h"

#include "base/memory.h"
#include "model/text/bpe.h"
#include "model/text/text.h"

#include <json-c/json.h>

#include <stdio.h>
#include <string.h>

// RoBERTa's padding.
enum { pad_id = 1 };

typedef struct {
  GoldenFile *file;
  const OnomaText *text;
  const OnomaTokens *tokens;
  size_t i; // number of the prompt: its row in the tensors
  float *hidden, *pooled;
} Prompt;

// Compares n_rows rows of n_columns with the first of item i of the tensor, [B,...,n_columns], if
// there is one and it has that item.
static void compare_rows(GoldenFile *file, const char *part, size_t i, const float *got,
                         size_t n_rows, size_t n_columns) {
  const Golden *const golden = file->golden;
  const OnomaTensor *tensor = NULL;
  float *const want = golden_read(file, NULL, part, &tensor);
  char name[128];
  snprintf(name, sizeof(name), "text_encoder/%s[%zu]", part, i);
  if (want && tensor->shape[0] > i) {
    const size_t n_item = tensor->n_items / tensor->shape[0];
    if (tensor->shape[tensor->rank - 1] != n_columns || n_item < n_rows * n_columns)
      golden->report.result(golden->report.data, name, false, "the shapes differ");
    else
      golden->report.compare(golden->report.data, name, got, want + i * n_item, n_rows * n_columns,
                             golden->network_tolerance);
  }
  onoma_free(want);
}

static void compare_tapped(void *data, const char *name, const float *values, size_t rank,
                           const size_t *shape) {
  const Prompt *const prompt = data;
  const size_t n_rows = rank == 3 ? shape[1] : 1;
  compare_rows(prompt->file, name, prompt->i, values, n_rows, shape[rank - 1]);
  // The embeddings of the tokens are also there on their own.
  if (!strcmp(name, "hidden_states.0"))
    compare_rows(prompt->file, "embeddings", prompt->i, values, n_rows, shape[rank - 1]);
}

static void run_text(void *data, const OnomaExec *exec) {
  Prompt *const prompt = data;
  onoma_text_run(prompt->text, exec, prompt->tokens, prompt->hidden, prompt->pooled);
}

static void check_prompt(GoldenFile *file, const OnomaText *text, const char *words, size_t i) {
  const size_t n_pooled = onoma_text_n_pooled(text);
  OnomaTokens *tokens = NULL;
  OnomaError error;
  if (onoma_tokens_new(&tokens, text, words, &error)) {
    golden_fail(file->golden, "text_encoder", &error);
    return;
  }
  const size_t n = onoma_tokens_n(tokens);
  Prompt prompt = {.file = file,
                   .text = text,
                   .tokens = tokens,
                   .i = i,
                   .hidden = onoma_alloc(n * onoma_text_n_hidden(text), sizeof(float)),
                   .pooled = onoma_alloc(n_pooled, sizeof(float))};
  const OnomaTap tap = {compare_tapped, &prompt};
  golden_run_tapped(file->golden, &tap, run_text, &prompt);
  compare_rows(file, "last_hidden_state", i, prompt.hidden, n, onoma_text_n_hidden(text));
  compare_rows(file, "text_embeds_normalized", i, prompt.pooled, 1, n_pooled);
  onoma_free(prompt.pooled);
  onoma_free(prompt.hidden);
  onoma_tokens_free(tokens);
}

// Row i of input_ids and attention_mask.
static void check_ids(GoldenFile *file, const OnomaBpe *bpe, const char *words, size_t i) {
  const GoldenReport *const report = &file->golden->report;
  const OnomaTensor *tensor = NULL;
  float *const want = golden_read(file, NULL, "input_ids", &tensor);
  float *const mask = golden_read(file, NULL, "attention_mask", NULL);
  char name[64];
  snprintf(name, sizeof(name), "text_encoder/input_ids[%zu]", i);
  if (want && mask && tensor->shape[0] > i) {
    const size_t n_max = tensor->n_items / tensor->shape[0];
    uint32_t *const ids = onoma_alloc(n_max, sizeof(*ids));
    size_t n = 0;
    OnomaError error;
    if (onoma_bpe_encode(bpe, words, strlen(words), n_max, ids, &n, &error)) {
      golden_fail(file->golden, name, &error);
    } else {
      bool is_same = true;
      for (size_t j = 0; j < n_max; j++)
        is_same = is_same && (j < n ? ids[j] : pad_id) == (uint32_t)want[i * n_max + j] &&
                  (j < n) == (mask[i * n_max + j] != 0.0F);
      report->result(report->data, name, is_same, is_same ? "same" : "other ids");
    }
    onoma_free(ids);
  }
  onoma_free(mask);
  onoma_free(want);
}

void golden_check_text(const Golden *golden) {
  const char *const folder = golden_find_folder(golden, "audioldm-");
  GoldenFile file;
  OnomaText *text = NULL;
  OnomaBpe *bpe = NULL;
  OnomaError error;
  char tokenizer[1100];
  if (!golden_file_open(&file, golden, "text_encoder"))
    return;
  snprintf(tokenizer, sizeof(tokenizer), "%s/tokenizer", folder ? folder : "");
  const char *const list = onoma_weights_metadata(file.weights, "prompts");
  struct json_object *const prompts = list ? json_tokener_parse(list) : NULL;
  if (!json_object_is_type(prompts, json_type_array)) {
    golden->report.result(golden->report.data, "text_encoder", false,
                          "no `prompts` in the metadata");
  } else if (onoma_bpe_open(&bpe, tokenizer, &error) ||
             onoma_text_open(&text, folder ? folder : "", &golden->kernels, &error)) {
    golden_fail(golden, "text_encoder", &error);
  } else {
    for (size_t i = 0; i < json_object_array_length(prompts); i++) {
      const char *const words = json_object_get_string(json_object_array_get_idx(prompts, i));
      check_ids(&file, bpe, words, i);
      check_prompt(&file, text, words, i);
    }
  }
  json_object_put(prompts);
  onoma_text_close(&text);
  onoma_bpe_close(&bpe);
  golden_file_close(&file);
}
