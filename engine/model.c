// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A loaded model: every part of its folder, ready to run.

#include "model.h"

#include "digest.h"
#include "find.h"

#include "base/cpu.h"
#include "base/error.h"
#include "base/memory.h"
#include "model/sampler/scheduler.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

// What a model can be asked for when its index does not say.
#define MIN_LENGTH_S 0.05
#define MAX_LENGTH_S 600.0

// Defaults of diffusers' AudioLDMPipeline.
#define AUDIOLDM_STEPS    10
#define AUDIOLDM_GUIDANCE 2.5

static const struct {
  const char *class_name;
  OnomaPipelineKind kind;
} pipelines[] = {
    {"OnomaPipeline", ONOMA_PIPELINE_ONOMA},
    {"AudioLDMPipeline", ONOMA_PIPELINE_AUDIOLDM},
};

static OnomaStatus part_path(const OnomaModel *model, const char *part, char *path, size_t size,
                             OnomaError *error) {
  const int n = snprintf(path, size, "%s/%s", model->folder, part);
  if (n < 0 || (size_t)n >= size)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "%s: path too long", model->folder);
  return ONOMA_OK;
}

// ---- The parts

// A part that models may have, or not.
static OnomaStatus open_note_prior(OnomaModel *model, OnomaError *error) {
  char path[sizeof(model->folder) + 64];
  char config[sizeof(path) + 16];
  OnomaStatus status = part_path(model, "note_prior", path, sizeof(path), error);
  if (!status)
    status = part_path(model, "note_prior/config.json", config, sizeof(config), error);
  if (status || access(config, F_OK))
    return status;
  return onoma_note_prior_open(&model->note_prior, path, &model->kernels, error);
}

static OnomaStatus open_parts(OnomaModel *model, OnomaError *error) {
  char path[sizeof(model->folder) + 64];
  OnomaStatus status = onoma_text_open(&model->text, model->folder, &model->kernels, error);
  if (!status)
    status = open_note_prior(model, error);
  if (!status)
    status = part_path(model, "unet", path, sizeof(path), error);
  if (!status)
    status = onoma_unet_open(&model->unet, path, &model->kernels, error);
  if (!status)
    status = part_path(model, "vae", path, sizeof(path), error);
  if (!status)
    status = onoma_vae_open(&model->vae, path, &model->kernels, error);
  if (!status)
    status = part_path(model, "vocoder", path, sizeof(path), error);
  if (!status)
    status = onoma_vocoder_open(&model->vocoder, path, &model->kernels, error);
  if (!status)
    status = onoma_front_end_open(&model->front_end, path, error);
  if (!status)
    status = part_path(model, "scheduler/scheduler_config.json", model->scheduler_path,
                       sizeof(model->scheduler_path), error);
  if (!status)
    status = onoma_config_open(&model->scheduler, model->scheduler_path, error);
  return status;
}

// ---- Whether the parts fit together

static OnomaStatus misfit(const OnomaModel *model, OnomaError *error, const char *what, size_t a,
                          const char *other, size_t b) {
  return onoma_fail(error, ONOMA_ERR_FORMAT, "%s: %s is %zu, but %s is %zu", model->folder, what, a,
                    other, b);
}

static OnomaStatus check_latent(OnomaModel *model, OnomaError *error) {
  const OnomaVae *const vae = model->vae;
  const OnomaUnetConfig *const unet = onoma_unet_config(model->unet);
  const size_t n_bands = model->vocoder->n_bands;
  if (n_bands % vae->bands_per_row || (vae->n_bands && vae->n_bands != n_bands))
    return misfit(model, error, "the vocoder's number of bands", n_bands,
                  vae->n_bands ? "the VAE's" : "a row of the VAE's latent",
                  vae->n_bands ? vae->n_bands : vae->bands_per_row);
  model->n_rows = n_bands / vae->bands_per_row;
  if (unet->n_out != vae->n_channels)
    return misfit(model, error, "unet/config.json: out_channels", unet->n_out,
                  "the VAE's latent_channels", vae->n_channels);
  model->has_pitch_channels =
      model->kind == ONOMA_PIPELINE_ONOMA && unet->n_in == 2 * vae->n_channels;
  if (unet->n_in != vae->n_channels && !model->has_pitch_channels)
    return misfit(model, error, "unet/config.json: in_channels", unet->n_in,
                  "the VAE's latent_channels", vae->n_channels);
  return ONOMA_OK;
}

