// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Euler's method on the probability flow.
//
// On the straight path dx/dt = e - x_0. On the variance preserving one, the state is y = x / alpha,
// for which dy/dr = e with r = sigma / alpha (Karras, Aittala, Aila and Laine 2022, with s =
// alpha).

#include "sampler_methods.h"

void onoma_step_euler(OnomaSampler *sampler, size_t i, float *x, const float *noise) {
  const OnomaNoiseLevel t = sampler->plan.steps[i].from;
  const OnomaNoiseLevel s = sampler->plan.steps[i].to;
  (void)noise;
  if (sampler->scaled) {
    const double step = s.sigma / s.alpha - t.sigma / t.alpha;
    for (size_t j = 0; j < sampler->n_values; j++)
      x[j] = (float)((double)x[j] + step * (double)sampler->noise[j]);
    return;
  }
  const double step = s.sigma - t.sigma;
  for (size_t j = 0; j < sampler->n_values; j++) {
    const double velocity = (double)sampler->noise[j] - (double)sampler->estimate[j];
    x[j] = (float)((double)x[j] + step * velocity);
  }
}
