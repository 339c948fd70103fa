// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The safetensors format: good files, and all that can be wrong with one.

#include "test.h"

#include "base/memory.h"
#include "model/files/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A file of this header and n_data bytes 0, 1, 2, ...; the length field says length.
static unsigned char *make_file(const char *header, uint64_t length, size_t n_data,
                                size_t *n_file) {
  const size_t n_header = strlen(header);
  *n_file = 8 + n_header + n_data;
  unsigned char *const file = malloc(*n_file);
  assert_non_null(file);
  for (size_t i = 0; i < 8; i++)
    file[i] = (unsigned char)(length >> (8 * i));
  memcpy(file + 8, header, n_header);
  for (size_t i = 0; i < n_data; i++)
    file[8 + n_header + i] = (unsigned char)i;
  return file;
}

static void check_bad_length(const char *header, uint64_t length, size_t n_data, OnomaStatus status,
                             const char *message) {
  size_t n_file = 0;
  unsigned char *const file = make_file(header, length, n_data, &n_file);
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  assert_int_equal(onoma_weights_open_memory(&weights, "bad.safetensors", file, n_file, &error),
                   status);
  assert_null(weights);
  if (strncmp(error.text, "bad.safetensors: ", 17) || !strstr(error.text, message))
    fail_msg("\"%s\" does not say \"%s\"", error.text, message);
  free(file);
}

static void check_bad(const char *header, size_t n_data, const char *message) {
  check_bad_length(header, strlen(header), n_data, ONOMA_ERR_FORMAT, message);
}

#define TENSOR(name, dtype, shape, offsets)                                                        \
  "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void test_good(void **state) {
  (void)state;
  static const char header[] = "{\"__metadata__\":{\"format\":\"pt\",\"cases\":\"[1]\"}," TENSOR(
      "b", "U8", "[2,3]", "[4,10]") "," TENSOR("a", "F32", "[]", "[0,4]") "," TENSOR("empty", "F16",
                                                                                     "[0,5]",
                                                                                     "[4,4]") "}"
                                                                                              "   ";
  size_t n_file = 0;
  unsigned char *const file = make_file(header, strlen(header), 10, &n_file);
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  if (onoma_weights_open_memory(&weights, "x.safetensors", file, n_file, &error))
    fail_msg("%s", error.text);
  assert_int_equal(onoma_weights_n_tensors(weights), 3);
  assert_int_equal(onoma_weights_n_bytes(weights), 10);
  assert_string_equal(onoma_weights_metadata(weights, "cases"), "[1]");
  assert_null(onoma_weights_metadata(weights, "other"));
  assert_string_equal(onoma_weights_tensor(weights, 0)->name, "a");

  const OnomaTensor *const b = onoma_weights_find(weights, "b");
  assert_non_null(b);
  assert_int_equal(b->rank, 2);
  assert_int_equal(b->n_items, 6);
  assert_ptr_equal(b->data, file + n_file - 6);
  float values[6];
  onoma_tensor_to_float(b, 1, 5, values);
  assert_true(values[0] == 5 && values[4] == 9);
  assert_int_equal(onoma_weights_find(weights, "empty")->n_items, 0);
  assert_null(onoma_weights_find(weights, "c"));
  onoma_weights_close(&weights);
  assert_null(weights);
  free(file);
}

static void test_bad_header(void **state) {
  (void)state;
  check_bad_length("{}", 100000001, 0, ONOMA_ERR_FORMAT, "over the format's limit");
  check_bad_length("{}", UINT64_MAX, 0, ONOMA_ERR_FORMAT, "over the format's limit");
  check_bad_length("{}", 3, 0, ONOMA_ERR_FORMAT, "longer than the file");
  check_bad_length("{}", 1, 0, ONOMA_ERR_FORMAT, "ends too early");
  check_bad_length("{}", 0, 0, ONOMA_ERR_FORMAT, "must begin with {");
  check_bad(" {}", 0, "must begin with {");
  check_bad("[]", 0, "must begin with {");
  check_bad("{\"a\"", 0, "ends too early");
  check_bad("{}x", 0, "behind");
  check_bad("{\"a\":\"\xff\"}", 0, "UTF-8");
  check_bad("{\"a\":5}", 0, "not an object");
  check_bad("{\"__metadata__\":{\"a\":5}}", 0, "not a string");
  check_bad("{\"__metadata__\":[]}", 0, "__metadata__");
  check_bad("{" TENSOR("a", "U8", "[1]", "[0,1]") "," TENSOR("a", "U8", "[1]", "[1,2]") "}", 2,
            "key \"a\" occurs twice");

  OnomaWeights *weights = NULL;
  OnomaError error;
  for (size_t n = 0; n < 8; n++)
    assert_int_equal(
        onoma_weights_open_memory(&weights, "x.safetensors", "\2\0\0\0\0\0\0\0", n, &error),
        ONOMA_ERR_FORMAT);
}

