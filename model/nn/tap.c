// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Showing intermediate tensors.

#include "tap.h"

#include <stdarg.h>
#include <stdio.h>

enum { max_name = 128 };

static void show(const OnomaExec *exec, const float *values, size_t rank, const size_t *shape,
                 const char *format, va_list args) ONOMA_PRINTF(5, 0);

static void show(const OnomaExec *exec, const float *values, size_t rank, const size_t *shape,
                 const char *format, va_list args) {
  if (!exec->tap || exec->arena->measuring)
    return;
  char name[max_name];
  vsnprintf(name, sizeof(name), format, args);
  exec->tap->show(exec->tap->data, name, values, rank, shape);
}

void onoma_tap_image(const OnomaExec *exec, const float *image, size_t n_batch, size_t h, size_t w,
                     size_t n_channels, const char *format, ...) {
  va_list args;
  va_start(args, format);
  show(exec, image, 4, (size_t[]){n_batch, h, w, n_channels}, format, args);
  va_end(args);
}

void onoma_tap_rows(const OnomaExec *exec, const float *rows, size_t n_batch, size_t n_frames,
                    size_t n_channels, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (n_frames)
    show(exec, rows, 3, (size_t[]){n_batch, n_frames, n_channels}, format, args);
  else
    show(exec, rows, 2, (size_t[]){n_batch, n_channels}, format, args);
  va_end(args);
}
