// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// DDIM (Song, Meng and Ermon, "Denoising diffusion implicit models", 2021, equations 12 and 16).

#include "sampler_methods.h"

#include <math.h>

void onoma_step_ddim(OnomaSampler *sampler, size_t i, float *x, const float *noise) {
  const OnomaNoiseLevel t = sampler->plan.steps[i].from;
  const OnomaNoiseLevel s = sampler->plan.steps[i].to;
  const bool is_noisy = onoma_sampler_needs_noise(sampler, i);
  const double fresh = is_noisy ? sampler->eta * sqrt(onoma_posterior_variance(t, s)) : 0.0;
  const double kept = sqrt(fmax(s.sigma * s.sigma - fresh * fresh, 0.0));
  for (size_t j = 0; j < sampler->n_values; j++) {
    double next = s.alpha * (double)sampler->estimate[j] + kept * (double)sampler->noise[j];
    if (is_noisy)
      next += fresh * (double)noise[j];
    x[j] = (float)next;
  }
}
