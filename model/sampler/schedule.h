// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Noise schedules: how much signal and how much noise there is at a time of the diffusion.
//
// Everything in model/sampler/ is written over x_t = alpha_t x_0 + sigma_t e with e ~ N(0, 1), so
// that a method works on any path: the variance preserving one of Ho, Jain and Abbeel (2020),
// alpha^2 + sigma^2 = 1, given by a table of betas, or the straight one of flow matching (Lipman et
// al. 2022; Liu, Gong and Liu 2022), alpha = 1 - t and sigma = t.

#ifndef ONOMA_MODEL_SAMPLER_SCHEDULE_H
#define ONOMA_MODEL_SAMPLER_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
  ONOMA_PATH_PRESERVING, // variance preserving
  ONOMA_PATH_STRAIGHT,
} OnomaPath;

// A time of the diffusion, by what x_t is made of.
typedef struct {
  double alpha; // of x_0
  double sigma; // of the noise
} OnomaNoiseLevel;

typedef enum {
  ONOMA_BETAS_LINEAR,
  ONOMA_BETAS_SCALED_LINEAR, // linear in the square root
  ONOMA_BETAS_COSINE,        // "squaredcos_cap_v2" (Nichol and Dhariwal 2021), at most 0.999
} OnomaBetas;

// betas [n], n at least 1; start and end do not matter for the cosine schedule. In single precision
// and in the order that PyTorch computes them, so that tables agree with diffusers'. [any]
void onoma_betas(OnomaBetas schedule, double start, double end, size_t n, float *betas);

// Changes betas [n] so that the last step holds no signal at all (Lin, Liu, Li and Yang 2023,
// algorithm 1). [any]
void onoma_betas_rescale_zero_snr(float *betas, size_t n);

// alphas_cumprod[i] = prod_{j <= i} (1 - betas[j]) = alpha^2 at step i. out may be betas. [any]
void onoma_alphas_cumprod(const float *betas, size_t n, float *out);

// The level of the variance preserving path where alpha^2 is alpha_cumprod. [any]
OnomaNoiseLevel onoma_level_preserving(double alpha_cumprod);

// The same from the noise to signal ratio sigma / alpha. [any]
OnomaNoiseLevel onoma_level_from_ratio(double ratio);

// The level of the straight path at t in [0, 1]. [any]
OnomaNoiseLevel onoma_level_straight(double t);

// lambda = ln(alpha / sigma), half the logarithm of the signal to noise ratio: -infinity for pure
// noise, infinity for clean data. [any]
double onoma_level_lambda(OnomaNoiseLevel level);

#endif
