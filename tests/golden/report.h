// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// How checks against reference tensors tell what they found.

#ifndef ONOMA_TESTS_GOLDEN_REPORT_H
#define ONOMA_TESTS_GOLDEN_REPORT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  void *data; // passed to each of these
  // A tensor of n values that should agree: |got - want|_2 at most tolerance |want|_2, and
  // max |got - want| at most 10 tolerance max |want|.
  void (*compare)(void *data, const char *name, const float *got, const float *want, size_t n,
                  double tolerance);
  // Anything else that is right or wrong, in words.
  void (*result)(void *data, const char *name, bool is_right, const char *text);
  // Something that is not checked, and why.
  void (*skip)(void *data, const char *name, const char *why);
} GoldenReport;

// Whether a comparison passes, and its two errors: relative to |want|_2 and to max |want|.
bool golden_agrees(const float *got, const float *want, size_t n, double tolerance,
                   double *relative, double *largest);

// Whether onoma_scheduler_open() runs a class of schedulers by itself.
bool golden_is_implemented(const char *class_name);

// Checks model/sampler/ against `schedulers.json` and `schedulers.safetensors` in the folder
// `expected`: tables, timesteps, and every step of every run of a class that is implemented.
void golden_check_schedulers(const char *expected, const GoldenReport *report);

#endif
