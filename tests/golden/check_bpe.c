// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The tokenizer of the set's model against RobertaTokenizer: ids must be the same.

#include "golden.h"

#include "base/memory.h"
#include "model/files/json_text.h"
#include "model/text/bpe.h"

#include <json-c/json.h>

#include <stdio.h>

// RoBERTa's padding.
enum { pad_id = 1 };

typedef struct {
  const Golden *golden;
  const OnomaBpe *bpe;
  size_t i; // number of the case
} Check;

// Compares with the ids in the case's item `key`, which may be padded up to the longest length.
static void check_ids(const Check *check, struct json_object *item, const char *key,
                      bool is_padded) {
  const GoldenReport *const report = &check->golden->report;
  struct json_object *const text = json_object_object_get(item, "text");
  struct json_object *const want = json_object_object_get(item, key);
  if (!want)
    return;
  const size_t n_want = json_object_array_length(want);
  const size_t n_max = is_padded ? n_want : n_want + 16;
  uint32_t *const ids = onoma_alloc(n_max, sizeof(*ids));
  size_t n = 0;
  OnomaError error;
  char name[64];
  snprintf(name, sizeof(name), "bpe/%zu/%s", check->i, key);
  if (onoma_bpe_encode(check->bpe, json_object_get_string(text),
                       (size_t)json_object_get_string_len(text), n_max, ids, &n, &error)) {
    golden_fail(check->golden, name, &error);
  } else {
    while (is_padded && n < n_want)
      ids[n++] = pad_id;
    bool is_same = n == n_want;
    for (size_t i = 0; i < n && is_same; i++)
      is_same = ids[i] == (uint32_t)json_object_get_int(json_object_array_get_idx(want, i));
    report->result(report->data, name, is_same, is_same ? "same" : "other ids");
  }
  onoma_free(ids);
}

void golden_check_bpe(const Golden *golden) {
  const char *const folder = golden_find_folder(golden, "audioldm-");
  OnomaBpe *bpe = NULL;
  struct json_object *json = NULL;
  OnomaError error;
  char path[1100];
  if (!golden_has(golden, "expected/bpe.json"))
    return;
  snprintf(path, sizeof(path), "%s/tokenizer", folder ? folder : "");
  if (onoma_json_read(&json, golden_path(golden, "expected/bpe.json"), &error) ||
      onoma_bpe_open(&bpe, path, &error)) {
    golden_fail(golden, "bpe", &error);
  } else {
    struct json_object *const cases = json_object_object_get(json, "cases");
    for (size_t i = 0; i < json_object_array_length(cases); i++) {
      const Check check = {golden, bpe, i};
      struct json_object *const item = json_object_array_get_idx(cases, i);
      check_ids(&check, item, "tiny", false);
      check_ids(&check, item, "tiny_padded_truncated", true);
    }
    golden->report.skip(golden->report.data, "bpe/roberta and bpe/gpt2",
                        "the vocabulary is not in the set");
  }
  json_object_put(json);
  onoma_bpe_close(&bpe);
}
