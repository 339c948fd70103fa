// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The way from a recipe to a clip.

#include "pipeline.h"

#include "finish.h"
#include "generate.h"
#include "mono.h"
#include "recipe.h"

#include "base/error.h"
#include "base/memory.h"
#include "dsp/pitch.h"
#include "dsp/resample.h"
#include "model/sampler/guidance.h"
#include "model/sampler/sampler.h"
#include "model/text/note.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// ---- Deciding what the recipe leaves to the model

// A model's identity in a recipe; room for name and digest.
#define MODEL_ID_SIZE 192

static void resolve(OnomaRecipe *recipe, const OnomaModel *model, char id[MODEL_ID_SIZE]) {
  const OnomaModelInfo *const info = &model->info;
  if (recipe->length_s <= 0)
    recipe->length_s = info->default_length_s;
  if (!recipe->n_steps)
    recipe->n_steps = info->default_steps;
  if (recipe->guidance < 0)
    recipe->guidance = info->default_guidance;
  if (!recipe->sampler)
    recipe->sampler = info->default_sampler;
  if (isnan(recipe->note) && model->has_pitch_channels)
    onoma_note_find(recipe->prompt, &recipe->note);
  snprintf(id, MODEL_ID_SIZE, "%s %s", info->name, info->digest);
  recipe->model = id;
  recipe->cpu = info->cpu;
}

static OnomaStatus check_length(const OnomaModelInfo *info, double length_s, OnomaError *error) {
  if (length_s >= info->min_length_s && length_s <= info->max_length_s)
    return ONOMA_OK;
  return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                    "%d ms is no length for the model %s: it makes %d ms to %d ms",
                    (int)lrint(1e3 * length_s), info->name, (int)lrint(1e3 * info->min_length_s),
                    (int)lrint(1e3 * info->max_length_s));
}

static OnomaStatus open_sampler(OnomaGeneration *generation, OnomaScheduler *scheduler,
                                OnomaError *error) {
  const OnomaModel *const model = generation->model;
  const OnomaRecipe *const recipe = generation->recipe;
  OnomaSamplerSettings settings;
  onoma_sampler_settings_default(&settings);
  settings.n_steps = recipe->n_steps;
  settings.n_values = generation->n_columns * model->n_rows * model->vae->n_channels;
  settings.eta = recipe->eta;
  settings.strength = generation->init ? recipe->strength : 1;
  return onoma_sampler_open(&generation->sampler, scheduler, &settings, error);
}

// Whether guidance is a second evaluation, an input of the network, or neither.
static OnomaStatus decide_guidance(OnomaGeneration *generation, const OnomaScheduler *scheduler,
                                   OnomaError *error) {
  const OnomaRecipe *const recipe = generation->recipe;
  const bool has_negative = recipe->negative && *recipe->negative;
  // Of two evaluations of the same words only one knows the pitch, if there is one.
  const bool same = !strcmp(recipe->prompt, has_negative ? recipe->negative : "") &&
                    !(generation->pitch_hz > 0) && !generation->draws_pitch;
  generation->weight = 1;
  if (!onoma_sampler_embeds_guidance(generation->sampler)) {
    generation->guided = onoma_guidance_is_needed(recipe->guidance, same);
    if (has_negative && !generation->guided && !same)
      return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                        "a negative prompt has no effect without guidance above 1");
    return ONOMA_OK;
  }
  if (has_negative)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "the few-step sampler knows no negative prompt: choose another sampler");
  if (recipe->guidance < scheduler->guidance_min || recipe->guidance > scheduler->guidance_max)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "the few-step sampler of this model takes a guidance from %d %% to %d %%",
                      (int)lrint(100 * scheduler->guidance_min),
                      (int)lrint(100 * scheduler->guidance_max));
  generation->weight = recipe->guidance;
  return ONOMA_OK;
}

static OnomaStatus set_up_sampler(OnomaGeneration *generation, OnomaError *error) {
  OnomaSamplerKind kind;
  if (!onoma_sampler_find(generation->recipe->sampler, &kind))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "there is no sampler \"%s\"",
                      generation->recipe->sampler);
  OnomaScheduler scheduler;
  OnomaStatus status = onoma_scheduler_open(&scheduler, &generation->model->scheduler, kind, error);
  if (status)
    return status;
  status = open_sampler(generation, &scheduler, error);
  if (!status)
    status = decide_guidance(generation, &scheduler, error);
  onoma_scheduler_close(&scheduler);
  return status;
}

static size_t n_columns(const OnomaModel *model, double length_s) {
  // In this order of operations, which decides how a length that is no whole number of frames is
  // rounded, as diffusers does.
  const double frame_s = (double)model->vocoder->hop_length / model->info.sample_rate;
  const size_t per_column = model->vae->frames_per_column;
  const double n_frames = length_s / frame_s;
  const size_t n =
      (size_t)(model->kind == ONOMA_PIPELINE_AUDIOLDM ? n_frames : ceil(n_frames - 1e-9));
  const size_t n_whole = (n + per_column - 1) / per_column;
  return n_whole ? n_whole : 1;
}

// ---- The initial sound

// More of the initial sound than is heard: what its cut end does to filters and windows is not.
#define INIT_MARGIN_S 1

