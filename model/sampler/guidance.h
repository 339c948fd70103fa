// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Classifier-free guidance (Ho and Salimans, "Classifier-free diffusion guidance", 2022).

#ifndef ONOMA_MODEL_SAMPLER_GUIDANCE_H
#define ONOMA_MODEL_SAMPLER_GUIDANCE_H

#include <stdbool.h>
#include <stddef.h>

// Whether the unconditional (or negative) half of the batch changes anything: not for a scale of 1
// or less, which means no guidance, nor when both prompts are the same. [any]
bool onoma_guidance_is_needed(double scale, bool same_prompts);

// out [n] = unconditional + scale (conditional - unconditional). out may be either input. Guiding
// an output guides what it stands for, since all predictions are linear in x_0 and e. [any]
void onoma_guidance_combine(double scale, const float *unconditional, const float *conditional,
                            size_t n, float *out);

#endif
