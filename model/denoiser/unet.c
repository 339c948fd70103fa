// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Running a U-Net.

#include "unet.h"
#include "unet_impl.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/nn/tap.h"

#include <stdio.h>
#include <string.h>

// An image of the batch, [B,h,w,n_channels].
typedef struct {
  float *values;
  size_t h, w;
  size_t n_channels;
} Image;

// One run.
typedef struct {
  const OnomaUnet *unet;
  const OnomaExec *exec;
  size_t n_batch;
  const float *embedding; // [B,n_embedding], its SiLU done
  OnomaContext context;
  char block_name[40];
  size_t n_skips; // left for the way up
  Image skips[1 + ONOMA_UNET_MAX_LEVELS * (ONOMA_UNET_MAX_LAYERS + 1)];
} Pass;

static size_t n_values(const Pass *pass, const Image *image) {
  return pass->n_batch * image->h * image->w * image->n_channels;
}

// Shows an image under the name of the block being run and a suffix.
static void tap(const Pass *pass, const Image *image, const char *suffix) {
  onoma_tap_image(pass->exec, image->values, pass->n_batch, image->h, image->w, image->n_channels,
                  "%s%s", pass->block_name, suffix);
}

// ---- Embeddings

static void tap_rows(const Pass *pass, const float *rows, size_t n_channels, const char *name) {
  onoma_tap_rows(pass->exec, rows, pass->n_batch, 0, n_channels, "%s", name);
}

// out [B,n_time]
static void embed_time(const Pass *pass, const OnomaUnetInput *input, float *out) {
  const OnomaUnetConfig *const config = &pass->unet->config;
  OnomaArena *const arena = pass->exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_channels = config->n_channels[0];
  float *const sinusoid = onoma_arena_floats(arena, input->n_batch * n_channels);
  for (size_t i = 0; i < input->n_batch && !arena->measuring; i++)
    onoma_sinusoid(input->timesteps[input->n_timesteps == 1 ? 0 : i], n_channels,
                   config->cosine_first, config->frequency_shift, sinusoid + i * n_channels);
  tap_rows(pass, sinusoid, n_channels, "time_proj");
  onoma_mlp_run(&pass->unet->time_embedding, pass->exec, sinusoid, input->time_condition,
                input->n_batch, out);
  tap_rows(pass, out, config->n_time, "time_embedding");
  onoma_arena_release(arena, mark);
}

// out [B,n_time]
static void embed_class(const Pass *pass, const OnomaUnetInput *input, float *out) {
  const OnomaUnet *const unet = pass->unet;
  if (unet->config.class_kind == ONOMA_UNET_CLASS_LINEAR)
    onoma_linear_run(&unet->class_linear, pass->exec, input->class_labels, input->n_batch, out,
                     NULL);
  else
    onoma_mlp_run(&unet->class_mlp, pass->exec, input->class_labels, NULL, input->n_batch, out);
  tap_rows(pass, out, unet->config.n_time, "class_embedding");
}

// out [B,n_embedding], what the residual blocks are given.
static void embed(const Pass *pass, const OnomaUnetInput *input, float *out) {
  const OnomaUnetConfig *const config = &pass->unet->config;
  const OnomaExec *const exec = pass->exec;
  const size_t mark = onoma_arena_mark(exec->arena);
  const size_t n = input->n_batch * config->n_time;
  const size_t n_all = input->n_batch * pass->unet->n_embedding;
  if (config->class_kind == ONOMA_UNET_CLASS_NONE) {
    embed_time(pass, input, out);
  } else {
    float *const time = onoma_arena_floats(exec->arena, n);
    float *const class = onoma_arena_floats(exec->arena, n);
    embed_time(pass, input, time);
    embed_class(pass, input, class);
    if (config->class_concat)
      onoma_concat_run(exec, time, config->n_time, class, config->n_time, input->n_batch, out);
    else
      onoma_add_run(exec, time, class, 1.0F, n, out);
  }
  onoma_activation_run(exec, ONOMA_ACT_SILU, out, n_all, out);
  onoma_arena_release(exec->arena, mark);
}

// A copy of the mask in which rows without a token have all of them.
static const unsigned char *usable_mask(const Pass *pass, const OnomaContext *context) {
  OnomaArena *const arena = pass->exec->arena;
  const size_t n = context->n_tokens;
  if (!context->states || !context->mask)
    return NULL;
  unsigned char *const mask = onoma_arena_alloc(arena, pass->n_batch * n, 1);
  for (size_t i = 0; i < pass->n_batch && !arena->measuring; i++) {
    const unsigned char *const row = context->mask + i * n;
    unsigned char any = 0;
    for (size_t j = 0; j < n; j++)
      any |= row[j];
    for (size_t j = 0; j < n; j++)
      mask[i * n + j] = any ? row[j] : 1;
  }
  return mask;
}

