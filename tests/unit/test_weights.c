// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Weights: conversion of all types, reading with shapes and scales, folders, and shards.

#include "test.h"

#include "base/memory.h"
#include "model/files/weights.h"
#include "scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Scratch scratch;

static void assert_contains(const char *text, const char *part) {
  if (!strstr(text, part))
    fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static float convert(OnomaDtype dtype, const void *data) {
  // At an odd address, as files are not aligned.
  unsigned char bytes[9];
  memcpy(bytes + 1, data, onoma_dtype_size(dtype));
  const OnomaTensor tensor = {.dtype = dtype, .n_items = 1, .data = bytes + 1};
  float value = 0;
  onoma_tensor_to_float(&tensor, 0, 1, &value);
  return value;
}

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// Every F16 against its definition: sign, exponent of bias 15, mantissa of 10 bits.
static void test_f16(void **state) {
  (void)state;
  for (uint32_t half = 0; half <= 0xFFFF; half++) {
    const uint16_t bits = (uint16_t)half;
    const float value = convert(ONOMA_DTYPE_F16, &bits);
    const int exponent = (int)(half >> 10 & 31);
    const double mantissa = (double)(half & 1023);
    const double magnitude =
        exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24);
    if (exponent < 31)
      assert_true(fabsf(value) == magnitude);
    else
      assert_true(mantissa != 0 ? isnan(value) : isinf(value));
    assert_int_equal(signbit(value) != 0, half >> 15);
  }
}

// BF16 is the upper half of F32, subnormals and NaN included.
static void test_bf16(void **state) {
  (void)state;
  for (uint32_t i = 0; i <= 0xFFFF; i++) {
    const uint16_t bits = (uint16_t)i;
    assert_int_equal(bits_of(convert(ONOMA_DTYPE_BF16, &bits)), i << 16);
  }
}

static void test_other_types(void **state) {
  (void)state;
  const double pi = 3.141592653589793;
  assert_true(convert(ONOMA_DTYPE_F64, &pi) == 3.14159274F);
  assert_true(convert(ONOMA_DTYPE_F32, &(const float){-0x1p-149F}) == -0x1p-149F);
  assert_true(convert(ONOMA_DTYPE_I8, &(const int8_t){-128}) == -128);
  assert_true(convert(ONOMA_DTYPE_U8, &(const uint8_t){255}) == 255);
  assert_true(convert(ONOMA_DTYPE_BOOL, &(const uint8_t){1}) == 1);
  assert_true(convert(ONOMA_DTYPE_I16, &(const int16_t){-32768}) == -32768);
  assert_true(convert(ONOMA_DTYPE_U16, &(const uint16_t){65535}) == 65535);
  assert_true(convert(ONOMA_DTYPE_I32, &(const int32_t){-5}) == -5);
  assert_true(convert(ONOMA_DTYPE_U32, &(const uint32_t){UINT32_MAX}) == 0x1p32F);
  assert_true(convert(ONOMA_DTYPE_I64, &(const int64_t){INT64_MIN}) == -0x1p63F);
  assert_true(convert(ONOMA_DTYPE_U64, &(const uint64_t){UINT64_MAX}) == 0x1p64F);
}

// Writes a safetensors file.
static const char *write_file(const char *name, const char *header, const void *data,
                              size_t n_data) {
  unsigned char file[1024];
  const size_t n_header = strlen(header);
  assert_true(8 + n_header + n_data <= sizeof(file));
  for (size_t i = 0; i < 8; i++)
    file[i] = (unsigned char)((uint64_t)n_header >> (8 * i));
  memcpy(file + 8, header, n_header);
  memcpy(file + 8 + n_header, data, n_data);
  return scratch_write(&scratch, name, file, 8 + n_header + n_data);
}

