// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Whole runs from a prompt to samples, against AudioLDMPipeline.

#include "golden.h"

#include "base/memory.h"
#include "model/denoiser/unet.h"
#include "model/sampler/guidance.h"
#include "model/sampler/sampler.h"
#include "model/text/text.h"
#include "model/vae/vae.h"
#include "model/vocoder/vocoder.h"

#include <json-c/json.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The random network amplifies rounding errors; the least where it is read as v-prediction.
#define V_TOLERANCE     1e-4
#define TOLERANCE       1e-3
#define TIMES_TOLERANCE 1e-5

typedef struct {
  OnomaText *text;
  OnomaUnet *unet;
  OnomaVae *vae;
  OnomaVocoder *vocoder;
} Model;

// One run: images are [T',F',C].
typedef struct {
  GoldenFile *file;
  const Model *model;
  OnomaSampler *sampler;
  double tolerance;
  double guidance;
  size_t n_batch; // 2 with guidance: the unconditional half first
  size_t height, width;
  size_t n; // values of an image
  float *embeds;
  // By step.
  float *trajectory, *inputs, *outputs; // [N], [N,B], [N,B] images
  float *timesteps;
  // Of the step being made.
  OnomaUnetInput input;
  float *output;
} Run;

static const char *metadata(const GoldenFile *file, const char *key) {
  const char *const value = onoma_weights_metadata(file->weights, key);
  return value ? value : "";
}

// Compares n_images images with the tensor, which has channels first.
static void compare_images(const Run *run, const char *part, const float *got, size_t n_images) {
  const size_t n_positions = run->height * run->width;
  golden_compare_first(run->file, part, got, n_images, run->n / n_positions, n_positions,
                       run->tolerance);
}

static void run_unet(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_unet_run(run->model->unet, exec, &run->input, run->output);
}

// noise [n_noises,n], owned by the caller; NULL if the run has none.
static float *read_noise(const Run *run, const char *part, size_t *n_noises) {
  const OnomaTensor *tensor = NULL;
  float *const values = golden_read(run->file, NULL, part, &tensor);
  if (!values)
    return NULL;
  const size_t n_channels = run->n / (run->height * run->width);
  *n_noises = tensor->n_items / run->n;
  float *const noise =
      golden_channels_last(values, *n_noises, n_channels, run->height * run->width);
  onoma_free(values);
  return noise;
}

static void denoise(Run *run, float *x) {
  OnomaSampler *const sampler = run->sampler;
  const size_t n = run->n;
  size_t n_noises = 0;
  size_t n_noises_used = 0;
  float *const noise = read_noise(run, "latents_init", &n_noises);
  float *const step_noise = read_noise(run, "step_noise", &n_noises);
  onoma_sampler_start(sampler, NULL, noise, x);
  for (size_t i = 0; i < onoma_sampler_n_steps(sampler); i++) {
    float *const input = run->inputs + i * run->n_batch * n;
    float *const output = run->outputs + i * run->n_batch * n;
    run->timesteps[i] = (float)onoma_sampler_timestep(sampler, i);
    onoma_sampler_scale_input(sampler, i, x, input);
    if (run->n_batch == 2)
      memcpy(input + n, input, n * sizeof(float));
    run->input.sample = input;
    run->input.timesteps = &run->timesteps[i];
    run->output = output;
    golden_run_plain(run->file->golden, run_unet, run);

    float *const guided = run->trajectory + i * n;
    if (run->n_batch == 2)
      onoma_guidance_combine(run->guidance, output, output + n, n, guided);
    else
      memcpy(guided, output, n * sizeof(float));
    const float *fresh = NULL;
    if (onoma_sampler_needs_noise(sampler, i) && n_noises_used < n_noises)
      fresh = step_noise + n_noises_used++ * n;
    onoma_sampler_step(sampler, i, x, guided, fresh);
    memcpy(guided, x, n * sizeof(float));
  }
  onoma_free(step_noise);
  onoma_free(noise);
}

typedef struct {
  const OnomaText *text;
  const OnomaTokens *tokens;
  float *pooled;
} Encoding;

static void run_text(void *data, const OnomaExec *exec) {
  const Encoding *const e = data;
  onoma_text_run(e->text, exec, e->tokens, NULL, e->pooled);
}