// The mean of the clip's channels at the model's rate, as much as that length needs; onoma_free().
static OnomaStatus prepare_init(const OnomaClip *init, double length_s, double rate,
                                float **samples, size_t *n, OnomaError *error) {
  const OnomaClipInfo *const info = onoma_clip_info(init);
  float *const mono = onoma_clip_mono(init);
  if (!mono)
    return onoma_fail_memory(error);
  const double n_needed = (length_s + INIT_MARGIN_S) * info->sample_rate;
  const size_t n_frames = n_needed < (double)info->n_frames ? (size_t)n_needed : info->n_frames;
  *n = onoma_resample_length(n_frames, info->sample_rate, rate);
  *samples = onoma_alloc(*n, sizeof(float));
  OnomaStatus status = *samples ? ONOMA_OK : onoma_fail_memory(error);
  if (!status)
    status = onoma_resample((const float *const[]){mono}, 1, n_frames, info->sample_rate, rate,
                            (float *const[]){*samples}, error);
  onoma_free(mono);
  return status;
}

// ---- Running

// Measures the memory that the generation needs, and has the arena grow to it.
static OnomaStatus plan_memory(const OnomaGeneration *generation, OnomaWorkshop *workshop,
                               OnomaReport *report, OnomaError *error) {
  OnomaArena measuring;
  onoma_arena_init_measuring(&measuring);
  const OnomaExec exec = {
      .kernels = &generation->model->kernels, .pool = workshop->pool, .arena = &measuring};
  onoma_arena_floats(&measuring, onoma_generation_n_samples(generation));
  const OnomaStatus status = onoma_generation_run(generation, &exec, NULL, error);
  if (status)
    return status;
  report->scratch_bytes = measuring.peak;
  if (workshop->arena.capacity >= measuring.peak)
    return ONOMA_OK;
  onoma_arena_fini(&workshop->arena);
  if (!onoma_arena_init(&workshop->arena, measuring.peak))
    return onoma_fail(error, ONOMA_ERR_MEMORY, "out of memory: the sound needs %zu MB to make",
                      measuring.peak >> 20);
  return ONOMA_OK;
}

static OnomaStatus run(const OnomaGeneration *generation, OnomaWorkshop *workshop, OnomaClip **clip,
                       OnomaReport *report, OnomaError *error) {
  OnomaStatus status = plan_memory(generation, workshop, report, error);
  if (status)
    return status;
  const size_t mark = onoma_arena_mark(&workshop->arena);
  const OnomaExec exec = {
      .kernels = &generation->model->kernels, .pool = workshop->pool, .arena = &workshop->arena};
  const size_t n_samples = onoma_generation_n_samples(generation);
  float *const samples = onoma_arena_floats(&workshop->arena, n_samples);
  status = onoma_generation_run(generation, &exec, samples, error);
  const OnomaMonitor *const monitor = generation->monitor;
  if (!status && !monitor->enter(monitor->data, ONOMA_STAGE_FINISH, 0, 0))
    status = onoma_fail(error, ONOMA_ERR_CANCELLED, "cancelled");
  if (!status)
    status = onoma_finish(samples, n_samples, generation->model->info.sample_rate,
                          generation->recipe, clip, report, error);
  onoma_arena_release(&workshop->arena, mark);
  return status;
}

static OnomaStatus set_up(OnomaGeneration *generation, const OnomaClip *init, float **samples,
                          OnomaError *error) {
  const OnomaModel *const model = generation->model;
  OnomaStatus status = check_length(&model->info, generation->recipe->length_s, error);
  if (!status && !isnan(generation->recipe->note) && !model->has_pitch_channels)
    status = onoma_fail(error, ONOMA_ERR_ARGUMENT,
                        "the model %s takes no note but by the words of the prompt", model->name);
  if (!status && init)
    status = prepare_init(init, generation->recipe->length_s, model->info.sample_rate, samples,
                          &generation->n_init, error);
  generation->init = *samples;
  generation->n_columns = n_columns(model, generation->recipe->length_s);
  if (!status)
    status = set_up_sampler(generation, error);
  if (!status)
    status = onoma_prompts_init(&generation->prompts, model, generation->recipe, error);
  return status;
}

OnomaStatus onoma_pipeline_run(const OnomaModel *model, OnomaWorkshop *workshop,
                               const OnomaRecipe *recipe, const OnomaClip *init,
                               const OnomaMonitor *monitor, OnomaClip **clip, OnomaReport *report,
                               OnomaError *error) {
  char id[MODEL_ID_SIZE];
  OnomaRecipe resolved = *recipe;
  resolve(&resolved, model, id);
  OnomaGeneration generation = {.model = model, .recipe = &resolved, .monitor = monitor};
  if (!isnan(resolved.note))
    generation.pitch_hz = onoma_note_to_hz(resolved.note);
  else // an initial sound has its own pitch
    generation.draws_pitch = model->note_prior && model->has_pitch_channels && !init;

  float *samples = NULL;
  OnomaStatus status = set_up(&generation, init, &samples, error);
  if (!status)
    status = run(&generation, workshop, clip, report, error);
  onoma_prompts_fini(&generation.prompts);
  onoma_sampler_close(&generation.sampler);
  onoma_free(samples);
  return status;
}
