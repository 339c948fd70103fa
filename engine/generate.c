// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// From prompts to raw samples.

#include "generate.h"

#include "base/error.h"
#include "base/rng.h"
#include "model/sampler/guidance.h"

#include <math.h>
#include <string.h>

// What the steps work on; memory of the arena.
typedef struct {
  size_t n_latent; // T' F' C
  float *latent;   // [T',F',C]
  float *scaled;   // [T',F',C], as the network wants it
  float *noise;    // [T',F',C]
  float *input;    // [B,T',F',n_in]
  float *output;   // [B,T',F',C]
} Buffers;

size_t onoma_generation_n_samples(const OnomaGeneration *generation) {
  const OnomaModel *const model = generation->model;
  return onoma_vocoder_n_samples(model->vocoder,
                                 generation->n_columns * model->vae->frames_per_column);
}

static bool enter(const OnomaGeneration *generation, const OnomaExec *exec, OnomaStage stage,
                  size_t step, size_t n_steps) {
  if (exec->arena->measuring)
    return true;
  const OnomaMonitor *const monitor = generation->monitor;
  return monitor->enter(monitor->data, stage, (unsigned)step, (unsigned)n_steps);
}

static Buffers make_buffers(const OnomaGeneration *generation, const OnomaExec *exec,
                            size_t n_batch) {
  const OnomaModel *const model = generation->model;
  const OnomaUnetConfig *const unet = onoma_unet_config(model->unet);
  const size_t n_positions = generation->n_columns * model->n_rows;
  Buffers buffers = {.n_latent = n_positions * model->vae->n_channels};
  buffers.latent = onoma_arena_floats(exec->arena, buffers.n_latent);
  buffers.scaled = onoma_arena_floats(exec->arena, buffers.n_latent);
  buffers.noise = onoma_arena_floats(exec->arena, buffers.n_latent);
  buffers.input = onoma_arena_floats(exec->arena, n_batch * n_positions * unet->n_in);
  buffers.output = onoma_arena_floats(exec->arena, n_batch * buffers.n_latent);
  return buffers;
}

// ---- The start

// The initial sound as a latent, times the scaling factor: encoded, and cut or padded with silence
// to the clip's length.
static void encode_init(const OnomaGeneration *generation, const OnomaExec *exec, float *latent) {
  const OnomaModel *const model = generation->model;
  const OnomaVae *const vae = model->vae;
  const size_t mark = onoma_arena_mark(exec->arena);
  const size_t n_bands = model->vocoder->n_bands;
  const size_t n_frames = generation->n_columns * vae->frames_per_column;
  const size_t n_init_frames = onoma_front_end_n_frames(model->front_end, generation->n_init);
  const size_t n_longer = n_init_frames > n_frames ? n_init_frames : n_frames;
  float *const bands = onoma_arena_floats(exec->arena, n_longer * n_bands);
  onoma_front_end_run(model->front_end, exec, generation->init, generation->n_init, bands);
  if (!exec->arena->measuring) {
    for (size_t i = n_init_frames * n_bands; i < n_frames * n_bands; i++)
      bands[i] = vae->floor;
  }
  onoma_vae_encode(vae, exec, bands, n_frames, n_bands, latent, NULL);
  if (!exec->arena->measuring) {
    for (size_t i = 0; i < generation->n_columns * model->n_rows * vae->n_channels; i++)
      latent[i] *= (float)vae->scaling_factor;
  }
  onoma_arena_release(exec->arena, mark);
}

static void start(const OnomaGeneration *generation, const OnomaExec *exec, Buffers *buffers) {
  if (generation->init)
    encode_init(generation, exec, buffers->scaled);
  if (exec->arena->measuring)
    return;
  onoma_normal(generation->recipe->seed, ONOMA_STREAM_LATENT, 0, 0, buffers->n_latent,
               buffers->noise);
  onoma_sampler_start(generation->sampler, generation->init ? buffers->scaled : NULL,
                      buffers->noise, buffers->latent);
}

// ---- A step

// [B,T',F',n_in]: the latent, and beside it the pitch conditioning. Only the prompt's half of a
// guided batch, the last, knows the pitch: so guidance strengthens it.
static void fill_input(const OnomaGeneration *generation, const OnomaConditioning *conditioning,
                       const Buffers *buffers) {
  const OnomaModel *const model = generation->model;
  const size_t n_channels = model->vae->n_channels;
  const size_t n_in = onoma_unet_config(model->unet)->n_in;
  const size_t n_positions = generation->n_columns * model->n_rows;
  float *at = buffers->input;
  for (size_t b = 0; b < conditioning->n_batch; b++) {
    for (size_t i = 0; i < n_positions; i++, at += n_in) {
      memcpy(at, buffers->scaled + i * n_channels, n_channels * sizeof(float));
      if (conditioning->pitch && b + 1 == conditioning->n_batch)
        memcpy(at + n_channels, conditioning->pitch + i % model->n_rows * n_channels,
               n_channels * sizeof(float));
      else if (conditioning->pitch)
        memset(at + n_channels, 0, n_channels * sizeof(float));
    }
  }
}

static void prepare_step(const OnomaGeneration *generation, OnomaConditioning *conditioning,
                         const Buffers *buffers, size_t i) {
  const OnomaModel *const model = generation->model;
  const double length_s =
      (double)(generation->n_columns * model->vae->frames_per_column * model->vocoder->hop_length) /
      model->info.sample_rate;
  onoma_sampler_scale_input(generation->sampler, i, buffers->latent, buffers->scaled);
  fill_input(generation, conditioning, buffers);
  onoma_conditioning_set_step(conditioning, onoma_unet_config(model->unet)->n_time_condition,
                              onoma_sampler_step_size(generation->sampler, i), generation->weight,
                              length_s, generation->recipe->loop);
}

