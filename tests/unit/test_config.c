// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Configurations: values, ranges, Python's extensions of JSON, malformed JSON, and decimal commas.

#include "test.h"

#include "base/utf8.h"
#include "model/files/config.h"
#include "scratch.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Scratch scratch;

// A file in a configuration's place; the path lives as long as the test's.
static OnomaStatus open_text(OnomaConfig *config, const char *text, size_t n, OnomaError *error) {
  static char path[600];
  snprintf(path, sizeof(path), "%s", scratch_write(&scratch, "config.json", text, n));
  return onoma_config_open(config, path, error);
}

static void open_good(OnomaConfig *config, const char *text) {
  OnomaError error = {0};
  if (open_text(config, text, strlen(text), &error))
    fail_msg("%s", error.text);
}

static void assert_contains(const char *text, const char *part) {
  if (!strstr(text, part))
    fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static void test_values(void **state) {
  (void)state;
  OnomaConfig config;
  open_good(&config,
            "{\"n\": 12, \"x\": 0.25, \"e\": 1e-5, \"i\": 3, \"b\": true, \"s\": \"w\xc3\xa4\","
            " \"none\": null, \"list\": [1, 2, 3], \"names\": [\"a\", \"b\"]}\n");
  OnomaError error;
  size_t n = 0;
  assert_int_equal(onoma_config_size(&config, "n", 1, 12, &n, &error), ONOMA_OK);
  assert_int_equal(n, 12);
  assert_int_equal(onoma_config_size_or(&config, "none", 1, 12, 7, &n, &error), ONOMA_OK);
  assert_int_equal(n, 7);
  double x = 0;
  assert_int_equal(onoma_config_float(&config, "x", 0, 1, &x, &error), ONOMA_OK);
  assert_true(x == 0.25);
  assert_int_equal(onoma_config_float(&config, "e", 0, 1, &x, &error), ONOMA_OK);
  assert_true(x == 1e-5);
  assert_int_equal(onoma_config_float(&config, "i", 0, 10, &x, &error), ONOMA_OK);
  assert_true(x == 3);
  bool b = false;
  assert_int_equal(onoma_config_bool_or(&config, "b", false, &b, &error), ONOMA_OK);
  assert_true(b);
  const char *s = NULL;
  assert_int_equal(onoma_config_string(&config, "s", &s, &error), ONOMA_OK);
  assert_string_equal(s, "w\xc3\xa4");
  size_t sizes[4];
  assert_int_equal(onoma_config_sizes(&config, "list", 1, 3, 0, 4, sizes, &n, &error), ONOMA_OK);
  assert_int_equal(n, 3);
  assert_int_equal(sizes[2], 3);
  assert_int_equal(onoma_config_sizes(&config, "n", 1, 99, 4, 4, sizes, &n, &error), ONOMA_OK);
  assert_int_equal(n, 4);
  assert_int_equal(sizes[3], 12);
  assert_int_equal(onoma_config_string_at(&config, "names", 1, &s, &error), ONOMA_OK);
  assert_string_equal(s, "b");
  assert_false(onoma_config_has(&config, "none"));
  assert_true(onoma_config_has(&config, "n"));
  onoma_config_close(&config);
}

static void test_errors_name_file_and_key(void **state) {
  (void)state;
  OnomaConfig config;
  open_good(&config, "{\"n\": 12, \"f\": 1.0, \"neg\": -1, \"huge\": 99999999999999999999999,"
                     "\"s\": \"x\", \"nan\": NaN, \"parts\": [{\"k\": \"v\"}, 5], \"list\": []}");
  OnomaError error;
  size_t n = 99;
  assert_int_equal(onoma_config_size(&config, "missing", 0, 9, &n, &error), ONOMA_ERR_FORMAT);
  assert_contains(error.text, "config.json: missing: missing");
  assert_int_equal(onoma_config_size(&config, "n", 0, 9, &n, &error), ONOMA_ERR_FORMAT);
  assert_contains(error.text, "config.json: n: 12 is not between 0 and 9");
  assert_int_equal(onoma_config_size(&config, "f", 0, 9, &n, &error), ONOMA_ERR_FORMAT);
  assert_contains(error.text, "f: 1.0 is not a whole number");
  assert_int_equal(onoma_config_size(&config, "neg", 0, 9, &n, &error), ONOMA_ERR_FORMAT);
  assert_int_equal(onoma_config_size(&config, "huge", 0, SIZE_MAX, &n, &error), ONOMA_ERR_FORMAT);
  assert_int_equal(onoma_config_size_or(&config, "s", 0, 9, 5, &n, &error), ONOMA_ERR_FORMAT);
  assert_int_equal(n, 99);
  double x = 5;
  assert_int_equal(onoma_config_float(&config, "nan", -INFINITY, INFINITY, &x, &error),
                   ONOMA_ERR_FORMAT);
  assert_contains(error.text, "nan: NaN is out of range");
  assert_int_equal(onoma_config_float(&config, "s", 0, 1, &x, &error), ONOMA_ERR_FORMAT);
  assert_true(x == 5);
  bool b = false;
  assert_int_equal(onoma_config_bool_or(&config, "n", false, &b, &error), ONOMA_ERR_FORMAT);
  size_t sizes[4];
  assert_int_equal(onoma_config_sizes(&config, "n", 0, 99, 0, 4, sizes, &n, &error),
                   ONOMA_ERR_FORMAT);
  assert_int_equal(onoma_config_sizes(&config, "list", 0, 99, 0, 4, sizes, &n, &error),
                   ONOMA_ERR_FORMAT);

  OnomaConfig part;
  assert_int_equal(onoma_config_object_at(&config, "parts", 1, &part, &error), ONOMA_ERR_FORMAT);
  assert_int_equal(onoma_config_object_at(&config, "parts", 2, &part, &error), ONOMA_ERR_FORMAT);
  assert_int_equal(onoma_config_object_at(&config, "parts", 0, &part, &error), ONOMA_OK);
  assert_int_equal(onoma_config_size(&part, "k", 0, 9, &n, &error), ONOMA_ERR_FORMAT);
  assert_contains(error.text, "config.json: parts[0].k: \"v\" is not a whole number");
  onoma_config_close(&config);
}

static void test_python_numbers(void **state) {
  (void)state;
  OnomaConfig config;
  open_good(&config, "{\"lambda_min_clipped\": -Infinity, \"up\": Infinity, \"in\": [NaN]}");
  OnomaError error;
  double x = 0;
  assert_int_equal(onoma_config_float(&config, "lambda_min_clipped", -INFINITY, 0, &x, &error),
                   ONOMA_OK);
  assert_true(isinf(x) && x < 0);
  assert_int_equal(onoma_config_float(&config, "up", 0, INFINITY, &x, &error), ONOMA_OK);
  assert_true(isinf(x) && x > 0);
  assert_int_equal(onoma_config_float(&config, "up", 0, 1e300, &x, &error), ONOMA_ERR_FORMAT);
  onoma_config_close(&config);
}

static void test_malformed(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"", "empty"},
      {"[1]", "not an object"},
      {"{\"a\": 1", "ends too early"},
      {"{\n\"a\": 1\n,}", "line 3"},
      {"{\"a\": 1} 2", "behind"},
      {"{'a': 1}", "single quote"},
      {"{\"a\": 1 /* one */}", "line 1"},
      {"{\"a\": 01}", "line 1"},
      {"{\"a\": nan}", "line 1"},
      {"{\"a\": 1, \"b\": 2, \"a\": 3}", "key \"a\" occurs twice"},
      {"{\"x\": {\"b\": 1, \"\\u0062\": 2}}", "a key occurs twice"},
      {"{\"a\\u0000b\": 1}", "NUL"},
      {"{\"a\": \"\xff\"}", "invalid UTF-8"},
      {"{\"a\": \"\xc0\x80\"}", "invalid UTF-8"},
      {"{\"a\": \"\n\"}", "control character"},
      {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
       "line 1"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    OnomaConfig config;
    OnomaError error = {0};
    assert_int_equal(open_text(&config, cases[i].text, strlen(cases[i].text), &error),
                     ONOMA_ERR_FORMAT);
    assert_null(config.json);
    assert_contains(error.text, "config.json: ");
    assert_contains(error.text, cases[i].message);
  }
  OnomaConfig config;
  OnomaError error = {0};
  assert_int_equal(open_text(&config, "{}\0", 3, &error), ONOMA_ERR_FORMAT);
  assert_int_equal(onoma_config_open(&config, "/nonexistent/config.json", &error),
                   ONOMA_ERR_NOT_FOUND);
  // The same key in different objects is fine, and so are colons and escapes in strings.
  open_good(&config,
            "{\"a\": {\"a\": \"\\\"a\\\": \\\\\"}, \"b\": [{\"a\": 1}, {\"a\": \"\\\\u0000\"}]}");
  onoma_config_close(&config);
}

