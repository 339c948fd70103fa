// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What a model's scheduler_config.json says: its noise schedule and how to sample it.

#include "scheduler.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/sampler/scheduler_keys.h"

#include <json-c/json.h>

#include <math.h>
#include <string.h>

static const char *const sampler_names[ONOMA_N_SAMPLERS] = {
    [ONOMA_SAMPLER_OWN] = "own",     [ONOMA_SAMPLER_DDPM] = "ddpm",
    [ONOMA_SAMPLER_DDIM] = "ddim",   [ONOMA_SAMPLER_DPM] = "dpm++2m",
    [ONOMA_SAMPLER_EULER] = "euler", [ONOMA_SAMPLER_UNIPC] = "unipc",
    [ONOMA_SAMPLER_LCM] = "lcm",     [ONOMA_SAMPLER_FEW_STEP] = "few-step",
};

const char *onoma_sampler_name(OnomaSamplerKind kind) {
  return (unsigned)kind < ONOMA_N_SAMPLERS ? sampler_names[kind] : NULL;
}

bool onoma_sampler_find(const char *name, OnomaSamplerKind *kind) {
  for (int i = 0; i < ONOMA_N_SAMPLERS; i++) {
    if (strcmp(sampler_names[i], name) == 0) {
      *kind = (OnomaSamplerKind)i;
      return true;
    }
  }
  return false;
}

// One of n words, as its index; `fallback` is an index too.
static OnomaStatus read_word(const OnomaConfig *config, const char *key, const char *const *words,
                             size_t n_words, int fallback, int *index, OnomaError *error) {
  const char *word;
  const OnomaStatus status = onoma_config_string_or(config, key, words[fallback], &word, error);
  if (status)
    return status;
  for (size_t i = 0; i < n_words; i++) {
    if (strcmp(words[i], word) == 0) {
      *index = (int)i;
      return ONOMA_OK;
    }
  }
  return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, key, error,
                           "a value that is not supported");
}

// ---- The table of betas

static OnomaStatus read_trained_betas(const OnomaConfig *config, size_t n, float *betas,
                                      OnomaError *error) {
  static const char key[] = "trained_betas";
  struct json_object *list = json_object_object_get(config->json, key);
  if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) != n)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                             "must be a list of num_train_timesteps numbers");
  for (size_t i = 0; i < n; i++) {
    const double beta = json_object_get_double(json_object_array_get_idx(list, i));
    if (!(beta > 0.0 && beta < 1.0))
      return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                               "must be numbers between 0 and 1");
    betas[i] = (float)beta;
  }
  return ONOMA_OK;
}

static OnomaStatus read_betas(const OnomaConfig *config, size_t n, bool lcm, float *betas,
                              OnomaError *error) {
  static const char *const words[] = {
      [ONOMA_BETAS_LINEAR] = "linear",
      [ONOMA_BETAS_SCALED_LINEAR] = "scaled_linear",
      [ONOMA_BETAS_COSINE] = "squaredcos_cap_v2",
  };
  int schedule = 0;
  double start = 0.0;
  double end = 0.0;
  OnomaStatus status;
  if (onoma_config_has(config, "trained_betas"))
    return read_trained_betas(config, n, betas, error);
  if ((status =
           read_word(config, "beta_schedule", words, 3,
                     lcm ? ONOMA_BETAS_SCALED_LINEAR : ONOMA_BETAS_LINEAR, &schedule, error)) ||
      (status = onoma_config_float_or(config, "beta_start", 1e-9, 0.999, lcm ? 0.00085 : 0.0001,
                                      &start, error)) ||
      (status =
           onoma_config_float_or(config, "beta_end", 1e-9, 0.999, lcm ? 0.012 : 0.02, &end, error)))
    return status;
  onoma_betas((OnomaBetas)schedule, start, end, n, betas);
  return ONOMA_OK;
}

