// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// OnomaTextEncoder, the shipped model's text encoder: hashed words and n-grams, word vectors, and a
// small transformer. doc/model-format.md specifies it.

#ifndef ONOMA_MODEL_ONOMA_TEXT_H
#define ONOMA_MODEL_ONOMA_TEXT_H

#include "text_impl.h"

extern const OnomaTextClass onoma_onoma_text;

#endif