// The sampler's part of a step: both halves of a guided batch become one, and the latent moves on.
static void finish_step(const OnomaGeneration *generation, const Buffers *buffers, size_t i) {
  const float *output = buffers->output;
  if (generation->guided) {
    onoma_guidance_combine(generation->recipe->guidance, buffers->output,
                           buffers->output + buffers->n_latent, buffers->n_latent, buffers->output);
  }
  const bool needs_noise = onoma_sampler_needs_noise(generation->sampler, i);
  if (needs_noise)
    onoma_normal(generation->recipe->seed, ONOMA_STREAM_STEP, (uint32_t)i, 0, buffers->n_latent,
                 buffers->noise);
  onoma_sampler_step(generation->sampler, i, buffers->latent, output,
                     needs_noise ? buffers->noise : NULL);
}

static void run_step(const OnomaGeneration *generation, const OnomaExec *exec,
                     OnomaConditioning *conditioning, const Buffers *buffers, size_t i) {
  if (!exec->arena->measuring)
    prepare_step(generation, conditioning, buffers, i);
  const float timestep = (float)onoma_sampler_timestep(generation->sampler, i);
  const OnomaUnetInput input = {
      .n_batch = conditioning->n_batch,
      .height = generation->n_columns,
      .width = generation->model->n_rows,
      .sample = buffers->input,
      .timesteps = &timestep,
      .n_timesteps = 1,
      .time_condition = conditioning->time_condition,
      .class_labels = conditioning->class_labels,
      .context = conditioning->context,
  };
  onoma_unet_run(generation->model->unet, exec, &input, buffers->output);
  if (!exec->arena->measuring)
    finish_step(generation, buffers, i);
}

static OnomaStatus cancelled(OnomaError *error) {
  return onoma_fail(error, ONOMA_ERR_CANCELLED, "cancelled");
}

static OnomaStatus denoise(const OnomaGeneration *generation, const OnomaExec *exec,
                           OnomaConditioning *conditioning, const Buffers *buffers,
                           OnomaError *error) {
  // All steps need the same memory: measuring one is enough.
  const size_t n_steps = exec->arena->measuring ? 1 : onoma_sampler_n_steps(generation->sampler);
  for (size_t i = 0; i < n_steps; i++) {
    if (!enter(generation, exec, ONOMA_STAGE_DENOISE, i, n_steps))
      return cancelled(error);
    run_step(generation, exec, conditioning, buffers, i);
  }
  if (!enter(generation, exec, ONOMA_STAGE_DENOISE, n_steps, n_steps))
    return cancelled(error);
  return ONOMA_OK;
}

// ---- From the latent to samples

static OnomaStatus check_latent(const Buffers *buffers, OnomaError *error) {
  for (size_t i = 0; i < buffers->n_latent; i++) {
    if (!isfinite(buffers->latent[i]))
      return onoma_fail(error, ONOMA_ERR_NUMERIC,
                        "the denoiser gave a number that is not finite: try less guidance, or "
                        "another sampler");
  }
  return ONOMA_OK;
}

static OnomaStatus decode(const OnomaGeneration *generation, const OnomaExec *exec,
                          const Buffers *buffers, float *samples, OnomaError *error) {
  const OnomaModel *const model = generation->model;
  const OnomaVae *const vae = model->vae;
  const size_t n_frames = generation->n_columns * vae->frames_per_column;
  if (!exec->arena->measuring) {
    const OnomaStatus status = check_latent(buffers, error);
    if (status)
      return status;
    for (size_t i = 0; i < buffers->n_latent; i++)
      buffers->latent[i] /= (float)vae->scaling_factor;
  }
  if (!enter(generation, exec, ONOMA_STAGE_DECODE, 0, 0))
    return cancelled(error);
  float *const bands = onoma_arena_floats(exec->arena, n_frames * model->vocoder->n_bands);
  onoma_vae_decode(vae, exec, buffers->latent, generation->n_columns, model->n_rows, bands);

  if (!enter(generation, exec, ONOMA_STAGE_VOCODE, 0, 0))
    return cancelled(error);
  onoma_vocoder_run(model->vocoder, exec, bands, n_frames, generation->recipe->seed, samples);
  return ONOMA_OK;
}

OnomaStatus onoma_generation_run(const OnomaGeneration *generation, const OnomaExec *exec,
                                 float *samples, OnomaError *error) {
  if (!enter(generation, exec, ONOMA_STAGE_TEXT, 0, 0))
    return cancelled(error);
  const size_t mark = onoma_arena_mark(exec->arena);
  OnomaConditioning conditioning;
  onoma_conditioning_run(&conditioning, generation->model, exec, &generation->prompts,
                         generation->guided, generation->pitch_hz,
                         generation->draws_pitch ? &generation->recipe->seed : NULL);
  Buffers buffers = make_buffers(generation, exec, conditioning.n_batch);
  start(generation, exec, &buffers);
  OnomaStatus status = denoise(generation, exec, &conditioning, &buffers, error);
  if (!status)
    status = decode(generation, exec, &buffers, samples, error);
  onoma_arena_release(exec->arena, mark);
  return status;
}
