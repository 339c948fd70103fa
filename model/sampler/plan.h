// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Which times a sampler visits.

#ifndef ONOMA_MODEL_SAMPLER_PLAN_H
#define ONOMA_MODEL_SAMPLER_PLAN_H

#include "model/sampler/scheduler.h"

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

// One evaluation of the network and the step that follows.
typedef struct {
  double timestep;          // as the network is told
  double step_size;         // d of the few-step model; 0: the network gives a field at a time
  OnomaNoiseLevel from, to; // noise level before and after the step
  double lambda;            // of `from`
} OnomaStep;

typedef struct {
  size_t n_steps;
  OnomaStep *steps;  // [n_steps], owned
  double init_scale; // what unit noise is multiplied by at the start
} OnomaPlan;

// The times of scheduler->kind in n_steps steps, following diffusers' conventions of that class
// where the scheduler has betas, and from t = 1 to 0 in equal steps on the straight path. A number
// of steps that the scheduler can't do is an argument error. [control]
OnomaStatus onoma_plan_init(OnomaPlan *plan, const OnomaScheduler *scheduler, size_t n_steps,
                            OnomaError *error);

// Drops the first steps of a plan. [any]
void onoma_plan_drop(OnomaPlan *plan, size_t n_dropped);

// Frees the steps; fine on a zeroed struct. [control]
void onoma_plan_fini(OnomaPlan *plan);

// The parts of onoma_plan_init() by path; steps has room for n_steps.
OnomaStatus onoma_plan_preserving(OnomaPlan *plan, const OnomaScheduler *scheduler,
                                  OnomaError *error);
OnomaStatus onoma_plan_straight(OnomaPlan *plan, const OnomaScheduler *scheduler,
                                OnomaError *error);

#endif
