// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Tensors of files: their types, their shapes, and their items as float.

#include "base/memory.h"
#include "weights_impl.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  size_t size;
} dtypes[ONOMA_N_DTYPES] = {
    [ONOMA_DTYPE_F32] = {"F32", 4},   [ONOMA_DTYPE_F16] = {"F16", 2},
    [ONOMA_DTYPE_BF16] = {"BF16", 2}, [ONOMA_DTYPE_F64] = {"F64", 8},
    [ONOMA_DTYPE_I8] = {"I8", 1},     [ONOMA_DTYPE_U8] = {"U8", 1},
    [ONOMA_DTYPE_BOOL] = {"BOOL", 1}, [ONOMA_DTYPE_I16] = {"I16", 2},
    [ONOMA_DTYPE_U16] = {"U16", 2},   [ONOMA_DTYPE_I32] = {"I32", 4},
    [ONOMA_DTYPE_U32] = {"U32", 4},   [ONOMA_DTYPE_I64] = {"I64", 8},
    [ONOMA_DTYPE_U64] = {"U64", 8},
};

const char *onoma_dtype_name(OnomaDtype dtype) {
  return dtypes[dtype].name;
}

size_t onoma_dtype_size(OnomaDtype dtype) {
  return dtypes[dtype].size;
}

bool onoma_shape_n_items(size_t rank, const size_t *shape, size_t *n_items) {
  *n_items = 1;
  for (size_t i = 0; i < rank; i++) {
    if (!onoma_mul_size(*n_items, shape[i], n_items))
      return false;
  }
  return true;
}

void onoma_shape_print(size_t rank, const size_t *shape, size_t n_text, char *text) {
  size_t at = 0;
  for (size_t i = 0; i < rank && at < n_text; i++)
    at += (size_t)snprintf(text + at, n_text - at, "%s%zu", i ? ", " : "[", shape[i]);
  if (at < n_text)
    (void)snprintf(text + at, n_text - at, rank ? "]" : "[]");
}

// Items of a file are little-endian and unaligned: they are put together from bytes, which
// compilers turn into plain loads where they can.

static uint16_t load16(const unsigned char *data) {
  return (uint16_t)(data[0] | data[1] << 8);
}

static uint32_t load32(const unsigned char *data) {
  return (uint32_t)load16(data) | (uint32_t)load16(data + 2) << 16;
}

static uint64_t load64(const unsigned char *data) {
  return (uint64_t)load32(data) | (uint64_t)load32(data + 4) << 32;
}

static float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

static double double_of_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

// Never computes with a subnormal float, as the thread may flush those to zero.
static float float_of_half(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t magnitude = half & 0x7FFF;
  const uint32_t normal = (magnitude << 13) + (112U << 23); // exponent bias 15 to 127
  const uint32_t special = (magnitude << 13) | 0x7F800000;  // infinity and NaN

  const float subnormal_value = (float)magnitude * 0x1p-24F;
  uint32_t subnormal;
  memcpy(&subnormal, &subnormal_value, sizeof(subnormal));

  const uint32_t bits = magnitude < 0x400 ? subnormal : magnitude < 0x7C00 ? normal : special;
  return float_of_bits(sign | bits);
}

void onoma_tensor_to_float(const OnomaTensor *tensor, size_t first, size_t n, float *out) {
  const unsigned char *const in = tensor->data + first * onoma_dtype_size(tensor->dtype);
#define CONVERT(value)                                                                             \
  do {                                                                                             \
    for (size_t i = 0; i < n; i++)                                                                 \
      out[i] = (float)(value);                                                                     \
  } while (0)
  switch (tensor->dtype) {
  case ONOMA_DTYPE_F32:
    CONVERT(float_of_bits(load32(in + 4 * i)));
    break;
  case ONOMA_DTYPE_F16:
    CONVERT(float_of_half(load16(in + 2 * i)));
    break;
  case ONOMA_DTYPE_BF16:
    CONVERT(float_of_bits((uint32_t)load16(in + 2 * i) << 16));
    break;
  case ONOMA_DTYPE_F64:
    CONVERT(double_of_bits(load64(in + 8 * i)));
    break;
  case ONOMA_DTYPE_I8:
    CONVERT((int8_t)in[i]);
    break;
  case ONOMA_DTYPE_U8:
    CONVERT(in[i]);
    break;
  case ONOMA_DTYPE_BOOL:
    CONVERT(in[i] != 0);
    break;
  case ONOMA_DTYPE_I16:
    CONVERT((int16_t)load16(in + 2 * i));
    break;
  case ONOMA_DTYPE_U16:
    CONVERT(load16(in + 2 * i));
    break;
  case ONOMA_DTYPE_I32:
    CONVERT((int32_t)load32(in + 4 * i));
    break;
  case ONOMA_DTYPE_U32:
    CONVERT(load32(in + 4 * i));
    break;
  case ONOMA_DTYPE_I64:
    CONVERT((int64_t)load64(in + 8 * i));
    break;
  case ONOMA_DTYPE_U64:
    CONVERT(load64(in + 8 * i));
    break;
  }
#undef CONVERT
}