static void test_decimal_comma(void **state) {
  (void)state;
  if (!setlocale(LC_ALL, "de_DE.UTF-8"))
    skip(); // the package locales-all is not installed
  assert_true(strtod("1,5", NULL) == 1.5);
  OnomaConfig config;
  open_good(&config, "{\"x\": 1.5, \"e\": 2.5e-1, \"inf\": -Infinity}");
  OnomaError error;
  double x = 0;
  assert_int_equal(onoma_config_float(&config, "x", 0, 2, &x, &error), ONOMA_OK);
  assert_true(x == 1.5);
  assert_int_equal(onoma_config_float(&config, "e", 0, 2, &x, &error), ONOMA_OK);
  assert_true(x == 0.25);
  assert_int_equal(onoma_config_float(&config, "x", 0, 1, &x, &error), ONOMA_ERR_FORMAT);
  assert_contains(error.text, "x: 1.5 is out of range");
  onoma_config_close(&config);
  setlocale(LC_ALL, "C");
}

static void test_nested_sizes(void **state) {
  (void)state;
  OnomaConfig config;
  open_good(&config, "{\"none\": null, \"n\": 2, \"lists\": [[1, 3], 5, [\"a\"], []]}\n");
  OnomaError error;
  assert_true(onoma_config_is_null(&config, "none"));
  assert_false(onoma_config_is_null(&config, "missing"));
  assert_false(onoma_config_is_null(&config, "n"));
  assert_true(onoma_config_is_array(&config, "lists"));
  assert_false(onoma_config_is_array(&config, "n"));
  assert_false(onoma_config_is_array(&config, "none"));
  size_t values[3] = {0};
  size_t n = 0;
  assert_int_equal(onoma_config_sizes_at(&config, "lists", 0, 1, 9, 0, 3, values, &n, &error),
                   ONOMA_OK);
  assert_int_equal(n, 2);
  assert_int_equal(values[1], 3);
  assert_int_equal(onoma_config_sizes_at(&config, "lists", 1, 1, 9, 3, 3, values, &n, &error),
                   ONOMA_OK);
  assert_int_equal(n, 3);
  assert_int_equal(values[2], 5);
  assert_int_equal(onoma_config_sizes_at(&config, "lists", 1, 1, 9, 0, 3, values, &n, &error),
                   ONOMA_ERR_FORMAT);
  for (size_t i = 2; i < 5; i++)
    assert_int_equal(onoma_config_sizes_at(&config, "lists", i, 1, 9, 0, 3, values, &n, &error),
                     ONOMA_ERR_FORMAT);
  onoma_config_close(&config);
}

