// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// JSON configurations: values with their type checked, and errors that name the file and the key.

#ifndef ONOMA_MODEL_CONFIG_H
#define ONOMA_MODEL_CONFIG_H

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

struct json_object;

// A JSON object and where it came from. `at` is the path of keys down to it, "" at the top.
typedef struct {
  const char *path;         // of the file; not owned
  char at[128];             // such as "decoder[1]"
  struct json_object *json; // borrowed from the top
} OnomaConfig;

// Reads a JSON file whose top is an object; accepts the NaN and Infinity that Python writes, but no
// key twice. config->path is the path given, which must live as long as the config. [control]
OnomaStatus onoma_config_open(OnomaConfig *config, const char *path, OnomaError *error);

// Frees what onoma_config_open() read; not for sub-configs. [control]
void onoma_config_close(OnomaConfig *config);

// Each of these reads `key`. The plain form fails when it is missing or null; the `_or` form gives
// the fallback then. A value of another type, or outside of [min, max], fails in both. Sizes are
// whole numbers; NaN is outside of every range, an infinity only if the range leaves it out. *value
// is written on success only. [control]
bool onoma_config_has(const OnomaConfig *config, const char *key);      // there, and not null
bool onoma_config_is_null(const OnomaConfig *config, const char *key);  // there, and null
bool onoma_config_is_array(const OnomaConfig *config, const char *key); // there, and an array
OnomaStatus onoma_config_size(const OnomaConfig *config, const char *key, size_t min, size_t max,
                              size_t *value, OnomaError *error);
OnomaStatus onoma_config_size_or(const OnomaConfig *config, const char *key, size_t min, size_t max,
                                 size_t fallback, size_t *value, OnomaError *error);
OnomaStatus onoma_config_float(const OnomaConfig *config, const char *key, double min, double max,
                               double *value, OnomaError *error);
OnomaStatus onoma_config_float_or(const OnomaConfig *config, const char *key, double min,
                                  double max, double fallback, double *value, OnomaError *error);
OnomaStatus onoma_config_bool_or(const OnomaConfig *config, const char *key, bool fallback,
                                 bool *value, OnomaError *error);

// *value points into the config and lives as long as it.
OnomaStatus onoma_config_string(const OnomaConfig *config, const char *key, const char **value,
                                OnomaError *error);
OnomaStatus onoma_config_string_or(const OnomaConfig *config, const char *key, const char *fallback,
                                   const char **value, OnomaError *error);

// An array of 1 to max_n whole numbers, each in [min, max]; a single number counts as n_repeat
// equal ones (at most max_n; 0: a single number is an error). values has room for max_n.
OnomaStatus onoma_config_sizes(const OnomaConfig *config, const char *key, size_t min, size_t max,
                               size_t n_repeat, size_t max_n, size_t *values, size_t *n_values,
                               OnomaError *error);

// The same of item i of the array `key`.
OnomaStatus onoma_config_sizes_at(const OnomaConfig *config, const char *key, size_t i, size_t min,
                                  size_t max, size_t n_repeat, size_t max_n, size_t *values,
                                  size_t *n_values, OnomaError *error);

// Length of the array `key`; its item i as a string, or as an object; and the object `key` itself.
// The objects live as long as the config.
OnomaStatus onoma_config_n_items(const OnomaConfig *config, const char *key, size_t *n,
                                 OnomaError *error);
OnomaStatus onoma_config_string_at(const OnomaConfig *config, const char *key, size_t i,
                                   const char **value, OnomaError *error);
OnomaStatus onoma_config_object_at(const OnomaConfig *config, const char *key, size_t i,
                                   OnomaConfig *object, OnomaError *error);
OnomaStatus onoma_config_object(const OnomaConfig *config, const char *key, OnomaConfig *object,
                                OnomaError *error);

// Fails at the first key that is not among the known ones, unless it is null or false or starts
// with an underscore: a setting that nobody reads must not be ignored.
OnomaStatus onoma_config_check_keys(const OnomaConfig *config, const char *const *known,
                                    size_t n_known, OnomaError *error);

// The failure of a value that is of the right type, but can't be: "<path>: <at>.<key>: <text>",
// the text formatted as onoma_fail() does. [any]
OnomaStatus onoma_config_fail(const OnomaConfig *config, OnomaStatus status, const char *key,
                              OnomaError *error, const char *format, ...) ONOMA_PRINTF(5, 6);

#endif
