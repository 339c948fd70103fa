// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Running an OnomaPatchVAE.

#include "patch_vae_impl.h"

#include "base/memory.h"
#include "model/nn/tap.h"

#include <string.h>

// The cells of a spectrogram as the channels of an image. image [H,W,stride]: the values of cell
// (y,x) begin at channel `first`, in the order frame * n_bands + band. bands [H n_frames,W
// n_bands].
typedef struct {
  OnomaCell cell;
  size_t h, w;
  size_t stride, first;
} Cells;

static void bands_to_cells(const Cells *cells, const float *bands, float *image) {
  const size_t n_bands = cells->cell.n_bands;
  for (size_t y = 0; y < cells->h; y++) {
    for (size_t x = 0; x < cells->w; x++) {
      float *out = image + (y * cells->w + x) * cells->stride + cells->first;
      for (size_t t = 0; t < cells->cell.n_frames; t++, out += n_bands) {
        const size_t row = y * cells->cell.n_frames + t;
        memcpy(out, bands + (row * cells->w + x) * n_bands, n_bands * sizeof(float));
      }
    }
  }
}

static void cells_to_bands(const Cells *cells, const float *image, float *bands) {
  const size_t n_bands = cells->cell.n_bands;
  for (size_t y = 0; y < cells->h; y++) {
    for (size_t x = 0; x < cells->w; x++) {
      const float *in = image + (y * cells->w + x) * cells->stride + cells->first;
      for (size_t t = 0; t < cells->cell.n_frames; t++, in += n_bands) {
        const size_t row = y * cells->cell.n_frames + t;
        memcpy(bands + (row * cells->w + x) * n_bands, in, n_bands * sizeof(float));
      }
    }
  }
}

// in [H,W,n] -> the first n channels of image [H,W,stride].
static void put_channels(const float *in, size_t n_pixels, size_t n, size_t stride, float *image) {
  for (size_t i = 0; i < n_pixels; i++)
    memcpy(image + i * stride, in + i * n, n * sizeof(float));
}

// h [H,W,C] -> h, by way of two scratch images of its size.
static void run_block(const OnomaPatchBlock *block, const OnomaExec *exec, float *h, size_t height,
                      size_t width, float *normed, float *hidden) {
  const OnomaEpilogue gelu = {.activation = ONOMA_ACT_GELU};
  const OnomaEpilogue add = {.residual = h};
  onoma_layer_norm_run(&block->norm, exec, h, height * width, normed);
  onoma_conv_run(&block->conv1, exec, normed, 1, height, width, hidden, &gelu);
  onoma_conv_run(&block->conv2, exec, hidden, 1, height, width, h, &add);
}

// One stage on h [H,W,n_in] and the estimate [H cell,W cell] -> out [H up,W up,n_out].
static void run_stage(const OnomaPatchStage *stage, const OnomaExec *exec, const float *in,
                      const float *estimate, size_t height, size_t width, float *out) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_pixels = height * width;
  const size_t n_estimate = stage->cell.n_frames * stage->cell.n_bands;
  const size_t n_all = stage->n_in + n_estimate;
  const size_t n_hidden = n_pixels * stage->n_channels;
  float *const h = onoma_arena_floats(arena, n_hidden);
  float *const normed = onoma_arena_floats(arena, n_hidden);
  float *const hidden = onoma_arena_floats(arena, n_hidden);
  float *const image = onoma_arena_floats(arena, n_pixels * n_all);
  float *const split = onoma_arena_floats(arena, n_pixels * stage->proj.n_out);

  const Cells cells = {stage->cell, height, width, n_all, stage->n_in};
  if (!arena->measuring) {
    put_channels(in, n_pixels, stage->n_in, n_all, image);
    bands_to_cells(&cells, estimate, image);
  }
  onoma_conv_run(&stage->conv_in, exec, image, 1, height, width, h, NULL);
  for (size_t i = 0; i < stage->n_blocks; i++)
    run_block(&stage->blocks[i], exec, h, height, width, normed, hidden);
  onoma_linear_run(&stage->proj, exec, h, n_pixels, split, NULL);

  // Depth to space: sub-cells of n_out channels are like cells of n_out times as many bands.
  const Cells sub_cells = {
      {stage->up.n_frames, stage->up.n_bands * stage->n_out}, height, width, stage->proj.n_out, 0};
  if (!arena->measuring)
    cells_to_bands(&sub_cells, split, out);
  onoma_arena_release(arena, mark);
}

// The trained residual of an estimate [T,F] -> [T,F].
static const float *run_stages(const OnomaPatchVae *vae, const OnomaExec *exec, const float *latent,
                               const float *estimate, size_t height, size_t width) {
  const float *h = latent;
  for (size_t i = 0; i < vae->n_stages; i++) {
    const OnomaPatchStage *const stage = &vae->stages[i];
    float *const out = onoma_arena_floats(exec->arena, height * width * stage->proj.n_out);
    run_stage(stage, exec, h, estimate, height, width, out);
    height *= stage->up.n_frames;
    width *= stage->up.n_bands;
    onoma_tap_image(exec, out, 1, height, width, stage->n_out, "decoder.%zu", i);
    h = out;
  }
  return h;
}

void onoma_patch_vae_decode(const OnomaVae *base, const OnomaExec *exec, const float *latent,
                            size_t n_columns, size_t n_rows, float *bands) {
  const OnomaPatchVae *const vae = (const OnomaPatchVae *)base;
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_patch = vae->patch.n_frames * vae->patch.n_bands;
  const size_t n = n_columns * n_rows * n_patch;
  float *const patches = onoma_arena_floats(arena, n);
  onoma_conv_run(&vae->wiener, exec, latent, 1, n_columns, n_rows, patches, NULL);
  onoma_tap_image(exec, patches, 1, n_columns, n_rows, n_patch, "wiener");
  const Cells cells = {vae->patch, n_columns, n_rows, n_patch, 0};
  if (!arena->measuring)
    cells_to_bands(&cells, patches, bands);

  const float *residual = NULL;
  if (vae->n_stages)
    residual = run_stages(vae, exec, latent, bands, n_columns, n_rows);
  for (size_t i = 0; i < n && !arena->measuring; i++) {
    const float value = residual ? bands[i] + residual[i] : bands[i];
    bands[i] = value < base->floor ? base->floor : value > 0.0F ? 0.0F : value; // NaN stays
  }
  onoma_arena_release(arena, mark);
}

void onoma_patch_vae_encode(const OnomaVae *base, const OnomaExec *exec, const float *bands,
                            size_t n_frames, size_t n_bands, float *mean, float *log_variance) {
  const OnomaPatchVae *const vae = (const OnomaPatchVae *)base;
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_patch = vae->patch.n_frames * vae->patch.n_bands;
  const Cells cells = {vae->patch, n_frames / vae->patch.n_frames, n_bands / vae->patch.n_bands,
                       n_patch, 0};
  const size_t n_patches = cells.h * cells.w;
  float *const patches = onoma_arena_floats(arena, n_patches * n_patch);
  (void)log_variance; // has_variance is false
  if (!arena->measuring) {
    bands_to_cells(&cells, bands, patches);
    for (size_t i = 0; i < n_patches; i++)
      for (size_t j = 0; j < n_patch; j++)
        patches[i * n_patch + j] -= vae->mean[j];
  }
  onoma_linear_run(&vae->encoder, exec, patches, n_patches, mean, NULL);
  onoma_arena_release(arena, mark);
}