static void test_unknown_keys(void **state) {
  (void)state;
  static const char *const known[] = {"n", "x"};
  OnomaConfig config;
  OnomaError error;
  open_good(&config, "{\"_v\": 1, \"n\": 2, \"off\": false, \"none\": null}\n");
  assert_int_equal(onoma_config_check_keys(&config, known, 2, &error), ONOMA_OK);
  assert_int_equal(onoma_config_check_keys(&config, known + 1, 1, &error), ONOMA_ERR_UNSUPPORTED);
  assert_contains(error.text, "config.json: n: ");
  onoma_config_close(&config);
}

static void test_utf8(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t n_valid;
  } cases[] = {
      {"a\x7f", 2},
      {"\xc2\x80", 2},
      {"\xdf\xbf\xe0\xa0\x80", 5},
      {"\xed\x9f\xbf", 3},
      {"\xed\xa0\x80", 0},
      {"\xee\x80\x80", 3},
      {"\xf0\x90\x80\x80", 4},
      {"\xf4\x8f\xbf\xbf", 4},
      {"\xf4\x90\x80\x80", 0},
      {"\xc1\xbf", 0},
      {"\xe0\x9f\xbf", 0},
      {"\xf0\x8f\xbf\xbf", 0},
      {"ab\x80", 2},
      {"a\xc3", 1},
      {"a\xe2\x82", 1},
      {"\xf8\x88\x80\x80\x80", 0},
      {"\xfe", 0},
      {"\xc3\x28", 0},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    assert_int_equal(onoma_utf8_valid_length(cases[i].text, strlen(cases[i].text)),
                     cases[i].n_valid);
  uint32_t code_point = 0;
  assert_int_equal(onoma_utf8_decode("\xf0\x9f\x98\x80", 4, &code_point), 4);
  assert_int_equal(code_point, 0x1f600);
  assert_int_equal(onoma_utf8_decode("", 0, &code_point), 0);
}

static int open_scratch(void **state) {
  (void)state;
  return !scratch_open(&scratch);
}

static int close_scratch(void **state) {
  (void)state;
  scratch_close(&scratch);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values),         cmocka_unit_test(test_errors_name_file_and_key),
      cmocka_unit_test(test_python_numbers), cmocka_unit_test(test_malformed),
      cmocka_unit_test(test_decimal_comma),  cmocka_unit_test(test_utf8),
      cmocka_unit_test(test_nested_sizes),   cmocka_unit_test(test_unknown_keys),
  };
  return cmocka_run_group_tests(tests, open_scratch, close_scratch);
}
