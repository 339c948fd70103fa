// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The forward process, what networks predict, and what they are trained on.
//
// Ho, Jain and Abbeel, "Denoising diffusion probabilistic models", 2020; Salimans and Ho,
// "Progressive distillation for fast sampling of diffusion models", 2022 (v); Lipman et al., "Flow
// matching for generative modeling", 2022, and Liu, Gong and Liu, "Flow straight and fast", 2022
// (flow). All are linear in x_0 and e, so any of them together with x_t gives all others.

#ifndef ONOMA_MODEL_SAMPLER_DIFFUSION_H
#define ONOMA_MODEL_SAMPLER_DIFFUSION_H

#include "model/sampler/schedule.h"

#include <stddef.h>

// What the network's output stands for.
typedef enum {
  ONOMA_PREDICTS_EPSILON, // e
  ONOMA_PREDICTS_V,       // alpha e - sigma x_0
  ONOMA_PREDICTS_SAMPLE,  // x_0
  ONOMA_PREDICTS_FLOW,    // e - x_0, the velocity of the straight path
} OnomaPrediction;

// The forward process: x_t [n] = alpha x_0 + sigma e. x_t may be either input. [any]
void onoma_add_noise(OnomaNoiseLevel level, const float *x0, const float *noise, size_t n,
                     float *xt);

// Two numbers that turn x_t and an output into something else: a * x_t + b * output.
typedef struct {
  double of_x, of_output;
} OnomaMix;

// The mix that gives x_0, and the one that gives e. x_0 can't be had from a predicted e where
// alpha is 0, nor e from a predicted x_0 where sigma is 0: the numbers are infinite then. [any]
OnomaMix onoma_mix_to_sample(OnomaPrediction prediction, OnomaNoiseLevel level);
OnomaMix onoma_mix_to_noise(OnomaPrediction prediction, OnomaNoiseLevel level);

// What the network should have said: target [n] for x_0 and e. [any]
void onoma_training_target(OnomaPrediction prediction, OnomaNoiseLevel level, const float *x0,
                           const float *noise, size_t n, float *target);

// The training loss of one sample at one time: the mean over n values of (output - target)^2. For a
// predicted e that is L_simple of Ho et al., equation 14. Time is drawn anew for every sample;
// Ho et al. draw it uniformly, the shipped model from a logit-normal density (Esser et al. 2024),
// which is where its weighting over time lies. [any]
double onoma_training_loss(OnomaPrediction prediction, OnomaNoiseLevel level, const float *x0,
                           const float *noise, const float *output, size_t n);

// The factor w such that onoma_training_loss() is w times the mean square error of the x_0 that the
// output implies: the signal to noise ratio (alpha / sigma)^2 for e, that plus 1 for v on the
// variance preserving path, 1 for x_0 and ((alpha + sigma) / sigma)^2 for the flow. [any]
double onoma_training_weight(OnomaPrediction prediction, OnomaNoiseLevel level);

#endif
