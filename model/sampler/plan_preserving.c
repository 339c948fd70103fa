// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Which times a sampler visits on the variance preserving path, by the conventions of diffusers.

#include "base/error.h"
#include "base/memory.h"
#include "plan.h"

#include <math.h>

static OnomaNoiseLevel level_at(const OnomaScheduler *scheduler, size_t t) {
  return onoma_level_preserving((double)scheduler->alphas_cumprod[t]);
}

static const OnomaNoiseLevel clean = {.alpha = 1.0, .sigma = 0.0};

// An offset that keeps times inside of the table: full-length schedules have no room for one.
static size_t offset_for(const OnomaScheduler *scheduler, size_t largest) {
  const size_t room = scheduler->num_train_timesteps - 1 - largest;
  return scheduler->steps_offset < room ? scheduler->steps_offset : room;
}

// Time i of n for the samplers that visit both ends (DDIM, DDPM).
static double time_of_both_ends(const OnomaScheduler *scheduler, size_t i, size_t n) {
  const double n_train = (double)scheduler->num_train_timesteps;
  const size_t ratio = scheduler->num_train_timesteps / n;
  switch (scheduler->timestep_spacing) {
  case ONOMA_SPACING_LEADING:
    return (double)((n - 1 - i) * ratio + offset_for(scheduler, (n - 1) * ratio));
  case ONOMA_SPACING_TRAILING:
    return rint(n_train - (double)i * (n_train / (double)n)) - 1.0;
  case ONOMA_SPACING_LINSPACE:
    break;
  }
  return n > 1 ? rint((double)(n - 1 - i) * ((n_train - 1.0) / (double)(n - 1))) : 0.0;
}

// Time i of n for the multistep solvers, which leave out the clean end. n_kept: how many of the
// training steps are within the clipping of lambda.
static double time_of_multistep(const OnomaScheduler *scheduler, size_t n_kept, size_t i,
                                size_t n) {
  const size_t ratio = n_kept / (n + 1);
  switch (scheduler->timestep_spacing) {
  case ONOMA_SPACING_LEADING:
    return (double)((n - i) * ratio + offset_for(scheduler, n * ratio));
  case ONOMA_SPACING_TRAILING:
    return fmax(0.0, rint((double)n_kept -
                          (double)i * ((double)scheduler->num_train_timesteps / (double)n)) -
                         1.0);
  case ONOMA_SPACING_LINSPACE:
    break;
  }
  return rint((double)(n - i) * ((double)(n_kept - 1) / (double)n));
}

// Time i of n for Euler's method: linspace times are not rounded, but single precision.
static double time_of_euler(const OnomaScheduler *scheduler, size_t i, size_t n) {
  if (scheduler->timestep_spacing != ONOMA_SPACING_LINSPACE)
    return time_of_both_ends(scheduler, i, n);
  const double last = (double)scheduler->num_train_timesteps - 1.0;
  return n > 1 ? (double)(float)((double)(n - 1 - i) * (last / (double)(n - 1))) : 0.0;
}

// ---- DDPM and DDIM

static void plan_table(OnomaPlan *plan, const OnomaScheduler *scheduler) {
  const size_t n = plan->n_steps;
  const size_t ratio = scheduler->num_train_timesteps / n;
  const bool ddim = scheduler->kind == ONOMA_SAMPLER_DDIM;
  const OnomaNoiseLevel last =
      ddim && !scheduler->set_alpha_to_one ? level_at(scheduler, 0) : clean;
  plan->init_scale = 1.0;
  for (size_t i = 0; i < n; i++) {
    const size_t t = (size_t)time_of_both_ends(scheduler, i, n);
    OnomaStep *step = &plan->steps[i];
    step->timestep = (double)t;
    step->from = level_at(scheduler, t);
    // DDIM steps by the same amount whatever the spacing, DDPM to the next time of the list.
    if (ddim)
      step->to = t >= ratio ? level_at(scheduler, t - ratio) : last;
    else
      step->to =
          i + 1 < n ? level_at(scheduler, (size_t)time_of_both_ends(scheduler, i + 1, n)) : last;
  }
}

// ---- LCM

static OnomaStatus plan_lcm(OnomaPlan *plan, const OnomaScheduler *scheduler, OnomaError *error) {
  const size_t n_origin = scheduler->original_inference_steps;
  const size_t ratio = scheduler->num_train_timesteps / n_origin;
  if (plan->n_steps > n_origin)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "sampler \"lcm\" has at most %zu steps here",
                      n_origin);
  plan->init_scale = 1.0;
  for (size_t i = 0; i < plan->n_steps; i++) {
    const double at = floor((double)i * ((double)n_origin / (double)plan->n_steps));
    const size_t t = (n_origin - (size_t)at) * ratio - 1;
    plan->steps[i].timestep = (double)t;
    plan->steps[i].from = level_at(scheduler, t);
    plan->steps[i].to = clean;
    if (i)
      plan->steps[i - 1].to = plan->steps[i].from;
  }
  return ONOMA_OK;
}

