// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// JSON configurations.

#include "config.h"

#include "base/error.h"
#include "json_text.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

OnomaStatus onoma_config_open(OnomaConfig *config, const char *path, OnomaError *error) {
  *config = (OnomaConfig){.path = path};
  const OnomaStatus status = onoma_json_read(&config->json, path, error);
  if (status)
    return status;
  if (!json_object_is_type(config->json, json_type_object)) {
    onoma_config_close(config);
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: the JSON value is not an object", path);
  }
  return ONOMA_OK;
}

void onoma_config_close(OnomaConfig *config) {
  json_object_put(config->json);
  *config = (OnomaConfig){0};
}

OnomaStatus onoma_config_fail(const OnomaConfig *config, OnomaStatus status, const char *key,
                              OnomaError *error, const char *format, ...) {
  char text[sizeof(error->text)];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  return onoma_fail(error, status, "%s: %s%s%s: %s", config->path, config->at,
                    config->at[0] ? "." : "", key, text);
}

// The value of key; NULL when it is missing or null.
static struct json_object *lookup(const OnomaConfig *config, const char *key) {
  struct json_object *value = NULL;
  return json_object_object_get_ex(config->json, key, &value) ? value : NULL;
}

// The same, when it must be there.
static OnomaStatus require(const OnomaConfig *config, const char *key, struct json_object **value,
                           OnomaError *error) {
  *value = lookup(config, key);
  return *value ? ONOMA_OK : onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error, "missing");
}

static OnomaStatus fail_type(const OnomaConfig *config, const char *key, struct json_object *value,
                             const char *wanted, OnomaError *error) {
  return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error, "%.80s is not %s",
                           json_object_to_json_string(value), wanted);
}

bool onoma_config_has(const OnomaConfig *config, const char *key) {
  return lookup(config, key) != NULL;
}

bool onoma_config_is_null(const OnomaConfig *config, const char *key) {
  struct json_object *value = NULL;
  return json_object_object_get_ex(config->json, key, &value) && !value;
}

bool onoma_config_is_array(const OnomaConfig *config, const char *key) {
  return json_object_is_type(lookup(config, key), json_type_array);
}

static OnomaStatus get_size(const OnomaConfig *config, const char *key, struct json_object *json,
                            size_t min, size_t max, size_t *value, OnomaError *error) {
  if (!json_object_is_type(json, json_type_int))
    return fail_type(config, key, json, "a whole number", error);
  uint64_t number = 0;
  if (!onoma_json_size(json, &number) || number < min || number > max)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                             "%.80s is not between %zu and %zu", json_object_to_json_string(json),
                             min, max);
  *value = (size_t)number;
  return ONOMA_OK;
}

OnomaStatus onoma_config_size(const OnomaConfig *config, const char *key, size_t min, size_t max,
                              size_t *value, OnomaError *error) {
  struct json_object *json = NULL;
  const OnomaStatus status = require(config, key, &json, error);
  return status ? status : get_size(config, key, json, min, max, value, error);
}

OnomaStatus onoma_config_size_or(const OnomaConfig *config, const char *key, size_t min, size_t max,
                                 size_t fallback, size_t *value, OnomaError *error) {
  if (onoma_config_has(config, key))
    return onoma_config_size(config, key, min, max, value, error);
  *value = fallback;
  return ONOMA_OK;
}

OnomaStatus onoma_config_float(const OnomaConfig *config, const char *key, double min, double max,
                               double *value, OnomaError *error) {
  struct json_object *json = NULL;
  const OnomaStatus status = require(config, key, &json, error);
  if (status)
    return status;
  if (!json_object_is_type(json, json_type_double) && !json_object_is_type(json, json_type_int))
    return fail_type(config, key, json, "a number", error);
  const double number = json_object_get_double(json);
  if (!(number >= min && number <= max))
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error, "%.80s is out of range",
                             json_object_to_json_string(json));
  *value = number;
  return ONOMA_OK;
}

