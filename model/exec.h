// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the layers of a network run on.

#ifndef ONOMA_MODEL_EXEC_H
#define ONOMA_MODEL_EXEC_H

#include "base/memory.h"
#include "base/pool.h"
#include "model/kernels/kernels.h"

#include <stddef.h>

// Is shown intermediate tensors of a network under the checkpoint's names, such as
// "down_blocks.0.resnets.0": what the checks against other implementations look at.
typedef struct {
  void (*show)(void *data, const char *name, const float *values, size_t rank, const size_t *shape);
  void *data;
} OnomaTap;

// Every run function of a layer takes its scratch from `arena` and gives it back before it returns;
// outputs belong to the caller. With a measuring arena it allocates as it would, and touches no
// tensor: that is how memory is planned. Activations are float, row-major, channels last: images
// [B,H,W,C], sequences [B,T,C].
typedef struct {
  const OnomaKernels *kernels;
  OnomaPool *pool; // NULL: this thread alone
  OnomaArena *arena;
  const OnomaTap *tap; // NULL: none; not called with a measuring arena
} OnomaExec;

#endif
