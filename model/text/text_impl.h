// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What a class of text encoders implements. For model/text/ alone.

#ifndef ONOMA_MODEL_TEXT_IMPL_H
#define ONOMA_MODEL_TEXT_IMPL_H

#include "model/nn/part.h"
#include "text.h"

#include <stdint.h>

struct OnomaTokens {
  size_t n;      // L
  uint32_t *ids; // owned, free(); what they mean is the class's affair
  size_t n_ids;
};

typedef struct {
  const char *name; // as in the configuration

  // Opens the encoder of a part in the subfolder text_encoder of `folder`. It may take the part's
  // weights, leaving NULL there, to read them when it runs.
  OnomaStatus (*open)(OnomaText **text, OnomaPart *part, const char *folder,
                      const OnomaKernels *kernels, OnomaError *error);
  void (*close)(OnomaText *text);

  // Fills in zeroed tokens; prompt is valid UTF-8. On failure the caller frees them.
  OnomaStatus (*tokenize)(const OnomaText *text, const char *prompt, OnomaTokens *tokens,
                          OnomaError *error);

  // hidden is never NULL.
  void (*run)(const OnomaText *text, const OnomaExec *exec, const OnomaTokens *tokens,
              float *hidden, float *pooled);
} OnomaTextClass;

// What all encoders have; the first member of each class's own structure. Filled in by open().
struct OnomaText {
  const OnomaTextClass *type;
  size_t n_hidden, n_pooled;
};

#endif