OnomaStatus onoma_config_float_or(const OnomaConfig *config, const char *key, double min,
                                  double max, double fallback, double *value, OnomaError *error) {
  if (onoma_config_has(config, key))
    return onoma_config_float(config, key, min, max, value, error);
  *value = fallback;
  return ONOMA_OK;
}

OnomaStatus onoma_config_bool_or(const OnomaConfig *config, const char *key, bool fallback,
                                 bool *value, OnomaError *error) {
  struct json_object *const json = lookup(config, key);
  if (json && !json_object_is_type(json, json_type_boolean))
    return fail_type(config, key, json, "true or false", error);
  *value = json ? json_object_get_boolean(json) : fallback;
  return ONOMA_OK;
}

static OnomaStatus get_string(const OnomaConfig *config, const char *key, struct json_object *json,
                              const char **value, OnomaError *error) {
  if (!json_object_is_type(json, json_type_string))
    return fail_type(config, key, json, "a string", error);
  *value = json_object_get_string(json);
  return ONOMA_OK;
}

OnomaStatus onoma_config_string(const OnomaConfig *config, const char *key, const char **value,
                                OnomaError *error) {
  struct json_object *json = NULL;
  const OnomaStatus status = require(config, key, &json, error);
  return status ? status : get_string(config, key, json, value, error);
}

OnomaStatus onoma_config_string_or(const OnomaConfig *config, const char *key, const char *fallback,
                                   const char **value, OnomaError *error) {
  if (onoma_config_has(config, key))
    return onoma_config_string(config, key, value, error);
  *value = fallback;
  return ONOMA_OK;
}

static OnomaStatus get_array(const OnomaConfig *config, const char *key, struct json_object **json,
                             size_t *n, OnomaError *error) {
  const OnomaStatus status = require(config, key, json, error);
  if (status)
    return status;
  if (!json_object_is_type(*json, json_type_array))
    return fail_type(config, key, *json, "an array", error);
  *n = json_object_array_length(*json);
  return ONOMA_OK;
}

// The numbers of an array, or n_repeat times the number that json is.
static OnomaStatus get_sizes(const OnomaConfig *config, const char *key, struct json_object *json,
                             size_t min, size_t max, size_t n_repeat, size_t max_n, size_t *values,
                             size_t *n_values, OnomaError *error) {
  if (n_repeat && json_object_is_type(json, json_type_int)) {
    size_t value = 0;
    const OnomaStatus status = get_size(config, key, json, min, max, &value, error);
    if (status)
      return status;
    *n_values = n_repeat < max_n ? n_repeat : max_n;
    for (size_t i = 0; i < *n_values; i++)
      values[i] = value;
    return ONOMA_OK;
  }

  if (!json_object_is_type(json, json_type_array))
    return fail_type(config, key, json, "an array", error);
  const size_t n = json_object_array_length(json);
  if (!n || n > max_n)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                             "%zu items, but there must be 1 to %zu", n, max_n);
  OnomaStatus status = ONOMA_OK;
  for (size_t i = 0; i < n && !status; i++) {
    struct json_object *const item = json_object_array_get_idx(json, i);
    status = get_size(config, key, item, min, max, &values[i], error);
  }
  if (!status)
    *n_values = n;
  return status;
}

OnomaStatus onoma_config_sizes(const OnomaConfig *config, const char *key, size_t min, size_t max,
                               size_t n_repeat, size_t max_n, size_t *values, size_t *n_values,
                               OnomaError *error) {
  struct json_object *json = NULL;
  const OnomaStatus status = require(config, key, &json, error);
  return status ? status
                : get_sizes(config, key, json, min, max, n_repeat, max_n, values, n_values, error);
}

OnomaStatus onoma_config_n_items(const OnomaConfig *config, const char *key, size_t *n,
                                 OnomaError *error) {
  struct json_object *json = NULL;
  return get_array(config, key, &json, n, error);
}

