// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The shipped model from prompts to bands, against the exporter's tensors.

#include "golden.h"

#include "base/memory.h"
#include "model/denoiser/embedding.h"
#include "model/denoiser/unet.h"
#include "model/sampler/guidance.h"
#include "model/sampler/sampler.h"
#include "model/text/text.h"
#include "model/vae/vae.h"
#include "model/vocoder/vocoder.h"

#include <json-c/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A trained network amplifies rounding errors little.
#define PIPELINE_TOLERANCE 1e-4

// The blocks of timestep_cond: step size, guidance weight, length, loop flag.
enum { condition_block = 32, n_condition_blocks = 4 };

typedef struct {
  GoldenFile *file;
  OnomaText *text;
  OnomaUnet *unet;
  OnomaVae *vae;
  OnomaVocoder *vocoder;
} Model;

// A run of any of the parts.
typedef struct {
  const Model *model;
  const OnomaTokens *tokens;
  OnomaUnetInput input;
  const float *latent;
  float *out;
  float *pooled;
} Run;

static const char *metadata(const GoldenFile *file, const char *key) {
  const char *const value = onoma_weights_metadata(file->weights, key);
  return value ? value : "";
}

static double tolerance_of(const Model *model) {
  return model->file->golden->network_tolerance;
}

// ---- Text

static void run_text(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_text_run(run->model->text, exec, run->tokens, run->out, run->pooled);
}

// hidden [L,D] of a prompt, owned by the caller; NULL if it can't be cut, which is reported.
static float *encode(const Model *model, const char *prompt, size_t *n_tokens) {
  OnomaTokens *tokens = NULL;
  OnomaError error;
  if (onoma_tokens_new(&tokens, model->text, prompt, &error)) {
    golden_fail(model->file->golden, "onoma/text", &error);
    return NULL;
  }
  *n_tokens = onoma_tokens_n(tokens);
  Run run = {.model = model,
             .tokens = tokens,
             .out = onoma_alloc(*n_tokens * onoma_text_n_hidden(model->text), sizeof(float)),
             .pooled = onoma_alloc(onoma_text_n_pooled(model->text), sizeof(float))};
  golden_run_plain(model->file->golden, run_text, &run);
  onoma_free(run.pooled);
  onoma_tokens_free(tokens);
  return run.out;
}

static void check_text(const Model *model) {
  struct json_object *const prompts = json_tokener_parse(metadata(model->file, "prompts"));
  const size_t n =
      json_object_is_type(prompts, json_type_array) ? json_object_array_length(prompts) : 0;
  for (size_t i = 0; i < n; i++) {
    char name[64];
    size_t n_tokens = 0;
    float *const hidden =
        encode(model, json_object_get_string(json_object_array_get_idx(prompts, i)), &n_tokens);
    snprintf(name, sizeof(name), "text/%zu/hidden_states", i);
    if (hidden)
      golden_compare_flat(model->file, name, hidden, n_tokens * onoma_text_n_hidden(model->text),
                          tolerance_of(model));
    onoma_free(hidden);
  }
  json_object_put(prompts);
}

// ---- The whole way

static void run_unet(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_unet_run(run->model->unet, exec, &run->input, run->out);
}

static void run_decode(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_vae_decode(run->model->vae, exec, run->latent, run->input.height, run->input.width,
                   run->out);
}

// What both halves of the batch are told: the flow field, no guidance to imitate, the length of
// the image, and no loop.
static float *new_condition(const Model *model, size_t n_columns) {
  const size_t n = (size_t)n_condition_blocks * condition_block;
  float *const condition = onoma_alloc_zero(2 * n, sizeof(float));
  const double seconds =
      (double)(n_columns * model->vae->frames_per_column * model->vocoder->hop_length) /
      (double)model->vocoder->sampling_rate_hz;
  onoma_sinusoid(0.0F, condition_block, true, 0.0, condition);
  onoma_sinusoid(0.0F, condition_block, true, 0.0, condition + condition_block);
  onoma_sinusoid((float)(100.0 * seconds), condition_block, true, 0.0,
                 condition + 2 * (size_t)condition_block);
  memcpy(condition + n, condition, n * sizeof(float));
  return condition;
}

// What the two halves look at: the empty prompt, padded, and the prompt.
typedef struct {
  size_t n_tokens;
  float *states;       // [2,L,D]
  unsigned char *mask; // [2,L]
  float *labels;       // [2,D]
} Prompts;

