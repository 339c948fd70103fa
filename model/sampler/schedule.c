// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Noise schedules: how much signal and how much noise there is at a time of the diffusion.

#include "schedule.h"

#include <math.h>

#define PI 3.14159265358979323846

// n equally spaced floats, counted from the nearer end as torch.linspace() does.
static void linspace(float first, float last, size_t n, float *out) {
  const float step = n > 1 ? (last - first) / (float)(n - 1) : 0.0F;
  for (size_t i = 0; i < n; i++)
    out[i] = i < n / 2 || n == 1 ? first + step * (float)i : last - step * (float)(n - 1 - i);
}

static double cosine_alpha_bar(double t) {
  const double c = cos((t + 0.008) / 1.008 * PI / 2.0);
  return c * c;
}

void onoma_betas(OnomaBetas schedule, double start, double end, size_t n, float *betas) {
  switch (schedule) {
  case ONOMA_BETAS_LINEAR:
    linspace((float)start, (float)end, n, betas);
    break;
  case ONOMA_BETAS_SCALED_LINEAR:
    linspace((float)sqrt(start), (float)sqrt(end), n, betas);
    for (size_t i = 0; i < n; i++)
      betas[i] *= betas[i];
    break;
  case ONOMA_BETAS_COSINE:
    for (size_t i = 0; i < n; i++) {
      const double ratio =
          cosine_alpha_bar((double)(i + 1) / (double)n) / cosine_alpha_bar((double)i / (double)n);
      betas[i] = (float)fmin(1.0 - ratio, 0.999);
    }
    break;
  }
}

void onoma_alphas_cumprod(const float *betas, size_t n, float *out) {
  double product = 1.0;
  for (size_t i = 0; i < n; i++) {
    product *= (double)(1.0F - betas[i]);
    out[i] = (float)product;
  }
}

void onoma_betas_rescale_zero_snr(float *betas, size_t n) {
  // Shifts sqrt(alpha_bar) so that the last is 0, and scales it so that the first stays.
  onoma_alphas_cumprod(betas, n, betas);
  const float first = sqrtf(betas[0]);
  const float last = sqrtf(betas[n - 1]);
  const float scale = first / (first - last);
  float previous = 1.0F;
  for (size_t i = 0; i < n; i++) {
    const float root = (sqrtf(betas[i]) - last) * scale;
    const float alpha_bar = root * root;
    betas[i] = 1.0F - alpha_bar / previous;
    previous = alpha_bar;
  }
}

OnomaNoiseLevel onoma_level_preserving(double alpha_cumprod) {
  return (OnomaNoiseLevel){.alpha = sqrt(alpha_cumprod), .sigma = sqrt(1.0 - alpha_cumprod)};
}

OnomaNoiseLevel onoma_level_from_ratio(double ratio) {
  const double alpha = 1.0 / sqrt(ratio * ratio + 1.0);
  return (OnomaNoiseLevel){.alpha = alpha, .sigma = ratio * alpha};
}

OnomaNoiseLevel onoma_level_straight(double t) {
  return (OnomaNoiseLevel){.alpha = 1.0 - t, .sigma = t};
}

double onoma_level_lambda(OnomaNoiseLevel level) {
  return log(level.alpha) - log(level.sigma);
}