static OnomaStatus get_item(const OnomaConfig *config, const char *key, size_t i,
                            struct json_object **item, OnomaError *error) {
  struct json_object *json = NULL;
  size_t n = 0;
  const OnomaStatus status = get_array(config, key, &json, &n, error);
  if (status)
    return status;
  if (i >= n)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                             "%zu items, but there must be at least %zu", n, i + 1);
  *item = json_object_array_get_idx(json, i);
  return ONOMA_OK;
}

OnomaStatus onoma_config_string_at(const OnomaConfig *config, const char *key, size_t i,
                                   const char **value, OnomaError *error) {
  struct json_object *item = NULL;
  const OnomaStatus status = get_item(config, key, i, &item, error);
  return status ? status : get_string(config, key, item, value, error);
}

OnomaStatus onoma_config_sizes_at(const OnomaConfig *config, const char *key, size_t i, size_t min,
                                  size_t max, size_t n_repeat, size_t max_n, size_t *values,
                                  size_t *n_values, OnomaError *error) {
  struct json_object *item = NULL;
  const OnomaStatus status = get_item(config, key, i, &item, error);
  return status ? status
                : get_sizes(config, key, item, min, max, n_repeat, max_n, values, n_values, error);
}

static OnomaStatus get_object(const OnomaConfig *config, const char *key, struct json_object *json,
                              OnomaConfig *object, OnomaError *error) {
  if (!json_object_is_type(json, json_type_object))
    return fail_type(config, key, json, "an object", error);
  object->path = config->path;
  object->json = json;
  return ONOMA_OK;
}

// Appends a key to the path of keys of config; what doesn't fit is cut, as it is only for messages.
static void append_key(OnomaConfig *object, const OnomaConfig *config, const char *key,
                       const char *suffix) {
  char at[sizeof(object->at)];
  const int n =
      snprintf(at, sizeof(at), "%s%s%s%s", config->at, config->at[0] ? "." : "", key, suffix);
  if (n >= 0)
    (void)snprintf(object->at, sizeof(object->at), "%s", at);
}

OnomaStatus onoma_config_object_at(const OnomaConfig *config, const char *key, size_t i,
                                   OnomaConfig *object, OnomaError *error) {
  struct json_object *item = NULL;
  OnomaStatus status = get_item(config, key, i, &item, error);
  if (!status)
    status = get_object(config, key, item, object, error);
  if (status)
    return status;
  char suffix[32];
  (void)snprintf(suffix, sizeof(suffix), "[%zu]", i);
  append_key(object, config, key, suffix);
  return ONOMA_OK;
}

OnomaStatus onoma_config_object(const OnomaConfig *config, const char *key, OnomaConfig *object,
                                OnomaError *error) {
  struct json_object *json = NULL;
  OnomaStatus status = require(config, key, &json, error);
  if (!status)
    status = get_object(config, key, json, object, error);
  if (!status)
    append_key(object, config, key, "");
  return status;
}

static bool is_known(const char *key, const char *const *known, size_t n_known) {
  for (size_t i = 0; i < n_known; i++) {
    if (!strcmp(key, known[i]))
      return true;
  }
  return key[0] == '_';
}

OnomaStatus onoma_config_check_keys(const OnomaConfig *config, const char *const *known,
                                    size_t n_known, OnomaError *error) {
  struct json_object_iterator at = json_object_iter_begin(config->json);
  const struct json_object_iterator end = json_object_iter_end(config->json);
  for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
    const char *const key = json_object_iter_peek_name(&at);
    struct json_object *const value = json_object_iter_peek_value(&at);
    const bool is_off = !value || (json_object_is_type(value, json_type_boolean) &&
                                   !json_object_get_boolean(value));
    if (!is_off && !is_known(key, known, n_known))
      return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, key, error,
                               "this setting is not known");
  }
  return ONOMA_OK;
}
