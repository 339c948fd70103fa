// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Reading all tensors of a file of weights.

#include "weights.h"

#include "base/memory.h"
#include "fuzz.h"
#include "model/files/weights.h"

#include <string.h>

// Reads a tensor in pieces, and with its scales.
static void read_tensor(const OnomaWeights *weights, const OnomaTensor *tensor) {
  float piece[32];
  for (size_t at = 0; at < tensor->n_items; at += 32)
    onoma_tensor_to_float(tensor, at, tensor->n_items - at < 32 ? tensor->n_items - at : 32, piece);
  float *values = NULL;
  OnomaError error;
  const OnomaStatus status =
      onoma_weights_read(weights, tensor->name, tensor->rank, tensor->shape, &values, &error);
  FUZZ_ASSERT(!status == (values != NULL));
  onoma_free(values);
}

void fuzz_weights(const char *name, const uint8_t *data, size_t size) {
  OnomaWeights *weights = NULL;
  OnomaError error = {.status = ONOMA_OK};
  const OnomaStatus status = onoma_weights_open_memory(&weights, name, data, size, &error);
  FUZZ_ASSERT(!status == (weights != NULL) && status == error.status);
  if (status) {
    FUZZ_ASSERT(status == ONOMA_ERR_MEMORY || !strncmp(error.text, name, strlen(name)));
    return;
  }
  for (size_t i = 0; i < onoma_weights_n_tensors(weights); i++) {
    const OnomaTensor *const tensor = onoma_weights_tensor(weights, i);
    FUZZ_ASSERT(onoma_weights_find(weights, tensor->name) == tensor);
    read_tensor(weights, tensor);
  }
  (void)onoma_weights_n_bytes(weights);
  (void)onoma_weights_metadata(weights, "format");
  onoma_weights_close(&weights);
}
