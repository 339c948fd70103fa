// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Recipes as JSON.

#include "recipe.h"

#include "base/error.h"
#include "base/memory.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Raised when a later version reads the same keys differently.
#define FORMAT 1

static const char *const normalize_names[] = {"peak", "loudness", "none"};

// ---- Writing

static void add_string(struct json_object *object, const char *key, const char *value) {
  if (value)
    json_object_object_add(object, key, json_object_new_string(value));
}

// Numbers with as few digits as give the same number again.
static void add_number(struct json_object *object, const char *key, double value) {
  static char formats[][8] = {"%.15g", "%.16g", "%.17g"};
  char text[32];
  int i = 0;
  // Both in the same locale, whichever it is; json-c sees to the point.
  while (i < 2 && snprintf(text, sizeof(text), "%.*g", 15 + i, value) &&
         strtod(text, NULL) != value)
    i++;
  struct json_object *const number = json_object_new_double(value);
  json_object_set_serializer(number, json_object_double_to_json_string, formats[i], NULL);
  json_object_object_add(object, key, number);
}

static struct json_object *to_json(const OnomaRecipe *recipe) {
  struct json_object *const object = json_object_new_object();
  if (!object)
    return NULL;
  json_object_object_add(object, "onoma", json_object_new_int(FORMAT));
  add_string(object, "prompt", recipe->prompt);
  add_string(object, "negative", recipe->negative && *recipe->negative ? recipe->negative : NULL);
  json_object_object_add(object, "seed", json_object_new_uint64(recipe->seed));
  add_number(object, "length", recipe->length_s);
  json_object_object_add(object, "steps", json_object_new_int64(recipe->n_steps));
  add_number(object, "guidance", recipe->guidance);
  add_string(object, "sampler", recipe->sampler);
  add_number(object, "eta", recipe->eta);
  if (!isnan(recipe->note))
    add_number(object, "note", recipe->note);
  json_object_object_add(object, "loop", json_object_new_boolean(recipe->loop));
  json_object_object_add(object, "trim", json_object_new_boolean(recipe->trim));
  add_string(object, "normalize", normalize_names[recipe->normalize]);
  if (recipe->init) {
    add_string(object, "init", recipe->init);
    add_number(object, "strength", recipe->strength);
  }
  add_string(object, "model", recipe->model);
  add_string(object, "cpu", recipe->cpu);
  return object;
}

char *onoma_recipe_to_json(const OnomaRecipe *recipe) {
  struct json_object *const object = to_json(recipe);
  if (!object)
    return NULL;
  const char *const text = json_object_to_json_string_ext(
      object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
  char *const copy = text ? onoma_alloc(strlen(text) + 1, 1) : NULL;
  if (copy)
    memcpy(copy, text, strlen(text) + 1);
  json_object_put(object);
  return copy;
}

// ---- Reading

static OnomaStatus bad(OnomaError *error, const char *key, const char *expected) {
  return onoma_fail(error, ONOMA_ERR_FORMAT, "recipe: \"%s\" must be %s", key, expected);
}

static OnomaStatus get_string(struct json_object *value, const char *key, const char **out,
                              OnomaError *error) {
  if (!json_object_is_type(value, json_type_string))
    return bad(error, key, "a string");
  *out = json_object_get_string(value);
  if (strlen(*out) != (size_t)json_object_get_string_len(value))
    return bad(error, key, "without null characters");
  return ONOMA_OK;
}

static OnomaStatus get_number(struct json_object *value, const char *key, double *out,
                              OnomaError *error) {
  if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
    return bad(error, key, "a number");
  *out = json_object_get_double(value);
  return ONOMA_OK;
}

static OnomaStatus get_bool(struct json_object *value, const char *key, bool *out,
                            OnomaError *error) {
  if (!json_object_is_type(value, json_type_boolean))
    return bad(error, key, "true or false");
  *out = json_object_get_boolean(value);
  return ONOMA_OK;
}

static OnomaStatus get_whole(struct json_object *value, const char *key, uint64_t max,
                             uint64_t *out, OnomaError *error) {
  // json-c clamps what does not fit, and says negative numbers only as signed ones.
  if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0 ||
      json_object_get_uint64(value) > max)
    return bad(error, key, "a whole number in its range");
  *out = json_object_get_uint64(value);
  return ONOMA_OK;
}

