// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// JSON text to json-c objects.

#include "json_text.h"

#include "base/error.h"
#include "base/filemap.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

// A key in the text, quotes left out, and the number of the object it is in.
typedef struct {
  size_t object;
  const char *text;
  size_t n_text;
} Key;

static size_t line_of(const char *text, size_t at) {
  size_t line = 1;
  for (size_t i = 0; i < at; i++)
    line += text[i] == '\n';
  return line;
}

static OnomaStatus fail_at(const char *path, const char *text, size_t at, const char *what,
                           OnomaError *error) {
  return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: line %zu: %s", path, line_of(text, at), what);
}

// The end of the string that begins behind the quote at text[at]: the index of its closing quote.
static size_t string_end(const char *text, size_t n, size_t at) {
  for (at++; at < n && text[at] != '"'; at++) {
    if (text[at] == '\\')
      at++;
  }
  return at;
}

static OnomaStatus check_string(const char *path, const char *text, size_t begin, size_t end,
                                OnomaError *error) {
  for (size_t i = begin; i < end; i++) {
    if ((unsigned char)text[i] < 0x20)
      return fail_at(path, text, i, "control character in a string", error);
  }
  return ONOMA_OK;
}

// json-c cuts keys at a NUL.
static OnomaStatus check_key(const char *path, const char *text, size_t begin, size_t end,
                             OnomaError *error) {
  for (size_t i = begin; i < end; i++) {
    if (text[i] != '\\')
      continue;
    i++;
    if (end - i > 4 && !memcmp(text + i, "u0000", 5))
      return fail_at(path, text, i, "NUL character in a key", error);
  }
  return ONOMA_OK;
}

// Checks what json-c lets pass in well-formed text, and counts the members of its objects,
// duplicates included.
static OnomaStatus scan(const char *path, const char *text, size_t n, size_t *n_members,
                        OnomaError *error) {
  *n_members = 0;
  size_t begin = 0; // of the last string, and its end
  size_t end = 0;
  for (size_t i = 0; i < n; i++) {
    OnomaStatus status = ONOMA_OK;
    if (text[i] == ':') {
      ++*n_members;
      status = check_key(path, text, begin, end, error);
    } else if (text[i] == '\'') { // json-c takes keys in single quotes
      status = fail_at(path, text, i, "single quote instead of a double one", error);
    } else if (text[i] == '"') {
      begin = i + 1;
      end = string_end(text, n, i);
      status = check_string(path, text, begin, end, error);
      i = end;
    }
    if (status)
      return status;
  }
  return ONOMA_OK;
}

// Members of all objects in the tree; recursion is bounded by ONOMA_JSON_DEPTH.
static size_t count_members(struct json_object *json) {
  size_t n = 0;
  if (json_object_is_type(json, json_type_object)) {
    n += (size_t)json_object_object_length(json);
    json_object_object_foreach(json, key, value) {
      (void)key;
      n += count_members(value);
    }
  } else if (json_object_is_type(json, json_type_array)) {
    for (size_t i = 0; i < json_object_array_length(json); i++)
      n += count_members(json_object_array_get_idx(json, i));
  }
  return n;
}

static int compare_keys(const void *a, const void *b) {
  const Key *const x = a;
  const Key *const y = b;
  if (x->object != y->object)
    return x->object < y->object ? -1 : 1;
  if (x->n_text != y->n_text)
    return x->n_text < y->n_text ? -1 : 1;
  return memcmp(x->text, y->text, x->n_text);
}

// Lists the keys of well-formed text; keys has room for all of them.
static size_t list_keys(const char *text, size_t n, Key *keys) {
  size_t objects[ONOMA_JSON_DEPTH + 1] = {0}; // the brackets that are open
  size_t depth = 0;
  size_t n_objects = 0;
  size_t n_keys = 0;
  Key last = {0};
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '"') {
      const size_t end = string_end(text, n, i);
      last = (Key){.text = text + i + 1, .n_text = end - i - 1};
      i = end;
    } else if (text[i] == ':') {
      last.object = objects[depth];
      keys[n_keys++] = last;
    } else if (text[i] == '{' || text[i] == '[') {
      objects[++depth] = ++n_objects;
    } else if (text[i] == '}' || text[i] == ']') {
      depth--;
    }
  }
  return n_keys;
}

