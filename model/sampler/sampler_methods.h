// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What a sampler is made of, and the methods: one step each.

#ifndef ONOMA_MODEL_SAMPLER_SAMPLER_METHODS_H
#define ONOMA_MODEL_SAMPLER_SAMPLER_METHODS_H

#include "model/sampler/plan.h"
#include "model/sampler/sampler.h"

#define ONOMA_MAX_ORDER 3

struct OnomaSampler {
  OnomaScheduler scheduler; // without its table
  OnomaPlan plan;
  size_t n_planned; // steps of the whole way
  size_t n_values;
  double eta;
  bool scaled;     // x is kept divided by alpha
  float *estimate; // [n], x_0 by the last output, clipped if asked for
  float *noise;    // [n], e by the last output
  // Multistep methods only: estimates (of x_0, or of e for ONOMA_DPM_NOISE) of the current step and
  // those before, newest first.
  float *history[ONOMA_MAX_ORDER];
  float *last_x;     // [n], UniPC: x before the last step
  size_t n_history;  // estimates before the current one that may be used
  size_t last_order; // UniPC: order of the last step
};

// A step: x [n] at step->from becomes x at step->to. The output has been turned into
// sampler->estimate and sampler->noise.
typedef void (*OnomaSamplerMethod)(OnomaSampler *sampler, size_t i, float *x, const float *noise);

void onoma_step_ddpm(OnomaSampler *sampler, size_t i, float *x, const float *noise);
void onoma_step_ddim(OnomaSampler *sampler, size_t i, float *x, const float *noise);
void onoma_step_dpm(OnomaSampler *sampler, size_t i, float *x, const float *noise);
void onoma_step_euler(OnomaSampler *sampler, size_t i, float *x, const float *noise);
void onoma_step_unipc(OnomaSampler *sampler, size_t i, float *x, const float *noise);
void onoma_step_lcm(OnomaSampler *sampler, size_t i, float *x, const float *noise);
void onoma_step_few(OnomaSampler *sampler, size_t i, float *x, const float *noise);

// Variance of q(x_s | x_t, x_0), for the noise levels t before and s after a step: sigma_{t|s}^2
// sigma_s^2 / sigma_t^2 with sigma_{t|s}^2 = sigma_t^2 - alpha_{t|s}^2 sigma_s^2 and alpha_{t|s} =
// alpha_t / alpha_s. On the variance preserving path this is Ho et al.'s tilde beta, and on any
// path it needs no betas (Kingma, Salimans, Poole and Ho 2021).
double onoma_posterior_variance(OnomaNoiseLevel t, OnomaNoiseLevel s);

// sigma_{t|s}^2 itself: the variance that the way from s to t adds.
double onoma_forward_variance(OnomaNoiseLevel t, OnomaNoiseLevel s);

// Puts the current estimate first into the history, and counts how many of the older ones have
// finite lambdas: none is ever subtracted from another at pure noise.
void onoma_history_push(OnomaSampler *sampler, size_t i, const float *estimate);

// The order that a multistep method may use in step i, 1 to scheduler.solver_order.
size_t onoma_multistep_order(const OnomaSampler *sampler, size_t i);

#endif