static void test_read(void **state) {
  (void)state;
  static const struct {
    int8_t q[6];
    unsigned char pad[2];
    float scale[2];
    float matrix[4];
  } data = {{1, -2, 3, 4, -5, 127}, {0, 0}, {0.5F, 2}, {1, 2, 3, 4}};
  const char *const path =
      write_file("model.safetensors",
                 "{\"q\":{\"dtype\":\"I8\",\"shape\":[2,3],\"data_offsets\":[0,6]},"
                 "\"pad\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[6,8]},"
                 "\"q.scale\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
                 "\"m\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[16,32]}}",
                 &data, sizeof(data));
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  if (onoma_weights_open(&weights, scratch.folder, &error))
    fail_msg("%s", error.text);
  assert_string_equal(onoma_weights_path(weights), scratch.folder);

  float *values = NULL;
  assert_int_equal(onoma_weights_read(weights, "q", 2, (const size_t[]){2, 3}, &values, &error),
                   ONOMA_OK);
  static const float expected[] = {0.5F, -1, 1.5F, 8, -10, 254};
  assert_memory_equal(values, expected, sizeof(expected));
  onoma_free(values);
  const OnomaTensor *tensor = NULL;
  assert_int_equal(onoma_weights_read_any(weights, "m", &tensor, &values, &error), ONOMA_OK);
  assert_int_equal(tensor->rank, 2);
  assert_memory_equal(values, data.matrix, sizeof(data.matrix));
  onoma_free(values);

  assert_int_equal(onoma_weights_read(weights, "m", 2, (const size_t[]){2, 3}, &values, &error),
                   ONOMA_ERR_FORMAT);
  assert_null(values);
  assert_contains(error.text, path);
  assert_contains(error.text, "tensor \"m\" has the shape [2, 2] instead of [2, 3]");
  assert_int_equal(onoma_weights_read(weights, "m", 1, (const size_t[]){4}, &values, &error),
                   ONOMA_ERR_FORMAT);
  assert_int_equal(onoma_weights_read(weights, "n", 1, (const size_t[]){4}, &values, &error),
                   ONOMA_ERR_FORMAT);
  assert_contains(error.text, "tensor \"n\" is missing");
  assert_int_equal(onoma_weights_read(weights, "pad", 1, (const size_t[]){2}, &values, &error),
                   ONOMA_ERR_FORMAT);
  assert_contains(error.text, "tensor \"pad.scale\" is missing");
  onoma_weights_close(&weights);
}

static void test_no_weights(void **state) {
  (void)state;
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  assert_int_equal(onoma_weights_open(&weights, scratch.folder, &error), ONOMA_ERR_NOT_FOUND);
  assert_contains(error.text, scratch.folder);
  assert_null(weights);
  assert_int_equal(onoma_weights_open_file(&weights, "/nonexistent/x.safetensors", &error),
                   ONOMA_ERR_NOT_FOUND);
  const char *const path = scratch_write(&scratch, "weights.txt", "x", 1);
  assert_int_equal(onoma_weights_open_file(&weights, path, &error), ONOMA_ERR_UNSUPPORTED);
}

#define ONE_TENSOR(name) "{\"" name "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}"

static OnomaStatus open_shards(const char *map, OnomaWeights **weights, OnomaError *error) {
  char index[512];
  snprintf(index, sizeof(index), "{\"metadata\": {\"total_size\": 2}, \"weight_map\": %s}", map);
  assert_non_null(scratch_write(&scratch, "model.safetensors.index.json", index, strlen(index)));
  return onoma_weights_open(weights, scratch.folder, error);
}

