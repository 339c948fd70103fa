// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Settings that must be off.

#include "settings.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>
#include <string.h>

// Whether the key, which is there, is what it must be.
static OnomaStatus is_as_fixed(const OnomaFixedKey *fixed, const OnomaConfig *config, bool *answer,
                               OnomaError *error) {
  OnomaStatus status = ONOMA_OK;
  *answer = false;
  switch (fixed->kind) {
  case ONOMA_MUST_BE_NULL:
    break;
  case ONOMA_MUST_BE_FALSE: {
    bool value = true;
    status = onoma_config_bool_or(config, fixed->key, false, &value, error);
    *answer = !value;
    break;
  }
  case ONOMA_MUST_BE_ONE: {
    double value = 0.0;
    status = onoma_config_float(config, fixed->key, -1e9, 1e9, &value, error);
    *answer = value == 1.0;
    break;
  }
  case ONOMA_MUST_BE_WORD: {
    const char *word = "";
    status = onoma_config_string(config, fixed->key, &word, error);
    *answer = !strcmp(word, fixed->words[0]) || !strcmp(word, fixed->words[1]);
    break;
  }
  }
  return status;
}

static OnomaStatus check_fixed(const OnomaFixedKey *fixed, const OnomaConfig *config,
                               OnomaError *error) {
  if (!onoma_config_has(config, fixed->key))
    return ONOMA_OK;
  bool is_fine = false;
  const OnomaStatus status = is_as_fixed(fixed, config, &is_fine, error);
  if (status || is_fine)
    return status;
  return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, fixed->key, error,
                           "this value is not supported");
}

OnomaStatus onoma_settings_check(const OnomaConfig *config, const OnomaFixedKey *fixed,
                                 size_t n_fixed, const char *const *read, size_t n_read,
                                 OnomaError *error) {
  for (size_t i = 0; i < n_fixed; i++) {
    const OnomaStatus status = check_fixed(&fixed[i], config, error);
    if (status)
      return status;
  }

  const char **const known = onoma_alloc(n_fixed + n_read, sizeof(*known));
  if (!known)
    return onoma_fail_memory(error);
  for (size_t i = 0; i < n_fixed; i++)
    known[i] = fixed[i].key;
  for (size_t i = 0; i < n_read; i++)
    known[n_fixed + i] = read[i];
  const OnomaStatus status = onoma_config_check_keys(config, known, n_fixed + n_read, error);
  onoma_free(known);
  return status;
}
