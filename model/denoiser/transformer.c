// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The transformer over the positions of an image.

#include "transformer.h"

#include <math.h>

// Of the group norm before proj_in, and of the layer norms: fixed in diffusers.
#define GROUP_NORM_EPSILON 1e-6F
#define LAYER_NORM_EPSILON 1e-5F

// The feed-forward layer is this many times as wide.
enum { ff_factor = 4 };

static void load_attention(OnomaAttentionLayer *layer, const OnomaScope *block, const char *name,
                           size_t n_inner, size_t n_context) {
  const OnomaScope scope = onoma_scope_in(block, "%s", name);
  onoma_load_linear(&scope, "to_q", n_inner, n_inner, false, &layer->query);
  onoma_load_linear_pair(&scope, "to_k", "to_v", n_context, n_inner, false, &layer->key_value);
  onoma_load_linear(&scope, "to_out.0", n_inner, n_inner, true, &layer->out);
}

static void fini_attention(OnomaAttentionLayer *layer) {
  onoma_linear_fini(&layer->query);
  onoma_linear_fini(&layer->key_value);
  onoma_linear_fini(&layer->out);
}

static void load_block(OnomaTransformerBlock *block, const OnomaScope *scope, size_t n_inner,
                       size_t n_context) {
  onoma_load_norm(scope, "norm1", n_inner, 0, LAYER_NORM_EPSILON, &block->norm1);
  onoma_load_norm(scope, "norm2", n_inner, 0, LAYER_NORM_EPSILON, &block->norm2);
  onoma_load_norm(scope, "norm3", n_inner, 0, LAYER_NORM_EPSILON, &block->norm3);
  load_attention(&block->attn1, scope, "attn1", n_inner, n_inner);
  load_attention(&block->attn2, scope, "attn2", n_inner, n_context);
  const size_t n_ff = ff_factor * n_inner;
  onoma_load_linear(scope, "ff.net.0.proj", n_inner, 2 * n_ff, true, &block->ff_in);
  onoma_load_linear(scope, "ff.net.2", n_ff, n_inner, true, &block->ff_out);
}

void onoma_transformer_load(OnomaTransformer *transformer, const OnomaScope *scope,
                            size_t n_channels, size_t n_heads, size_t n_context, size_t n_blocks,
                            size_t n_groups) {
  OnomaLoader *const loader = scope->loader;
  transformer->n_channels = n_channels;
  transformer->n_heads = n_heads;
  transformer->head_size = n_channels / n_heads;
  transformer->n_context = n_context;
  transformer->blocks = onoma_load_array(loader, n_blocks, sizeof(*transformer->blocks));
  if (!transformer->blocks)
    return;
  transformer->n_blocks = n_blocks;

  const size_t n_inner = n_heads * transformer->head_size;
  onoma_load_norm(scope, "norm", n_channels, n_groups, GROUP_NORM_EPSILON, &transformer->norm);
  onoma_load_linear(scope, "proj_in", n_channels, n_inner, true, &transformer->proj_in);
  for (size_t i = 0; i < n_blocks; i++) {
    const OnomaScope block = onoma_scope_in(scope, "transformer_blocks.%zu", i);
    load_block(&transformer->blocks[i], &block, n_inner, n_context);
  }
  onoma_load_linear(scope, "proj_out", n_inner, n_channels, true, &transformer->proj_out);
}

void onoma_transformer_fini(OnomaTransformer *transformer) {
  for (size_t i = 0; i < transformer->n_blocks; i++) {
    OnomaTransformerBlock *const block = &transformer->blocks[i];
    onoma_norm_fini(&block->norm1);
    onoma_norm_fini(&block->norm2);
    onoma_norm_fini(&block->norm3);
    fini_attention(&block->attn1);
    fini_attention(&block->attn2);
    onoma_linear_fini(&block->ff_in);
    onoma_linear_fini(&block->ff_out);
  }
  onoma_free(transformer->blocks);
  onoma_norm_fini(&transformer->norm);
  onoma_linear_fini(&transformer->proj_in);
  onoma_linear_fini(&transformer->proj_out);
}