static void test_bad_tensor(void **state) {
  (void)state;
  check_bad("{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "\"a\": dtype");
  check_bad_length("{" TENSOR("a", "F8_E4M3", "[1]", "[0,1]") "}",
                   strlen("{" TENSOR("a", "F8_E4M3", "[1]", "[0,1]") "}"), 1, ONOMA_ERR_UNSUPPORTED,
                   "dtype \"F8_E4M3\"");
  check_bad("{" TENSOR("a", "U8", "3", "[0,3]") "}", 3, "\"a\": shape");
  check_bad("{" TENSOR("a", "U8", "[-1]", "[0,3]") "}", 3, "\"a\": shape");
  check_bad("{" TENSOR("a", "U8", "[3.0]", "[0,3]") "}", 3, "\"a\": shape");
  check_bad("{" TENSOR("a", "U8", "[99999999999999999999]", "[0,3]") "}", 3, "\"a\": shape");
  check_bad("{" TENSOR("a", "U8", "[4294967296,4294967296]", "[0,0]") "}", 0, "overflows");
  check_bad("{" TENSOR("a", "F32", "[4611686018427387904]", "[0,0]") "}", 0, "overflows");
  check_bad("{" TENSOR("a", "U8", "[3]", "[0,4]") "}", 4, "do not agree");
  check_bad("{" TENSOR("a", "U16", "[3]", "[0,3]") "}", 3, "do not agree");
  check_bad("{" TENSOR("a", "U8", "[3]", "[0,3,3]") "}", 3, "two sizes");
  check_bad("{" TENSOR("a", "U8", "[3]", "[-3,0]") "}", 3, "two sizes");
  check_bad("{" TENSOR("a", "U8", "[3]", "[3,0]") "}", 3, "end before");
  check_bad("{" TENSOR("a", "U8", "[3]", "[0,3]") "}", 2, "beyond the file's end");
  check_bad("{" TENSOR("a", "U8", "[3]", "[18446744073709551613,18446744073709551614]") "}", 2,
            "beyond the file's end");
}

static void test_bad_layout(void **state) {
  (void)state;
  check_bad("{" TENSOR("a", "U8", "[3]", "[0,3]") "," TENSOR("b", "U8", "[3]", "[2,5]") "}", 5,
            "\"b\": data_offsets overlap");
  check_bad("{" TENSOR("a", "U8", "[3]", "[0,3]") "," TENSOR("b", "U8", "[3]", "[0,3]") "}", 3,
            "overlap");
  check_bad("{" TENSOR("a", "U8", "[3]", "[0,3]") "," TENSOR("b", "U8", "[3]", "[4,7]") "}", 7,
            "\"b\": unused bytes in front");
  check_bad("{" TENSOR("a", "U8", "[3]", "[0,3]") "}", 4, "unused bytes at the end");
  check_bad("{}", 1, "unused bytes at the end");
}

// Every truncation of a good file fails, and reads nothing behind its end.
static void test_truncated(void **state) {
  (void)state;
  static const char header[] = "{" TENSOR("a", "F32", "[2]", "[0,8]") "}";
  size_t n_file = 0;
  unsigned char *const file = make_file(header, strlen(header), 8, &n_file);
  for (size_t n = 0; n < n_file; n++) {
    unsigned char *const cut = malloc(n ? n : 1);
    assert_non_null(cut);
    memcpy(cut, file, n);
    OnomaWeights *weights = NULL;
    OnomaError error;
    assert_int_equal(onoma_weights_open_memory(&weights, "x.safetensors", cut, n, &error),
                     ONOMA_ERR_FORMAT);
    free(cut);
  }
  free(file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good),       cmocka_unit_test(test_bad_header),
      cmocka_unit_test(test_bad_tensor), cmocka_unit_test(test_bad_layout),
      cmocka_unit_test(test_truncated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
