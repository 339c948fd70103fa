// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The forward process, what networks predict, and what they are trained on.

#include "diffusion.h"

void onoma_add_noise(OnomaNoiseLevel level, const float *x0, const float *noise, size_t n,
                     float *xt) {
  for (size_t i = 0; i < n; i++)
    xt[i] = (float)(level.alpha * (double)x0[i] + level.sigma * (double)noise[i]);
}

// Every prediction is p x_0 + q e.
typedef struct {
  double of_sample, of_noise;
} Target;

static Target target_of(OnomaPrediction prediction, OnomaNoiseLevel level) {
  switch (prediction) {
  case ONOMA_PREDICTS_EPSILON:
    return (Target){0.0, 1.0};
  case ONOMA_PREDICTS_V:
    return (Target){-level.sigma, level.alpha};
  case ONOMA_PREDICTS_SAMPLE:
    return (Target){1.0, 0.0};
  case ONOMA_PREDICTS_FLOW:
    break;
  }
  return (Target){-1.0, 1.0};
}

// Both mixes solve x = alpha x_0 + sigma e, output = p x_0 + q e for one unknown.
OnomaMix onoma_mix_to_sample(OnomaPrediction prediction, OnomaNoiseLevel level) {
  const Target t = target_of(prediction, level);
  const double determinant = level.alpha * t.of_noise - level.sigma * t.of_sample;
  if (prediction == ONOMA_PREDICTS_SAMPLE) // also where sigma is 0
    return (OnomaMix){0.0, 1.0};
  return (OnomaMix){t.of_noise / determinant, -level.sigma / determinant};
}

OnomaMix onoma_mix_to_noise(OnomaPrediction prediction, OnomaNoiseLevel level) {
  const Target t = target_of(prediction, level);
  const double determinant = level.alpha * t.of_noise - level.sigma * t.of_sample;
  if (prediction == ONOMA_PREDICTS_EPSILON) // also where alpha is 0
    return (OnomaMix){0.0, 1.0};
  return (OnomaMix){-t.of_sample / determinant, level.alpha / determinant};
}

void onoma_training_target(OnomaPrediction prediction, OnomaNoiseLevel level, const float *x0,
                           const float *noise, size_t n, float *target) {
  const Target t = target_of(prediction, level);
  for (size_t i = 0; i < n; i++)
    target[i] = (float)(t.of_sample * (double)x0[i] + t.of_noise * (double)noise[i]);
}

double onoma_training_loss(OnomaPrediction prediction, OnomaNoiseLevel level, const float *x0,
                           const float *noise, const float *output, size_t n) {
  const Target t = target_of(prediction, level);
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) {
    const double target = t.of_sample * (double)x0[i] + t.of_noise * (double)noise[i];
    const double error = (double)output[i] - target;
    sum += error * error;
  }
  return n ? sum / (double)n : 0.0;
}

double onoma_training_weight(OnomaPrediction prediction, OnomaNoiseLevel level) {
  const double slope = onoma_mix_to_sample(prediction, level).of_output;
  return 1.0 / (slope * slope);
}