// The pooled vectors of the negative prompt, if there is guidance, and of the prompt: run->embeds.
static bool encode_prompts(Run *run) {
  const OnomaText *const text = run->model->text;
  const Golden *const golden = run->file->golden;
  const size_t n_pooled = onoma_text_n_pooled(text);
  run->embeds = onoma_alloc(run->n_batch * n_pooled, sizeof(float));
  for (size_t i = 0; i < run->n_batch; i++) {
    const bool is_negative = i + 1 < run->n_batch;
    OnomaTokens *tokens = NULL;
    OnomaError error;
    if (onoma_tokens_new(&tokens, text,
                         metadata(run->file, is_negative ? "negative_prompt" : "prompt"), &error)) {
      golden_fail(golden, run->file->name, &error);
      return false;
    }
    Encoding encoding = {text, tokens, run->embeds + i * n_pooled};
    golden_run_plain(golden, run_text, &encoding);
    onoma_tokens_free(tokens);
  }
  golden_compare_flat(run->file, "prompt_embeds", run->embeds, run->n_batch * n_pooled,
                      golden->network_tolerance);
  return true;
}

typedef struct {
  const Model *model;
  const float *latent;
  size_t height, width;
  float *bands;
  float *samples;
} Decoding;

static void run_vae(void *data, const OnomaExec *exec) {
  const Decoding *const d = data;
  onoma_vae_decode(d->model->vae, exec, d->latent, d->height, d->width, d->bands);
}

static void run_vocoder(void *data, const OnomaExec *exec) {
  const Decoding *const d = data;
  onoma_vocoder_run(d->model->vocoder, exec, d->bands, d->height * d->model->vae->frames_per_column,
                    0, d->samples);
}

// x is changed.
static void decode(const Run *run, float *x) {
  const Golden *const golden = run->file->golden;
  const OnomaVae *const vae = run->model->vae;
  const size_t n_frames = run->height * vae->frames_per_column;
  const size_t n_bands = run->width * vae->bands_per_row;
  const size_t n_samples = onoma_vocoder_n_samples(run->model->vocoder, n_frames);
  for (size_t i = 0; i < run->n; i++)
    x[i] = (float)((double)x[i] / vae->scaling_factor);
  Decoding decoding = {run->model,
                       x,
                       run->height,
                       run->width,
                       onoma_alloc(n_frames * n_bands, sizeof(float)),
                       onoma_alloc(n_samples, sizeof(float))};
  golden_run_plain(golden, run_vae, &decoding);
  golden_compare_flat(run->file, "mel", decoding.bands, n_frames * n_bands, run->tolerance);
  golden_run_plain(golden, run_vocoder, &decoding);
  golden_compare_flat(run->file, "waveform_full", decoding.samples, n_samples, run->tolerance);

  const double length_s = strtod(metadata(run->file, "audio_length_in_s"), NULL);
  const size_t n_asked = (size_t)(length_s * (double)run->model->vocoder->sampling_rate_hz);
  golden_compare_flat(run->file, "waveform", decoding.samples,
                      n_asked < n_samples ? n_asked : n_samples, run->tolerance);
  onoma_free(decoding.bands);
  onoma_free(decoding.samples);
}

// With everything opened.
static void make_run(Run *run) {
  const size_t n_steps = onoma_sampler_n_steps(run->sampler);
  const size_t n_images = n_steps * run->n_batch;
  float *const x = onoma_alloc(run->n, sizeof(float));
  run->trajectory = onoma_alloc(n_steps * run->n, sizeof(float));
  run->inputs = onoma_alloc(n_images * run->n, sizeof(float));
  run->outputs = onoma_alloc(n_images * run->n, sizeof(float));
  run->timesteps = onoma_alloc(n_steps, sizeof(float));
  run->input.n_batch = run->n_batch;
  run->input.height = run->height;
  run->input.width = run->width;
  run->input.n_timesteps = 1;
  run->input.class_labels = run->embeds;
  denoise(run, x);
  golden_compare_flat(run->file, "timesteps", run->timesteps, n_steps, TIMES_TOLERANCE);
  compare_images(run, "unet_input", run->inputs, n_images);
  compare_images(run, "noise_pred", run->outputs, n_images);
  compare_images(run, "trajectory", run->trajectory, n_steps);
  decode(run, x);
  onoma_free(run->timesteps);
  onoma_free(run->outputs);
  onoma_free(run->inputs);
  onoma_free(run->trajectory);
  onoma_free(x);
}