// ---- Blocks

// The residual block and the transformer of layer i of a block; out may be in.
static void run_layer(const Pass *pass, const OnomaUnetLayer *layer, size_t i, bool has_attention,
                      const Image *in, Image *out) {
  char suffix[40];
  onoma_resnet_run(&layer->resnet, pass->exec, in->values, pass->n_batch, in->h, in->w,
                   pass->embedding, out->values);
  snprintf(suffix, sizeof(suffix), ".resnets.%zu", i);
  tap(pass, out, suffix);
  if (!has_attention)
    return;
  onoma_transformer_run(&layer->transformer, pass->exec, out->values, pass->n_batch, in->h * in->w,
                        &pass->context);
  snprintf(suffix, sizeof(suffix), ".attentions.%zu", i);
  tap(pass, out, suffix);
}

// A new image on top of the arena and of the skips.
static Image *push_skip(Pass *pass, size_t h, size_t w, size_t n_channels) {
  Image *const skip = &pass->skips[pass->n_skips++];
  *skip = (Image){.h = h, .w = w, .n_channels = n_channels};
  skip->values = onoma_arena_floats(pass->exec->arena, n_values(pass, skip));
  return skip;
}

static void run_down(Pass *pass, size_t level) {
  const OnomaUnetBlock *const block = &pass->unet->down[level];
  snprintf(pass->block_name, sizeof(pass->block_name), "down_blocks.%zu", level);
  for (size_t i = 0; i < block->n_layers; i++) {
    const Image *const in = &pass->skips[pass->n_skips - 1];
    Image *const out = push_skip(pass, in->h, in->w, block->n_channels);
    run_layer(pass, &block->layers[i], i, block->has_attention, in, out);
  }
  if (block->has_sampler) {
    const Image *const in = &pass->skips[pass->n_skips - 1];
    size_t h = 0;
    size_t w = 0;
    onoma_conv_size(&block->sampler.shape, in->h, in->w, &h, &w);
    Image *const out = push_skip(pass, h, w, block->n_channels);
    onoma_conv_run(&block->sampler, pass->exec, in->values, pass->n_batch, in->h, in->w,
                   out->values, NULL);
  }
  tap(pass, &pass->skips[pass->n_skips - 1], "");
}

// From the last skip, which stays, to image.
static void run_mid(Pass *pass, Image *image) {
  const OnomaUnet *const unet = pass->unet;
  const Image *const in = &pass->skips[pass->n_skips - 1];
  snprintf(pass->block_name, sizeof(pass->block_name), "mid_block");
  image->h = in->h;
  image->w = in->w;
  image->n_channels = in->n_channels;
  switch (unet->config.mid) {
  case ONOMA_UNET_MID_NONE:
    if (!pass->exec->arena->measuring)
      memcpy(image->values, in->values, n_values(pass, in) * sizeof(float));
    return;
  case ONOMA_UNET_MID_RESNET:
    run_layer(pass, &unet->mid, 0, false, in, image);
    break;
  case ONOMA_UNET_MID_ATTENTION:
    run_layer(pass, &unet->mid, 0, true, in, image);
    onoma_resnet_run(&unet->mid_last, pass->exec, image->values, pass->n_batch, image->h, image->w,
                     pass->embedding, image->values);
    break;
  }
  tap(pass, image, "");
}

// image = layer(concat(image, skip)); the skip is popped.
static void run_up_layer(Pass *pass, const OnomaUnetBlock *block, size_t i, Image *image) {
  OnomaArena *const arena = pass->exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const Image *const skip = &pass->skips[--pass->n_skips];
  Image both = {.h = skip->h, .w = skip->w, .n_channels = image->n_channels + skip->n_channels};
  both.values = onoma_arena_floats(arena, n_values(pass, &both));
  onoma_concat_run(pass->exec, image->values, image->n_channels, skip->values, skip->n_channels,
                   pass->n_batch * skip->h * skip->w, both.values);
  image->n_channels = block->n_channels;
  run_layer(pass, &block->layers[i], i, block->has_attention, &both, image);
  onoma_arena_release(arena, mark);
}

