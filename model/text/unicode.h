// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Classes of Unicode's code points.

#ifndef ONOMA_MODEL_UNICODE_H
#define ONOMA_MODEL_UNICODE_H

#include <stdint.h>

typedef enum {
  ONOMA_UNICODE_OTHER,
  ONOMA_UNICODE_LETTER, // general categories L*
  ONOMA_UNICODE_NUMBER, // general categories N*
  ONOMA_UNICODE_SPACE,  // property White_Space
} OnomaUnicodeClass;

// The class of a code point in Unicode 14.0. [any]
OnomaUnicodeClass onoma_unicode_class(uint32_t code_point);

#endif
