// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Recipes: JSON there and back, in any locale, and what is refused.

#include "test.h"

#include "engine/recipe.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static OnomaRecipe full(void) {
  OnomaRecipe recipe;
  onoma_recipe_default(&recipe);
  recipe.prompt = "a \"quoted\" cow\xc3\xa9 / bell\n";
  recipe.negative = "noise";
  recipe.seed = UINT64_MAX;
  recipe.length_s = 1.2345678901234567;
  recipe.n_steps = 17;
  recipe.guidance = 2.5;
  recipe.sampler = "ddim";
  recipe.eta = 0.125;
  recipe.note = 60.25;
  recipe.loop = true;
  recipe.trim = true;
  recipe.normalize = ONOMA_NORMALIZE_LOUDNESS;
  recipe.init = "in.wav";
  recipe.strength = 0.1;
  recipe.model = "name digest";
  recipe.cpu = "avx2";
  return recipe;
}

static void assert_same(const OnomaRecipe *a, const OnomaRecipe *b) {
  assert_string_equal(a->prompt, b->prompt);
  assert_string_equal(a->negative, b->negative);
  assert_true(a->seed == b->seed);
  assert_true(a->length_s == b->length_s);
  assert_int_equal(a->n_steps, b->n_steps);
  assert_true(a->guidance == b->guidance);
  assert_string_equal(a->sampler, b->sampler);
  assert_true(a->eta == b->eta);
  assert_true(a->note == b->note);
  assert_int_equal(a->loop, b->loop);
  assert_int_equal(a->trim, b->trim);
  assert_int_equal(a->normalize, b->normalize);
  assert_string_equal(a->init, b->init);
  assert_true(a->strength == b->strength);
  assert_string_equal(a->model, b->model);
  assert_string_equal(a->cpu, b->cpu);
}

static void round_trip(void) {
  const OnomaRecipe recipe = full();
  char *json = onoma_recipe_to_json(&recipe);
  assert_non_null(json);
  assert_null(strchr(json, '\n'));
  assert_non_null(strstr(json, "\"strength\":0.1,")); // no more digits than it takes
  OnomaRecipe *read;
  OnomaError error = {.text = ""};
  if (onoma_recipe_from_json(&read, json, &error))
    fail_msg("%s: %s", error.text, json);
  onoma_string_free(json);
  assert_same(&recipe, read);
  onoma_recipe_free(read);
}

static void test_there_and_back(void **state) {
  (void)state;
  round_trip();
}

static void test_there_and_back_with_decimal_commas(void **state) {
  (void)state;
  if (!setlocale(LC_ALL, "de_DE.UTF-8"))
    skip();
  round_trip();
  setlocale(LC_ALL, "C");
}

static void test_defaults_are_left_to_the_model(void **state) {
  (void)state;
  OnomaRecipe *recipe;
  assert_int_equal(onoma_recipe_from_json(&recipe, "{\"prompt\": \"x\"}", NULL), ONOMA_OK);
  assert_true(recipe->length_s == 0);
  assert_int_equal(recipe->n_steps, 0);
  assert_true(recipe->guidance < 0);
  assert_null(recipe->sampler);
  assert_true(isnan(recipe->note));
  onoma_recipe_free(recipe);
}

static void test_bad_json_is_refused_by_key(void **state) {
  (void)state;
  static const struct {
    const char *json, *mentions;
  } cases[] = {
      {"", "recipe"},
      {"{", "recipe"},
      {"[]", "object"},
      {"{\"prompt\": 3}", "prompt"},
      {"{\"prompt\": \"\"}", "prompt"},
      {"{\"prompt\": \"a\\u0000b\"}", "prompt"},
      {"{\"prompt\": \"x\", \"seed\": -1}", "seed"},
      {"{\"prompt\": \"x\", \"seed\": 0.5}", "seed"},
      {"{\"prompt\": \"x\", \"steps\": 4294967296}", "steps"},
      {"{\"prompt\": \"x\", \"steps\": 20000}", "steps"},
      {"{\"prompt\": \"x\", \"length\": \"1\"}", "length"},
      {"{\"prompt\": \"x\", \"length\": 1e9}", "length"},
      {"{\"prompt\": \"x\", \"length\": -1}", "length"},
      {"{\"prompt\": \"x\", \"guidance\": 1e9}", "guidance"},
      {"{\"prompt\": \"x\", \"eta\": 2}", "eta"},
      {"{\"prompt\": \"x\", \"note\": 200}", "note"},
      {"{\"prompt\": \"x\", \"strength\": 1.5}", "strength"},
      {"{\"prompt\": \"x\", \"strength\": 0}", "strength"},
      {"{\"prompt\": \"x\", \"loop\": 1}", "loop"},
      {"{\"prompt\": \"x\", \"normalize\": \"loud\"}", "normalize"},
      {"{\"prompt\": \"x\", \"onoma\": 2}", "format 2"},
      {"{\"prompt\": \"x\", \"colour\": 2}", "colour"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    OnomaRecipe *recipe;
    OnomaError error = {.text = ""};
    const OnomaStatus status = onoma_recipe_from_json(&recipe, cases[i].json, &error);
    if (!status || recipe || !strstr(error.text, cases[i].mentions))
      fail_msg("%s: %s", cases[i].json, error.text);
  }
}

static void test_invalid_utf8_is_refused(void **state) {
  (void)state;
  static const char *const prompts[] = {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80"};
  for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
    OnomaRecipe recipe = full();
    recipe.prompt = prompts[i];
    OnomaError error;
    assert_int_equal(onoma_recipe_check(&recipe, &error), ONOMA_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "UTF-8"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_there_and_back),
      cmocka_unit_test(test_there_and_back_with_decimal_commas),
      cmocka_unit_test(test_defaults_are_left_to_the_model),
      cmocka_unit_test(test_bad_json_is_refused_by_key),
      cmocka_unit_test(test_invalid_utf8_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