static OnomaStatus read_table(OnomaScheduler *scheduler, const OnomaConfig *config,
                              OnomaError *error) {
  const size_t n = scheduler->num_train_timesteps;
  scheduler->alphas_cumprod = onoma_alloc(n, sizeof(float));
  if (!scheduler->alphas_cumprod)
    return onoma_fail_memory(error);

  bool zero_snr = false;
  OnomaStatus status;
  if ((status = read_betas(config, n, scheduler->kind == ONOMA_SAMPLER_LCM,
                           scheduler->alphas_cumprod, error)) ||
      (status = onoma_config_bool_or(config, "rescale_betas_zero_snr", false, &zero_snr, error)))
    return status;
  if (zero_snr) {
    if (scheduler->prediction == ONOMA_PREDICTS_EPSILON)
      return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "rescale_betas_zero_snr", error,
                               "where there is no signal, a predicted epsilon says nothing");
    onoma_betas_rescale_zero_snr(scheduler->alphas_cumprod, n);
  }
  onoma_alphas_cumprod(scheduler->alphas_cumprod, n, scheduler->alphas_cumprod);

  // The samplers that work on sigma / alpha need it finite; diffusers does the same.
  const OnomaSamplerKind kind = scheduler->kind;
  if (zero_snr &&
      (kind == ONOMA_SAMPLER_DPM || kind == ONOMA_SAMPLER_EULER || kind == ONOMA_SAMPLER_UNIPC))
    scheduler->alphas_cumprod[n - 1] = 0x1p-24F;
  return ONOMA_OK;
}

// ---- Keys by group

static OnomaStatus read_prediction(OnomaScheduler *scheduler, const OnomaConfig *config,
                                   bool allow_flow, OnomaError *error) {
  static const char *const words[] = {
      [ONOMA_PREDICTS_EPSILON] = "epsilon",
      [ONOMA_PREDICTS_V] = "v_prediction",
      [ONOMA_PREDICTS_SAMPLE] = "sample",
      [ONOMA_PREDICTS_FLOW] = "flow",
  };
  int prediction = 0;
  const OnomaStatus status =
      read_word(config, "prediction_type", words, allow_flow ? 4 : 3,
                allow_flow ? ONOMA_PREDICTS_FLOW : ONOMA_PREDICTS_EPSILON, &prediction, error);
  scheduler->prediction = (OnomaPrediction)prediction;
  return status;
}

static OnomaStatus read_spacing(OnomaScheduler *scheduler, const OnomaConfig *config,
                                const OnomaSchedulerInfo *info, OnomaError *error) {
  static const char *const words[] = {
      [ONOMA_SPACING_LEADING] = "leading",
      [ONOMA_SPACING_TRAILING] = "trailing",
      [ONOMA_SPACING_LINSPACE] = "linspace",
  };
  int spacing = 0;
  OnomaStatus status;
  if ((status =
           read_word(config, "timestep_spacing", words, 3, (int)info->spacing, &spacing, error)) ||
      (status = onoma_config_size_or(config, "steps_offset", 0, scheduler->num_train_timesteps - 1,
                                     0, &scheduler->steps_offset, error)))
    return status;
  scheduler->timestep_spacing = (OnomaSpacing)spacing;
  return ONOMA_OK;
}

static OnomaStatus read_one_step(OnomaScheduler *scheduler, const OnomaConfig *config,
                                 bool clip_default, OnomaError *error) {
  static const char *const variances[] = {"fixed_small", "fixed_large"};
  int variance = 0;
  OnomaStatus status;
  if ((status = onoma_config_bool_or(config, "set_alpha_to_one", true, &scheduler->set_alpha_to_one,
                                     error)) ||
      (status = onoma_config_bool_or(config, "clip_sample", clip_default, &scheduler->clip_sample,
                                     error)) ||
      (status = onoma_config_float_or(config, "clip_sample_range", 0.0, INFINITY, 1.0,
                                      &scheduler->clip_sample_range, error)))
    return status;
  if (scheduler->kind == ONOMA_SAMPLER_DDPM &&
      (status = read_word(config, "variance_type", variances, 2, 0, &variance, error)))
    return status;
  scheduler->large_variance = variance == 1;
  if (scheduler->kind != ONOMA_SAMPLER_LCM)
    return ONOMA_OK;
  if ((status = onoma_config_size_or(config, "original_inference_steps", 1,
                                     scheduler->num_train_timesteps, 50,
                                     &scheduler->original_inference_steps, error)))
    return status;
  return onoma_config_float_or(config, "timestep_scaling", 1e-6, 1e6, 10.0,
                               &scheduler->timestep_scaling, error);
}

