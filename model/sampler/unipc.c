// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// UniPC: a predictor and a corrector of one family (Zhao, Bai, Rao, Zhou and Lu, "UniPC: a unified
// predictor-corrector framework for fast sampling of diffusion models", 2023, sections 3.1
// and 3.2). Predicts x_0, multistep.
//
// From t to s, with h = lambda_s - lambda_t, predictions m_k at lambda_t + r_k h and m_0 at t:
//   x_s = sigma_s / sigma_t x_t + alpha_s (1 - e^-h) m_0 - alpha_s B sum_k rho_k (m_k - m_0) / r_k
// where the rho solve sum_k rho_k r_k^(n-1) = n! phi_{n+1}(-h) / B for all n, and B is -h (bh1) or
// e^-h - 1 (bh2). The corrector has one more point, s itself (r = 1), whose prediction was just
// made.

#include "sampler_methods.h"

#include <math.h>
#include <string.h>

// Solves the n x n system a rho = b by elimination with pivots; a and b are overwritten.
static void solve(double a[ONOMA_MAX_ORDER][ONOMA_MAX_ORDER], double b[ONOMA_MAX_ORDER], size_t n) {
  for (size_t column = 0; column < n; column++) {
    size_t pivot = column;
    for (size_t row = column + 1; row < n; row++)
      if (fabs(a[row][column]) > fabs(a[pivot][column]))
        pivot = row;
    for (size_t j = 0; j < n; j++) {
      const double swapped = a[column][j];
      a[column][j] = a[pivot][j];
      a[pivot][j] = swapped;
    }
    const double swapped = b[column];
    b[column] = b[pivot];
    b[pivot] = swapped;
    for (size_t row = column + 1; row < n; row++) {
      const double factor = a[row][column] / a[column][column];
      for (size_t j = column; j < n; j++)
        a[row][j] -= factor * a[column][j];
      b[row] -= factor * b[column];
    }
  }
  for (size_t row = n; row-- > 0;) {
    for (size_t j = row + 1; j < n; j++)
      b[row] -= a[row][j] * b[j];
    b[row] /= a[row][row];
  }
}

// B(h), for a finite or infinite h.
static double b_of(OnomaSolverType type, double h) {
  return type == ONOMA_SOLVER_BH1 ? -h : expm1(-h);
}

// rho [n] for the points r [n].
static void find_rho(OnomaSolverType type, double h, const double *r, size_t n, double *rho) {
  double a[ONOMA_MAX_ORDER][ONOMA_MAX_ORDER];
  double phi = expm1(-h) / -h - 1.0; // -h phi_2(-h)
  double factorial = 1.0;
  for (size_t row = 0; row < n; row++) {
    for (size_t j = 0; j < n; j++)
      a[row][j] = pow(r[j], (double)row);
    rho[row] = phi * factorial / b_of(type, h);
    factorial *= (double)(row + 2);
    phi = phi / -h - 1.0 / factorial;
  }
  solve(a, rho, n);
}

// The first order part: x [n] and m_0 at t become out at s.
static void step_first(const OnomaSampler *sampler, OnomaNoiseLevel t, OnomaNoiseLevel s,
                       const float *x, const float *m0, float *out) {
  const double of_x = s.sigma / t.sigma;
  const double of_m0 = s.alpha - t.alpha * of_x; // alpha_s (1 - e^-h)
  for (size_t j = 0; j < sampler->n_values; j++)
    out[j] = (float)(of_x * (double)x[j] + of_m0 * (double)m0[j]);
}

// out -= factor (m - m0).
static void add_difference(const OnomaSampler *sampler, double factor, const float *m,
                           const float *m0, float *out) {
  for (size_t j = 0; j < sampler->n_values; j++)
    out[j] = (float)((double)out[j] - factor * ((double)m[j] - (double)m0[j]));
}

// Redoes step i - 1 with the prediction at its end; the history is still that of step i - 1.
static void correct(OnomaSampler *sampler, size_t i, float *x) {
  const OnomaStep *before = &sampler->plan.steps[i - 1];
  const OnomaStep *now = &sampler->plan.steps[i];
  const OnomaSolverType type = sampler->scheduler.solver_type;
  const double h = now->lambda - before->lambda;
  const size_t order = sampler->last_order;
  double r[ONOMA_MAX_ORDER];
  double rho[ONOMA_MAX_ORDER];
  for (size_t k = 0; k + 1 < order; k++)
    r[k] = (sampler->plan.steps[i - 2 - k].lambda - before->lambda) / h;
  r[order - 1] = 1.0;
  rho[0] = 0.5;
  if (order > 1)
    find_rho(type, h, r, order, rho);

  const double scale = now->from.alpha * b_of(type, h);
  step_first(sampler, before->from, now->from, sampler->last_x, sampler->history[0], x);
  for (size_t k = 0; k + 1 < order; k++)
    add_difference(sampler, scale * rho[k] / r[k], sampler->history[k + 1], sampler->history[0], x);
  add_difference(sampler, scale * rho[order - 1], sampler->estimate, sampler->history[0], x);
}

static void predict(OnomaSampler *sampler, size_t i, float *x) {
  const OnomaStep *step = &sampler->plan.steps[i];
  const OnomaSolverType type = sampler->scheduler.solver_type;
  const double h = onoma_level_lambda(step->to) - step->lambda;
  const size_t order = h > 0.0 ? onoma_multistep_order(sampler, i) : 1;
  double r[ONOMA_MAX_ORDER];
  double rho[ONOMA_MAX_ORDER];
  for (size_t k = 0; k + 1 < order; k++)
    r[k] = (sampler->plan.steps[i - 1 - k].lambda - step->lambda) / h;
  rho[0] = 0.5; // what the order 2 system comes to but for terms of order h
  if (order > 2)
    find_rho(type, h, r, order - 1, rho);

  memcpy(sampler->last_x, x, sampler->n_values * sizeof(float));
  step_first(sampler, step->from, step->to, sampler->last_x, sampler->history[0], x);
  for (size_t k = 0; k + 1 < order; k++)
    add_difference(sampler, step->to.alpha * b_of(type, h) * rho[k] / r[k], sampler->history[k + 1],
                   sampler->history[0], x);
  sampler->last_order = order;
}

void onoma_step_unipc(OnomaSampler *sampler, size_t i, float *x, const float *noise) {
  (void)noise;
  // Pure noise has no lambda, so a step from there stays uncorrected.
  if (i > 0 && isfinite(sampler->plan.steps[i - 1].lambda))
    correct(sampler, i, x);
  onoma_history_push(sampler, i, sampler->estimate);
  predict(sampler, i, x);
}
