// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The transformer over the positions of an image (diffusers' Transformer2DModel).

#ifndef ONOMA_MODEL_TRANSFORMER_H
#define ONOMA_MODEL_TRANSFORMER_H

#include "model/exec.h"
#include "model/layers/layers.h"
#include "model/nn/load.h"

#include <stddef.h>

// What attn2 looks at; all zero for the image itself.
typedef struct {
  const float *states;       // [B,L,D]
  size_t n_tokens;           // L
  const unsigned char *mask; // [B,L], 0 keeps a token out; NULL for none
} OnomaContext;

// Queries of the image, keys and values of the image or the context.
typedef struct {
  OnomaLinear query;
  OnomaLinear key_value; // keys first
  OnomaLinear out;
} OnomaAttentionLayer;

// x += attn1(norm1(x)), x += attn2(norm2(x), context), x += ff(norm3(x)), with
// ff = ff_out(geglu(ff_in(x))).
typedef struct {
  OnomaNorm norm1, norm2, norm3;
  OnomaAttentionLayer attn1, attn2;
  OnomaLinear ff_in, ff_out;
} OnomaTransformerBlock;

// x + proj_out(blocks(proj_in(norm(x)))); proj_in and proj_out are 1x1 convolutions or linear
// layers, which is the same here.
typedef struct {
  size_t n_channels;
  size_t n_heads, head_size; // head_size = n_channels / n_heads, rounded down
  size_t n_context;          // D
  size_t n_blocks;
  OnomaNorm norm;
  OnomaLinear proj_in, proj_out;
  OnomaTransformerBlock *blocks; // owned
} OnomaTransformer;

// [control]
void onoma_transformer_load(OnomaTransformer *transformer, const OnomaScope *scope,
                            size_t n_channels, size_t n_heads, size_t n_context, size_t n_blocks,
                            size_t n_groups);
void onoma_transformer_fini(OnomaTransformer *transformer);

// x [B,T,C] in place, T the positions of the image, row by row. Without a context D must be
// n_heads * head_size.
void onoma_transformer_run(const OnomaTransformer *transformer, const OnomaExec *exec, float *x,
                           size_t n_batch, size_t n_positions, const OnomaContext *context);

#endif
