// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Running an AutoencoderKL.

#include "autoencoder_kl_impl.h"

#include "base/memory.h"
#include "model/nn/tap.h"

#include <math.h>
#include <stdio.h>

// Range of the log variance: fixed in diffusers.
#define MIN_LOG_VARIANCE (-30.0F)
#define MAX_LOG_VARIANCE 20.0F

// One run of a coder: the image [h,w,n_channels] is in `values`; `other` takes what can't be made
// in place.
typedef struct {
  const OnomaExec *exec;
  const char *name; // for the tap
  float *values, *other;
  size_t h, w;
  size_t n_channels;
} Pass;

static void swap(Pass *pass) {
  float *const values = pass->values;
  pass->values = pass->other;
  pass->other = values;
}

static void tap(const Pass *pass, const char *rest) {
  onoma_tap_image(pass->exec, pass->values, 1, pass->h, pass->w, pass->n_channels, "%s.%s",
                  pass->name, rest);
}

static void run_resnet(Pass *pass, const OnomaResnet *resnet) {
  const bool in_place = resnet->n_in == resnet->n_out;
  onoma_resnet_run(resnet, pass->exec, pass->values, 1, pass->h, pass->w, NULL,
                   in_place ? pass->values : pass->other);
  pass->n_channels = resnet->n_out;
  if (!in_place)
    swap(pass);
}

static void run_attention(const Pass *pass, const OnomaKlAttention *layer) {
  OnomaArena *const arena = pass->exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n = pass->h * pass->w;
  const size_t n_channels = pass->n_channels;
  const OnomaAttention attention = {.n_batch = 1,
                                    .n_queries = n,
                                    .n_keys = n,
                                    .n_heads = 1,
                                    .head_size = n_channels,
                                    .q_stride = n_channels,
                                    .kv_stride = 2 * n_channels,
                                    .out_stride = n_channels,
                                    .scale = 1.0F / sqrtf((float)n_channels)};
  float *const normed = onoma_arena_floats(arena, n * n_channels);
  float *const query = onoma_arena_floats(arena, n * n_channels);
  float *const key_value = onoma_arena_floats(arena, n * 2 * n_channels);
  onoma_group_norm_run(&layer->group_norm, pass->exec, pass->values, 1, n, normed, ONOMA_ACT_NONE);
  onoma_linear_run(&layer->query, pass->exec, normed, n, query, NULL);
  onoma_linear_run(&layer->key_value, pass->exec, normed, n, key_value, NULL);
  onoma_attention_run(&attention, pass->exec, query, key_value, key_value + n_channels, normed);
  const OnomaEpilogue add = {.residual = pass->values};
  onoma_linear_run(&layer->out, pass->exec, normed, n, pass->values, &add);
  onoma_arena_release(arena, mark);
}

static void run_mid(Pass *pass, const OnomaKlMid *mid) {
  run_resnet(pass, &mid->resnets[0]);
  tap(pass, "mid_block.resnets.0");
  if (mid->has_attention) {
    run_attention(pass, &mid->attention);
    tap(pass, "mid_block.attentions.0");
  }
  run_resnet(pass, &mid->resnets[1]);
  tap(pass, "mid_block");
}

static void run_conv(Pass *pass, const OnomaConv *conv) {
  size_t h = 0;
  size_t w = 0;
  onoma_conv_size(&conv->shape, pass->h, pass->w, &h, &w);
  onoma_conv_run(conv, pass->exec, pass->values, 1, pass->h, pass->w, pass->other, NULL);
  pass->h = h;
  pass->w = w;
  pass->n_channels = conv->shape.n_out;
  swap(pass);
}

static void run_doubling(Pass *pass, const OnomaConv *conv) {
  onoma_conv_run_upsampled(conv, pass->exec, pass->values, 1, pass->h, pass->w, 2 * pass->h,
                           2 * pass->w, pass->other, NULL);
  pass->h *= 2;
  pass->w *= 2;
  swap(pass);
}

// `way` is "down" or "up".
static void run_blocks(Pass *pass, const OnomaKlCoder *coder, size_t n_blocks, const char *way) {
  for (size_t i = 0; i < n_blocks; i++) {
    const OnomaKlBlock *const block = &coder->blocks[i];
    for (size_t j = 0; j < block->n_resnets; j++)
      run_resnet(pass, &block->resnets[j]);
    if (block->has_sampler && way[0] == 'd')
      run_conv(pass, &block->sampler);
    else if (block->has_sampler)
      run_doubling(pass, &block->sampler);
    char rest[40];
    snprintf(rest, sizeof(rest), "%s_blocks.%zu", way, i);
    tap(pass, rest);
  }
}

// From the image to `out`.
static void run_end(const Pass *pass, const OnomaKlCoder *coder, float *out) {
  onoma_group_norm_run(&coder->norm_out, pass->exec, pass->values, 1, pass->h * pass->w,
                       pass->values, ONOMA_ACT_SILU);
  onoma_conv_run(&coder->conv_out, pass->exec, pass->values, 1, pass->h, pass->w, out, NULL);
}

