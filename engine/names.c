// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Names that users type: samplers and notes.

#include <onoma/recipe.h>

#include "model/sampler/scheduler.h"
#include "model/text/note.h"

const char *onoma_sampler_name_at(unsigned i) {
  // The first is what the model's own configuration stands for: not a name to type.
  return i + 1 < ONOMA_N_SAMPLERS ? onoma_sampler_name((OnomaSamplerKind)(i + 1)) : NULL;
}

bool onoma_note_parse(const char *text, double *note) {
  return onoma_note_read(text, note);
}