static OnomaStatus check_text(const OnomaModel *model, OnomaError *error) {
  const OnomaUnetConfig *const unet = onoma_unet_config(model->unet);
  const size_t n_pooled = onoma_text_n_pooled(model->text);
  const size_t n_hidden = onoma_text_n_hidden(model->text);
  if (unet->class_kind != ONOMA_UNET_CLASS_NONE && unet->n_class_labels != n_pooled)
    return misfit(model, error, "unet/config.json: projection_class_embeddings_input_dim",
                  unet->n_class_labels, "the text encoder's output", n_pooled);
  if (model->note_prior && onoma_note_prior_n_pooled(model->note_prior) != n_pooled)
    return misfit(model, error, "note_prior/config.json: input_size",
                  onoma_note_prior_n_pooled(model->note_prior), "the text encoder's output",
                  n_pooled);
  if (model->kind != ONOMA_PIPELINE_ONOMA)
    return ONOMA_OK;
  for (size_t i = 0; i < unet->n_levels; i++) {
    if (unet->down[i].has_attention && unet->n_context[i] != n_hidden)
      return misfit(model, error, "unet/config.json: cross_attention_dim", unet->n_context[i],
                    "the text encoder's hidden_size", n_hidden);
  }
  return unet->n_time_condition % 8
             ? misfit(model, error, "unet/config.json: time_cond_proj_dim", unet->n_time_condition,
                      "what it must be a multiple of", 8)
             : ONOMA_OK;
}

// ---- The index

static OnomaStatus read_kind(OnomaModel *model, const OnomaConfig *index, OnomaError *error) {
  const char *class_name;
  const OnomaStatus status = onoma_config_string(index, "_class_name", &class_name, error);
  if (status)
    return status;
  for (size_t i = 0; i < sizeof(pipelines) / sizeof(pipelines[0]); i++) {
    if (!strcmp(class_name, pipelines[i].class_name)) {
      model->kind = pipelines[i].kind;
      return ONOMA_OK;
    }
  }
  return onoma_config_fail(index, ONOMA_ERR_UNSUPPORTED, "_class_name", error,
                           "neither OnomaPipeline nor AudioLDMPipeline");
}

static OnomaStatus read_name(OnomaModel *model, const OnomaConfig *index, OnomaError *error) {
  const char *slash = strrchr(model->folder, '/');
  const char *name;
  const OnomaStatus status = onoma_config_string_or(
      index, "name", slash && slash[1] ? slash + 1 : model->folder, &name, error);
  if (!status)
    snprintf(model->name, sizeof(model->name), "%s", name);
  return status;
}

static OnomaStatus read_onoma_defaults(OnomaModel *model, const OnomaConfig *index,
                                       OnomaError *error) {
  OnomaModelInfo *const info = &model->info;
  OnomaConfig defaults;
  size_t n_steps = 0;
  const char *sampler;
  OnomaStatus status = onoma_config_object(index, "defaults", &defaults, error);
  if (!status)
    status = onoma_config_float(&defaults, "min_length_s", 1e-3, MAX_LENGTH_S, &info->min_length_s,
                                error);
  if (!status)
    status = onoma_config_float(&defaults, "max_length_s", info->min_length_s, MAX_LENGTH_S,
                                &info->max_length_s, error);
  if (!status)
    status = onoma_config_float(&defaults, "length_s", info->min_length_s, info->max_length_s,
                                &info->default_length_s, error);
  if (!status)
    status = onoma_config_size(&defaults, "steps", 1, 10000, &n_steps, error);
  if (!status)
    status =
        onoma_config_float(&defaults, "guidance_scale", 0, 100, &info->default_guidance, error);
  if (!status)
    status = onoma_config_string(&defaults, "sampler", &sampler, error);
  if (status)
    return status;
  info->default_steps = (unsigned)n_steps;
  OnomaSamplerKind kind;
  if (!onoma_sampler_find(sampler, &kind))
    return onoma_config_fail(&defaults, ONOMA_ERR_FORMAT, "sampler", error, "no such sampler");
  snprintf(model->default_sampler, sizeof(model->default_sampler), "%s", sampler);
  return ONOMA_OK;
}