// The sampler that the metadata describes; false if there is none, which is reported.
static bool open_sampler(Run *run) {
  const GoldenFile *const file = run->file;
  const GoldenReport *const report = &file->golden->report;
  const char *const class_name = metadata(file, "scheduler");
  struct json_object *const json = json_tokener_parse(metadata(file, "scheduler_config"));
  const OnomaConfig config = {.path = file->name, .json = json};
  OnomaScheduler scheduler = {0};
  OnomaSamplerSettings settings;
  OnomaError error;
  if (!golden_is_implemented(class_name)) {
    report->skip(report->data, file->name, "no sampler of ours is its scheduler's");
    json_object_put(json);
    return false;
  }
  json_object_object_add(json, "_class_name", json_object_new_string(class_name));
  OnomaStatus status = onoma_scheduler_open(&scheduler, &config, ONOMA_SAMPLER_OWN, &error);
  onoma_sampler_settings_default(&settings);
  settings.n_steps = strtoul(metadata(file, "num_inference_steps"), NULL, 10);
  settings.n_values = run->n;
  if (!status)
    status = onoma_sampler_open(&run->sampler, &scheduler, &settings, &error);
  run->tolerance = scheduler.prediction == ONOMA_PREDICTS_V ? V_TOLERANCE : TOLERANCE;
  if (status)
    golden_fail(file->golden, file->name, &error);
  onoma_scheduler_close(&scheduler);
  json_object_put(json);
  return !status;
}

static void check_file(const Golden *golden, const Model *model, const char *name) {
  GoldenFile file;
  if (!golden_file_open(&file, golden, name))
    return;
  const OnomaTensor *latent = NULL;
  float *const noise = golden_read(&file, NULL, "latents_init", &latent);
  Run run = {.file = &file, .model = model};
  if (noise && latent->rank == 4 && latent->shape[0] == 1) {
    run.height = latent->shape[2];
    run.width = latent->shape[3];
    run.n = latent->n_items;
    run.guidance = strtod(metadata(&file, "guidance_scale"), NULL);
    run.n_batch = onoma_guidance_is_needed(run.guidance, false) ? 2 : 1;
    if (open_sampler(&run) && encode_prompts(&run))
      make_run(&run);
    onoma_sampler_close(&run.sampler);
    onoma_free(run.embeds);
  } else {
    golden->report.result(golden->report.data, name, false, "no latents_init of one item");
  }
  onoma_free(noise);
  golden_file_close(&file);
}

static OnomaStatus open_model(Model *model, const Golden *golden, OnomaError *error) {
  const char *const folder = golden_find_folder(golden, "audioldm-");
  char path[1100];
  OnomaStatus status = onoma_text_open(&model->text, folder ? folder : "", &golden->kernels, error);
  snprintf(path, sizeof(path), "%s/unet", folder ? folder : "");
  if (!status)
    status = onoma_unet_open(&model->unet, path, &golden->kernels, error);
  snprintf(path, sizeof(path), "%s/vae", folder ? folder : "");
  if (!status)
    status = onoma_vae_open(&model->vae, path, &golden->kernels, error);
  snprintf(path, sizeof(path), "%s/vocoder", folder ? folder : "");
  return status ? status : onoma_vocoder_open(&model->vocoder, path, &golden->kernels, error);
}

static int by_name(const void *a, const void *b) {
  return strcmp(a, b);
}

// Names "pipeline_..." of the files in `expected`, sorted.
static size_t find_runs(const Golden *golden, char names[][64], size_t max_n) {
  static const char ending[] = ".safetensors";
  size_t n = 0;
  DIR *const dir = opendir(golden_path(golden, "expected"));
  for (const struct dirent *entry; dir && n < max_n && (entry = readdir(dir));) {
    const char *const dot = strchr(entry->d_name, '.');
    if (!strncmp(entry->d_name, "pipeline_", 9) && dot && !strcmp(dot, ending) &&
        dot - entry->d_name < 64) {
      snprintf(names[n], 64, "%.*s", (int)(dot - entry->d_name), entry->d_name);
      n++;
    }
  }
  if (dir)
    closedir(dir);
  qsort(names, n, 64, by_name);
  return n;
}

void golden_check_pipelines(const Golden *golden) {
  static char names[64][64];
  Model model = {0};
  OnomaError error;
  const size_t n = find_runs(golden, names, 64);
  if (golden->is_bf16) {
    golden->report.skip(golden->report.data, "pipelines",
                        "with products of bfloat16 random networks leave their course");
  } else if (n && open_model(&model, golden, &error)) {
    golden_fail(golden, "pipelines", &error);
  } else {
    for (size_t i = 0; i < n; i++)
      check_file(golden, &model, names[i]);
  }
  onoma_vocoder_close(&model.vocoder);
  onoma_vae_close(&model.vae);
  onoma_unet_close(&model.unet);
  onoma_text_close(&model.text);
}
