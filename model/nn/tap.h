// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Showing intermediate tensors to the tap of an execution, if it has one.

#ifndef ONOMA_MODEL_NN_TAP_H
#define ONOMA_MODEL_NN_TAP_H

#include "model/exec.h"

#include <onoma/attributes.h>

#include <stddef.h>

// Shows an image [B,H,W,C] under the name `format`.
void onoma_tap_image(const OnomaExec *exec, const float *image, size_t n_batch, size_t h, size_t w,
                     size_t n_channels, const char *format, ...) ONOMA_PRINTF(7, 8);

// Shows a sequence [B,T,C], or rows [B,C] with T = 0.
void onoma_tap_rows(const OnomaExec *exec, const float *rows, size_t n_batch, size_t n_frames,
                    size_t n_channels, const char *format, ...) ONOMA_PRINTF(6, 7);

#endif
