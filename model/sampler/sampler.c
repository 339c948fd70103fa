// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Turning noise into a sample: what all methods share.

#include "sampler.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/sampler/sampler_methods.h"

#include <math.h>
#include <string.h>

static const OnomaSamplerMethod methods[ONOMA_N_SAMPLERS] = {
    [ONOMA_SAMPLER_DDPM] = onoma_step_ddpm,    [ONOMA_SAMPLER_DDIM] = onoma_step_ddim,
    [ONOMA_SAMPLER_DPM] = onoma_step_dpm,      [ONOMA_SAMPLER_EULER] = onoma_step_euler,
    [ONOMA_SAMPLER_UNIPC] = onoma_step_unipc,  [ONOMA_SAMPLER_LCM] = onoma_step_lcm,
    [ONOMA_SAMPLER_FEW_STEP] = onoma_step_few,
};

void onoma_sampler_settings_default(OnomaSamplerSettings *settings) {
  *settings = (OnomaSamplerSettings){.strength = 1.0};
}

static OnomaStatus check_settings(const OnomaScheduler *scheduler,
                                  const OnomaSamplerSettings *settings, OnomaError *error) {
  if (!(settings->eta >= 0.0 && settings->eta <= 1.0))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "eta must be 0 to 1");
  if (settings->eta > 0.0 && scheduler->kind != ONOMA_SAMPLER_DDIM)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "eta is for the sampler \"ddim\", not \"%s\"",
                      onoma_sampler_name(scheduler->kind));
  if (!(settings->strength > 0.0 && settings->strength <= 1.0))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "strength must be more than 0, and at most 1");
  return onoma_scheduler_check(scheduler, scheduler->kind, error);
}

static bool alloc_values(OnomaSampler *sampler) {
  const OnomaSamplerKind kind = sampler->scheduler.kind;
  const size_t n = sampler->n_values;
  sampler->estimate = onoma_alloc_zero(n, sizeof(float));
  sampler->noise = onoma_alloc(n, sizeof(float));
  if (!sampler->estimate || !sampler->noise)
    return false;
  if (kind != ONOMA_SAMPLER_DPM && kind != ONOMA_SAMPLER_UNIPC)
    return true;
  sampler->last_x = onoma_alloc(n, sizeof(float));
  for (int i = 0; i < ONOMA_MAX_ORDER; i++)
    if (!(sampler->history[i] = onoma_alloc(n, sizeof(float))))
      return false;
  return sampler->last_x != NULL;
}

OnomaStatus onoma_sampler_open(OnomaSampler **sampler, const OnomaScheduler *scheduler,
                               const OnomaSamplerSettings *settings, OnomaError *error) {
  *sampler = NULL;
  OnomaStatus status = check_settings(scheduler, settings, error);
  if (status)
    return status;
  OnomaSampler *s = onoma_alloc_zero(1, sizeof(OnomaSampler));
  if (!s)
    return onoma_fail_memory(error);
  s->scheduler = *scheduler;
  s->scheduler.alphas_cumprod = NULL;
  s->n_planned = settings->n_steps;
  s->n_values = settings->n_values;
  s->eta = settings->eta;
  s->scaled = scheduler->kind == ONOMA_SAMPLER_EULER && scheduler->path == ONOMA_PATH_PRESERVING;
  if ((status = onoma_plan_init(&s->plan, scheduler, settings->n_steps, error)))
    goto fail;
  status = ONOMA_ERR_MEMORY;
  if (!alloc_values(s)) {
    onoma_fail_memory(error);
    goto fail;
  }
  // The small number keeps 10 * 0.7 at 7.
  size_t n_kept = (size_t)floor((double)settings->n_steps * settings->strength + 1e-9);
  if (!n_kept)
    n_kept = 1;
  onoma_plan_drop(&s->plan, settings->n_steps - n_kept);
  *sampler = s;
  return ONOMA_OK;
fail:
  onoma_sampler_close(&s);
  return status;
}

void onoma_sampler_close(OnomaSampler **sampler) {
  OnomaSampler *s = *sampler;
  if (!s)
    return;
  onoma_plan_fini(&s->plan);
  onoma_free(s->estimate);
  onoma_free(s->noise);
  onoma_free(s->last_x);
  for (int i = 0; i < ONOMA_MAX_ORDER; i++)
    onoma_free(s->history[i]);
  onoma_free(s);
  *sampler = NULL;
}

// ---- What the caller asks

size_t onoma_sampler_n_steps(const OnomaSampler *sampler) {
  return sampler->plan.n_steps;
}

double onoma_sampler_timestep(const OnomaSampler *sampler, size_t i) {
  return sampler->plan.steps[i].timestep;
}

