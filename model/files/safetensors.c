// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The safetensors format.

#include "safetensors.h"

#include "base/error.h"
#include "base/memory.h"
#include "json_text.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8 };

// Where a tensor lies in the data.
typedef struct {
  uint64_t begin, end; // bytes
  const char *name;
} Span;

static OnomaStatus fail_tensor(const OnomaWeightReader *reader, OnomaStatus status,
                               const char *name, const char *what) {
  return onoma_fail(reader->error, status, "%s: tensor \"%.200s\": %s", reader->file->path, name,
                    what);
}

// Parses the header; *data_at is where the data begins.
static OnomaStatus read_header(const OnomaWeightReader *reader, struct json_object **header,
                               size_t *data_at) {
  const OnomaFileMap *const map = &reader->file->map;
  const char *const path = reader->file->path;
  if (map->size < LENGTH_BYTES)
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: too short for safetensors", path);
  uint64_t length = 0;
  for (size_t i = 0; i < LENGTH_BYTES; i++)
    length |= (uint64_t)map->data[i] << (8 * i);
  if (length > ONOMA_JSON_MAX_BYTES)
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT,
                      "%s: header length %llu is over the format's limit", path,
                      (unsigned long long)length);
  if (length > map->size - LENGTH_BYTES)
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT,
                      "%s: header length %llu is longer than the file", path,
                      (unsigned long long)length);
  const char *const text = (const char *)map->data + LENGTH_BYTES;
  if (!length || text[0] != '{')
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: the header must begin with {", path);
  *data_at = LENGTH_BYTES + (size_t)length;
  return onoma_json_parse(header, path, text, (size_t)length, reader->error);
}

static OnomaStatus read_metadata(const OnomaWeightReader *reader, struct json_object *metadata) {
  if (!json_object_is_type(metadata, json_type_object))
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: __metadata__ is not an object",
                      reader->file->path);
  json_object_object_foreach(metadata, key, value) {
    if (!json_object_is_type(value, json_type_string))
      return onoma_fail(reader->error, ONOMA_ERR_FORMAT,
                        "%s: __metadata__: \"%.200s\" is not a string", reader->file->path, key);
    const OnomaStatus status =
        onoma_weights_add_metadata(reader, key, json_object_get_string(value));
    if (status)
      return status;
  }
  return ONOMA_OK;
}

static OnomaStatus read_dtype(const OnomaWeightReader *reader, const char *name,
                              struct json_object *info, OnomaDtype *dtype) {
  struct json_object *json = NULL;
  if (!json_object_object_get_ex(info, "dtype", &json) ||
      !json_object_is_type(json, json_type_string))
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "dtype is not a string");
  const char *const text = json_object_get_string(json);
  for (int i = 0; i < ONOMA_N_DTYPES; i++) {
    if (!strcmp(text, onoma_dtype_name((OnomaDtype)i))) {
      *dtype = (OnomaDtype)i;
      return ONOMA_OK;
    }
  }
  return onoma_fail(reader->error, ONOMA_ERR_UNSUPPORTED,
                    "%s: tensor \"%.200s\": dtype \"%.40s\" is not supported", reader->file->path,
                    name, text);
}

static OnomaStatus read_shape(const OnomaWeightReader *reader, const char *name,
                              struct json_object *info, OnomaTensor *tensor) {
  struct json_object *json = NULL;
  if (!json_object_object_get_ex(info, "shape", &json) ||
      !json_object_is_type(json, json_type_array))
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "shape is not an array");
  tensor->rank = json_object_array_length(json);
  if (tensor->rank > ONOMA_MAX_RANK)
    return fail_tensor(reader, ONOMA_ERR_UNSUPPORTED, name, "shape has too many dimensions");
  for (size_t i = 0; i < tensor->rank; i++) {
    uint64_t size = 0;
    if (!onoma_json_size(json_object_array_get_idx(json, i), &size) || size > SIZE_MAX)
      return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "shape is not an array of sizes");
    tensor->shape[i] = (size_t)size;
  }
  return ONOMA_OK;
}

