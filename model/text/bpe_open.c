// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Reading the files of a RobertaTokenizer.

#include "base/error.h"
#include "base/filemap.h"
#include "base/memory.h"
#include "bpe_impl.h"
#include "model/files/config.h"
#include "model/files/json_text.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What RobertaTokenizer has unless its files say otherwise.
static const struct {
  const char *key, *text;
  bool strips_left;
} defaults[ONOMA_BPE_N_SPECIALS] = {
    [ONOMA_BPE_BOS] = {"bos_token", "<s>", false},
    [ONOMA_BPE_EOS] = {"eos_token", "</s>", false},
    [ONOMA_BPE_UNK] = {"unk_token", "<unk>", false},
    [ONOMA_BPE_SEP] = {"sep_token", "</s>", false},
    [ONOMA_BPE_PAD] = {"pad_token", "<pad>", false},
    [ONOMA_BPE_CLS] = {"cls_token", "<s>", false},
    [ONOMA_BPE_MASK] = {"mask_token", "<mask>", true},
};

// The path of a file of the folder, which the caller frees; NULL if memory is out.
static char *join(const char *folder, const char *name) {
  const size_t n = strlen(folder) + strlen(name) + 2;
  char *const path = malloc(n);
  if (path)
    (void)snprintf(path, n, "%s/%s", folder, name);
  return path;
}

static OnomaStatus set_text(OnomaBpeSpecial *special, const OnomaConfig *config, const char *key,
                            const char *text, OnomaError *error) {
  const size_t n = strlen(text);
  if (!n || n >= sizeof(special->text))
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, key, error,
                             "a special token must have 1 to %zu bytes", sizeof(special->text) - 1);
  memcpy(special->text, text, n + 1);
  return ONOMA_OK;
}

// A special token is a string, or an object with its text and how it strips.
static OnomaStatus read_special(OnomaBpeSpecial *special, const OnomaConfig *config,
                                const char *key, OnomaError *error) {
  const char *text = NULL;
  struct json_object *const json = json_object_object_get(config->json, key);
  if (!json)
    return ONOMA_OK;
  if (json_object_is_type(json, json_type_string))
    return set_text(special, config, key, json_object_get_string(json), error);

  OnomaConfig object;
  OnomaStatus status = onoma_config_object(config, key, &object, error);
  if (!status)
    status = onoma_config_string(&object, "content", &text, error);
  if (!status)
    status =
        onoma_config_bool_or(&object, "lstrip", special->strips_left, &special->strips_left, error);
  if (!status)
    status = onoma_config_bool_or(&object, "rstrip", false, &special->strips_right, error);
  return status ? status : set_text(special, config, key, text, error);
}

static OnomaStatus read_specials(OnomaBpe *bpe, const OnomaConfig *config, OnomaError *error) {
  OnomaStatus status = ONOMA_OK;
  for (size_t i = 0; i < ONOMA_BPE_N_SPECIALS && !status; i++)
    status = read_special(&bpe->specials[i], config, defaults[i].key, error);
  return status;
}

static OnomaStatus read_settings(OnomaBpe *bpe, const OnomaConfig *config, OnomaError *error) {
  const char *class_name = NULL;
  double max_tokens = 0;
  OnomaStatus status =
      onoma_config_string_or(config, "tokenizer_class", "RobertaTokenizer", &class_name, error);
  if (!status && strcmp(class_name, "RobertaTokenizer") != 0 &&
      strcmp(class_name, "RobertaTokenizerFast") != 0)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "tokenizer_class", error,
                             "%.100s is not known", class_name);
  // transformers writes 1e30 for no limit.
  if (!status)
    status = onoma_config_float_or(config, "model_max_length", 2, 1e40, 1e40, &max_tokens, error);
  if (!status)
    status = onoma_config_bool_or(config, "add_prefix_space", false, &bpe->add_prefix_space, error);
  if (!status)
    bpe->max_tokens = max_tokens < 1e9 ? (size_t)max_tokens : SIZE_MAX;
  return status ? status : read_specials(bpe, config, error);
}

