// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Weights in shards: an index, {"weight_map": {tensor: file, ...}}, names the files, which lie
// beside it.

#include "base/error.h"
#include "base/memory.h"
#include "config.h"
#include "weights_impl.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_strings(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Lists the files of the map, each once, sorted. files has room for one per member.
static OnomaStatus list_files(const OnomaConfig *map, const char **files, size_t *n_files,
                              OnomaError *error) {
  size_t n = 0;
  json_object_object_foreach(map->json, name, file) {
    if (!json_object_is_type(file, json_type_string))
      return onoma_config_fail(map, ONOMA_ERR_FORMAT, name, error, "not a string");
    const char *const text = json_object_get_string(file);
    // A model must not reach for files outside of its folder.
    if (!text[0] || !strcmp(text, ".") || !strcmp(text, "..") || strchr(text, '/'))
      return onoma_config_fail(map, ONOMA_ERR_FORMAT, name, error,
                               "\"%.200s\" is not a file beside the index", text);
    files[n++] = text;
  }
  qsort(files, n, sizeof(*files), compare_strings);
  *n_files = 0;
  for (size_t i = 0; i < n; i++) {
    if (!i || strcmp(files[i], files[i - 1]) != 0)
      files[(*n_files)++] = files[i];
  }
  return ONOMA_OK;
}

// Reads the file `name` beside the index.
static OnomaStatus read_shard(OnomaWeights *weights, const char *index_path, const char *name,
                              OnomaError *error) {
  const char *const slash = strrchr(index_path, '/');
  const size_t n_folder = slash ? (size_t)(slash + 1 - index_path) : 0;
  const size_t n_path = n_folder + strlen(name) + 1;
  char *const path = malloc(n_path);
  if (!path)
    return onoma_fail_memory(error);
  (void)snprintf(path, n_path, "%.*s%s", (int)n_folder, index_path, name);
  const OnomaStatus status = onoma_weights_read_file(weights, path, error);
  free(path);
  return status;
}

// Checks that every tensor is in the file where the map says it is, and in the map.
static OnomaStatus check_map(const OnomaWeights *weights, const OnomaConfig *map,
                             OnomaError *error) {
  json_object_object_foreach(map->json, name, file) {
    const OnomaTensor *const tensor = onoma_weights_find(weights, name);
    const char *const wanted = json_object_get_string(file);
    const char *const slash = tensor ? strrchr(tensor->path, '/') : NULL;
    if (!tensor || strcmp(slash ? slash + 1 : tensor->path, wanted) != 0)
      return onoma_config_fail(map, ONOMA_ERR_FORMAT, name, error,
                               "there is no such tensor in %.200s", wanted);
  }
  for (size_t i = 0; i < weights->n_tensors; i++) {
    if (!json_object_object_get_ex(map->json, weights->tensors[i].name, NULL))
      return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: tensor \"%.200s\" is not in the index",
                        weights->tensors[i].path, weights->tensors[i].name);
  }
  return ONOMA_OK;
}

static OnomaStatus read_files(OnomaWeights *weights, const char *index_path, const OnomaConfig *map,
                              const char **files, OnomaError *error) {
  size_t n_files = 0;
  OnomaStatus status = list_files(map, files, &n_files, error);
  for (size_t i = 0; i < n_files && !status; i++)
    status = read_shard(weights, index_path, files[i], error);
  if (!status)
    status = onoma_weights_sort(weights, error);
  return status ? status : check_map(weights, map, error);
}

static OnomaStatus read_map(OnomaWeights *weights, const char *index_path, const OnomaConfig *index,
                            OnomaError *error) {
  OnomaConfig map;
  const OnomaStatus status = onoma_config_object(index, "weight_map", &map, error);
  if (status)
    return status;
  const size_t n_members = (size_t)json_object_object_length(map.json);
  const char **const files = onoma_alloc(n_members, sizeof(*files));
  if (!files)
    return onoma_fail_memory(error);
  const OnomaStatus result = read_files(weights, index_path, &map, files, error);
  onoma_free(files);
  return result;
}

OnomaStatus onoma_shards_read(OnomaWeights *weights, const char *index_path, OnomaError *error) {
  OnomaConfig index;
  OnomaStatus status = onoma_config_open(&index, index_path, error);
  if (status)
    return status;
  status = read_map(weights, index_path, &index, error);
  onoma_config_close(&index);
  return status;
}
