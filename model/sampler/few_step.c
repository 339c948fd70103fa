// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The few-step sampler of a distilled model, whose output is the average velocity u between t and
// t - d: x_{t-d} = x_t - d u.

#include "sampler_methods.h"

void onoma_step_few(OnomaSampler *sampler, size_t i, float *x, const float *noise) {
  const double d = sampler->plan.steps[i].step_size;
  (void)noise;
  for (size_t j = 0; j < sampler->n_values; j++) {
    // Of a flow, e - x_0 is the output itself.
    const double velocity = (double)sampler->noise[j] - (double)sampler->estimate[j];
    x[j] = (float)((double)x[j] - d * velocity);
  }
}
