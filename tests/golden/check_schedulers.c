// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Schedulers and samplers against reference runs on a fake network.

#include "report.h"

#include "base/memory.h"
#include "model/files/config.h"
#include "model/files/weights.h"
#include "model/sampler/sampler.h"
#include "model/sampler/scheduler.h"

#include <json-c/json.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TOLERANCE 1e-5

typedef struct {
  const GoldenReport *report;
  OnomaConfig top; // schedulers.json
  OnomaWeights *tensors;
} Check;

static void report_result(const Check *check, const char *name, bool is_right, const char *text) {
  check->report->result(check->report->data, name, is_right, text);
}

// The tensor "<tag>/<part>" as floats, owned by the caller; NULL if there is none.
static float *read_part(const Check *check, const char *tag, const char *part,
                        const OnomaTensor **tensor) {
  char name[256];
  float *values = NULL;
  snprintf(name, sizeof(name), "%s/%s", tag, part);
  *tensor = onoma_weights_find(check->tensors, name);
  if (!*tensor || onoma_weights_read_any(check->tensors, name, tensor, &values, NULL))
    return NULL;
  return values;
}

// A configuration made of JSON alone, with the class put in.
static OnomaConfig config_of(struct json_object *json, const char *class_name) {
  OnomaConfig config = {.path = "schedulers.json", .json = json};
  json_object_object_add(json, "_class_name", json_object_new_string(class_name));
  return config;
}

bool golden_is_implemented(const char *class_name) {
  static const char *const names[] = {
      "DDIMScheduler",          "DDPMScheduler", "DPMSolverMultistepScheduler",
      "EulerDiscreteScheduler", "LCMScheduler",  "UniPCMultistepScheduler",
  };
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    if (strcmp(names[i], class_name) == 0)
      return true;
  return false;
}

// ---- Tables

static void check_table(const Check *check, const char *config_key, const char *tensor_name) {
  struct json_object *json = json_object_object_get(check->top.json, config_key);
  const OnomaTensor *tensor;
  OnomaScheduler scheduler;
  OnomaError error;
  float *want = NULL;
  if (!json || !onoma_weights_find(check->tensors, tensor_name))
    return;
  const OnomaConfig config = config_of(json, "DDIMScheduler");
  if (onoma_scheduler_open(&scheduler, &config, ONOMA_SAMPLER_OWN, &error)) {
    report_result(check, tensor_name, false, error.text);
    return;
  }
  if (onoma_weights_read_any(check->tensors, tensor_name, &tensor, &want, &error) ||
      tensor->n_items != scheduler.num_train_timesteps)
    report_result(check, tensor_name, false, "wrong size");
  else
    check->report->compare(check->report->data, tensor_name, scheduler.alphas_cumprod, want,
                           tensor->n_items, TOLERANCE);
  onoma_free(want);
  onoma_scheduler_close(&scheduler);
}

// ---- Timesteps

static bool same_timesteps(const OnomaSampler *sampler, struct json_object *list) {
  if (json_object_array_length(list) != onoma_sampler_n_steps(sampler))
    return false;
  for (size_t i = 0; i < onoma_sampler_n_steps(sampler); i++)
    if (onoma_sampler_timestep(sampler, i) !=
        json_object_get_double(json_object_array_get_idx(list, i)))
      return false;
  return true;
}

// One class and number of steps; a list that the reference could not make is a string.
static bool check_timestep_list(const Check *check, const char *class_name, size_t n_steps,
                                struct json_object *list) {
  struct json_object *json = json_object_object_get(check->top.json, "base_config");
  const OnomaConfig config = config_of(json, class_name);
  OnomaScheduler scheduler;
  OnomaSampler *sampler = NULL;
  OnomaSamplerSettings settings;
  onoma_sampler_settings_default(&settings);
  settings.n_steps = n_steps;
  settings.n_values = 1;
  if (onoma_scheduler_open(&scheduler, &config, ONOMA_SAMPLER_OWN, NULL))
    return false;
  const bool opened = onoma_sampler_open(&sampler, &scheduler, &settings, NULL) == ONOMA_OK;
  bool is_right = !opened;
  if (json_object_is_type(list, json_type_array))
    is_right = opened && same_timesteps(sampler, list);
  onoma_sampler_close(&sampler);
  onoma_scheduler_close(&scheduler);
  return is_right;
}