static OnomaStatus read_audioldm_defaults(OnomaModel *model, OnomaError *error) {
  OnomaModelInfo *const info = &model->info;
  const size_t sample_size = onoma_unet_config(model->unet)->sample_size;
  const size_t hop = model->vae->frames_per_column * model->vocoder->hop_length;
  info->min_length_s = MIN_LENGTH_S;
  info->max_length_s = MAX_LENGTH_S;
  info->default_length_s =
      (double)((sample_size ? sample_size : 128) * hop) / (double)model->vocoder->sampling_rate_hz;
  info->default_steps = AUDIOLDM_STEPS;
  info->default_guidance = AUDIOLDM_GUIDANCE;
  OnomaScheduler scheduler;
  const OnomaStatus status =
      onoma_scheduler_open(&scheduler, &model->scheduler, ONOMA_SAMPLER_OWN, error);
  if (status)
    return status;
  snprintf(model->default_sampler, sizeof(model->default_sampler), "%s",
           onoma_sampler_name(scheduler.kind));
  onoma_scheduler_close(&scheduler);
  return ONOMA_OK;
}

static OnomaStatus read_index(OnomaModel *model, const OnomaConfig *index, OnomaError *error) {
  OnomaStatus status = read_kind(model, index, error);
  if (!status)
    status = read_name(model, index, error);
  if (!status)
    status = open_parts(model, error);
  if (!status)
    status = check_latent(model, error);
  if (!status)
    status = check_text(model, error);
  if (!status)
    status = model->kind == ONOMA_PIPELINE_ONOMA ? read_onoma_defaults(model, index, error)
                                                 : read_audioldm_defaults(model, error);
  return status;
}

// ---- Opening

static void choose_kernels(OnomaModel *model, unsigned cpu_mask) {
  unsigned flags = onoma_cpu_flags() & cpu_mask;
  if ((flags & ONOMA_CPU_AMX) && !onoma_cpu_request_amx())
    flags &= ~(unsigned)ONOMA_CPU_AMX;
  onoma_kernels_init(&model->kernels, flags);
  model->info.cpu = onoma_cpu_name(flags);
}

static OnomaStatus load(OnomaModel *model, OnomaError *error) {
  char path[sizeof(model->folder) + 64];
  OnomaConfig index;
  OnomaStatus status = part_path(model, "model_index.json", path, sizeof(path), error);
  if (!status)
    status = onoma_config_open(&index, path, error);
  if (status)
    return status;
  status = read_index(model, &index, error);
  onoma_config_close(&index);
  return status ? status : onoma_model_digest(model->folder, model->digest, error);
}

OnomaStatus onoma_model_open(OnomaModel **model, const char *name, unsigned cpu_mask,
                             unsigned n_threads, OnomaError *error) {
  *model = NULL;
  OnomaModel *m = onoma_alloc_zero(1, sizeof(OnomaModel));
  if (!m)
    return onoma_fail_memory(error);
  choose_kernels(m, cpu_mask);
  OnomaStatus status = onoma_model_find(name, m->folder, sizeof(m->folder), error);
  if (!status)
    status = load(m, error);
  if (status) {
    onoma_model_close(&m);
    return status;
  }
  m->info.name = m->name;
  m->info.folder = m->folder;
  m->info.digest = m->digest;
  m->info.n_threads = n_threads;
  m->info.sample_rate = (double)m->vocoder->sampling_rate_hz;
  m->info.default_sampler = m->default_sampler;
  *model = m;
  return ONOMA_OK;
}

void onoma_model_close(OnomaModel **model) {
  OnomaModel *const m = *model;
  *model = NULL;
  if (!m)
    return;
  onoma_config_close(&m->scheduler);
  onoma_front_end_close(&m->front_end);
  onoma_vocoder_close(&m->vocoder);
  onoma_vae_close(&m->vae);
  onoma_unet_close(&m->unet);
  onoma_note_prior_close(&m->note_prior);
  onoma_text_close(&m->text);
  onoma_free(m);
}

const OnomaModelInfo *onoma_model_info(const OnomaModel *model) {
  return &model->info;
}
