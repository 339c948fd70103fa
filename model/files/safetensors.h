// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The safetensors format (https://huggingface.co/docs/safetensors): the length of the header, 8
// bytes little-endian; the header, JSON, {"name": {"dtype", "shape", "data_offsets": [begin, end]},
// ..., "__metadata__": {string: string}}, padded with blanks; and the tensors' bytes, to which the
// offsets count, without holes or overlaps.

#ifndef ONOMA_MODEL_SAFETENSORS_H
#define ONOMA_MODEL_SAFETENSORS_H

#include "weights_impl.h"

// Reads the tensors and the metadata of a file. [control]
OnomaStatus onoma_safetensors_read(const OnomaWeightReader *reader);

#endif
