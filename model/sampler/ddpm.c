// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// DDPM: ancestral sampling (Ho, Jain and Abbeel 2020, equations 6 and 7).

#include "sampler_methods.h"

#include <math.h>

void onoma_step_ddpm(OnomaSampler *sampler, size_t i, float *x, const float *noise) {
  const OnomaNoiseLevel t = sampler->plan.steps[i].from;
  const OnomaNoiseLevel s = sampler->plan.steps[i].to;
  const double forward = onoma_forward_variance(t, s);
  const double t2 = t.sigma * t.sigma;
  // The mean of q(x_s | x_t, x_0).
  const double of_sample = s.alpha * forward / t2;
  const double of_x = t.alpha / s.alpha * s.sigma * s.sigma / t2;
  const double variance =
      sampler->scheduler.large_variance ? forward : onoma_posterior_variance(t, s);
  const double deviation = onoma_sampler_needs_noise(sampler, i) ? sqrt(variance) : 0.0;
  for (size_t j = 0; j < sampler->n_values; j++) {
    double next = of_sample * (double)sampler->estimate[j] + of_x * (double)x[j];
    if (deviation > 0.0)
      next += deviation * (double)noise[j];
    x[j] = (float)next;
  }
}
