// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the layers of a network run on.

#ifndef ONOMA_MODEL_EXEC_H
#define ONOMA_MODEL_EXEC_H

#include "base/memory.h"
#include "base/pool.h"
#include "model/kernels/kernels.h"

// Every run function of a layer takes its scratch from `arena` and gives it back before it returns;
// outputs belong to the caller. With a measuring arena it allocates as it would, and touches no
// tensor: that is how memory is planned. Activations are float, row-major, channels last: images
// [B,H,W,C], sequences [B,T,C].
typedef struct {
  const OnomaKernels *kernels;
  OnomaPool *pool; // NULL: this thread alone
  OnomaArena *arena;
} OnomaExec;

#endif