static bool encode_prompts(const Model *model, Prompts *prompts) {
  const size_t n_hidden = onoma_text_n_hidden(model->text);
  size_t n_empty = 0;
  float *const empty = encode(model, "", &n_empty);
  float *const full = encode(model, metadata(model->file, "prompt"), &prompts->n_tokens);
  const bool is_fine = empty && full && n_empty <= prompts->n_tokens;
  if (is_fine) {
    const size_t n = prompts->n_tokens;
    golden_compare_flat(model->file, "pipeline/encoder_hidden_states", full, n * n_hidden,
                        tolerance_of(model));
    prompts->states = onoma_alloc_zero(2 * n * n_hidden, sizeof(float));
    prompts->mask = onoma_alloc_zero(2 * n, 1);
    prompts->labels = onoma_alloc(2 * n_hidden, sizeof(float));
    memcpy(prompts->states, empty, n_empty * n_hidden * sizeof(float));
    memcpy(prompts->states + n * n_hidden, full, n * n_hidden * sizeof(float));
    memset(prompts->mask, 1, n_empty);
    memset(prompts->mask + n, 1, n);
    memcpy(prompts->labels, empty, n_hidden * sizeof(float));
    memcpy(prompts->labels + n_hidden, full, n_hidden * sizeof(float));
  }
  onoma_free(full);
  onoma_free(empty);
  return is_fine;
}

// The image of both halves: the latent, and no pitch in the channels beside it.
static void fill_image(float *image, const float *x, size_t n_positions, size_t n_latent,
                       size_t n_in) {
  memset(image, 0, 2 * n_positions * n_in * sizeof(float));
  for (size_t i = 0; i < 2 * n_positions; i++)
    memcpy(image + i * n_in, x + i % n_positions * n_latent, n_latent * sizeof(float));
}

// trajectory [N,n] from the noise x [n], which becomes the latent.
static void denoise(const Model *model, OnomaSampler *sampler, Run *run, double guidance, float *x,
                    float *trajectory) {
  const size_t n_latent = model->vae->n_channels;
  const size_t n_in = onoma_unet_config(model->unet)->n_in;
  const size_t n_positions = run->input.height * run->input.width;
  const size_t n = n_positions * n_latent;
  float *const image = onoma_alloc(2 * n_positions * n_in, sizeof(float));
  onoma_sampler_start(sampler, NULL, x, x);
  for (size_t i = 0; i < onoma_sampler_n_steps(sampler); i++) {
    const float timestep = (float)onoma_sampler_timestep(sampler, i);
    float *const after = trajectory + i * n;
    onoma_sampler_scale_input(sampler, i, x, after);
    fill_image(image, after, n_positions, n_latent, n_in);
    run->input.sample = image;
    run->input.timesteps = &timestep;
    golden_run_plain(model->file->golden, run_unet, run);
    onoma_guidance_combine(guidance, run->out, run->out + n, n, after);
    onoma_sampler_step(sampler, i, x, after, NULL);
    memcpy(after, x, n * sizeof(float));
  }
  onoma_free(image);
}

static OnomaStatus open_sampler(OnomaSampler **sampler, const char *folder, size_t n_steps,
                                size_t n, OnomaError *error) {
  char path[1100];
  OnomaConfig config;
  OnomaScheduler scheduler = {0};
  OnomaSamplerSettings settings;
  snprintf(path, sizeof(path), "%s/scheduler/scheduler_config.json", folder);
  OnomaStatus status = onoma_config_open(&config, path, error);
  if (status)
    return status;
  onoma_sampler_settings_default(&settings);
  settings.n_steps = n_steps;
  settings.n_values = n;
  status = onoma_scheduler_open(&scheduler, &config, ONOMA_SAMPLER_EULER, error);
  if (!status)
    status = onoma_sampler_open(sampler, &scheduler, &settings, error);
  onoma_scheduler_close(&scheduler);
  onoma_config_close(&config);
  return status;
}