static OnomaStatus read_sigmas(OnomaScheduler *scheduler, const OnomaConfig *config,
                               OnomaError *error) {
  static const char *const ends[] = {"zero", "sigma_min"};
  int end = 0;
  OnomaStatus status;
  if ((status = onoma_config_bool_or(config, "use_karras_sigmas", false,
                                     &scheduler->use_karras_sigmas, error)) ||
      (status = onoma_config_float_or(config, "sigma_min", 0.0, 1e6, 0.0, &scheduler->sigma_min,
                                      error)) ||
      (status = onoma_config_float_or(config, "sigma_max", 0.0, 1e6, 0.0, &scheduler->sigma_max,
                                      error)) ||
      (status = read_word(config, "final_sigmas_type", ends, 2, 0, &end, error)))
    return status;
  scheduler->final_sigma_is_zero = end == 0;
  return ONOMA_OK;
}

static OnomaStatus read_dpm(OnomaScheduler *scheduler, const OnomaConfig *config,
                            OnomaError *error) {
  static const char *const algorithms[] = {
      [ONOMA_DPM_DATA] = "dpmsolver++",
      [ONOMA_DPM_DATA_STOCHASTIC] = "sde-dpmsolver++",
      [ONOMA_DPM_NOISE] = "dpmsolver",
  };
  static const char *const solvers[] = {
      [ONOMA_SOLVER_MIDPOINT] = "midpoint",
      [ONOMA_SOLVER_HEUN] = "heun",
  };
  int algorithm = 0;
  int solver = 0;
  OnomaStatus status;
  if ((status = read_word(config, "algorithm_type", algorithms, 3, 0, &algorithm, error)) ||
      (status = read_word(config, "solver_type", solvers, 2, 0, &solver, error)) ||
      (status = onoma_config_bool_or(config, "euler_at_final", false, &scheduler->euler_at_final,
                                     error)) ||
      (status = onoma_config_float_or(config, "lambda_min_clipped", -INFINITY, INFINITY, -INFINITY,
                                      &scheduler->lambda_min_clipped, error)))
    return status;
  if (onoma_config_has(config, "variance_type"))
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "variance_type", error,
                             "only null is supported");
  scheduler->algorithm_type = (OnomaDpmAlgorithm)algorithm;
  scheduler->solver_type = (OnomaSolverType)solver;
  if (algorithm == ONOMA_DPM_NOISE && scheduler->final_sigma_is_zero)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "final_sigmas_type", error,
                             "dpmsolver can't end in zero noise; it needs sigma_min");
  if (algorithm == ONOMA_DPM_DATA_STOCHASTIC && scheduler->solver_order > 2)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "solver_order", error,
                             "sde-dpmsolver++ has orders 1 and 2");
  return ONOMA_OK;
}

static OnomaStatus read_multistep(OnomaScheduler *scheduler, const OnomaConfig *config,
                                  OnomaError *error) {
  static const char *const solvers[] = {"bh1", "bh2"};
  int solver = 1;
  OnomaStatus status;
  if ((status = onoma_config_size_or(config, "solver_order", 1, 3, 2, &scheduler->solver_order,
                                     error)) ||
      (status = onoma_config_bool_or(config, "lower_order_final", true,
                                     &scheduler->lower_order_final, error)))
    return status;
  if (scheduler->kind == ONOMA_SAMPLER_DPM)
    return read_dpm(scheduler, config, error);
  if ((status = read_word(config, "solver_type", solvers, 2, 1, &solver, error)))
    return status;
  scheduler->solver_type = solver ? ONOMA_SOLVER_BH2 : ONOMA_SOLVER_BH1;
  return ONOMA_OK;
}

// ---- The straight path