double onoma_sampler_step_size(const OnomaSampler *sampler, size_t i) {
  return sampler->plan.steps[i].step_size;
}

bool onoma_sampler_embeds_guidance(const OnomaSampler *sampler) {
  return sampler->plan.steps[0].step_size > 0.0;
}

double onoma_sampler_init_scale(const OnomaSampler *sampler) {
  return sampler->plan.init_scale;
}

OnomaNoiseLevel onoma_sampler_level(const OnomaSampler *sampler, size_t i) {
  return sampler->plan.steps[i].from;
}

bool onoma_sampler_needs_noise(const OnomaSampler *sampler, size_t i) {
  const OnomaStep *step = &sampler->plan.steps[i];
  switch (sampler->scheduler.kind) {
  case ONOMA_SAMPLER_DDPM:
  case ONOMA_SAMPLER_LCM:
    return step->to.sigma > 0.0;
  case ONOMA_SAMPLER_DDIM:
    return sampler->eta > 0.0 && step->to.sigma > 0.0;
  case ONOMA_SAMPLER_DPM:
    return sampler->scheduler.algorithm_type == ONOMA_DPM_DATA_STOCHASTIC && step->to.sigma > 0.0;
  default:
    return false;
  }
}

const float *onoma_sampler_estimate(const OnomaSampler *sampler) {
  return sampler->estimate;
}

// ---- Running

void onoma_sampler_start(OnomaSampler *sampler, const float *clean, const float *noise, float *x) {
  OnomaNoiseLevel level = sampler->plan.steps[0].from;
  sampler->n_history = 0;
  sampler->last_order = 0;
  if (!clean)
    level = (OnomaNoiseLevel){.alpha = 0.0, .sigma = sampler->plan.init_scale};
  else if (sampler->scaled)
    level = (OnomaNoiseLevel){.alpha = 1.0, .sigma = level.sigma / level.alpha};
  onoma_add_noise(level, clean ? clean : noise, noise, sampler->n_values, x);
}

void onoma_sampler_scale_input(const OnomaSampler *sampler, size_t i, const float *x,
                               float *input) {
  const float scale = sampler->scaled ? (float)sampler->plan.steps[i].from.alpha : 1.0F;
  for (size_t j = 0; j < sampler->n_values; j++)
    input[j] = x[j] * scale;
}

// Fills in sampler->estimate and sampler->noise.
static void interpret(OnomaSampler *sampler, size_t i, const float *x, const float *output) {
  const OnomaScheduler *scheduler = &sampler->scheduler;
  const OnomaNoiseLevel level = sampler->plan.steps[i].from;
  const double scale = sampler->scaled ? level.alpha : 1.0;
  OnomaMix to_sample = onoma_mix_to_sample(scheduler->prediction, level);
  const OnomaMix to_noise = onoma_mix_to_noise(scheduler->prediction, level);
  for (size_t j = 0; j < sampler->n_values; j++) {
    const double at = scale * (double)x[j];
    const double out = (double)output[j];
    double estimate = to_sample.of_x * at + to_sample.of_output * out;
    if (scheduler->clip_sample)
      estimate = fmin(fmax(estimate, -scheduler->clip_sample_range), scheduler->clip_sample_range);
    sampler->estimate[j] = (float)estimate;
    sampler->noise[j] = (float)(to_noise.of_x * at + to_noise.of_output * out);
  }
}

void onoma_sampler_step(OnomaSampler *sampler, size_t i, float *x, const float *output,
                        const float *noise) {
  interpret(sampler, i, x, output);
  methods[sampler->scheduler.kind](sampler, i, x, noise);
}

// ---- For the methods

double onoma_forward_variance(OnomaNoiseLevel t, OnomaNoiseLevel s) {
  const double alpha = t.alpha / s.alpha;
  return fmax(t.sigma * t.sigma - alpha * alpha * s.sigma * s.sigma, 0.0);
}

double onoma_posterior_variance(OnomaNoiseLevel t, OnomaNoiseLevel s) {
  const double ratio = s.sigma / t.sigma;
  return onoma_forward_variance(t, s) * ratio * ratio;
}

void onoma_history_push(OnomaSampler *sampler, size_t i, const float *estimate) {
  float *oldest = sampler->history[ONOMA_MAX_ORDER - 1];
  for (int j = ONOMA_MAX_ORDER - 1; j > 0; j--)
    sampler->history[j] = sampler->history[j - 1];
  sampler->history[0] = oldest;
  memcpy(oldest, estimate, sampler->n_values * sizeof(float));
  if (i == 0 || !isfinite(sampler->plan.steps[i - 1].lambda))
    sampler->n_history = 0;
  else if (sampler->n_history < ONOMA_MAX_ORDER - 1)
    sampler->n_history++;
}