static void check_timesteps(const Check *check) {
  struct json_object *classes =
      json_object_object_get(check->top.json, "timesteps_for_base_config");
  if (!classes)
    return;
  json_object_object_foreach(classes, class_name, lists) {
    char name[128];
    snprintf(name, sizeof(name), "timesteps/%s", class_name);
    if (!golden_is_implemented(class_name)) {
      check->report->skip(check->report->data, name, "not a scheduler of this version");
      continue;
    }
    json_object_object_foreach(lists, steps, list) {
      char item[160];
      size_t n_steps = 0;
      sscanf(steps, "%zu", &n_steps);
      snprintf(item, sizeof(item), "%s/%s", name, steps);
      const bool is_right = check_timestep_list(check, class_name, n_steps, list);
      report_result(check, item, is_right, is_right ? "same" : "differ");
    }
  }
}

// ---- Runs

typedef struct {
  const char *tag;
  OnomaSampler *sampler;
  size_t n_steps;
  size_t n; // values of a sample
  const float *x;
  const float *outputs;
  const float *noise;
  size_t n_noise;
  const float *inputs;    // NULL: not checked
  const float *estimates; // NULL: not checked
} Run;

static void compare_part(const Check *check, const Run *run, const char *part, const float *got,
                         const float *want, size_t n) {
  char name[256];
  snprintf(name, sizeof(name), "schedulers/%s/%s", run->tag, part);
  check->report->compare(check->report->data, name, got, want, n, TOLERANCE);
}

// Takes all steps on the recorded outputs and noise.
static void check_steps(const Check *check, const Run *run) {
  const size_t n = run->n;
  float *x = onoma_alloc(3 * (run->n_steps + 1) * n, sizeof(float));
  if (!x)
    return;
  float *inputs = x + (run->n_steps + 1) * n;
  float *estimates = inputs + (run->n_steps + 1) * n;
  memcpy(x, run->x, n * sizeof(float));
  for (size_t i = 0; i < run->n_steps; i++) {
    float *next = x + (i + 1) * n;
    const float *noise = i < run->n_noise ? run->noise + i * n : NULL;
    if (onoma_sampler_needs_noise(run->sampler, i) && !noise) {
      report_result(check, run->tag, false, "needs noise that the reference did not");
      onoma_free(x);
      return;
    }
    memcpy(next, next - n, n * sizeof(float));
    onoma_sampler_scale_input(run->sampler, i, next, inputs + i * n);
    onoma_sampler_step(run->sampler, i, next, run->outputs + i * n, noise);
    memcpy(estimates + i * n, onoma_sampler_estimate(run->sampler), n * sizeof(float));
  }
  compare_part(check, run, "x", x, run->x, (run->n_steps + 1) * n);
  compare_part(check, run, "x[last]", x + run->n_steps * n, run->x + run->n_steps * n, n);
  if (run->inputs)
    compare_part(check, run, "model_input", inputs, run->inputs, run->n_steps * n);
  if (run->estimates)
    compare_part(check, run, "pred_original_sample", estimates, run->estimates, run->n_steps * n);
  onoma_free(x);
}

// Whole timesteps must be the same. Lists with fractional ones come from the logarithms of a table,
// which the reference takes in single precision: about 1e-7 of the largest time.
static bool timesteps_are(const OnomaSampler *sampler, const float *want, size_t n) {
  float allowed = 0.0F;
  for (size_t i = 0; i < n; i++)
    if (want[i] != rintf(want[i]))
      allowed = 2e-7F * want[0];
  if (onoma_sampler_n_steps(sampler) != n)
    return false;
  for (size_t i = 0; i < n; i++)
    if (fabsf((float)onoma_sampler_timestep(sampler, i) - want[i]) > allowed)
      return false;
  return true;
}

// The samples' size, and whether all tensors fit each other.
static bool shapes_fit(const Run *run, const OnomaTensor *x, const OnomaTensor *outputs,
                       const OnomaTensor *timesteps) {
  return x && outputs && timesteps && x->n_items == (run->n_steps + 1) * run->n &&
         outputs->n_items == run->n_steps * run->n && timesteps->n_items == run->n_steps;
}

