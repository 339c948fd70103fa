// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A part of a model: the folder of its configuration and weights.

#ifndef ONOMA_MODEL_NN_PART_H
#define ONOMA_MODEL_NN_PART_H

#include "model/files/config.h"
#include "model/files/weights.h"

#include <onoma/status.h>

typedef struct {
  char *path; // of config.json
  OnomaConfig config;
  OnomaWeights *weights;
  const char *class_name; // `_class_name` or, failing that, the first of `architectures`
} OnomaPart;

// Opens config.json and the weights in the folder `folder`. [control]
OnomaStatus onoma_part_open(OnomaPart *part, const char *folder, OnomaError *error);

// Closes both; what was loaded from them stays. Also for a zeroed part. [control]
void onoma_part_close(OnomaPart *part);

// The failure of a part whose class nobody implements. [control]
OnomaStatus onoma_part_fail_class(const OnomaPart *part, OnomaError *error);

#endif
