// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// JSON configurations: every getter on every key.

#include "fuzz.h"
#include "model/files/config.h"
#include "model/files/json_text.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

static void read_config(const OnomaConfig *config);

static void read_arrays(const OnomaConfig *config, const char *key) {
  size_t sizes[8];
  size_t n = 0;
  const char *text = NULL;
  OnomaConfig object;
  OnomaError error;
  (void)onoma_config_sizes(config, key, 1, 100, 4, 8, sizes, &n, &error);
  FUZZ_ASSERT(n <= 8);
  if (onoma_config_n_items(config, key, &n, &error))
    return;
  for (size_t i = 0; i <= n; i++) {
    const OnomaStatus status = onoma_config_object_at(config, key, i, &object, &error);
    FUZZ_ASSERT(i < n || status);
    if (!status)
      read_config(&object);
    (void)onoma_config_string_at(config, key, i, &text, &error);
  }
}

static void read_key(const OnomaConfig *config, const char *key) {
  size_t size = 0;
  double number = 0;
  bool flag = false;
  const char *text = NULL;
  OnomaConfig object;
  OnomaError error;
  if (!onoma_config_size(config, key, 3, 1000, &size, &error))
    FUZZ_ASSERT(size >= 3 && size <= 1000);
  if (!onoma_config_float(config, key, -1, INFINITY, &number, &error))
    FUZZ_ASSERT(number >= -1);
  (void)onoma_config_bool_or(config, key, true, &flag, &error);
  if (!onoma_config_string(config, key, &text, &error))
    (void)strlen(text);
  read_arrays(config, key);
  if (!onoma_config_object(config, key, &object, &error))
    read_config(&object);
}

static void read_config(const OnomaConfig *config) {
  json_object_object_foreach(config->json, key, value) {
    FUZZ_ASSERT(onoma_config_has(config, key) == (value != NULL));
    read_key(config, key);
  }
  read_key(config, "missing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  OnomaConfig config = {.path = "x"};
  OnomaError error;
  const OnomaStatus status = onoma_json_parse(&config.json, "x", (const char *)data, size, &error);
  FUZZ_ASSERT(!status || !config.json);
  if (json_object_is_type(config.json, json_type_object))
    read_config(&config);
  json_object_put(config.json);
  return 0;
}