static void check_tensors(const Check *check, Run *run, double init_scale) {
  const OnomaTensor *x_tensor;
  const OnomaTensor *out_tensor;
  const OnomaTensor *time_tensor;
  const OnomaTensor *noise_tensor;
  const OnomaTensor *other;
  float *x = read_part(check, run->tag, "x", &x_tensor);
  float *outputs = read_part(check, run->tag, "model_output", &out_tensor);
  float *times = read_part(check, run->tag, "timesteps", &time_tensor);
  float *noise = read_part(check, run->tag, "noise", &noise_tensor);
  float *inputs = read_part(check, run->tag, "model_input", &other);
  float *estimates = read_part(check, run->tag, "pred_original_sample", &other);
  run->x = x;
  run->outputs = outputs;
  run->noise = noise;
  run->n_noise = noise ? noise_tensor->n_items / run->n : 0;
  run->inputs = inputs;
  run->estimates = estimates;
  char name[256];
  if (!shapes_fit(run, x_tensor, out_tensor, time_tensor)) {
    report_result(check, run->tag, false, "tensors do not fit each other");
  } else {
    const bool same = timesteps_are(run->sampler, times, run->n_steps);
    snprintf(name, sizeof(name), "schedulers/%s/timesteps", run->tag);
    report_result(check, name, same, same ? "same" : "differ");
    const float got = (float)onoma_sampler_init_scale(run->sampler);
    const float want = (float)init_scale;
    compare_part(check, run, "init_noise_sigma", &got, &want, 1);
    check_steps(check, run);
  }
  float *const all[] = {x, outputs, times, noise, inputs, estimates};
  for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
    onoma_free(all[i]);
}

static double number_in(struct json_object *json, const char *key, double fallback) {
  struct json_object *value = json_object_object_get(json, key);
  return value ? json_object_get_double(value) : fallback;
}

static void check_run(const Check *check, const char *tag, struct json_object *json) {
  const char *class_name = json_object_get_string(json_object_object_get(json, "scheduler"));
  struct json_object *kwargs = json_object_object_get(json, "step_kwargs");
  const OnomaConfig config = config_of(json_object_object_get(json, "config"), class_name);
  const OnomaTensor *tensor;
  OnomaScheduler scheduler;
  OnomaSamplerSettings settings;
  OnomaError error;
  if (!golden_is_implemented(class_name)) {
    check->report->skip(check->report->data, tag, "not a scheduler of this version");
    return;
  }
  float *x = read_part(check, tag, "x", &tensor);
  if (!x || tensor->shape[0] < 2) {
    report_result(check, tag, false, "no tensor x");
    onoma_free(x);
    return;
  }
  onoma_free(x);
  onoma_sampler_settings_default(&settings);
  settings.n_steps = (size_t)number_in(json, "num_inference_steps", 0.0);
  settings.n_values = tensor->n_items / tensor->shape[0];
  settings.eta = number_in(kwargs, "eta", 0.0);
  Run run = {.tag = tag, .n_steps = settings.n_steps, .n = settings.n_values};
  if (onoma_scheduler_open(&scheduler, &config, ONOMA_SAMPLER_OWN, &error)) {
    report_result(check, tag, false, error.text);
    return;
  }
  if (onoma_sampler_open(&run.sampler, &scheduler, &settings, &error))
    report_result(check, tag, false, error.text);
  else
    check_tensors(check, &run, number_in(json, "init_noise_sigma", 1.0));
  onoma_sampler_close(&run.sampler);
  onoma_scheduler_close(&scheduler);
}

void golden_check_schedulers(const char *expected, const GoldenReport *report) {
  Check check = {.report = report};
  char path[1024];
  OnomaError error;
  snprintf(path, sizeof(path), "%s/schedulers.json", expected);
  if (onoma_config_open(&check.top, path, &error)) {
    report_result(&check, "schedulers", false, error.text);
    return;
  }
  snprintf(path, sizeof(path), "%s/schedulers.safetensors", expected);
  if (onoma_weights_open_file(&check.tensors, path, &error)) {
    report_result(&check, "schedulers", false, error.text);
    onoma_config_close(&check.top);
    return;
  }
  check_table(&check, "base_config", "alphas_cumprod");
  check_table(&check, "alt_config", "alt_alphas_cumprod");
  check_timesteps(&check);
  struct json_object *runs = json_object_object_get(check.top.json, "runs");
  if (runs) {
    json_object_object_foreach(runs, tag, run) {
      check_run(&check, tag, run);
    }
  }
  onoma_weights_close(&check.tensors);
  onoma_config_close(&check.top);
}