// Some key occurs twice in an object: finds and names it.
static OnomaStatus fail_duplicate(const char *path, const char *text, size_t n, size_t n_members,
                                  OnomaError *error) {
  Key *const keys = onoma_alloc(n_members, sizeof(Key));
  if (!keys)
    return onoma_fail_memory(error);
  const size_t n_keys = list_keys(text, n, keys);
  qsort(keys, n_keys, sizeof(Key), compare_keys);
  // Not found when the two are escaped differently; then the message has no name.
  Key found = {0};
  for (size_t i = 1; i < n_keys && !found.text; i++) {
    if (!compare_keys(&keys[i - 1], &keys[i]))
      found = keys[i];
  }
  onoma_free(keys);
  if (!found.text)
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: a key occurs twice", path);
  const int n_shown = found.n_text < 200 ? (int)found.n_text : 200;
  return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: key \"%.*s\" occurs twice", path, n_shown,
                    found.text);
}

static OnomaStatus check_tree(struct json_object *json, const char *path, const char *text,
                              size_t n, OnomaError *error) {
  size_t n_members = 0;
  const OnomaStatus status = scan(path, text, n, &n_members, error);
  if (status)
    return status;
  // json-c keeps the last of several members of one name.
  if (count_members(json) != n_members)
    return fail_duplicate(path, text, n, n_members, error);
  return ONOMA_OK;
}

static OnomaStatus run_tokener(struct json_tokener *tokener, struct json_object **json,
                               const char *path, const char *text, size_t n, OnomaError *error) {
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
  *json = json_tokener_parse_ex(tokener, text, (int)n);
  const size_t end = json_tokener_get_parse_end(tokener);
  const enum json_tokener_error result = json_tokener_get_error(tokener);
  if (result == json_tokener_continue)
    return fail_at(path, text, end, "the JSON text ends too early", error);
  if (result != json_tokener_success)
    return fail_at(path, text, end, json_tokener_error_desc(result), error);
  for (size_t i = end; i < n; i++) {
    if (!strchr(" \t\r\n", text[i]))
      return fail_at(path, text, i, "text behind the JSON value", error);
  }
  return ONOMA_OK;
}

OnomaStatus onoma_json_parse(struct json_object **json, const char *path, const char *text,
                             size_t n, OnomaError *error) {
  *json = NULL;
  if (n > ONOMA_JSON_MAX_BYTES)
    return onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "%s: more than %d bytes of JSON", path,
                      ONOMA_JSON_MAX_BYTES);
  if (!n)
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: empty, not JSON", path);
  if (memchr(text, '\0', n))
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: NUL character in the JSON text", path);
  const size_t n_valid = onoma_utf8_valid_length(text, n);
  if (n_valid < n)
    return fail_at(path, text, n_valid, "invalid UTF-8", error);

  struct json_tokener *const tokener = json_tokener_new_ex(ONOMA_JSON_DEPTH);
  if (!tokener)
    return onoma_fail_memory(error);
  OnomaStatus status = run_tokener(tokener, json, path, text, n, error);
  json_tokener_free(tokener);
  if (!status)
    status = check_tree(*json, path, text, n, error);
  if (status) {
    json_object_put(*json);
    *json = NULL;
  }
  return status;
}

OnomaStatus onoma_json_read(struct json_object **json, const char *path, OnomaError *error) {
  *json = NULL;
  OnomaFileMap map;
  OnomaStatus status = onoma_filemap_open(&map, path, error);
  if (status)
    return status;
  status = onoma_json_parse(json, path, (const char *)map.data, map.size, error);
  onoma_filemap_close(&map);
  return status;
}

bool onoma_json_size(const struct json_object *json, uint64_t *value) {
  if (!json_object_is_type(json, json_type_int) || json_object_get_int64(json) < 0)
    return false;
  *value = json_object_get_uint64(json);
  return *value != UINT64_MAX;
}
