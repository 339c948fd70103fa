// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The shipped model against the tensors of its exporter, doc/model-format.md, "Reference tensors".

#include "golden.h"

void golden_check_onoma(const Golden *golden) {
  GoldenFile file;
  if (!golden_file_open(&file, golden, "onoma"))
    return;
  golden_check_generation(&file);
  golden_check_codec(&file);
  golden_file_close(&file);
}
