// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Running a HiFi-GAN.

#include "hifigan_impl.h"

#include "base/memory.h"
#include "model/nn/tap.h"

// Slope of the rectifier before conv_post: PyTorch's default, whatever the configuration says.
#define LAST_SLOPE 0.01F

size_t onoma_hifigan_n_samples(const OnomaVocoder *vocoder, size_t n_frames) {
  const OnomaHifigan *const hifigan = (const OnomaHifigan *)vocoder;
  for (size_t i = 0; i < hifigan->n_stages; i++)
    n_frames = onoma_conv_transpose_size(&hifigan->stages[i].upsampler, n_frames);
  return n_frames;
}

// The scratch of a stage, each for the largest of its sequences.
typedef struct {
  float *rectified;
  float *hidden;
  float *block; // what a residual block makes
  float *sum;   // of the blocks so far
} Scratch;

static size_t largest_sequence(const OnomaHifigan *hifigan, size_t n_frames) {
  size_t largest = n_frames * hifigan->conv_pre.shape.n_out;
  for (size_t i = 0; i < hifigan->n_stages; i++) {
    const OnomaConvTranspose *const upsampler = &hifigan->stages[i].upsampler;
    n_frames = onoma_conv_transpose_size(upsampler, n_frames);
    const size_t n = n_frames * upsampler->n_out;
    largest = n > largest ? n : largest;
  }
  return largest;
}

// in [T,C] -> scratch->block [T,C]
static void run_block(const OnomaHifigan *hifigan, const OnomaHifiganBlock *block,
                      const OnomaExec *exec, const float *in, size_t n_frames,
                      const Scratch *scratch) {
  const size_t n = n_frames * block->convs1[0].shape.n_out;
  for (size_t i = 0; i < block->n_dilations; i++) {
    const OnomaEpilogue add = {.residual = i ? scratch->block : in};
    onoma_leaky_relu_run(exec, hifigan->slope, add.residual, n, scratch->rectified);
    onoma_conv_run(&block->convs1[i], exec, scratch->rectified, 1, 1, n_frames, scratch->hidden,
                   NULL);
    onoma_leaky_relu_run(exec, hifigan->slope, scratch->hidden, n, scratch->hidden);
    onoma_conv_run(&block->convs2[i], exec, scratch->hidden, 1, 1, n_frames, scratch->block, &add);
  }
}

// The mean of the blocks: x [T,C] in place.
static void run_blocks(const OnomaHifigan *hifigan, size_t stage, const OnomaExec *exec, float *x,
                       size_t n_frames, const Scratch *scratch) {
  const size_t n_channels = hifigan->stages[stage].upsampler.n_out;
  const size_t n = n_frames * n_channels;
  for (size_t i = 0; i < hifigan->n_blocks; i++) {
    Scratch own = *scratch;
    if (hifigan->n_blocks == 1)
      own.block = x; // which it may make in place
    else if (i == 0)
      own.block = scratch->sum;
    run_block(hifigan, &hifigan->stages[stage].blocks[i], exec, x, n_frames, &own);
    onoma_tap_rows(exec, own.block, 1, n_frames, n_channels, "resblocks.%zu",
                   stage * hifigan->n_blocks + i);
    if (i == 0)
      continue;
    const bool is_last = i + 1 == hifigan->n_blocks;
    onoma_add_run(exec, scratch->sum, own.block, is_last ? 1.0F / (float)hifigan->n_blocks : 1.0F,
                  n, is_last ? x : scratch->sum);
  }
}

// (bands - mean) / scale
static void normalise(const OnomaHifigan *hifigan, const float *bands, size_t n_frames,
                      float *out) {
  const size_t n_bands = hifigan->base.n_bands;
  for (size_t t = 0; t < n_frames; t++) {
    for (size_t f = 0; f < n_bands; f++)
      out[t * n_bands + f] = (bands[t * n_bands + f] - hifigan->mean[f]) / hifigan->scale[f];
  }
}

// bands [T,F] -> x [T,C]
static void run_first(const OnomaHifigan *hifigan, const OnomaExec *exec, const float *bands,
                      size_t n_frames, float *x) {
  const size_t mark = onoma_arena_mark(exec->arena);
  if (hifigan->mean) {
    float *const normalised = onoma_arena_floats(exec->arena, n_frames * hifigan->base.n_bands);
    if (!exec->arena->measuring)
      normalise(hifigan, bands, n_frames, normalised);
    bands = normalised;
  }
  onoma_conv_run(&hifigan->conv_pre, exec, bands, 1, 1, n_frames, x, NULL);
  onoma_tap_rows(exec, x, 1, n_frames, hifigan->conv_pre.shape.n_out, "conv_pre");
  onoma_arena_release(exec->arena, mark);
}

void onoma_hifigan_run(const OnomaVocoder *vocoder, const OnomaExec *exec, const float *bands,
                       size_t n_frames, uint64_t seed, float *samples) {
  (void)seed;
  const OnomaHifigan *const hifigan = (const OnomaHifigan *)vocoder;
  const size_t mark = onoma_arena_mark(exec->arena);
  const size_t n_largest = largest_sequence(hifigan, n_frames);
  float *const x = onoma_arena_floats(exec->arena, n_largest);
  const Scratch scratch = {.rectified = onoma_arena_floats(exec->arena, n_largest),
                           .hidden = onoma_arena_floats(exec->arena, n_largest),
                           .block = onoma_arena_floats(exec->arena, n_largest),
                           .sum = onoma_arena_floats(exec->arena, n_largest)};
  run_first(hifigan, exec, bands, n_frames, x);
  for (size_t i = 0; i < hifigan->n_stages; i++) {
    const OnomaConvTranspose *const upsampler = &hifigan->stages[i].upsampler;
    onoma_leaky_relu_run(exec, hifigan->slope, x, n_frames * upsampler->n_in, scratch.rectified);
    onoma_conv_transpose_run(upsampler, exec, scratch.rectified, 1, n_frames, x);
    n_frames = onoma_conv_transpose_size(upsampler, n_frames);
    onoma_tap_rows(exec, x, 1, n_frames, upsampler->n_out, "upsampler.%zu", i);
    run_blocks(hifigan, i, exec, x, n_frames, &scratch);
  }
  onoma_leaky_relu_run(exec, LAST_SLOPE, x, n_frames * hifigan->conv_post.shape.n_in, x);
  onoma_conv_run(&hifigan->conv_post, exec, x, 1, 1, n_frames, samples, NULL);
  onoma_tap_rows(exec, samples, 1, n_frames, 1, "conv_post");
  onoma_activation_run(exec, ONOMA_ACT_TANH, samples, n_frames, samples);
  onoma_arena_release(exec->arena, mark);
}
