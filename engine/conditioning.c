// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the denoiser is told besides the noised latent.

#include "conditioning.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/pitch.h"

#include <math.h>
#include <string.h>

OnomaStatus onoma_prompts_init(OnomaPrompts *prompts, const OnomaModel *model,
                               const OnomaRecipe *recipe, OnomaError *error) {
  *prompts = (OnomaPrompts){0};
  OnomaStatus status = onoma_tokens_new(&prompts->prompt, model->text, recipe->prompt, error);
  if (!status)
    status = onoma_tokens_new(&prompts->negative, model->text,
                              recipe->negative ? recipe->negative : "", error);
  if (status)
    onoma_prompts_fini(prompts);
  return status;
}

void onoma_prompts_fini(OnomaPrompts *prompts) {
  onoma_tokens_free(prompts->negative);
  onoma_tokens_free(prompts->prompt);
  *prompts = (OnomaPrompts){0};
}

// Encodes tokens into row b of the batch: hidden states padded to n_tokens, with their mask.
static void encode_row(const OnomaModel *model, const OnomaExec *exec, const OnomaTokens *tokens,
                       size_t b, size_t n_tokens, float *hidden, unsigned char *mask,
                       float *pooled) {
  const size_t n_hidden = onoma_text_n_hidden(model->text);
  const size_t n_used = onoma_tokens_n(tokens);
  float *const states = hidden ? hidden + b * n_tokens * n_hidden : NULL;
  onoma_text_run(model->text, exec, tokens, states, pooled + b * onoma_text_n_pooled(model->text));
  if (exec->arena->measuring || !hidden)
    return;
  memset(states + n_used * n_hidden, 0, (n_tokens - n_used) * n_hidden * sizeof(float));
  memset(mask + b * n_tokens, 1, n_used);
  memset(mask + b * n_tokens + n_used, 0, n_tokens - n_used);
}

// The pitch that the prompt suggests, drawn by the seed; 0 for none. A dry run takes some pitch, so
// that the memory for one is there.
static double draw_pitch(const OnomaModel *model, const OnomaExec *exec, const float *pooled,
                         uint64_t seed) {
  const size_t mark = onoma_arena_mark(exec->arena);
  float *const logits = onoma_arena_floats(exec->arena, ONOMA_N_NOTE_CLASSES);
  onoma_note_prior_run(model->note_prior, exec, pooled, logits);
  size_t note = 69;
  if (!exec->arena->measuring)
    note = onoma_note_prior_draw(logits, onoma_uniform_at(seed, ONOMA_STREAM_NOTE, 0, 0));
  onoma_arena_release(exec->arena, mark);
  return note == ONOMA_NO_NOTE ? 0 : onoma_note_to_hz((double)note);
}

// The latent of a comb at that pitch, or zeros.
static const float *make_pitch(const OnomaModel *model, const OnomaExec *exec, double pitch_hz) {
  const size_t n = model->n_rows * model->vae->n_channels;
  float *const pitch = onoma_arena_floats(exec->arena, n);
  if (pitch_hz > 0)
    onoma_comb_latent(model->front_end, model->vae, exec, pitch_hz, pitch);
  else if (!exec->arena->measuring)
    memset(pitch, 0, n * sizeof(float));
  return pitch;
}

void onoma_conditioning_run(OnomaConditioning *conditioning, const OnomaModel *model,
                            const OnomaExec *exec, const OnomaPrompts *prompts, bool guided,
                            double pitch_hz, const uint64_t *seed) {
  const OnomaUnetConfig *const unet = onoma_unet_config(model->unet);
  const size_t n_batch = guided ? 2 : 1;
  const size_t n_prompt = onoma_tokens_n(prompts->prompt);
  const size_t n_negative = guided ? onoma_tokens_n(prompts->negative) : 0;
  const size_t n_tokens = n_prompt > n_negative ? n_prompt : n_negative;
  const bool has_context = model->kind == ONOMA_PIPELINE_ONOMA;

  OnomaArena *const arena = exec->arena;
  float *const pooled = onoma_arena_floats(arena, n_batch * onoma_text_n_pooled(model->text));
  float *hidden = NULL;
  unsigned char *mask = NULL;
  if (has_context) {
    hidden = onoma_arena_floats(arena, n_batch * n_tokens * onoma_text_n_hidden(model->text));
    mask = onoma_arena_alloc(arena, n_batch * n_tokens, 1);
  }
  if (guided)
    encode_row(model, exec, prompts->negative, 0, n_tokens, hidden, mask, pooled);
  encode_row(model, exec, prompts->prompt, n_batch - 1, n_tokens, hidden, mask, pooled);

  *conditioning = (OnomaConditioning){.n_batch = n_batch, .class_labels = pooled};
  if (has_context)
    conditioning->context = (OnomaContext){.states = hidden, .n_tokens = n_tokens, .mask = mask};
  if (unet->n_time_condition)
    conditioning->time_condition = onoma_arena_floats(arena, n_batch * unet->n_time_condition);
  if (seed)
    pitch_hz =
        draw_pitch(model, exec, pooled + (n_batch - 1) * onoma_text_n_pooled(model->text), *seed);
  if (model->has_pitch_channels)
    conditioning->pitch = make_pitch(model, exec, pitch_hz);
}

// e(v) of doc/model-format.md: cosines, then sines, of v times falling frequencies.
static void embed(double v, size_t n, float *out) {
  const size_t half = n / 2;
  for (size_t i = 0; i < half; i++) {
    const double angle = v * exp(-log(10000) * (double)i / (double)half);
    out[i] = (float)cos(angle);
    out[half + i] = (float)sin(angle);
  }
}

void onoma_conditioning_set_step(OnomaConditioning *conditioning, size_t n_time_condition,
                                 double step_size, double weight, double length_s, bool loop) {
  if (!n_time_condition)
    return;
  const size_t n_block = n_time_condition / 4;
  for (size_t b = 0; b < conditioning->n_batch; b++) {
    float *const row = conditioning->time_condition + b * n_time_condition;
    embed(1000 * step_size, n_block, row);
    embed(100 * (weight - 1), n_block, row + n_block);
    embed(100 * length_s, n_block, row + 2 * n_block);
    for (size_t i = 0; i < n_block; i++)
      row[3 * n_block + i] = loop ? 1.0F : 0.0F;
  }
}
