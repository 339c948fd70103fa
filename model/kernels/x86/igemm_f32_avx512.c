// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product in f32 for AVX-512.

#include "vec_avx512.h"

#define IGEMM_MR   14
#define IGEMM_NAME onoma_igemm_f32_14x32_avx512

#include "model/kernels/template/igemm_f32.h"
