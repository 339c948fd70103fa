// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Winograd's transforms in f32, for AVX2.

#include "vec_avx2.h"

#include "model/kernels/template/winograd_f32.h"
