// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// State dicts as torch.save() writes them since PyTorch 1.6: a zip archive of stored entries, in
// which `<folder>/data.pkl` is the pickled dict and `<folder>/data/<key>` are the storages.

#ifndef ONOMA_MODEL_TORCH_ZIP_H
#define ONOMA_MODEL_TORCH_ZIP_H

#include "weights_impl.h"

// Reads the tensors of a file. Contiguous ones stay in the map, others are copied. [control]
OnomaStatus onoma_torch_zip_read(const OnomaWeightReader *reader);

#endif
