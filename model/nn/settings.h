// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Settings of public classes that are not implemented: they must be off, not ignored.

#ifndef ONOMA_MODEL_NN_SETTINGS_H
#define ONOMA_MODEL_NN_SETTINGS_H

#include "model/files/config.h"

#include <onoma/status.h>

#include <stddef.h>

// What a key must be, if it is there and not null.
typedef enum {
  ONOMA_MUST_BE_NULL,
  ONOMA_MUST_BE_FALSE,
  ONOMA_MUST_BE_ONE,  // the number 1
  ONOMA_MUST_BE_WORD, // one of two words
} OnomaFixedKind;

typedef struct {
  const char *key;
  OnomaFixedKind kind;
  const char *words[2];
} OnomaFixedKey;

// Fails if one of the fixed keys is something else, or if there is a key that is neither fixed nor
// one of `read`. [control]
OnomaStatus onoma_settings_check(const OnomaConfig *config, const OnomaFixedKey *fixed,
                                 size_t n_fixed, const char *const *read, size_t n_read,
                                 OnomaError *error);

#endif
