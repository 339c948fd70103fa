// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The residual block of denoisers and autoencoders.

#include "resnet.h"

void onoma_resnet_load(OnomaResnet *resnet, const OnomaScope *scope, size_t n_in, size_t n_out,
                       size_t n_embedding, size_t n_groups, float epsilon, float divisor) {
  resnet->n_in = n_in;
  resnet->n_out = n_out;
  resnet->n_embedding = n_embedding;
  resnet->divisor = divisor;

  const OnomaConvShape shape1 = onoma_conv_shape_same(n_in, n_out, 3);
  const OnomaConvShape shape2 = onoma_conv_shape_same(n_out, n_out, 3);
  onoma_load_norm(scope, "norm1", n_in, n_groups, epsilon, &resnet->norm1);
  onoma_load_conv(scope, "conv1", &shape1, &resnet->conv1);
  if (n_embedding)
    onoma_load_linear(scope, "time_emb_proj", n_embedding, n_out, true, &resnet->time_emb_proj);
  onoma_load_norm(scope, "norm2", n_out, n_groups, epsilon, &resnet->norm2);
  onoma_load_conv(scope, "conv2", &shape2, &resnet->conv2);
  if (n_in != n_out)
    onoma_load_linear(scope, "conv_shortcut", n_in, n_out, true, &resnet->shortcut);
}

void onoma_resnet_fini(OnomaResnet *resnet) {
  onoma_norm_fini(&resnet->norm1);
  onoma_norm_fini(&resnet->norm2);
  onoma_conv_fini(&resnet->conv1);
  onoma_conv_fini(&resnet->conv2);
  onoma_linear_fini(&resnet->time_emb_proj);
  onoma_linear_fini(&resnet->shortcut);
}

// h [B,T,C] += time_emb_proj(embedding) on every position.
static void add_embedding(const OnomaResnet *resnet, const OnomaExec *exec, const float *embedding,
                          size_t n_batch, size_t n_positions, float *h) {
  const size_t mark = onoma_arena_mark(exec->arena);
  float *const rows = onoma_arena_floats(exec->arena, n_batch * resnet->n_out);
  onoma_linear_run(&resnet->time_emb_proj, exec, embedding, n_batch, rows, NULL);
  onoma_add_rows_run(exec, h, rows, n_batch, n_positions, resnet->n_out);
  onoma_arena_release(exec->arena, mark);
}

// out = (conv2(h) + residual) / divisor
static void finish(const OnomaResnet *resnet, const OnomaExec *exec, const float *h, size_t n_batch,
                   size_t height, size_t width, const float *residual, float *out) {
  if (resnet->divisor == 1.0F) {
    const OnomaEpilogue add = {.residual = residual};
    onoma_conv_run(&resnet->conv2, exec, h, n_batch, height, width, out, &add);
    return;
  }
  const size_t mark = onoma_arena_mark(exec->arena);
  const size_t n = n_batch * height * width * resnet->n_out;
  float *const sum = onoma_arena_floats(exec->arena, n);
  onoma_conv_run(&resnet->conv2, exec, h, n_batch, height, width, sum, NULL);
  onoma_add_run(exec, sum, residual, 1.0F / resnet->divisor, n, out);
  onoma_arena_release(exec->arena, mark);
}

void onoma_resnet_run(const OnomaResnet *resnet, const OnomaExec *exec, const float *in,
                      size_t n_batch, size_t h, size_t w, const float *embedding, float *out) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  float *const hidden = onoma_arena_floats(arena, n_batch * h * w * resnet->n_out);

  const size_t inner_mark = onoma_arena_mark(arena);
  float *const normed = onoma_arena_floats(arena, n_batch * h * w * resnet->n_in);
  onoma_group_norm_run(&resnet->norm1, exec, in, n_batch, h * w, normed, ONOMA_ACT_SILU);
  onoma_conv_run(&resnet->conv1, exec, normed, n_batch, h, w, hidden, NULL);
  onoma_arena_release(arena, inner_mark);

  if (resnet->n_embedding)
    add_embedding(resnet, exec, embedding, n_batch, h * w, hidden);
  onoma_group_norm_run(&resnet->norm2, exec, hidden, n_batch, h * w, hidden, ONOMA_ACT_SILU);

  // The shortcut's channels differ, so that out can't be in.
  const float *residual = in;
  if (resnet->n_in != resnet->n_out) {
    onoma_linear_run(&resnet->shortcut, exec, in, n_batch * h * w, out, NULL);
    residual = out;
  }
  finish(resnet, exec, hidden, n_batch, h, w, residual, out);
  onoma_arena_release(arena, mark);
}
