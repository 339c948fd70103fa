// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Winograd's transforms in f32, for AVX-512.

#include "vec_avx512.h"

#include "model/kernels/template/winograd_f32.h"
