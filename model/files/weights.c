// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The weights of one part of a model.

#include "base/error.h"
#include "base/memory.h"
#include "safetensors.h"
#include "torch_zip.h"
#include "weights_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool ends_with(const char *text, const char *end) {
  const size_t n_text = strlen(text);
  const size_t n_end = strlen(end);
  return n_text >= n_end && !strcmp(text + n_text - n_end, end);
}

void *onoma_weights_add_block(const OnomaWeightReader *reader, size_t n) {
  OnomaWeights *const weights = reader->weights;
  void **const blocks = realloc(weights->blocks, (weights->n_blocks + 1) * sizeof(*blocks));
  if (!blocks)
    return NULL;
  weights->blocks = blocks;
  void *const block = onoma_alloc(n, 1);
  if (block)
    blocks[weights->n_blocks++] = block;
  return block;
}

OnomaStatus onoma_weights_add(const OnomaWeightReader *reader, const OnomaTensor *tensor) {
  OnomaWeights *const weights = reader->weights;
  size_t n_bytes = 0;
  size_t n_items = 0;
  if (!onoma_shape_n_items(tensor->rank, tensor->shape, &n_items) ||
      !onoma_mul_size(n_items, onoma_dtype_size(tensor->dtype), &n_bytes))
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: tensor \"%.200s\": its size overflows",
                      reader->file->path, tensor->name);
  if (weights->n_tensors == weights->tensor_capacity) {
    const size_t capacity = weights->tensor_capacity ? 2 * weights->tensor_capacity : 64;
    OnomaTensor *const grown = realloc(weights->tensors, capacity * sizeof(*grown));
    if (!grown)
      return onoma_fail_memory(reader->error);
    weights->tensors = grown;
    weights->tensor_capacity = capacity;
  }
  char *const name = strdup(tensor->name);
  if (!name)
    return onoma_fail_memory(reader->error);
  OnomaTensor *const added = &weights->tensors[weights->n_tensors++];
  *added = *tensor;
  added->name = name;
  added->path = reader->file->path;
  added->n_items = n_items;
  return ONOMA_OK;
}

OnomaStatus onoma_weights_add_metadata(const OnomaWeightReader *reader, const char *key,
                                       const char *value) {
  OnomaWeights *const weights = reader->weights;
  OnomaMetadata *const grown =
      realloc(weights->metadata, (weights->n_metadata + 1) * sizeof(*grown));
  if (!grown)
    return onoma_fail_memory(reader->error);
  weights->metadata = grown;
  OnomaMetadata *const added = &grown[weights->n_metadata++];
  added->key = strdup(key);
  added->value = strdup(value);
  return added->key && added->value ? ONOMA_OK : onoma_fail_memory(reader->error);
}

// Adds a file without contents.
static OnomaStatus add_file(OnomaWeights *weights, const char *path, OnomaError *error) {
  OnomaWeightFile *const files = realloc(weights->files, (weights->n_files + 1) * sizeof(*files));
  if (!files)
    return onoma_fail_memory(error);
  weights->files = files;
  char *const copy = strdup(path);
  if (!copy)
    return onoma_fail_memory(error);
  files[weights->n_files++] = (OnomaWeightFile){.path = copy};
  return ONOMA_OK;
}

static OnomaStatus read_last_file(OnomaWeights *weights, OnomaError *error) {
  const OnomaWeightReader reader = {
      .weights = weights, .file = &weights->files[weights->n_files - 1], .error = error};
  const char *const path = reader.file->path;
  if (ends_with(path, ".safetensors"))
    return onoma_safetensors_read(&reader);
  if (ends_with(path, ".bin") || ends_with(path, ".pt"))
    return onoma_torch_zip_read(&reader);
  return onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "%s: not the name of a file of weights", path);
}

OnomaStatus onoma_weights_read_file(OnomaWeights *weights, const char *path, OnomaError *error) {
  OnomaStatus status = add_file(weights, path, error);
  if (!status)
    status = onoma_filemap_open(&weights->files[weights->n_files - 1].map, path, error);
  return status ? status : read_last_file(weights, error);
}

static int compare_tensors(const void *a, const void *b) {
  return strcmp(((const OnomaTensor *)a)->name, ((const OnomaTensor *)b)->name);
}

OnomaStatus onoma_weights_sort(OnomaWeights *weights, OnomaError *error) {
  if (!weights->n_tensors)
    return ONOMA_OK;
  qsort(weights->tensors, weights->n_tensors, sizeof(OnomaTensor), compare_tensors);
  for (size_t i = 1; i < weights->n_tensors; i++) {
    const OnomaTensor *const tensor = &weights->tensors[i];
    if (!strcmp(tensor->name, tensor[-1].name))
      return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: tensor \"%.200s\" occurs twice", tensor->path,
                        tensor->name);
  }
  return ONOMA_OK;
}

static OnomaStatus new_weights(OnomaWeights **weights, const char *path, OnomaError *error) {
  *weights = calloc(1, sizeof(**weights));
  if (*weights)
    (*weights)->path = strdup(path);
  if (*weights && (*weights)->path)
    return ONOMA_OK;
  onoma_weights_close(weights);
  return onoma_fail_memory(error);
}