static void test_shards(void **state) {
  (void)state;
  assert_non_null(write_file("one.safetensors", ONE_TENSOR("a"), "\1", 1));
  assert_non_null(write_file("two.safetensors", ONE_TENSOR("b"), "\2", 1));
  assert_non_null(write_file("again.safetensors", ONE_TENSOR("a"), "\3", 1));
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  if (open_shards("{\"b\": \"two.safetensors\", \"a\": \"one.safetensors\"}", &weights, &error))
    fail_msg("%s", error.text);
  assert_int_equal(onoma_weights_n_tensors(weights), 2);
  assert_int_equal(onoma_weights_find(weights, "a")->data[0], 1);
  assert_int_equal(onoma_weights_find(weights, "b")->data[0], 2);
  onoma_weights_close(&weights);

  static const struct {
    const char *map, *message;
  } cases[] = {
      {"{\"a\": \"../one.safetensors\"}", "not a file beside"},
      {"{\"a\": \"/etc/passwd\"}", "not a file beside"},
      {"{\"a\": \"..\"}", "not a file beside"},
      {"{\"a\": \"\"}", "not a file beside"},
      {"{\"a\": 5}", "weight_map.a: not a string"},
      {"{\"a\": \"two.safetensors\"}", "no such tensor in two.safetensors"},
      {"{\"c\": \"one.safetensors\"}", "no such tensor in one.safetensors"},
      {"{\"a\": \"three.safetensors\"}", "three.safetensors"},
      {"{\"a\": \"one.safetensors\", \"b\": \"again.safetensors\"}", "tensor \"a\" occurs twice"},
      {"{\"a\": \"model.safetensors.index.json\"}", "not the name of a file of weights"},
      {"[]", "weight_map"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    assert_int_not_equal(open_shards(cases[i].map, &weights, &error), ONOMA_OK);
    assert_null(weights);
    assert_contains(error.text, cases[i].message);
  }
}

// A tensor in a shard that the index does not name.
static void test_shard_with_more(void **state) {
  (void)state;
  assert_non_null(write_file("one.safetensors",
                             "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                             "\"z\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
                             "\1\2", 2));
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  assert_int_equal(open_shards("{\"a\": \"one.safetensors\"}", &weights, &error), ONOMA_ERR_FORMAT);
  assert_contains(error.text, "tensor \"z\" is not in the index");
}

// The same VAE stored in F32, F16 and BF16: rounding apart, the same numbers.
static void test_golden_variants(void **state) {
  (void)state;
  OnomaWeights *exact = NULL;
  OnomaError error = {0};
  if (onoma_weights_open(&exact, ONOMA_TEST_DATA "/golden/dev/audioldm-tiny/vae", &error))
    fail_msg("%s", error.text);
  OnomaWeights *rounded = NULL;
  if (onoma_weights_open_file(
          &rounded, ONOMA_TEST_DATA "/golden/dev/vae-variants/vae.bf16.safetensors", &error))
    fail_msg("%s", error.text);
  assert_int_equal(onoma_weights_n_tensors(exact), onoma_weights_n_tensors(rounded));
  for (size_t i = 0; i < onoma_weights_n_tensors(exact); i++) {
    const char *const name = onoma_weights_tensor(exact, i)->name;
    const OnomaTensor *tensor = NULL;
    float *a = NULL;
    float *b = NULL;
    assert_int_equal(onoma_weights_read_any(exact, name, &tensor, &a, &error), ONOMA_OK);
    assert_int_equal(onoma_weights_read(rounded, name, tensor->rank, tensor->shape, &b, &error),
                     ONOMA_OK);
    for (size_t j = 0; j < tensor->n_items; j++)
      assert_true(fabsf(a[j] - b[j]) <= fabsf(a[j]) * 0x1p-8F);
    onoma_free(a);
    onoma_free(b);
  }
  onoma_weights_close(&exact);
  onoma_weights_close(&rounded);
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
      cmocka_unit_test(test_f16),
      cmocka_unit_test(test_bf16),
      cmocka_unit_test(test_other_types),
      cmocka_unit_test_setup_teardown(test_read, open_scratch, close_scratch),
      cmocka_unit_test_setup_teardown(test_no_weights, open_scratch, close_scratch),
      cmocka_unit_test_setup_teardown(test_shards, open_scratch, close_scratch),
      cmocka_unit_test_setup_teardown(test_shard_with_more, open_scratch, close_scratch),
      cmocka_unit_test(test_golden_variants),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