// ---- The samplers that work on sigma / alpha

static double ratio_at(const OnomaScheduler *scheduler, size_t t) {
  const float alpha_cumprod = scheduler->alphas_cumprod[t];
  return (double)sqrtf((1.0F - alpha_cumprod) / alpha_cumprod);
}

// sigma / alpha at a time between those of the table.
static double interpolate_ratio(const OnomaScheduler *scheduler, double t) {
  const size_t low = (size_t)t;
  const double weight = t - (double)low;
  const double at_low = ratio_at(scheduler, low);
  return weight > 0.0 ? at_low + weight * (ratio_at(scheduler, low + 1) - at_low) : at_low;
}

// The time at which the table holds a ratio, by interpolation of logarithms.
static double time_of_ratio(const OnomaScheduler *scheduler, double ratio) {
  const size_t n = scheduler->num_train_timesteps;
  size_t low = 0;
  while (low < n - 2 && ratio_at(scheduler, low + 1) <= ratio)
    low++;
  const double a = log(ratio_at(scheduler, low));
  const double b = log(ratio_at(scheduler, low + 1));
  const double weight = (a - log(fmax(ratio, 1e-10))) / (a - b);
  return (double)low + fmin(fmax(weight, 0.0), 1.0);
}

// Ratio i of n by Karras, Aittala, Aila and Laine (2022), equation 5.
static double karras_ratio(const OnomaScheduler *scheduler, size_t i, size_t n) {
  const double rho = 7.0;
  const double least = scheduler->sigma_min > 0.0 ? scheduler->sigma_min : ratio_at(scheduler, 0);
  const double most = scheduler->sigma_max > 0.0
                          ? scheduler->sigma_max
                          : ratio_at(scheduler, scheduler->num_train_timesteps - 1);
  const double ramp = n > 1 ? (double)i / (double)(n - 1) : 0.0;
  const double low = pow(least, 1.0 / rho);
  const double high = pow(most, 1.0 / rho);
  return pow(high + ramp * (low - high), rho);
}

// How many training steps have a lambda that is not clipped.
static size_t n_unclipped(const OnomaScheduler *scheduler) {
  size_t n = scheduler->num_train_timesteps;
  while (n > 1 && -log(ratio_at(scheduler, n - 1)) < scheduler->lambda_min_clipped)
    n--;
  return n;
}

static OnomaStatus plan_ratios(OnomaPlan *plan, const OnomaScheduler *scheduler,
                               OnomaError *error) {
  const size_t n = plan->n_steps;
  const bool is_euler = scheduler->kind == ONOMA_SAMPLER_EULER;
  const size_t n_kept = n_unclipped(scheduler);
  if (!is_euler && n >= n_kept)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "sampler \"%s\" has at most %zu steps here",
                      onoma_sampler_name(scheduler->kind), n_kept - 1);

  double largest = 0.0;
  double ratio = 0.0;
  for (size_t i = 0; i < n; i++) {
    double t =
        is_euler ? time_of_euler(scheduler, i, n) : time_of_multistep(scheduler, n_kept, i, n);
    ratio = interpolate_ratio(scheduler, t);
    if (scheduler->use_karras_sigmas) {
      ratio = karras_ratio(scheduler, i, n);
      t = time_of_ratio(scheduler, ratio);
      t = is_euler ? (double)(float)t : rint(t);
    }
    ratio = (double)(float)ratio;
    largest = fmax(largest, ratio);
    plan->steps[i].timestep = t;
    plan->steps[i].from = onoma_level_from_ratio(ratio);
    if (i)
      plan->steps[i - 1].to = plan->steps[i].from;
  }
  double last = scheduler->final_sigma_is_zero ? 0.0 : ratio_at(scheduler, 0);
  if (scheduler->kind == ONOMA_SAMPLER_UNIPC && !scheduler->final_sigma_is_zero &&
      scheduler->use_karras_sigmas)
    last = ratio;
  plan->steps[n - 1].to = onoma_level_from_ratio(last);
  plan->init_scale = 1.0;
  if (is_euler)
    plan->init_scale = scheduler->timestep_spacing == ONOMA_SPACING_LEADING
                           ? sqrt(largest * largest + 1.0)
                           : largest;
  return ONOMA_OK;
}

OnomaStatus onoma_plan_preserving(OnomaPlan *plan, const OnomaScheduler *scheduler,
                                  OnomaError *error) {
  switch (scheduler->kind) {
  case ONOMA_SAMPLER_DDPM:
  case ONOMA_SAMPLER_DDIM:
    plan_table(plan, scheduler);
    return ONOMA_OK;
  case ONOMA_SAMPLER_LCM:
    return plan_lcm(plan, scheduler, error);
  default:
    return plan_ratios(plan, scheduler, error);
  }
}
