// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product in f32 for AVX2.

#include "vec_avx2.h"

#define IGEMM_MR   6
#define IGEMM_NAME onoma_igemm_f32_6x16_avx2

#include "model/kernels/template/igemm_f32.h"