// x [B,T,C] += layer(normed), looking at the context, or at normed itself if it has no states.
static void run_attention(const OnomaTransformer *transformer, const OnomaAttentionLayer *layer,
                          const OnomaExec *exec, const float *normed, size_t n_batch,
                          size_t n_positions, const OnomaContext *context, float *x) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_inner = transformer->n_heads * transformer->head_size;
  const float *const source = context->states ? context->states : normed;
  const size_t n_keys = context->states ? context->n_tokens : n_positions;
  const OnomaAttention attention = {.n_batch = n_batch,
                                    .n_queries = n_positions,
                                    .n_keys = n_keys,
                                    .n_heads = transformer->n_heads,
                                    .head_size = transformer->head_size,
                                    .q_stride = n_inner,
                                    .kv_stride = 2 * n_inner,
                                    .out_stride = n_inner,
                                    .scale = 1.0F / sqrtf((float)transformer->head_size),
                                    .key_mask = context->mask};

  float *const query = onoma_arena_floats(arena, n_batch * n_positions * n_inner);
  float *const key_value = onoma_arena_floats(arena, n_batch * n_keys * 2 * n_inner);
  float *const mixed = onoma_arena_floats(arena, n_batch * n_positions * n_inner);
  onoma_linear_run(&layer->query, exec, normed, n_batch * n_positions, query, NULL);
  onoma_linear_run(&layer->key_value, exec, source, n_batch * n_keys, key_value, NULL);
  onoma_attention_run(&attention, exec, query, key_value, key_value + n_inner, mixed);
  const OnomaEpilogue add = {.residual = x};
  onoma_linear_run(&layer->out, exec, mixed, n_batch * n_positions, x, &add);
  onoma_arena_release(arena, mark);
}

// x [R,C] += ff(normed)
static void run_feed_forward(const OnomaTransformerBlock *block, const OnomaExec *exec,
                             const float *normed, size_t n_rows, float *x) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_ff = block->ff_out.n_in;
  float *const gated = onoma_arena_floats(arena, n_rows * n_ff);
  float *const wide = onoma_arena_floats(arena, n_rows * 2 * n_ff);
  onoma_linear_run(&block->ff_in, exec, normed, n_rows, wide, NULL);
  onoma_geglu_run(exec, wide, n_rows, n_ff, gated);
  const OnomaEpilogue add = {.residual = x};
  onoma_linear_run(&block->ff_out, exec, gated, n_rows, x, &add);
  onoma_arena_release(arena, mark);
}

void onoma_transformer_run(const OnomaTransformer *transformer, const OnomaExec *exec, float *x,
                           size_t n_batch, size_t n_positions, const OnomaContext *context) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_rows = n_batch * n_positions;
  const size_t n_inner = transformer->n_heads * transformer->head_size;
  const OnomaContext itself = {0};
  float *const tokens = onoma_arena_floats(arena, n_rows * n_inner);
  float *const normed = onoma_arena_floats(arena, n_rows * transformer->n_channels);

  onoma_group_norm_run(&transformer->norm, exec, x, n_batch, n_positions, normed, ONOMA_ACT_NONE);
  onoma_linear_run(&transformer->proj_in, exec, normed, n_rows, tokens, NULL);
  for (size_t i = 0; i < transformer->n_blocks; i++) {
    const OnomaTransformerBlock *const block = &transformer->blocks[i];
    onoma_layer_norm_run(&block->norm1, exec, tokens, n_rows, normed);
    run_attention(transformer, &block->attn1, exec, normed, n_batch, n_positions, &itself, tokens);
    onoma_layer_norm_run(&block->norm2, exec, tokens, n_rows, normed);
    run_attention(transformer, &block->attn2, exec, normed, n_batch, n_positions, context, tokens);
    onoma_layer_norm_run(&block->norm3, exec, tokens, n_rows, normed);
    run_feed_forward(block, exec, normed, n_rows, tokens);
  }
  const OnomaEpilogue add = {.residual = x};
  onoma_linear_run(&transformer->proj_out, exec, tokens, n_rows, x, &add);
  onoma_arena_release(arena, mark);
}
