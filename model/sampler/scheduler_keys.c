// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The classes of schedulers and the keys of their configurations.

#include "scheduler_keys.h"

#include "base/error.h"

#include <json-c/json.h>

#include <string.h>

static const OnomaSchedulerInfo infos[] = {
    {"DDIMScheduler", ONOMA_CLASS_DDIM, ONOMA_SAMPLER_DDIM, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LEADING, true},
    {"DDPMScheduler", ONOMA_CLASS_DDPM, ONOMA_SAMPLER_DDPM, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LEADING, true},
    {"DPMSolverMultistepScheduler", ONOMA_CLASS_DPM, ONOMA_SAMPLER_DPM, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LINSPACE, false},
    {"EulerDiscreteScheduler", ONOMA_CLASS_EULER, ONOMA_SAMPLER_EULER, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LINSPACE, false},
    {"UniPCMultistepScheduler", ONOMA_CLASS_UNIPC, ONOMA_SAMPLER_UNIPC, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LINSPACE, false},
    {"LCMScheduler", ONOMA_CLASS_LCM, ONOMA_SAMPLER_LCM, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LEADING, false},
    {"FlowMatchEulerDiscreteScheduler", ONOMA_CLASS_FLOW_MATCH, ONOMA_SAMPLER_EULER,
     ONOMA_PATH_STRAIGHT, ONOMA_SPACING_LINSPACE, false},
    {"OnomaFlowScheduler", ONOMA_CLASS_ONOMA, ONOMA_SAMPLER_EULER, ONOMA_PATH_STRAIGHT,
     ONOMA_SPACING_LINSPACE, false},
    {"PNDMScheduler", ONOMA_CLASS_OTHER, ONOMA_SAMPLER_OWN, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LEADING, false},
    {"EulerAncestralDiscreteScheduler", ONOMA_CLASS_OTHER, ONOMA_SAMPLER_OWN, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LINSPACE, false},
    {"HeunDiscreteScheduler", ONOMA_CLASS_OTHER, ONOMA_SAMPLER_OWN, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LINSPACE, false},
    {"LMSDiscreteScheduler", ONOMA_CLASS_OTHER, ONOMA_SAMPLER_OWN, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LINSPACE, false},
    {"DPMSolverSinglestepScheduler", ONOMA_CLASS_OTHER, ONOMA_SAMPLER_OWN, ONOMA_PATH_PRESERVING,
     ONOMA_SPACING_LINSPACE, false},
};

enum { n_infos = sizeof(infos) / sizeof(infos[0]) };

const OnomaSchedulerInfo *onoma_scheduler_info(const char *class_name) {
  for (size_t i = 0; i < n_infos; i++)
    if (strcmp(infos[i].name, class_name) == 0)
      return &infos[i];
  return NULL;
}

const OnomaSchedulerInfo *onoma_scheduler_info_of(OnomaSamplerKind kind) {
  for (size_t i = 0; i < n_infos; i++)
    if (infos[i].kind == kind && infos[i].path == ONOMA_PATH_PRESERVING)
      return &infos[i];
  return NULL;
}

// What a key may be.
typedef enum {
  ANY,   // read where schedulers are opened
  INERT, // only has a meaning together with something that is refused
  FALSE, // false or null
  TRUE,  // true or null
  EMPTY, // null or an empty list
  WORD,  // null or one word
} Rule;

typedef struct {
  const char *name;
  unsigned classes; // that know this key
  Rule rule;
  const char *word;
} Key;

enum {
  DDIM = ONOMA_CLASS_DDIM,
  DDPM = ONOMA_CLASS_DDPM,
  DPM = ONOMA_CLASS_DPM,
  EULER = ONOMA_CLASS_EULER,
  UNIPC = ONOMA_CLASS_UNIPC,
  LCM = ONOMA_CLASS_LCM,
  FLOW_MATCH = ONOMA_CLASS_FLOW_MATCH,
  ONOMA = ONOMA_CLASS_ONOMA,
  OTHER = ONOMA_CLASS_OTHER,
  BETAS = DDIM | DDPM | DPM | EULER | UNIPC | LCM,
  ONE_STEP = DDIM | DDPM | LCM,
  MULTISTEP = DPM | UNIPC,
};