static void make_run(const Model *model, OnomaSampler *sampler, const Prompts *prompts,
                     const float *noise, size_t h, size_t w) {
  const OnomaVae *const vae = model->vae;
  const size_t n = h * w * vae->n_channels;
  const size_t n_steps = onoma_sampler_n_steps(sampler);
  const size_t n_bands = h * vae->frames_per_column * w * vae->bands_per_row;
  float *const x = golden_channels_last(noise, 1, vae->n_channels, h * w);
  float *const condition = new_condition(model, h);
  float *const trajectory = onoma_alloc(n_steps * n, sizeof(float));
  float *const output = onoma_alloc(2 * n > n_bands ? 2 * n : n_bands, sizeof(float));
  Run run = {.model = model,
             .out = output,
             .latent = x,
             .input = {.n_batch = 2,
                       .height = h,
                       .width = w,
                       .n_timesteps = 1,
                       .time_condition = condition,
                       .class_labels = prompts->labels,
                       .context = {prompts->states, prompts->n_tokens, prompts->mask}}};
  denoise(model, sampler, &run, strtod(metadata(model->file, "guidance_scale"), NULL), x,
          trajectory);
  golden_compare_first(model->file, "pipeline/trajectory", trajectory, n_steps, vae->n_channels,
                       h * w, PIPELINE_TOLERANCE);
  for (size_t i = 0; i < n; i++)
    x[i] = (float)((double)x[i] / vae->scaling_factor);
  golden_run_plain(model->file->golden, run_decode, &run);
  golden_compare_flat(model->file, "pipeline/bands", output, n_bands, PIPELINE_TOLERANCE);
  onoma_free(output);
  onoma_free(trajectory);
  onoma_free(condition);
  onoma_free(x);
}

static void check_pipeline(const Model *model) {
  const GoldenReport *const report = &model->file->golden->report;
  const OnomaTensor *tensor = NULL;
  const OnomaTensor *times = NULL;
  Prompts prompts = {0};
  OnomaSampler *sampler = NULL;
  OnomaError error;
  float *const noise = golden_read(model->file, "pipeline", "noise", &tensor);
  float *const timesteps = golden_read(model->file, "pipeline", "timesteps", &times);
  if (!noise || !timesteps) {
    report->skip(report->data, "onoma/pipeline", "no noise and timesteps in the set");
  } else if (model->file->golden->is_bf16) {
    report->skip(report->data, "onoma/pipeline", "products are of bfloat16");
  } else if (open_sampler(&sampler, model->file->golden->model, times->n_items, tensor->n_items,
                          &error)) {
    golden_fail(model->file->golden, "onoma/pipeline", &error);
  } else if (!encode_prompts(model, &prompts)) {
    report->result(report->data, "onoma/pipeline", false, "the prompts can't be encoded");
  } else {
    for (size_t i = 0; i < times->n_items; i++)
      timesteps[i] = (float)onoma_sampler_timestep(sampler, i);
    golden_compare_flat(model->file, "pipeline/timesteps", timesteps, times->n_items,
                        PIPELINE_TOLERANCE);
    make_run(model, sampler, &prompts, noise, tensor->shape[1], tensor->shape[2]);
  }
  onoma_free(prompts.states);
  onoma_free(prompts.mask);
  onoma_free(prompts.labels);
  onoma_sampler_close(&sampler);
  onoma_free(timesteps);
  onoma_free(noise);
}

// ---- All

static OnomaStatus open_model(Model *model, OnomaError *error) {
  const Golden *const golden = model->file->golden;
  char path[1100];
  OnomaStatus status = onoma_text_open(&model->text, golden->model, &golden->kernels, error);
  snprintf(path, sizeof(path), "%s/unet", golden->model);
  if (!status)
    status = onoma_unet_open(&model->unet, path, &golden->kernels, error);
  snprintf(path, sizeof(path), "%s/vae", golden->model);
  if (!status)
    status = onoma_vae_open(&model->vae, path, &golden->kernels, error);
  snprintf(path, sizeof(path), "%s/vocoder", golden->model);
  return status ? status : onoma_vocoder_open(&model->vocoder, path, &golden->kernels, error);
}

void golden_check_generation(GoldenFile *file) {
  const Golden *const golden = file->golden;
  Model model = {.file = file};
  OnomaError error;
  if (!golden_folder_has(golden->model, "unet")) {
    golden->report.skip(golden->report.data, "onoma/text, unet and pipeline",
                        "the model has no such parts");
    return;
  }
  if (open_model(&model, &error)) {
    golden_fail(golden, "onoma", &error);
  } else {
    char group[64];
    check_text(&model);
    for (size_t i = 0; golden_next_group(file, "out", &i, group);)
      golden_check_unet_case(file, model.unet, group);
    check_pipeline(&model);
  }
  onoma_vocoder_close(&model.vocoder);
  onoma_vae_close(&model.vae);
  onoma_unet_close(&model.unet);
  onoma_text_close(&model.text);
}
