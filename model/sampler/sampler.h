// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Turning noise into a sample, one evaluation of the network at a time.
//
//   onoma_sampler_start(s, NULL, noise, x);
//   for (i = 0; i < onoma_sampler_n_steps(s); i++) {
//     onoma_sampler_scale_input(s, i, x, input);
//     output = network(input, onoma_sampler_timestep(s, i), onoma_sampler_step_size(s, i));
//     noise = onoma_sampler_needs_noise(s, i) ? draw() : NULL;
//     onoma_sampler_step(s, i, x, output, noise);
//   }
//
// and x is the sample. Values are independent of each other, so any shape and batch will do. All
// memory is taken when a sampler is opened.

#ifndef ONOMA_MODEL_SAMPLER_SAMPLER_H
#define ONOMA_MODEL_SAMPLER_SAMPLER_H

#include "model/sampler/scheduler.h"

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct OnomaSampler OnomaSampler;

typedef struct {
  size_t n_steps;  // of the whole way from noise
  size_t n_values; // of a sample
  double eta;      // DDIM's noise, 0 to 1: none to as much as DDPM's; 0 for other samplers
  double strength; // how much of the way is made, 0 to 1: less than 1 starts with onoma_add_noise()
} OnomaSamplerSettings;

// n_steps and n_values 0, eta 0, strength 1. [any]
void onoma_sampler_settings_default(OnomaSamplerSettings *settings);

// Opens scheduler->kind. The scheduler may be closed afterwards. [control]
OnomaStatus onoma_sampler_open(OnomaSampler **sampler, const OnomaScheduler *scheduler,
                               const OnomaSamplerSettings *settings, OnomaError *error);

// Frees everything and clears the pointer. [control]
void onoma_sampler_close(OnomaSampler **sampler);

// Steps that are taken: the last floor(n_steps * strength), but at least one. [any]
size_t onoma_sampler_n_steps(const OnomaSampler *sampler);

// What the network is told about step i: the time, and for a distilled model the step size, 0 if it
// is to give the field at that time. [any]
double onoma_sampler_timestep(const OnomaSampler *sampler, size_t i);
double onoma_sampler_step_size(const OnomaSampler *sampler, size_t i);

// Whether the weight of guidance is an input of the network, within the scheduler's guidance_min
// and guidance_max, instead of a second evaluation. [any]
bool onoma_sampler_embeds_guidance(const OnomaSampler *sampler);

// What onoma_sampler_start() multiplies noise by without a clean sample. [any]
double onoma_sampler_init_scale(const OnomaSampler *sampler);

// The noise level before step i. [any]
OnomaNoiseLevel onoma_sampler_level(const OnomaSampler *sampler, size_t i);

// Makes x [n] from unit noise, and from a clean sample too if that is not NULL: then x is that
// sample with the noise of the first step. Forgets earlier runs. x may be either input.
void onoma_sampler_start(OnomaSampler *sampler, const float *clean, const float *noise, float *x);

// The network's input in step i: x or, where x is scaled otherwise (Euler on the variance
// preserving path keeps x / alpha), x times a number. input may be x.
void onoma_sampler_scale_input(const OnomaSampler *sampler, size_t i, const float *x, float *input);

// Whether step i uses noise. [any]
bool onoma_sampler_needs_noise(const OnomaSampler *sampler, size_t i);

// Step i: x [n] and the network's output [n] become the next x, in place. noise [n] are unit normal
// deviates where the step needs them; ignored otherwise. Steps must be taken in order.
void onoma_sampler_step(OnomaSampler *sampler, size_t i, float *x, const float *output,
                        const float *noise);

// The clean sample [n] that the last step's output pointed to: a preview. Valid until the next
// step. [any]
const float *onoma_sampler_estimate(const OnomaSampler *sampler);

#endif
