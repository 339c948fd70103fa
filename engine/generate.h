// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// From prompts to raw samples.

#ifndef ONOMA_ENGINE_GENERATE_H
#define ONOMA_ENGINE_GENERATE_H

#include "conditioning.h"
#include "model.h"
#include "pipeline.h"

#include "model/sampler/sampler.h"

#include <stdbool.h>
#include <stddef.h>

// A job with everything decided.
typedef struct {
  const OnomaModel *model;
  const OnomaRecipe *recipe; // resolved: nothing left to the model
  const OnomaMonitor *monitor;
  OnomaPrompts prompts;  // owned by the caller
  OnomaSampler *sampler; // likewise
  bool guided;           // two evaluations a step
  double weight;         // of guidance that the network imitates, or 1
  double pitch_hz;       // 0: none asked
  bool draws_pitch;      // the note prior chooses one
  size_t n_columns;      // T' of the latent
  const float *init;     // [n_init] samples at the model's rate to start from, or NULL
  size_t n_init;
} OnomaGeneration;

// Samples that a generation makes. [any]
size_t onoma_generation_n_samples(const OnomaGeneration *generation);

// Makes samples [onoma_generation_n_samples()]. With a measuring arena it allocates what it would,
// and computes nothing. ONOMA_ERR_CANCELLED if the monitor said so, ONOMA_ERR_NUMERIC if the latent
// is not finite. [engine]
OnomaStatus onoma_generation_run(const OnomaGeneration *generation, const OnomaExec *exec,
                                 float *samples, OnomaError *error);

#endif
