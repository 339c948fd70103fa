// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the denoiser is told besides the noised latent.

#ifndef ONOMA_ENGINE_CONDITIONING_H
#define ONOMA_ENGINE_CONDITIONING_H

#include "model.h"

#include "model/exec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A job's prompts as tokens.
typedef struct {
  OnomaTokens *prompt;   // owned
  OnomaTokens *negative; // owned; "" without a negative prompt
} OnomaPrompts;

// [engine]
OnomaStatus onoma_prompts_init(OnomaPrompts *prompts, const OnomaModel *model,
                               const OnomaRecipe *recipe, OnomaError *error);
void onoma_prompts_fini(OnomaPrompts *prompts);

// The conditioning of a batch: unguided B = 1 is the prompt; guided B = 2 is the negative prompt,
// then the prompt.
typedef struct {
  size_t n_batch;
  OnomaContext context;      // all zero for models whose U-Net looks at no tokens
  const float *class_labels; // [B,P]
  float *time_condition; // [B,n_time_condition], or NULL; onoma_conditioning_set_step() fills it in
  const float *pitch; // [F',C] to be beside each column of the latent, or NULL for a U-Net without
                      // such channels
} OnomaConditioning;

// Encodes the prompts, into memory of the arena that stays allocated. pitch_hz is 0 where no pitch
// is asked; a seed then draws one of those that the prompt suggests to the model's note prior, and
// NULL means no pitch. [engine]
void onoma_conditioning_run(OnomaConditioning *conditioning, const OnomaModel *model,
                            const OnomaExec *exec, const OnomaPrompts *prompts, bool guided,
                            double pitch_hz, const uint64_t *seed);

// Writes the time condition of a step: step size d, guidance weight w that a distilled model
// imitates (1: none), length in seconds, loop flag; see doc/model-format.md. Does nothing for a
// U-Net without one. [engine]
void onoma_conditioning_set_step(OnomaConditioning *conditioning, size_t n_time_condition,
                                 double step_size, double weight, double length_s, bool loop);

#endif
