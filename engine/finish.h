// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// From raw samples to a clip.

#ifndef ONOMA_ENGINE_FINISH_H
#define ONOMA_ENGINE_FINISH_H

#include <onoma/engine.h>

#include <stddef.h>

// Checks raw samples [n_samples], mono, cuts them to the recipe's length, edits them in place as
// the recipe says, and makes the clip. What is not finite or silent fails, with ONOMA_ERR_NUMERIC
// and ONOMA_ERR_SILENT. [engine]
OnomaStatus onoma_finish(float *samples, size_t n_samples, double sample_rate,
                         const OnomaRecipe *recipe, OnomaClip **clip, OnomaReport *report,
                         OnomaError *error);

#endif