static OnomaStatus get_normalize(struct json_object *value, const char *key, OnomaNormalize *out,
                                 OnomaError *error) {
  const char *name = NULL;
  const OnomaStatus status = get_string(value, key, &name, error);
  if (status)
    return status;
  for (size_t i = 0; i < sizeof(normalize_names) / sizeof(normalize_names[0]); i++) {
    if (!strcmp(name, normalize_names[i])) {
      *out = (OnomaNormalize)i;
      return ONOMA_OK;
    }
  }
  return bad(error, key, "\"peak\", \"loudness\" or \"none\"");
}

static OnomaStatus read_steps(struct json_object *value, OnomaRecipe *recipe, OnomaError *error) {
  uint64_t n_steps = 0;
  const OnomaStatus status = get_whole(value, "steps", UINT32_MAX, &n_steps, error);
  if (!status)
    recipe->n_steps = (unsigned)n_steps;
  return status;
}

static OnomaStatus read_format(struct json_object *value, OnomaError *error) {
  uint64_t format = 0;
  const OnomaStatus status = get_whole(value, "onoma", UINT32_MAX, &format, error);
  if (!status && format != FORMAT)
    return onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "recipe: format %" PRIu64 " is not known",
                      format);
  return status;
}

static OnomaStatus read_member(const char *key, struct json_object *value, OnomaRecipe *recipe,
                               OnomaError *error) {
  const struct {
    const char *key;
    const char **value;
  } strings[] = {{"prompt", &recipe->prompt},   {"negative", &recipe->negative},
                 {"sampler", &recipe->sampler}, {"init", &recipe->init},
                 {"model", &recipe->model},     {"cpu", &recipe->cpu}};
  for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
    if (!strcmp(key, strings[i].key))
      return get_string(value, key, strings[i].value, error);
  }
  const struct {
    const char *key;
    double *value;
  } numbers[] = {{"length", &recipe->length_s},
                 {"guidance", &recipe->guidance},
                 {"eta", &recipe->eta},
                 {"note", &recipe->note},
                 {"strength", &recipe->strength}};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
    if (!strcmp(key, numbers[i].key))
      return get_number(value, key, numbers[i].value, error);
  }
  if (!strcmp(key, "onoma"))
    return read_format(value, error);
  if (!strcmp(key, "seed"))
    return get_whole(value, key, UINT64_MAX, &recipe->seed, error);
  if (!strcmp(key, "steps"))
    return read_steps(value, recipe, error);
  if (!strcmp(key, "loop"))
    return get_bool(value, key, &recipe->loop, error);
  if (!strcmp(key, "trim"))
    return get_bool(value, key, &recipe->trim, error);
  if (!strcmp(key, "normalize"))
    return get_normalize(value, key, &recipe->normalize, error);
  return onoma_fail(error, ONOMA_ERR_FORMAT, "recipe: unknown key \"%s\"", key);
}

static OnomaStatus read_object(struct json_object *object, OnomaRecipe **out, OnomaError *error) {
  if (!json_object_is_type(object, json_type_object))
    return onoma_fail(error, ONOMA_ERR_FORMAT, "recipe: not a JSON object");

  OnomaRecipe recipe;
  onoma_recipe_default(&recipe);
  json_object_object_foreach(object, key, value) {
    const OnomaStatus status = read_member(key, value, &recipe, error);
    if (status)
      return status;
  }
  const OnomaStatus status = onoma_recipe_check(&recipe, error);
  if (status)
    return status;
  *out = onoma_recipe_copy(&recipe);
  return *out ? ONOMA_OK : onoma_fail_memory(error);
}

OnomaStatus onoma_recipe_from_json(OnomaRecipe **recipe, const char *json, OnomaError *error) {
  *recipe = NULL;
  enum json_tokener_error problem = json_tokener_success;
  struct json_object *const object = json_tokener_parse_verbose(json, &problem);
  if (!object)
    return onoma_fail(error, ONOMA_ERR_FORMAT, "recipe: %s", json_tokener_error_desc(problem));
  const OnomaStatus status = read_object(object, recipe, error);
  json_object_put(object);
  return status;
}
