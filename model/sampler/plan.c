// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Which times a sampler visits: the straight path, and what both paths share.

#include "plan.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

// ---- Distilled models

// Whether `n_units` of the smallest step can be had in n_steps steps of the listed sizes.
static bool can_fill(const OnomaScheduler *scheduler, size_t n_units, size_t n_steps) {
  const double unit = scheduler->step_sizes[0];
  if (n_steps == 0)
    return n_units == 0;
  for (size_t i = 0; i < scheduler->n_step_sizes; i++) {
    const size_t size = (size_t)lrint(scheduler->step_sizes[i] / unit);
    if (size <= n_units && can_fill(scheduler, n_units - size, n_steps - 1))
      return true;
  }
  return false;
}

// Sizes as equal as the list allows, the longer steps last, where there is little noise left.
static OnomaStatus plan_few_step(OnomaPlan *plan, const OnomaScheduler *scheduler,
                                 OnomaError *error) {
  const double unit = scheduler->step_sizes[0];
  const size_t n_units = (size_t)lrint(1.0 / unit);
  if (plan->n_steps > n_units || n_units > 16 || !can_fill(scheduler, n_units, plan->n_steps))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "this model's few-step sampler can't divide the way into %zu steps",
                      plan->n_steps);
  size_t left = n_units;
  for (size_t i = 0; i < plan->n_steps; i++) {
    const size_t n_after = plan->n_steps - i - 1;
    size_t chosen = 0;
    for (size_t j = 0; j < scheduler->n_step_sizes; j++) {
      const size_t size = (size_t)lrint(scheduler->step_sizes[j] / unit);
      if (size <= left && can_fill(scheduler, left - size, n_after) &&
          (!chosen || size * (n_after + 1) <= left))
        chosen = size;
    }
    const double t = (double)left * unit;
    const double d = (double)chosen * unit;
    left -= chosen;
    plan->steps[i] = (OnomaStep){
        .timestep = t * (double)scheduler->num_train_timesteps,
        .step_size = d,
        .from = onoma_level_straight(t),
        .to = onoma_level_straight((double)left * unit),
    };
  }
  return ONOMA_OK;
}

// Consistency sampling of a distilled model: from times among the step sizes all the way down (d =
// t), then back up to the next time with fresh noise.
static OnomaStatus plan_straight_lcm(OnomaPlan *plan, const OnomaScheduler *scheduler,
                                     OnomaError *error) {
  const size_t n_sizes = scheduler->n_step_sizes;
  if (scheduler->step_sizes[n_sizes - 1] < 1.0 || plan->n_steps > n_sizes)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "this model's \"lcm\" sampler has at most %zu steps", n_sizes);
  for (size_t i = 0; i < plan->n_steps; i++) {
    const double t = scheduler->step_sizes[n_sizes - 1 - i * n_sizes / plan->n_steps];
    plan->steps[i] = (OnomaStep){
        .timestep = t * (double)scheduler->num_train_timesteps,
        .step_size = t,
        .from = onoma_level_straight(t),
        .to = onoma_level_straight(0.0),
    };
    if (i)
      plan->steps[i - 1].to = plan->steps[i].from;
  }
  return ONOMA_OK;
}

// ---- Flow fields

// The time of step i, before the last one at 0.
static double straight_time(const OnomaScheduler *scheduler, size_t i, size_t n) {
  const double shift = scheduler->shift;
  if (!scheduler->ends_at_step_1)
    return 1.0 - (double)i / (double)n;
  // diffusers shifts its table of N times, and then once more what it takes from the ends of it.
  const double first = 1.0 / (double)scheduler->num_train_timesteps;
  const double end = shift * first / (1.0 + (shift - 1.0) * first);
  const double t = n > 1 ? 1.0 + (end - 1.0) * (double)i / (double)(n - 1) : 1.0;
  return shift * t / (1.0 + (shift - 1.0) * t);
}

OnomaStatus onoma_plan_straight(OnomaPlan *plan, const OnomaScheduler *scheduler,
                                OnomaError *error) {
  plan->init_scale = 1.0;
  if (scheduler->kind == ONOMA_SAMPLER_FEW_STEP)
    return plan_few_step(plan, scheduler, error);
  if (scheduler->kind == ONOMA_SAMPLER_LCM)
    return plan_straight_lcm(plan, scheduler, error);

  const double n_train = (double)scheduler->num_train_timesteps;
  for (size_t i = 0; i < plan->n_steps; i++) {
    double t = straight_time(scheduler, i, plan->n_steps);
    // At t = 1 a predicted e says nothing about x_0: start one training step later.
    if (scheduler->prediction == ONOMA_PREDICTS_EPSILON && t > 1.0 - 1.0 / n_train)
      t = 1.0 - 1.0 / n_train;
    plan->steps[i] = (OnomaStep){
        .timestep = t * n_train,
        .from = onoma_level_straight(t),
        .to = onoma_level_straight(0.0),
    };
    if (i)
      plan->steps[i - 1].to = plan->steps[i].from;
  }
  return ONOMA_OK;
}

// ---- Both paths

OnomaStatus onoma_plan_init(OnomaPlan *plan, const OnomaScheduler *scheduler, size_t n_steps,
                            OnomaError *error) {
  const size_t n_train = scheduler->num_train_timesteps;
  *plan = (OnomaPlan){.n_steps = n_steps};
  if (n_steps < 1 || n_steps > n_train)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the number of steps must be 1 to %zu", n_train);
  plan->steps = onoma_alloc_zero(n_steps, sizeof(OnomaStep));
  if (!plan->steps)
    return onoma_fail_memory(error);

  OnomaStatus status;
  if (scheduler->path == ONOMA_PATH_STRAIGHT)
    status = onoma_plan_straight(plan, scheduler, error);
  else
    status = onoma_plan_preserving(plan, scheduler, error);
  if (status) {
    onoma_plan_fini(plan);
    return status;
  }
  for (size_t i = 0; i < n_steps; i++)
    plan->steps[i].lambda = onoma_level_lambda(plan->steps[i].from);
  return ONOMA_OK;
}

void onoma_plan_drop(OnomaPlan *plan, size_t n_dropped) {
  plan->n_steps -= n_dropped;
  memmove(plan->steps, plan->steps + n_dropped, plan->n_steps * sizeof(OnomaStep));
}

void onoma_plan_fini(OnomaPlan *plan) {
  onoma_free(plan->steps);
  *plan = (OnomaPlan){0};
}