// Reads a file of settings with `read`, if there is one.
static OnomaStatus read_optional(OnomaBpe *bpe, const char *folder, const char *name,
                                 OnomaStatus (*read)(OnomaBpe *, const OnomaConfig *, OnomaError *),
                                 OnomaError *error) {
  char *const path = join(folder, name);
  if (!path)
    return onoma_fail_memory(error);
  OnomaStatus status = ONOMA_OK;
  if (!access(path, F_OK)) {
    OnomaConfig config;
    status = onoma_config_open(&config, path, error);
    if (!status)
      status = read(bpe, &config, error);
    onoma_config_close(&config);
  }
  free(path);
  return status;
}

static OnomaStatus refuse_added(OnomaBpe *bpe, const OnomaConfig *config, OnomaError *error) {
  (void)bpe;
  return json_object_object_length(config->json)
             ? onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "%s: added tokens are not supported",
                          config->path)
             : ONOMA_OK;
}

static OnomaStatus find_specials(OnomaBpe *bpe, const OnomaConfig *vocabulary, OnomaError *error) {
  for (size_t i = 0; i < ONOMA_BPE_N_SPECIALS; i++) {
    OnomaBpeSpecial *const special = &bpe->specials[i];
    if (onoma_config_has(vocabulary, special->text)) {
      size_t id = 0;
      const OnomaStatus status =
          onoma_config_size(vocabulary, special->text, 0, INT32_MAX, &id, error);
      if (status)
        return status;
      special->id = (uint32_t)id;
      special->n_text = strlen(special->text);
    } else if (i == ONOMA_BPE_CLS || i == ONOMA_BPE_SEP || i == ONOMA_BPE_UNK) {
      return onoma_config_fail(vocabulary, ONOMA_ERR_FORMAT, special->text, error, "missing");
    }
  }
  return ONOMA_OK;
}

static OnomaStatus read_merges(OnomaBpe *bpe, const OnomaConfig *vocabulary, const char *folder,
                               OnomaError *error) {
  char *const path = join(folder, "merges.txt");
  if (!path)
    return onoma_fail_memory(error);
  OnomaFileMap map = {0};
  OnomaStatus status = onoma_filemap_open(&map, path, error);
  if (!status)
    status = onoma_bpe_merges_init(&bpe->merges, vocabulary->path, vocabulary->json, path,
                                   (const char *)map.data, map.size, error);
  onoma_filemap_close(&map);
  free(path);
  return status;
}

static OnomaStatus read_vocabulary(OnomaBpe *bpe, const char *folder, OnomaError *error) {
  char *const path = join(folder, "vocab.json");
  if (!path)
    return onoma_fail_memory(error);
  OnomaConfig vocabulary;
  OnomaStatus status = onoma_config_open(&vocabulary, path, error);
  if (!status) {
    status = find_specials(bpe, &vocabulary, error);
    if (!status)
      status = read_merges(bpe, &vocabulary, folder, error);
    onoma_config_close(&vocabulary);
  }
  free(path);
  return status;
}

OnomaStatus onoma_bpe_open(OnomaBpe **bpe, const char *folder, OnomaError *error) {
  *bpe = onoma_alloc_zero(1, sizeof(**bpe));
  if (!*bpe)
    return onoma_fail_memory(error);
  (*bpe)->max_tokens = SIZE_MAX;
  for (size_t i = 0; i < ONOMA_BPE_N_SPECIALS; i++) {
    OnomaBpeSpecial *const special = &(*bpe)->specials[i];
    (void)snprintf(special->text, sizeof(special->text), "%s", defaults[i].text);
    special->strips_left = defaults[i].strips_left;
  }
  // The map wins over the configuration.
  OnomaStatus status = read_optional(*bpe, folder, "tokenizer_config.json", read_settings, error);
  if (!status)
    status = read_optional(*bpe, folder, "special_tokens_map.json", read_specials, error);
  if (!status)
    status = read_optional(*bpe, folder, "added_tokens.json", refuse_added, error);
  if (!status)
    status = read_vocabulary(*bpe, folder, error);
  if (status)
    onoma_bpe_close(bpe);
  return status;
}

void onoma_bpe_close(OnomaBpe **bpe) {
  if (*bpe)
    onoma_bpe_merges_fini(&(*bpe)->merges);
  onoma_free(*bpe);
  *bpe = NULL;
}

size_t onoma_bpe_max_tokens(const OnomaBpe *bpe) {
  return bpe->max_tokens;
}

uint32_t onoma_bpe_largest_id(const OnomaBpe *bpe) {
  return bpe->merges.largest_id;
}
