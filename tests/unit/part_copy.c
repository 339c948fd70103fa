// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Parts of models with a setting changed.

#include "test.h"

#include "part_copy.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void link_file(const Scratch *scratch, const char *source, const char *name) {
  char path[1024];
  snprintf(path, sizeof(path), "%s/%s", source, name);
  unlink(scratch_path(scratch, name));
  if (!access(path, F_OK))
    assert_int_equal(symlink(path, scratch_path(scratch, name)), 0);
}

void part_copy(const Scratch *scratch, const char *source, const char *key, const char *value) {
  char path[1024];
  snprintf(path, sizeof(path), "%s/config.json", source);
  struct json_object *const json = json_object_from_file(path);
  assert_non_null(json);
  json_object_object_del(json, key);
  if (value) {
    // json-c gives NULL for "null" and for what is wrong alike.
    struct json_object *const item = json_tokener_parse(value);
    assert_true(item || !strcmp(value, "null"));
    json_object_object_add(json, key, item);
  }
  const char *const text = json_object_to_json_string(json);
  assert_non_null(scratch_write(scratch, "config.json", text, strlen(text)));
  json_object_put(json);
  link_file(scratch, source, "model.safetensors");
  link_file(scratch, source, "diffusion_pytorch_model.safetensors");
}