// Sorts what was read, or closes everything if reading failed with status.
static OnomaStatus finish(OnomaWeights **weights, OnomaStatus status, OnomaError *error) {
  if (!status)
    status = onoma_weights_sort(*weights, error);
  if (status)
    onoma_weights_close(weights);
  return status;
}

static OnomaStatus read_any(OnomaWeights *weights, const char *path, OnomaError *error) {
  return ends_with(path, ".index.json") ? onoma_shards_read(weights, path, error)
                                        : onoma_weights_read_file(weights, path, error);
}

OnomaStatus onoma_weights_open_file(OnomaWeights **weights, const char *path, OnomaError *error) {
  const OnomaStatus status = new_weights(weights, path, error);
  return status ? status : finish(weights, read_any(*weights, path, error), error);
}

OnomaStatus onoma_weights_open_memory(OnomaWeights **weights, const char *name, const void *bytes,
                                      size_t n_bytes, OnomaError *error) {
  OnomaStatus status = new_weights(weights, name, error);
  if (status)
    return status;
  status = add_file(*weights, name, error);
  if (!status) {
    OnomaWeightFile *const file = &(*weights)->files[0];
    file->map = (OnomaFileMap){.data = bytes, .size = n_bytes};
    file->borrowed = true;
    status = read_last_file(*weights, error);
  }
  return finish(weights, status, error);
}

// The path of the first file of weights that the folder has, to be freed by the caller.
static OnomaStatus find_file(const char *folder, char **path, OnomaError *error) {
  static const char *const endings[] = {".safetensors", ".safetensors.index.json", ".bin",
                                        ".bin.index.json"};
  static const char *const stems[] = {"model", "diffusion_pytorch_model", "pytorch_model"};
  const size_t n_path = strlen(folder) + 64;
  *path = malloc(n_path);
  if (!*path)
    return onoma_fail_memory(error);
  for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
    for (size_t j = 0; j < sizeof(stems) / sizeof(stems[0]); j++) {
      (void)snprintf(*path, n_path, "%s/%s%s", folder, stems[j], endings[i]);
      if (!access(*path, F_OK))
        return ONOMA_OK;
    }
  }
  free(*path);
  return onoma_fail(error, ONOMA_ERR_NOT_FOUND,
                    "%s: no weights (model.safetensors, diffusion_pytorch_model.safetensors, "
                    "pytorch_model.bin or the like)",
                    folder);
}

OnomaStatus onoma_weights_open(OnomaWeights **weights, const char *folder, OnomaError *error) {
  *weights = NULL;
  char *path = NULL;
  OnomaStatus status = find_file(folder, &path, error);
  if (status)
    return status;
  status = new_weights(weights, folder, error);
  if (!status)
    status = finish(weights, read_any(*weights, path, error), error);
  free(path);
  return status;
}

void onoma_weights_close(OnomaWeights **weights) {
  OnomaWeights *const w = *weights;
  if (!w)
    return;
  for (size_t i = 0; i < w->n_tensors; i++)
    free((char *)w->tensors[i].name);
  for (size_t i = 0; i < w->n_metadata; i++) {
    free(w->metadata[i].key);
    free(w->metadata[i].value);
  }
  for (size_t i = 0; i < w->n_blocks; i++)
    onoma_free(w->blocks[i]);
  for (size_t i = 0; i < w->n_files; i++) {
    if (!w->files[i].borrowed)
      onoma_filemap_close(&w->files[i].map);
    free(w->files[i].path);
  }
  free(w->tensors);
  free(w->metadata);
  free(w->blocks);
  free(w->files);
  free(w->path);
  free(w);
  *weights = NULL;
}

const char *onoma_weights_path(const OnomaWeights *weights) {
  return weights->path;
}

size_t onoma_weights_n_tensors(const OnomaWeights *weights) {
  return weights->n_tensors;
}

const OnomaTensor *onoma_weights_tensor(const OnomaWeights *weights, size_t i) {
  return &weights->tensors[i];
}

const char *onoma_weights_metadata(const OnomaWeights *weights, const char *key) {
  for (size_t i = 0; i < weights->n_metadata; i++) {
    if (!strcmp(weights->metadata[i].key, key))
      return weights->metadata[i].value;
  }
  return NULL;
}

const OnomaTensor *onoma_weights_find(const OnomaWeights *weights, const char *name) {
  if (!weights->n_tensors)
    return NULL;
  const OnomaTensor key = {.name = name};
  return bsearch(&key, weights->tensors, weights->n_tensors, sizeof(OnomaTensor), compare_tensors);
}

uint64_t onoma_weights_n_bytes(const OnomaWeights *weights) {
  uint64_t n = 0;
  for (size_t i = 0; i < weights->n_tensors; i++)
    n += (uint64_t)weights->tensors[i].n_items * onoma_dtype_size(weights->tensors[i].dtype);
  return n;
}
