// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The table of kernels, chosen once for what the processor can do.

#ifndef ONOMA_MODEL_KERNELS_H
#define ONOMA_MODEL_KERNELS_H

typedef struct OnomaKernels OnomaKernels;

#endif