static OnomaStatus read_step_sizes(OnomaScheduler *scheduler, const OnomaConfig *few_step,
                                   OnomaError *error) {
  static const char key[] = "step_sizes";
  struct json_object *list = json_object_object_get(few_step->json, key);
  const size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
  if (!n || n > ONOMA_MAX_STEP_SIZES)
    return onoma_config_fail(few_step, ONOMA_ERR_FORMAT, key, error,
                             "must be a list of 1 to 16 numbers");
  for (size_t i = 0; i < n; i++) {
    const double size = json_object_get_double(json_object_array_get_idx(list, i));
    const double units = size / (i ? scheduler->step_sizes[0] : size);
    if (!(size > 1e-3 && size <= 1.0) || (i && size <= scheduler->step_sizes[i - 1]) ||
        fabs(units - rint(units)) > 1e-6)
      return onoma_config_fail(
          few_step, ONOMA_ERR_FORMAT, key, error,
          "must be ascending numbers up to 1, all of them multiples of the first");
    scheduler->step_sizes[i] = size;
  }
  const double n_units = 1.0 / scheduler->step_sizes[0];
  if (fabs(n_units - rint(n_units)) > 1e-6)
    return onoma_config_fail(few_step, ONOMA_ERR_FORMAT, key, error, "must divide 1");
  scheduler->n_step_sizes = n;
  return ONOMA_OK;
}

static OnomaStatus read_few_step(OnomaScheduler *scheduler, const OnomaConfig *config,
                                 OnomaError *error) {
  if (!onoma_config_has(config, "few_step"))
    return ONOMA_OK;
  OnomaConfig few_step;
  OnomaStatus status;
  if ((status = onoma_config_object(config, "few_step", &few_step, error)) ||
      (status = read_step_sizes(scheduler, &few_step, error)) ||
      (status = onoma_config_float(&few_step, "guidance_min", 0.0, 100.0, &scheduler->guidance_min,
                                   error)) ||
      (status = onoma_config_float(&few_step, "guidance_max", scheduler->guidance_min, 100.0,
                                   &scheduler->guidance_max, error)))
    return status;
  if (scheduler->prediction != ONOMA_PREDICTS_FLOW)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "prediction_type", error,
                             "a model distilled for few steps predicts the flow");
  return ONOMA_OK;
}

// What the samplers take on the straight path, where the file has no keys for it.
static void set_straight_defaults(OnomaScheduler *scheduler) {
  scheduler->final_sigma_is_zero = true;
  scheduler->set_alpha_to_one = true;
  scheduler->solver_order = 2;
  scheduler->lower_order_final = true;
  scheduler->algorithm_type = ONOMA_DPM_DATA;
  scheduler->solver_type =
      scheduler->kind == ONOMA_SAMPLER_UNIPC ? ONOMA_SOLVER_BH2 : ONOMA_SOLVER_MIDPOINT;
  scheduler->shift = 1.0;
}

static OnomaStatus read_straight(OnomaScheduler *scheduler, const OnomaConfig *config,
                                 const OnomaSchedulerInfo *info, OnomaError *error) {
  OnomaStatus status;
  set_straight_defaults(scheduler);
  if (info->bit == ONOMA_CLASS_ONOMA) {
    if ((status = read_prediction(scheduler, config, true, error)))
      return status;
    return read_few_step(scheduler, config, error);
  }
  bool karras = false;
  scheduler->prediction = ONOMA_PREDICTS_FLOW;
  scheduler->ends_at_step_1 = true;
  if ((status = onoma_config_bool_or(config, "use_karras_sigmas", false, &karras, error)))
    return status;
  if (karras)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "use_karras_sigmas", error,
                             "only false is supported on the straight path");
  return onoma_config_float_or(config, "shift", 1e-3, 1e3, 1.0, &scheduler->shift, error);
}

