// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Recipes: defaults, copies, checks.

#include "recipe.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

// No model is asked for more, whatever it was trained on: ten minutes.
#define MAX_LENGTH_S 600
#define MAX_STEPS    10000
#define MAX_GUIDANCE 100
#define MAX_PROMPT   65536 // bytes

// The strings of a recipe, for whatever is done to all of them.
#define N_STRINGS 6

static void get_strings(const OnomaRecipe *recipe, const char *strings[N_STRINGS]) {
  strings[0] = recipe->prompt;
  strings[1] = recipe->negative;
  strings[2] = recipe->sampler;
  strings[3] = recipe->init;
  strings[4] = recipe->model;
  strings[5] = recipe->cpu;
}

static void set_strings(OnomaRecipe *recipe, const char *const strings[N_STRINGS]) {
  recipe->prompt = strings[0];
  recipe->negative = strings[1];
  recipe->sampler = strings[2];
  recipe->init = strings[3];
  recipe->model = strings[4];
  recipe->cpu = strings[5];
}

void onoma_recipe_default(OnomaRecipe *recipe) {
  *recipe = (OnomaRecipe){.guidance = -1, .note = NAN, .strength = 1};
}

OnomaRecipe *onoma_recipe_copy(const OnomaRecipe *recipe) {
  const char *strings[N_STRINGS];
  get_strings(recipe, strings);
  size_t size = sizeof(OnomaRecipe);
  for (size_t i = 0; i < N_STRINGS; i++)
    size += strings[i] ? strlen(strings[i]) + 1 : 0;

  OnomaRecipe *const copy = onoma_alloc(size, 1);
  if (!copy)
    return NULL;
  *copy = *recipe;
  char *at = (char *)(copy + 1);
  for (size_t i = 0; i < N_STRINGS; i++) {
    if (strings[i]) {
      const size_t length = strlen(strings[i]) + 1;
      strings[i] = memcpy(at, strings[i], length);
      at += length;
    }
  }
  set_strings(copy, strings);
  return copy;
}

void onoma_recipe_free(OnomaRecipe *recipe) {
  onoma_free(recipe);
}

void onoma_string_free(char *string) {
  onoma_free(string);
}

static OnomaStatus check_text(const char *text, const char *what, OnomaError *error) {
  const size_t length = strlen(text);
  if (length > MAX_PROMPT)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the %s has %zu bytes, more than %d", what, length,
                      MAX_PROMPT);
  const size_t n_valid = onoma_utf8_valid_length(text, length);
  if (n_valid < length)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the %s is not valid UTF-8 at byte %zu", what,
                      n_valid);
  return ONOMA_OK;
}

static bool within(double value, double min, double max) {
  return value >= min && value <= max; // false for NaN
}

static OnomaStatus check_numbers(const OnomaRecipe *recipe, OnomaError *error) {
  if (!within(recipe->length_s, 0, MAX_LENGTH_S))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the length must be over 0 and at most %d seconds",
                      MAX_LENGTH_S);
  if (recipe->n_steps > MAX_STEPS)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "%u steps are more than %d", recipe->n_steps,
                      MAX_STEPS);
  if (!(recipe->guidance <= MAX_GUIDANCE))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the guidance must be from 0 to %d", MAX_GUIDANCE);
  if (!within(recipe->eta, 0, 1))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "eta must be from 0 to 1");
  if (!(recipe->strength > 0 && recipe->strength <= 1))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the strength must be over 0, and at most 1");
  if (!isnan(recipe->note) && !within(recipe->note, 0, 127))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the note must be a MIDI note from 0 to 127");
  if ((unsigned)recipe->normalize > ONOMA_NORMALIZE_NONE)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "no such normalization");
  return ONOMA_OK;
}

OnomaStatus onoma_recipe_check(const OnomaRecipe *recipe, OnomaError *error) {
  if (!recipe->prompt || !recipe->prompt[strspn(recipe->prompt, " \t\r\n")])
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the prompt is empty");
  OnomaStatus status = check_text(recipe->prompt, "prompt", error);
  if (!status && recipe->negative)
    status = check_text(recipe->negative, "negative prompt", error);
  return status ? status : check_numbers(recipe, error);
}
