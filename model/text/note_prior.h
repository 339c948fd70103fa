// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The notes that a prompt suggests when it names none.

#ifndef ONOMA_MODEL_NOTE_PRIOR_H
#define ONOMA_MODEL_NOTE_PRIOR_H

#include "model/exec.h"

#include <onoma/status.h>

#include <stddef.h>

// Classes: MIDI notes 0 to 127, and no pitch at all.
#define ONOMA_N_NOTE_CLASSES 129
#define ONOMA_NO_NOTE        128

typedef struct OnomaNotePrior OnomaNotePrior;

// Opens the part in the folder `folder`, an OnomaNotePrior; see doc/model-format.md. [control]
OnomaStatus onoma_note_prior_open(OnomaNotePrior **prior, const char *folder,
                                  const OnomaKernels *kernels, OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_note_prior_close(OnomaNotePrior **prior);

// Width P of the text encoder's pooled vector that it reads. [any]
size_t onoma_note_prior_n_pooled(const OnomaNotePrior *prior);

// pooled [P] -> logits [ONOMA_N_NOTE_CLASSES].
void onoma_note_prior_run(const OnomaNotePrior *prior, const OnomaExec *exec, const float *pooled,
                          float *logits);

// Draws a class with u, uniform in [0, 1), from the likeliest classes that together have at least
// half of the probability: the unlikely rest, which is what the prior is least sure of, is left
// out. [any]
size_t onoma_note_prior_draw(const float logits[ONOMA_N_NOTE_CLASSES], double u);

#endif
