// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// LCM: multistep consistency sampling (Song, Dhariwal, Chen and Sutskever 2023, algorithm 1; Luo et
// al., "Latent consistency models", 2023).

#include "sampler_methods.h"

#include <math.h>

// Standard deviation of the data, as the boundary condition of the published models has it.
#define SIGMA_DATA 0.5

void onoma_step_lcm(OnomaSampler *sampler, size_t i, float *x, const float *noise) {
  const OnomaStep *step = &sampler->plan.steps[i];
  // f(x, t) = c_skip x + c_out x_0 is x itself at t = 0. A model of average velocities has that
  // property by itself.
  double c_skip = 0.0;
  double c_out = 1.0;
  if (sampler->scheduler.path == ONOMA_PATH_PRESERVING) {
    const double time = step->timestep * sampler->scheduler.timestep_scaling;
    const double sum = time * time + SIGMA_DATA * SIGMA_DATA;
    c_skip = SIGMA_DATA * SIGMA_DATA / sum;
    c_out = time / sqrt(sum);
  }
  const bool is_noisy = onoma_sampler_needs_noise(sampler, i);
  const double alpha = is_noisy ? step->to.alpha : 1.0;
  for (size_t j = 0; j < sampler->n_values; j++) {
    double next = alpha * (c_out * (double)sampler->estimate[j] + c_skip * (double)x[j]);
    if (is_noisy)
      next += step->to.sigma * (double)noise[j];
    x[j] = (float)next;
  }
}
