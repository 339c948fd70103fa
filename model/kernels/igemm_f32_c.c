// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product in f32, portable.

#include "vec_c.h"

#define IGEMM_MR   4
#define IGEMM_NAME onoma_igemm_f32_4x8_c

#include "template/igemm_f32.h"
