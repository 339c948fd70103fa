// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The elementwise kernels, norms, softmax and depthwise convolution in f32 for AVX-512.

#include "vec_avx512.h"

#include "model/kernels/template/ops_f32.h"
