// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the readers of weight files fill in. For model/files/ alone.

#ifndef ONOMA_MODEL_WEIGHTS_IMPL_H
#define ONOMA_MODEL_WEIGHTS_IMPL_H

#include "base/filemap.h"
#include "weights.h"

typedef struct {
  char *key; // owned, and the value
  char *value;
} OnomaMetadata;

// A file of weights: a shard, or the only one.
typedef struct {
  char *path; // owned
  OnomaFileMap map;
  bool borrowed; // the map's bytes are the caller's
} OnomaWeightFile;

struct OnomaWeights {
  char *path;             // owned
  OnomaWeightFile *files; // owned, and what is in them
  size_t n_files;
  OnomaTensor *tensors; // owned, and their names; sorted by name once all files are read
  size_t n_tensors, tensor_capacity;
  OnomaMetadata *metadata; // owned
  size_t n_metadata;
  void **blocks; // owned: data of tensors that can't be used where they are in the file
  size_t n_blocks;
};

// Where a reader is: what it reads, and where its tensors go.
typedef struct {
  OnomaWeights *weights;
  const OnomaWeightFile *file;
  OnomaError *error;
} OnomaWeightReader;

// Adds a tensor: name is copied, n_items is computed and checked, path is set. [control]
OnomaStatus onoma_weights_add(const OnomaWeightReader *reader, const OnomaTensor *tensor);

// Adds a pair of strings, which are copied. [control]
OnomaStatus onoma_weights_add_metadata(const OnomaWeightReader *reader, const char *key,
                                       const char *value);

// Memory of n bytes that lives as long as the weights; NULL if there is none. [control]
void *onoma_weights_add_block(const OnomaWeightReader *reader, size_t n);

// Product of the shape; false if it overflows. [any]
bool onoma_shape_n_items(size_t rank, const size_t *shape, size_t *n_items);

// Prints a shape, "[2, 3]". [any]
void onoma_shape_print(size_t rank, const size_t *shape, size_t n_text, char *text);

// Maps path and reads its tensors into weights, adding a file. [control]
OnomaStatus onoma_weights_read_file(OnomaWeights *weights, const char *path, OnomaError *error);

// Sorts the tensors by name, and fails if a name occurs twice. [control]
OnomaStatus onoma_weights_sort(OnomaWeights *weights, OnomaError *error);

// Reads all shards that an index names. [control]
OnomaStatus onoma_shards_read(OnomaWeights *weights, const char *index_path, OnomaError *error);

#endif
