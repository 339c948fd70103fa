// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Reading weights as float.

#include "base/error.h"
#include "base/memory.h"
#include "weights_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static OnomaStatus find(const OnomaWeights *weights, const char *name, const OnomaTensor **tensor,
                        OnomaError *error) {
  *tensor = onoma_weights_find(weights, name);
  return *tensor ? ONOMA_OK
                 : onoma_fail(error, ONOMA_ERR_FORMAT, "%s: tensor \"%.200s\" is missing",
                              weights->path, name);
}

static OnomaStatus check_shape(const OnomaTensor *tensor, size_t rank, const size_t *shape,
                               OnomaError *error) {
  if (tensor->rank == rank &&
      (!rank || !memcmp(tensor->shape, shape, rank * sizeof(*shape)))) // a scalar's may be NULL
    return ONOMA_OK;
  char found[128];
  char wanted[128];
  onoma_shape_print(tensor->rank, tensor->shape, sizeof(found), found);
  onoma_shape_print(rank, shape, sizeof(wanted), wanted);
  return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: tensor \"%.150s\" has the shape %s instead of %s",
                    tensor->path, tensor->name, found, wanted);
}

// The scales of an I8 tensor [N,...], F32 [N].
static OnomaStatus find_scale(const OnomaWeights *weights, const OnomaTensor *tensor,
                              const OnomaTensor **scale, OnomaError *error) {
  const size_t n_name = strlen(tensor->name) + sizeof(".scale");
  char *const name = malloc(n_name);
  if (!name)
    return onoma_fail_memory(error);
  (void)snprintf(name, n_name, "%s.scale", tensor->name);
  OnomaStatus status = find(weights, name, scale, error);
  free(name);
  if (status)
    return status;
  if (!tensor->rank)
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: tensor \"%.200s\": I8 without a dimension",
                      tensor->path, tensor->name);
  if ((*scale)->dtype != ONOMA_DTYPE_F32)
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: tensor \"%.200s\" is not F32", (*scale)->path,
                      (*scale)->name);
  return check_shape(*scale, 1, tensor->shape, error);
}

// values [n_columns] *= scale[row].
static void apply_scale(const OnomaTensor *scale, size_t row, size_t n_columns, float *values) {
  float factor;
  onoma_tensor_to_float(scale, row, 1, &factor);
  for (size_t i = 0; i < n_columns; i++)
    values[i] *= factor;
}

static OnomaStatus read_values(const OnomaWeights *weights, const OnomaTensor *tensor,
                               float **values, OnomaError *error) {
  const OnomaTensor *scale = NULL;
  if (tensor->dtype == ONOMA_DTYPE_I8) {
    const OnomaStatus status = find_scale(weights, tensor, &scale, error);
    if (status)
      return status;
  }
  *values = onoma_alloc(tensor->n_items, sizeof(float));
  if (!*values)
    return onoma_fail_memory(error);
  onoma_tensor_to_float(tensor, 0, tensor->n_items, *values);
  const size_t n_rows = scale && tensor->n_items ? tensor->shape[0] : 0;
  const size_t n_columns = n_rows ? tensor->n_items / n_rows : 0;
  for (size_t row = 0; row < n_rows; row++)
    apply_scale(scale, row, n_columns, *values + row * n_columns);
  return ONOMA_OK;
}

OnomaStatus onoma_weights_read(const OnomaWeights *weights, const char *name, size_t rank,
                               const size_t *shape, float **values, OnomaError *error) {
  *values = NULL;
  const OnomaTensor *tensor = NULL;
  OnomaStatus status = find(weights, name, &tensor, error);
  if (!status)
    status = check_shape(tensor, rank, shape, error);
  return status ? status : read_values(weights, tensor, values, error);
}

OnomaStatus onoma_weights_read_any(const OnomaWeights *weights, const char *name,
                                   const OnomaTensor **tensor, float **values, OnomaError *error) {
  *values = NULL;
  const OnomaTensor *found = NULL;
  const OnomaStatus status = find(weights, name, &found, error);
  if (status)
    return status;
  if (tensor)
    *tensor = found;
  return read_values(weights, found, values, error);
}

OnomaStatus onoma_weights_rows(const OnomaWeights *weights, const char *name, size_t n_rows,
                               size_t n_columns, OnomaRows *rows, OnomaError *error) {
  *rows = (OnomaRows){0};
  OnomaStatus status = find(weights, name, &rows->values, error);
  if (!status)
    status = check_shape(rows->values, 2, (const size_t[]){n_rows, n_columns}, error);
  if (!status && rows->values->dtype == ONOMA_DTYPE_I8)
    status = find_scale(weights, rows->values, &rows->scale, error);
  return status;
}

void onoma_rows_read(const OnomaRows *rows, size_t row, float *out) {
  const size_t n_columns = rows->values->shape[1];
  onoma_tensor_to_float(rows->values, row * n_columns, n_columns, out);
  if (rows->scale)
    apply_scale(rows->scale, row, n_columns, out);
}
