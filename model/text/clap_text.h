// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// CLAP's text tower (Wu et al. 2023, transformers' ClapTextModelWithProjection): RoBERTa (Liu et
// al. 2019) with a pooler and a projection. The tokenizer is that of the model's folder.

#ifndef ONOMA_MODEL_CLAP_TEXT_H
#define ONOMA_MODEL_CLAP_TEXT_H

#include "text_impl.h"

extern const OnomaTextClass onoma_clap_text;

#endif
