// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Winograd's transforms in f32, portable.

#include "vec_c.h"

#include "template/winograd_f32.h"
