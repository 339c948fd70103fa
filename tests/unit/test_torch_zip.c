// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Files that PyTorch wrote (tests/data/torch/make.py), and broken ones.

#include "test.h"

#include "base/filemap.h"
#include "base/memory.h"
#include "model/files/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER ONOMA_TEST_DATA "/torch"

static void check_ramp(const OnomaWeights *weights, const char *name, OnomaDtype dtype, size_t rank,
                       const size_t *shape, float start) {
  const OnomaTensor *const tensor = onoma_weights_find(weights, name);
  if (!tensor)
    fail_msg("%s is missing", name);
  assert_int_equal(tensor->dtype, dtype);
  assert_int_equal(tensor->rank, rank);
  if (rank)
    assert_memory_equal(tensor->shape, shape, rank * sizeof(*shape));
  for (size_t i = 0; i < tensor->n_items; i++) {
    float value = 0;
    onoma_tensor_to_float(tensor, i, 1, &value);
    if (value != start + (float)i)
      fail_msg("%s: item %zu", name, i);
  }
}

#define SHAPE(...)                                                                                 \
  sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), (const size_t[]) {                             \
    __VA_ARGS__                                                                                    \
  }

static void test_state(void **state) {
  (void)state;
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  if (onoma_weights_open_file(&weights, FOLDER "/state.bin", &error))
    fail_msg("%s", error.text);
  assert_int_equal(onoma_weights_n_tensors(weights), 19);
  check_ramp(weights, "linear.weight", ONOMA_DTYPE_F32, SHAPE(2, 3), -3);
  check_ramp(weights, "linear.bias", ONOMA_DTYPE_F32, SHAPE(2), -3);
  check_ramp(weights, "f16", ONOMA_DTYPE_F16, SHAPE(5), -3);
  check_ramp(weights, "bf16", ONOMA_DTYPE_BF16, SHAPE(5), -3);
  check_ramp(weights, "f64", ONOMA_DTYPE_F64, SHAPE(5), -3);
  check_ramp(weights, "i8", ONOMA_DTYPE_I8, SHAPE(5), -3);
  check_ramp(weights, "u8", ONOMA_DTYPE_U8, SHAPE(5), 0);
  check_ramp(weights, "i16", ONOMA_DTYPE_I16, SHAPE(5), -3);
  check_ramp(weights, "i32", ONOMA_DTYPE_I32, SHAPE(5), -3);
  check_ramp(weights, "i64", ONOMA_DTYPE_I64, SHAPE(5), -3);
  check_ramp(weights, "scalar", ONOMA_DTYPE_F32, 0, NULL, -3);
  check_ramp(weights, "empty", ONOMA_DTYPE_F32, SHAPE(0, 4), 0);
  check_ramp(weights, "parameter", ONOMA_DTYPE_F32, SHAPE(4), -3);
  check_ramp(weights, "transposed", ONOMA_DTYPE_F32, SHAPE(2, 3, 4), -3);
  check_ramp(weights, "channels_last", ONOMA_DTYPE_F32, SHAPE(2, 3, 2, 2), -3);
  check_ramp(weights, "slice", ONOMA_DTYPE_F32, SHAPE(2, 3), -3);
  check_ramp(weights, "tied", ONOMA_DTYPE_F32, SHAPE(2, 3), -3);
  check_ramp(weights, "every_third", ONOMA_DTYPE_F32, SHAPE(4), -3);
  const OnomaTensor *const flags = onoma_weights_find(weights, "bool");
  assert_int_equal(flags->dtype, ONOMA_DTYPE_BOOL);
  assert_memory_equal(flags->data, "\0\1\0\1\0", 5);
  onoma_weights_close(&weights);
}