// The most values that an image of the decoder has, from a latent of h x w on; blocks start with as
// many channels as the one before had.
static size_t largest_decoded(const OnomaAutoencoderKl *vae, size_t h, size_t w) {
  size_t n_channels = vae->decoder.conv_in.shape.n_out;
  size_t largest = h * w * n_channels;
  for (size_t i = 0; i < vae->n_levels; i++) {
    const OnomaKlBlock *const block = &vae->decoder.blocks[i];
    n_channels = block->n_channels;
    if (block->has_sampler) {
      h *= 2;
      w *= 2;
    }
    const size_t n = h * w * n_channels;
    largest = n > largest ? n : largest;
  }
  return largest;
}

void onoma_autoencoder_kl_decode(const OnomaVae *base, const OnomaExec *exec, const float *latent,
                                 size_t n_columns, size_t n_rows, float *bands) {
  const OnomaAutoencoderKl *const vae = (const OnomaAutoencoderKl *)base;
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_latent = n_columns * n_rows;
  if (vae->has_post_quant) {
    float *const mixed = onoma_arena_floats(arena, n_latent * base->n_channels);
    onoma_linear_run(&vae->post_quant_conv, exec, latent, n_latent, mixed, NULL);
    onoma_tap_image(exec, mixed, 1, n_columns, n_rows, base->n_channels, "post_quant_conv");
    latent = mixed;
  }
  const size_t n_largest = largest_decoded(vae, n_columns, n_rows);
  Pass pass = {.exec = exec,
               .name = "decoder",
               .values = onoma_arena_floats(arena, n_largest),
               .other = onoma_arena_floats(arena, n_largest),
               .h = n_columns,
               .w = n_rows,
               .n_channels = vae->decoder.conv_in.shape.n_out};
  onoma_conv_run(&vae->decoder.conv_in, exec, latent, 1, n_columns, n_rows, pass.values, NULL);
  tap(&pass, "conv_in");
  run_mid(&pass, &vae->decoder.mid);
  run_blocks(&pass, &vae->decoder, vae->n_levels, "up");
  run_end(&pass, &vae->decoder, bands);
  onoma_arena_release(arena, mark);
}

// The most values that an image of the encoder has.
static size_t largest_encoded(const OnomaAutoencoderKl *vae, size_t h, size_t w) {
  size_t largest = h * w * vae->encoder.conv_in.shape.n_out;
  for (size_t i = 0; i < vae->n_levels; i++) {
    const OnomaKlBlock *const block = &vae->encoder.blocks[i];
    const size_t n = h * w * block->n_channels;
    largest = n > largest ? n : largest;
    if (block->has_sampler)
      onoma_conv_size(&block->sampler.shape, h, w, &h, &w);
  }
  return largest;
}

// moments [R,2C] -> mean [R,C], log_variance [R,C] or NULL.
static void split_moments(const float *moments, size_t n_rows, size_t n_channels, float *mean,
                          float *log_variance) {
  for (size_t i = 0; i < n_rows; i++) {
    const float *const row = moments + i * 2 * n_channels;
    for (size_t c = 0; c < n_channels; c++) {
      mean[i * n_channels + c] = row[c];
      if (log_variance)
        log_variance[i * n_channels + c] =
            fminf(fmaxf(row[n_channels + c], MIN_LOG_VARIANCE), MAX_LOG_VARIANCE);
    }
  }
}

void onoma_autoencoder_kl_encode(const OnomaVae *base, const OnomaExec *exec, const float *bands,
                                 size_t n_frames, size_t n_bands, float *mean,
                                 float *log_variance) {
  const OnomaAutoencoderKl *const vae = (const OnomaAutoencoderKl *)base;
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_largest = largest_encoded(vae, n_frames, n_bands);
  Pass pass = {.exec = exec,
               .name = "encoder",
               .values = onoma_arena_floats(arena, n_largest),
               .other = onoma_arena_floats(arena, n_largest),
               .h = n_frames,
               .w = n_bands,
               .n_channels = vae->encoder.conv_in.shape.n_out};
  onoma_conv_run(&vae->encoder.conv_in, exec, bands, 1, n_frames, n_bands, pass.values, NULL);
  run_blocks(&pass, &vae->encoder, vae->n_levels, "down");
  run_mid(&pass, &vae->encoder.mid);

  const size_t n_rows = pass.h * pass.w;
  const size_t n_moments = 2 * base->n_channels;
  float *moments = onoma_arena_floats(arena, n_rows * n_moments);
  run_end(&pass, &vae->encoder, moments);
  if (vae->has_quant) {
    float *const mixed = onoma_arena_floats(arena, n_rows * n_moments);
    onoma_linear_run(&vae->quant_conv, exec, moments, n_rows, mixed, NULL);
    moments = mixed;
  }
  if (!arena->measuring)
    split_moments(moments, n_rows, base->n_channels, mean, log_variance);
  onoma_arena_release(arena, mark);
}