static const Key keys[] = {
    {"num_train_timesteps", BETAS | FLOW_MATCH | ONOMA, ANY, NULL},
    {"prediction_type", BETAS | ONOMA, ANY, NULL},
    {"beta_start", BETAS, ANY, NULL},
    {"beta_end", BETAS, ANY, NULL},
    {"beta_schedule", BETAS, ANY, NULL},
    {"trained_betas", BETAS, ANY, NULL},
    {"rescale_betas_zero_snr", BETAS, ANY, NULL},
    {"timestep_spacing", BETAS, ANY, NULL},
    {"steps_offset", BETAS, ANY, NULL},
    {"set_alpha_to_one", DDIM | LCM, ANY, NULL},
    {"clip_sample", ONE_STEP, ANY, NULL},
    {"clip_sample_range", ONE_STEP, ANY, NULL},
    {"thresholding", ONE_STEP | MULTISTEP, FALSE, NULL},
    {"dynamic_thresholding_ratio", ONE_STEP | MULTISTEP, INERT, NULL},
    {"sample_max_value", ONE_STEP | MULTISTEP, INERT, NULL},
    {"variance_type", DDPM | DPM, ANY, NULL},
    {"solver_order", MULTISTEP, ANY, NULL},
    {"solver_type", MULTISTEP, ANY, NULL},
    {"algorithm_type", DPM, ANY, NULL},
    {"lower_order_final", MULTISTEP, ANY, NULL},
    {"euler_at_final", DPM, ANY, NULL},
    {"lambda_min_clipped", DPM, ANY, NULL},
    {"predict_x0", UNIPC, TRUE, NULL},
    {"disable_corrector", UNIPC, EMPTY, NULL},
    {"solver_p", UNIPC, EMPTY, NULL},
    {"use_karras_sigmas", EULER | MULTISTEP | FLOW_MATCH, ANY, NULL},
    {"use_exponential_sigmas", EULER | MULTISTEP | FLOW_MATCH, FALSE, NULL},
    {"use_beta_sigmas", EULER | MULTISTEP | FLOW_MATCH, FALSE, NULL},
    {"use_lu_lambdas", DPM, FALSE, NULL},
    {"use_flow_sigmas", MULTISTEP, FALSE, NULL},
    {"flow_shift", MULTISTEP, INERT, NULL},
    {"final_sigmas_type", EULER | MULTISTEP, ANY, NULL},
    {"sigma_min", EULER | UNIPC, ANY, NULL},
    {"sigma_max", EULER | UNIPC, ANY, NULL},
    {"interpolation_type", EULER, WORD, "linear"},
    {"timestep_type", EULER, WORD, "discrete"},
    {"use_dynamic_shifting", MULTISTEP | FLOW_MATCH, FALSE, NULL},
    {"time_shift_type", MULTISTEP | FLOW_MATCH, INERT, NULL},
    {"base_shift", FLOW_MATCH, INERT, NULL},
    {"max_shift", FLOW_MATCH, INERT, NULL},
    {"base_image_seq_len", FLOW_MATCH, INERT, NULL},
    {"max_image_seq_len", FLOW_MATCH, INERT, NULL},
    {"shift", FLOW_MATCH, ANY, NULL},
    {"shift_terminal", UNIPC | FLOW_MATCH, EMPTY, NULL},
    {"invert_sigmas", FLOW_MATCH, FALSE, NULL},
    {"stochastic_sampling", FLOW_MATCH, FALSE, NULL},
    {"original_inference_steps", LCM, ANY, NULL},
    {"timestep_scaling", LCM, ANY, NULL},
    {"few_step", ONOMA, ANY, NULL},
    {"skip_prk_steps", OTHER, INERT, NULL},
};

static const Key *find_key(const char *name) {
  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
    if (strcmp(keys[i].name, name) == 0)
      return &keys[i];
  return NULL;
}

static bool obeys(const Key *key, struct json_object *value) {
  const bool is_bool = json_object_is_type(value, json_type_boolean);
  if (!value || key->rule == ANY || key->rule == INERT)
    return true;
  if (key->rule == FALSE || key->rule == TRUE)
    return is_bool && (json_object_get_boolean(value) != 0) == (key->rule == TRUE);
  if (key->rule == EMPTY)
    return json_object_is_type(value, json_type_array) && json_object_array_length(value) == 0;
  return json_object_is_type(value, json_type_string) &&
         strcmp(json_object_get_string(value), key->word) == 0;
}

static const char *allowed_by(const Key *key) {
  if (key->rule == WORD)
    return key->word;
  return key->rule == FALSE ? "false" : key->rule == TRUE ? "true" : "null";
}

OnomaStatus onoma_scheduler_check_keys(const OnomaConfig *config, OnomaSchedulerClass bit,
                                       OnomaError *error) {
  struct json_object_iterator at = json_object_iter_begin(config->json);
  const struct json_object_iterator end = json_object_iter_end(config->json);
  for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
    const char *name = json_object_iter_peek_name(&at);
    struct json_object *value = json_object_iter_peek_value(&at);
    if (name[0] == '_')
      continue;
    const Key *key = find_key(name);
    if (!key)
      return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, name, error,
                               "not a key of a scheduler that this version knows");
    if (!(key->classes & (unsigned)bit) || obeys(key, value))
      continue;
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, name, error,
                             "only %s is supported, not %s", allowed_by(key),
                             json_object_to_json_string(value));
  }
  return ONOMA_OK;
}