// From image to image, by way of other if it is enlarged.
static void run_up(Pass *pass, size_t level, Image *image, Image *other) {
  const OnomaUnetBlock *const block = &pass->unet->up[level];
  snprintf(pass->block_name, sizeof(pass->block_name), "up_blocks.%zu",
           pass->unet->config.n_levels - 1 - level);
  for (size_t i = 0; i < block->n_layers; i++)
    run_up_layer(pass, block, i, image);
  if (block->has_sampler) {
    // Odd sizes were rounded up on the way down: the next skip has the size to go back to.
    const Image *const next = &pass->skips[pass->n_skips - 1];
    onoma_conv_run_upsampled(&block->sampler, pass->exec, image->values, pass->n_batch, image->h,
                             image->w, next->h, next->w, other->values, NULL);
    *other = (Image){other->values, next->h, next->w, block->n_channels};
    const Image swapped = *image;
    *image = *other;
    *other = swapped;
  }
  tap(pass, image, "");
}

// The most values that an image on the way up has.
static size_t largest_image(const Pass *pass) {
  size_t largest = 0;
  const OnomaUnetConfig *const config = &pass->unet->config;
  size_t i = pass->n_skips;
  for (size_t level = config->n_levels; level-- > 0;) {
    i -= pass->unet->up[level].n_layers;
    const Image here = {NULL, pass->skips[i].h, pass->skips[i].w, config->n_channels[level]};
    const size_t n = n_values(pass, &here);
    largest = n > largest ? n : largest;
    if (!level)
      break;
    const Image enlarged = {NULL, pass->skips[i - 1].h, pass->skips[i - 1].w, here.n_channels};
    const size_t n_enlarged = n_values(pass, &enlarged);
    largest = n_enlarged > largest ? n_enlarged : largest;
  }
  return largest;
}

static void run_blocks(Pass *pass, Image *image) {
  OnomaArena *const arena = pass->exec->arena;
  const size_t n_levels = pass->unet->config.n_levels;
  for (size_t level = 0; level < n_levels; level++)
    run_down(pass, level);
  const size_t n_largest = largest_image(pass);
  Image other = {.values = onoma_arena_floats(arena, n_largest)};
  image->values = onoma_arena_floats(arena, n_largest);
  run_mid(pass, image);
  for (size_t level = n_levels; level-- > 0;)
    run_up(pass, level, image, &other);
}

void onoma_unet_run(const OnomaUnet *unet, const OnomaExec *exec, const OnomaUnetInput *input,
                    float *out) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  Pass pass = {.unet = unet, .exec = exec, .n_batch = input->n_batch};
  pass.context = input->context;
  pass.context.mask = usable_mask(&pass, &input->context);
  float *const embedding = onoma_arena_floats(arena, input->n_batch * unet->n_embedding);
  embed(&pass, input, embedding);
  pass.embedding = embedding;

  const Image *const first =
      push_skip(&pass, input->height, input->width, unet->conv_in.shape.n_out);
  onoma_conv_run(&unet->conv_in, exec, input->sample, input->n_batch, first->h, first->w,
                 first->values, NULL);
  onoma_tap_image(exec, first->values, input->n_batch, first->h, first->w, first->n_channels,
                  "conv_in");
  Image image = {0};
  run_blocks(&pass, &image);
  onoma_group_norm_run(&unet->norm_out, exec, image.values, input->n_batch, image.h * image.w,
                       image.values, ONOMA_ACT_SILU);
  onoma_conv_run(&unet->conv_out, exec, image.values, input->n_batch, image.h, image.w, out, NULL);
  onoma_arena_release(arena, mark);
}

// ---- Checks

// The context's width where there is attention, or 0 if it may be left out.
static size_t required_context(const OnomaUnet *unet) {
  const OnomaUnetConfig *const config = &unet->config;
  for (size_t i = 0; i < config->n_levels; i++) {
    const size_t n_inner = config->n_channels[i] / config->n_heads[i] * config->n_heads[i];
    const bool has_attention =
        config->down[i].has_attention || config->up[i].has_attention ||
        (i + 1 == config->n_levels && config->mid == ONOMA_UNET_MID_ATTENTION);
    if (has_attention && config->n_context[i] != n_inner)
      return config->n_context[i];
  }
  return 0;
}

OnomaStatus onoma_unet_check(const OnomaUnet *unet, const OnomaUnetInput *input,
                             OnomaError *error) {
  const OnomaUnetConfig *const config = &unet->config;
  if (!input->n_batch || !input->height || !input->width)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "denoiser: the image is empty");
  if (!input->timesteps || (input->n_timesteps != 1 && input->n_timesteps != input->n_batch))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "denoiser: %zu timesteps for a batch of %zu",
                      input->n_timesteps, input->n_batch);
  if (config->class_kind != ONOMA_UNET_CLASS_NONE && !input->class_labels)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "denoiser: needs class labels");
  if (input->context.states ? !input->context.n_tokens : required_context(unet) != 0)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "denoiser: needs a context of width %zu",
                      required_context(unet));
  return ONOMA_OK;
}