static void test_shards(void **state) {
  (void)state;
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  if (onoma_weights_open(&weights, FOLDER "/shards", &error))
    fail_msg("%s", error.text);
  assert_int_equal(onoma_weights_n_tensors(weights), 3);
  check_ramp(weights, "a", ONOMA_DTYPE_F32, SHAPE(4), -3);
  check_ramp(weights, "b", ONOMA_DTYPE_F32, SHAPE(2, 2), -3);
  check_ramp(weights, "c", ONOMA_DTYPE_F32, SHAPE(3), -3);
  onoma_weights_close(&weights);
}

static void test_zip64(void **state) {
  (void)state;
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  if (onoma_weights_open_file(&weights, FOLDER "/zip64.bin", &error))
    fail_msg("%s", error.text);
  check_ramp(weights, "weight", ONOMA_DTYPE_F32, SHAPE(4), -3);
  onoma_weights_close(&weights);
}

static void test_bad_files(void **state) {
  (void)state;
  static const struct {
    const char *name, *message;
  } cases[] = {
      {"bad_system.bin", "the pickle asks for \"posix.system\""},
      {"bad_nested.bin", "\"model\" is not a tensor"},
      {"bad_number.bin", "\"step\" is not a tensor"},
      {"bad_list.bin", "not of a dict"},
      {"bad_expanded.bin", "\"weight\": its strides repeat its storage"},
      {"bad_legacy.bin", "not a zip archive"},
      {"bad_rank.bin", "too many dimensions"},
      {"bad_compressed.bin", "\"one/data/0\" is compressed"},
      {"bad_storage_missing.bin", "\"weight\": its storage is missing"},
      {"bad_storage_short.bin", "\"weight\": its storage has another size"},
      {"bad_no_pickle.bin", "without data.pkl"},
      {"bad_beyond.bin", "\"weight\": it lies beyond its storage"},
      {"bad_big_endian.bin", "not little-endian"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    char path[512];
    snprintf(path, sizeof(path), FOLDER "/%s", cases[i].name);
    OnomaWeights *weights = NULL;
    OnomaError error = {0};
    assert_int_not_equal(onoma_weights_open_file(&weights, path, &error), ONOMA_OK);
    assert_null(weights);
    if (!strstr(error.text, cases[i].name) || !strstr(error.text, cases[i].message))
      fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].message);
  }
}

// Opens a changed copy, and reads every tensor if that works.
static OnomaStatus open_copy(const unsigned char *bytes, size_t n) {
  unsigned char *const copy = malloc(n ? n : 1);
  assert_non_null(copy);
  memcpy(copy, bytes, n);
  OnomaWeights *weights = NULL;
  OnomaError error;
  const OnomaStatus status = onoma_weights_open_memory(&weights, "x.bin", copy, n, &error);
  for (size_t i = 0; !status && i < onoma_weights_n_tensors(weights); i++) {
    float *values = NULL;
    (void)onoma_weights_read_any(weights, onoma_weights_tensor(weights, i)->name, NULL, &values,
                                 &error);
    onoma_free(values);
  }
  onoma_weights_close(&weights);
  free(copy);
  return status;
}

// Every truncation fails. Every flipped byte either fails or leaves something that can be read.
static void test_damaged(void **state) {
  (void)state;
  OnomaFileMap map;
  OnomaError error;
  assert_int_equal(onoma_filemap_open(&map, FOLDER "/zip64.bin", &error), ONOMA_OK);
  for (size_t n = 0; n < map.size; n++)
    assert_int_not_equal(open_copy(map.data, n), ONOMA_OK);
  unsigned char *const changed = malloc(map.size);
  assert_non_null(changed);
  size_t n_refused = 0;
  for (size_t i = 0; i < map.size; i++) {
    memcpy(changed, map.data, map.size);
    changed[i] ^= 0xFF;
    n_refused += open_copy(changed, map.size) != ONOMA_OK;
  }
  assert_in_range(n_refused, map.size / 2, map.size);
  free(changed);
  onoma_filemap_close(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_state),   cmocka_unit_test(test_shards),
      cmocka_unit_test(test_zip64),   cmocka_unit_test(test_bad_files),
      cmocka_unit_test(test_damaged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
