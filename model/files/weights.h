// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The weights of one part of a model.
//
// A part's weights are one file or several shards, in the safetensors format or, failing that, in
// PyTorch's zip archives. Files are mapped: tensors point into the mapping and live as long as the
// weights. Once open, weights are read only, and any thread may use them.

#ifndef ONOMA_MODEL_WEIGHTS_H
#define ONOMA_MODEL_WEIGHTS_H

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  ONOMA_DTYPE_F32,
  ONOMA_DTYPE_F16,
  ONOMA_DTYPE_BF16,
  ONOMA_DTYPE_F64,
  ONOMA_DTYPE_I8,
  ONOMA_DTYPE_U8,
  ONOMA_DTYPE_BOOL,
  ONOMA_DTYPE_I16,
  ONOMA_DTYPE_U16,
  ONOMA_DTYPE_I32,
  ONOMA_DTYPE_U32,
  ONOMA_DTYPE_I64,
  ONOMA_DTYPE_U64,
} OnomaDtype;

#define ONOMA_N_DTYPES 13

#define ONOMA_MAX_RANK 8

// A tensor in a file; little-endian, row-major, not necessarily aligned.
typedef struct {
  const char *name;
  const char *path; // of the file it is in, for messages
  OnomaDtype dtype;
  size_t rank;
  size_t shape[ONOMA_MAX_RANK];
  size_t n_items;
  const unsigned char *data;
} OnomaTensor;

typedef struct OnomaWeights OnomaWeights;

// The name of a type as safetensors spells it, such as "BF16", and the size of an item in bytes.
// [any]
const char *onoma_dtype_name(OnomaDtype dtype);
size_t onoma_dtype_size(OnomaDtype dtype);

// Opens the weights of the folder `folder`: the first that exists of `<stem>.safetensors`,
// `<stem>.safetensors.index.json`, `<stem>.bin` and `<stem>.bin.index.json`, tried in this order,
// each with the stems `model`, `diffusion_pytorch_model` and `pytorch_model`. Every offset, product
// and overlap is checked. The error names the file and the field. On failure *weights is NULL.
// [control]
OnomaStatus onoma_weights_open(OnomaWeights **weights, const char *folder, OnomaError *error);

// Opens one file, by its ending: `.safetensors`, `.bin` or `.pt`, or an index of shards,
// `.index.json`. [control]
OnomaStatus onoma_weights_open_file(OnomaWeights **weights, const char *path, OnomaError *error);

// Opens what would be the contents of a file of the name `name`, which is not an index of shards.
// The bytes are borrowed until the weights are closed. [control]
OnomaStatus onoma_weights_open_memory(OnomaWeights **weights, const char *name, const void *bytes,
                                      size_t n_bytes, OnomaError *error);

// Unmaps everything and clears the pointer. [control]
void onoma_weights_close(OnomaWeights **weights);

// The files' path, for messages: the folder or the file it was opened with. [any]
const char *onoma_weights_path(const OnomaWeights *weights);

// All tensors, sorted by name; and the value of a key in `__metadata__`, or NULL (the first
// shard's that has it). [any]
size_t onoma_weights_n_tensors(const OnomaWeights *weights);
const OnomaTensor *onoma_weights_tensor(const OnomaWeights *weights, size_t i);
const char *onoma_weights_metadata(const OnomaWeights *weights, const char *key);

// The tensor of that name, or NULL. [any]
const OnomaTensor *onoma_weights_find(const OnomaWeights *weights, const char *name);

// Reads a tensor as float, whatever its type. An I8 tensor [N,...] needs the companion
// `<name>.scale`, F32 [N], and stands for x[n,...] * scale[n]. The tensor must exist and have this
// shape, else the error names the file, the tensor, and both shapes. *values is owned by the
// caller, onoma_free(). [control]
OnomaStatus onoma_weights_read(const OnomaWeights *weights, const char *name, size_t rank,
                               const size_t *shape, float **values, OnomaError *error);

// onoma_weights_read() with any shape; *tensor (may be NULL) tells it. [control]
OnomaStatus onoma_weights_read_any(const OnomaWeights *weights, const char *name,
                                   const OnomaTensor **tensor, float **values, OnomaError *error);

// The rows of a matrix, read one at a time: of large tables of which a run needs little. They live
// as long as the weights.
typedef struct {
  const OnomaTensor *values; // [n_rows, n_columns]
  const OnomaTensor *scale;  // [n_rows] of I8 values, else NULL
} OnomaRows;

// Finds a matrix, under the conditions of onoma_weights_read(). [control]
OnomaStatus onoma_weights_rows(const OnomaWeights *weights, const char *name, size_t n_rows,
                               size_t n_columns, OnomaRows *rows, OnomaError *error);

// Reads a row as n_columns floats. [any]
void onoma_rows_read(const OnomaRows *rows, size_t row, float *out);

// Converts a tensor's items first to first + n - 1 to float, without scales. F16 and BF16 are
// exact, subnormals, infinities and NaN included, whatever the denormal mode of the thread; wider
// types are rounded to nearest. [any]
void onoma_tensor_to_float(const OnomaTensor *tensor, size_t first, size_t n, float *out);

// Bytes of all tensors, for `info`. [any]
uint64_t onoma_weights_n_bytes(const OnomaWeights *weights);

#endif
