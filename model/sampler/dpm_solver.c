// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// DPM-Solver++ and DPM-Solver, multistep (Lu et al., "DPM-Solver++: fast solver for guided sampling
// of diffusion probabilistic models", 2022, and "DPM-Solver", 2022).
//
// With lambda = ln(alpha / sigma) and h = lambda_s - lambda_t, the exact solution from t to s is
// linear in x_t and in an integral over the predicted x_0 (or e); the methods expand that integral
// in derivatives D by lambda, taken from earlier predictions. The factors of x_t and of the
// prediction are written without lambda, so that they hold at both ends of any path.

#include "sampler_methods.h"

#include <math.h>

// x_s = of_x x_t + sum_k of_derivative[k] D_k + of_noise z.
typedef struct {
  double of_x;
  double of_derivative[ONOMA_MAX_ORDER];
  double of_noise;
} Coefficients;

static Coefficients data_coefficients(OnomaNoiseLevel t, OnomaNoiseLevel s, double h, bool heun,
                                      size_t order) {
  Coefficients c = {0};
  c.of_x = s.sigma / t.sigma;
  c.of_derivative[0] = s.alpha - t.alpha * c.of_x; // alpha_s (1 - e^-h)
  if (order == 2 && !heun)
    c.of_derivative[1] = 0.5 * c.of_derivative[0];
  else if (order >= 2)
    c.of_derivative[1] = s.alpha * (expm1(-h) / h + 1.0);
  if (order == 3)
    c.of_derivative[2] = -s.alpha * ((expm1(-h) + h) / (h * h) - 0.5);
  return c;
}

static Coefficients noise_coefficients(OnomaNoiseLevel t, OnomaNoiseLevel s, double h, bool heun,
                                       size_t order) {
  Coefficients c = {0};
  c.of_x = s.alpha / t.alpha;
  c.of_derivative[0] = s.sigma - t.sigma * c.of_x; // -sigma_s (e^h - 1)
  if (order == 2 && !heun)
    c.of_derivative[1] = 0.5 * c.of_derivative[0];
  else if (order >= 2)
    c.of_derivative[1] = -s.sigma * (expm1(h) / h - 1.0);
  if (order == 3)
    c.of_derivative[2] = -s.sigma * ((expm1(h) - h) / (h * h) - 0.5);
  return c;
}

static Coefficients stochastic_coefficients(OnomaNoiseLevel t, OnomaNoiseLevel s, double h,
                                            bool heun, size_t order) {
  const double shrink = t.alpha * s.sigma / (s.alpha * t.sigma); // e^-h
  const double grown = 1.0 - shrink * shrink;
  Coefficients c = {0};
  c.of_x = s.sigma / t.sigma * shrink;
  c.of_derivative[0] = s.alpha * grown;
  if (order >= 2)
    c.of_derivative[1] = heun ? s.alpha * (grown / (-2.0 * h) + 1.0) : 0.5 * c.of_derivative[0];
  c.of_noise = s.sigma * sqrt(grown);
  return c;
}

size_t onoma_multistep_order(const OnomaSampler *sampler, size_t i) {
  const OnomaScheduler *scheduler = &sampler->scheduler;
  const size_t n_left = sampler->plan.n_steps - i;
  size_t order = scheduler->solver_order;
  if (order > sampler->n_history + 1)
    order = sampler->n_history + 1;
  if (scheduler->kind == ONOMA_SAMPLER_UNIPC) {
    if (scheduler->lower_order_final && order > n_left)
      order = n_left;
  } else {
    // Low orders are steadier at the end of short runs.
    const bool steadied = scheduler->lower_order_final && sampler->n_planned < 15;
    if (steadied && order > n_left)
      order = n_left;
    if (n_left == 1 && scheduler->euler_at_final)
      order = 1;
  }
  // No derivatives by lambda up to its infinity.
  return sampler->plan.steps[i].to.sigma > 0.0 ? order : 1;
}

// The derivatives at step i by divided differences, D_0 being the prediction itself: each as a
// combination of the history's predictions.
static void difference_weights(const OnomaSampler *sampler, size_t i, double h, size_t order,
                               double weights[ONOMA_MAX_ORDER][ONOMA_MAX_ORDER]) {
  const OnomaStep *steps = sampler->plan.steps;
  weights[0][0] = 1.0;
  if (order < 2)
    return;
  const double r0 = (steps[i].lambda - steps[i - 1].lambda) / h;
  const double first[ONOMA_MAX_ORDER] = {1.0 / r0, -1.0 / r0, 0.0};
  for (int j = 0; j < ONOMA_MAX_ORDER; j++)
    weights[1][j] = first[j];
  if (order < 3)
    return;
  const double r1 = (steps[i - 1].lambda - steps[i - 2].lambda) / h;
  const double second[ONOMA_MAX_ORDER] = {0.0, 1.0 / r1, -1.0 / r1};
  for (int j = 0; j < ONOMA_MAX_ORDER; j++) {
    weights[1][j] = first[j] + r0 / (r0 + r1) * (first[j] - second[j]);
    weights[2][j] = (first[j] - second[j]) / (r0 + r1);
  }
}

void onoma_step_dpm(OnomaSampler *sampler, size_t i, float *x, const float *noise) {
  const OnomaScheduler *scheduler = &sampler->scheduler;
  const OnomaNoiseLevel t = sampler->plan.steps[i].from;
  const OnomaNoiseLevel s = sampler->plan.steps[i].to;
  const double h = onoma_level_lambda(s) - sampler->plan.steps[i].lambda;
  const bool heun = scheduler->solver_type == ONOMA_SOLVER_HEUN;
  const bool of_noise = scheduler->algorithm_type == ONOMA_DPM_NOISE;
  onoma_history_push(sampler, i, of_noise ? sampler->noise : sampler->estimate);
  const size_t order = onoma_multistep_order(sampler, i);

  Coefficients c;
  if (of_noise)
    c = noise_coefficients(t, s, h, heun, order);
  else if (scheduler->algorithm_type == ONOMA_DPM_DATA)
    c = data_coefficients(t, s, h, heun, order);
  else
    c = stochastic_coefficients(t, s, h, heun, order);

  double differences[ONOMA_MAX_ORDER][ONOMA_MAX_ORDER] = {0};
  double weights[ONOMA_MAX_ORDER] = {0};
  difference_weights(sampler, i, h, order, differences);
  for (size_t k = 0; k < order; k++)
    for (size_t j = 0; j < order; j++)
      weights[j] += c.of_derivative[k] * differences[k][j];

  const bool is_noisy = onoma_sampler_needs_noise(sampler, i);
  for (size_t k = 0; k < sampler->n_values; k++) {
    double next = c.of_x * (double)x[k];
    for (size_t j = 0; j < order; j++)
      next += weights[j] * (double)sampler->history[j][k];
    if (is_noisy)
      next += c.of_noise * (double)noise[k];
    x[k] = (float)next;
  }
}