static OnomaStatus read_span(const OnomaWeightReader *reader, const char *name,
                             struct json_object *info, size_t n_data, Span *span) {
  struct json_object *json = NULL;
  if (!json_object_object_get_ex(info, "data_offsets", &json) ||
      !json_object_is_type(json, json_type_array) || json_object_array_length(json) != 2 ||
      !onoma_json_size(json_object_array_get_idx(json, 0), &span->begin) ||
      !onoma_json_size(json_object_array_get_idx(json, 1), &span->end))
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "data_offsets are not two sizes");
  if (span->begin > span->end)
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "data_offsets end before they begin");
  if (span->end > n_data)
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "data_offsets lie beyond the file's end");
  span->name = name;
  return ONOMA_OK;
}

// Adds one tensor of the header. The data begins at data_at.
static OnomaStatus read_tensor(const OnomaWeightReader *reader, const char *name,
                               struct json_object *info, size_t data_at, Span *span) {
  if (!json_object_is_type(info, json_type_object))
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "its entry is not an object");
  const OnomaFileMap *const map = &reader->file->map;
  OnomaTensor tensor = {.name = name};
  OnomaStatus status = read_dtype(reader, name, info, &tensor.dtype);
  if (!status)
    status = read_shape(reader, name, info, &tensor);
  if (!status)
    status = read_span(reader, name, info, map->size - data_at, span);
  if (status)
    return status;

  size_t n_bytes = 0;
  if (!onoma_shape_n_items(tensor.rank, tensor.shape, &tensor.n_items) ||
      !onoma_mul_size(tensor.n_items, onoma_dtype_size(tensor.dtype), &n_bytes))
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name, "its size overflows");
  if (n_bytes != span->end - span->begin)
    return fail_tensor(reader, ONOMA_ERR_FORMAT, name,
                       "data_offsets do not agree with shape and dtype");
  tensor.data = map->data + data_at + (size_t)span->begin;
  return onoma_weights_add(reader, &tensor);
}

static int compare_spans(const void *a, const void *b) {
  const Span *const x = a;
  const Span *const y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end == y->end ? 0 : x->end < y->end ? -1 : 1;
}

// Checks that the spans cover the n_data bytes of data without holes or overlaps.
static OnomaStatus check_spans(const OnomaWeightReader *reader, Span *spans, size_t n_spans,
                               size_t n_data) {
  qsort(spans, n_spans, sizeof(Span), compare_spans);
  uint64_t end = 0;
  for (size_t i = 0; i < n_spans; i++) {
    if (spans[i].begin < end)
      return fail_tensor(reader, ONOMA_ERR_FORMAT, spans[i].name,
                         "data_offsets overlap another tensor");
    if (spans[i].begin > end)
      return fail_tensor(reader, ONOMA_ERR_FORMAT, spans[i].name,
                         "unused bytes in front of its data");
    end = spans[i].end;
  }
  if (end != n_data)
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: unused bytes at the end",
                      reader->file->path);
  return ONOMA_OK;
}

static OnomaStatus read_tensors(const OnomaWeightReader *reader, struct json_object *header,
                                size_t data_at, Span *spans) {
  size_t n_spans = 0;
  json_object_object_foreach(header, name, info) {
    const bool is_metadata = !strcmp(name, "__metadata__");
    const OnomaStatus status = is_metadata
                                   ? read_metadata(reader, info)
                                   : read_tensor(reader, name, info, data_at, &spans[n_spans]);
    if (status)
      return status;
    n_spans += !is_metadata;
  }
  return check_spans(reader, spans, n_spans, reader->file->map.size - data_at);
}

OnomaStatus onoma_safetensors_read(const OnomaWeightReader *reader) {
  struct json_object *header = NULL;
  size_t data_at = 0;
  OnomaStatus status = read_header(reader, &header, &data_at);
  if (status)
    return status;
  Span *const spans = onoma_alloc((size_t)json_object_object_length(header), sizeof(Span));
  status = spans ? read_tensors(reader, header, data_at, spans) : onoma_fail_memory(reader->error);
  onoma_free(spans);
  json_object_put(header);
  return status;
}
