// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The elementwise kernels, norms, softmax and depthwise convolution in f32, portable.

#include "vec_c.h"

#include "template/ops_f32.h"