static OnomaStatus read_preserving(OnomaScheduler *scheduler, const OnomaConfig *config,
                                   const OnomaSchedulerInfo *info, bool is_own, OnomaError *error) {
  OnomaStatus status;
  if ((status = read_prediction(scheduler, config, false, error)) ||
      (status = read_table(scheduler, config, error)) ||
      (status = read_spacing(scheduler, config, info, error)))
    return status;
  switch (scheduler->kind) {
  case ONOMA_SAMPLER_DPM:
  case ONOMA_SAMPLER_UNIPC:
    if ((status = read_sigmas(scheduler, config, error)))
      return status;
    return read_multistep(scheduler, config, error);
  case ONOMA_SAMPLER_EULER:
    return read_sigmas(scheduler, config, error);
  default:
    return read_one_step(scheduler, config, is_own && info->clips, error);
  }
}

// ---- Opening

OnomaStatus onoma_scheduler_check(const OnomaScheduler *scheduler, OnomaSamplerKind kind,
                                  OnomaError *error) {
  if ((unsigned)kind >= ONOMA_N_SAMPLERS)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "no such sampler");
  if (kind != ONOMA_SAMPLER_FEW_STEP && kind != ONOMA_SAMPLER_LCM)
    return ONOMA_OK;
  if (scheduler->path == ONOMA_PATH_PRESERVING && kind == ONOMA_SAMPLER_LCM)
    return ONOMA_OK;
  if (scheduler->n_step_sizes)
    return ONOMA_OK;
  return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                    "sampler \"%s\" needs a model that is distilled for few steps; this one is not",
                    sampler_names[kind]);
}

// The class whose keys are read: that of the file, or of the sampler asked for in its place.
static OnomaStatus choose_class(const OnomaConfig *config, OnomaSamplerKind kind,
                                const OnomaSchedulerInfo **file_class,
                                const OnomaSchedulerInfo **info, OnomaError *error) {
  const char *name;
  const OnomaStatus status = onoma_config_string(config, "_class_name", &name, error);
  if (status)
    return status;
  *file_class = onoma_scheduler_info(name);
  *info = *file_class;
  if (!*file_class)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "_class_name", error,
                             "not a scheduler that this version knows");
  if ((*file_class)->path == ONOMA_PATH_STRAIGHT)
    return ONOMA_OK;
  if (kind == ONOMA_SAMPLER_OWN && (*file_class)->kind == ONOMA_SAMPLER_OWN)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "_class_name", error,
                             "this scheduler is not supported; choose a sampler");
  if (kind != ONOMA_SAMPLER_OWN && kind != ONOMA_SAMPLER_FEW_STEP)
    *info = onoma_scheduler_info_of(kind);
  if (kind == ONOMA_SAMPLER_FEW_STEP || !*info)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "%s: sampler \"few-step\" needs an OnomaFlowScheduler", config->path);
  return ONOMA_OK;
}

OnomaStatus onoma_scheduler_open(OnomaScheduler *scheduler, const OnomaConfig *config,
                                 OnomaSamplerKind kind, OnomaError *error) {
  const OnomaSchedulerInfo *file_class;
  const OnomaSchedulerInfo *info;
  *scheduler = (OnomaScheduler){.lambda_min_clipped = -INFINITY, .shift = 1.0};
  if ((unsigned)kind >= ONOMA_N_SAMPLERS)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "no such sampler");
  OnomaStatus status = choose_class(config, kind, &file_class, &info, error);
  if (status)
    return status;
  scheduler->path = info->path;
  scheduler->kind = kind == ONOMA_SAMPLER_OWN ? info->kind : kind;
  if ((status = onoma_scheduler_check_keys(config, info->bit, error)) ||
      (status = onoma_config_size_or(config, "num_train_timesteps", 2, 100000, 1000,
                                     &scheduler->num_train_timesteps, error)))
    return status;
  if (info->path == ONOMA_PATH_STRAIGHT)
    status = read_straight(scheduler, config, info, error);
  else
    status = read_preserving(scheduler, config, info, info == file_class, error);
  if (!status)
    status = onoma_scheduler_check(scheduler, scheduler->kind, error);
  if (status)
    onoma_scheduler_close(scheduler);
  return status;
}

void onoma_scheduler_close(OnomaScheduler *scheduler) {
  onoma_free(scheduler->alphas_cumprod);
  *scheduler = (OnomaScheduler){0};
}
