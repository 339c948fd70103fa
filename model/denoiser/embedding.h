// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Embeddings of the timestep and of class labels.

#ifndef ONOMA_MODEL_EMBEDDING_H
#define ONOMA_MODEL_EMBEDDING_H

#include "model/exec.h"
#include "model/layers/layers.h"
#include "model/nn/load.h"

#include <stdbool.h>
#include <stddef.h>

// The sinusoid of a timestep (Vaswani et al. 2017), as diffusers' Timesteps in float: half of the
// channels cos(t f_i), half sin(t f_i), f_i = 10000^(-i / (n_channels/2 - shift)); an odd channel
// over is 0. [any]
void onoma_sinusoid(float timestep, size_t n_channels, bool cosine_first, double shift, float *out);

// linear_2(silu(linear_1(x + cond_proj(condition)))) (diffusers' TimestepEmbedding).
typedef struct {
  size_t n_in, n_out;
  size_t n_condition; // 0: there is no cond_proj
  OnomaLinear linear_1, linear_2, cond_proj;
} OnomaMlp;

// [control]
void onoma_mlp_load(OnomaMlp *mlp, const OnomaScope *scope, size_t n_in, size_t n_out,
                    size_t n_condition);
void onoma_mlp_fini(OnomaMlp *mlp);

// in [R,n_in], condition [R,n_condition] or NULL for none -> out [R,n_out].
void onoma_mlp_run(const OnomaMlp *mlp, const OnomaExec *exec, const float *in,
                   const float *condition, size_t n_rows, float *out);

#endif
