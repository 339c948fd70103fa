// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The residual block of denoisers and autoencoders (diffusers' ResnetBlock2D).

#ifndef ONOMA_MODEL_NN_RESNET_H
#define ONOMA_MODEL_NN_RESNET_H

#include "model/exec.h"
#include "model/layers/layers.h"
#include "model/nn/load.h"

#include <stddef.h>

// out = (shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))) + time_emb_proj(emb))))) / divisor
typedef struct {
  size_t n_in, n_out;
  size_t n_embedding; // width of emb; 0: there is none
  float divisor;
  OnomaNorm norm1, norm2;
  OnomaConv conv1, conv2; // 3x3
  OnomaLinear time_emb_proj;
  OnomaLinear shortcut; // where n_in and n_out differ; else the identity
} OnomaResnet;

// Loads "norm1", "conv1" and so on of the scope. [control]
void onoma_resnet_load(OnomaResnet *resnet, const OnomaScope *scope, size_t n_in, size_t n_out,
                       size_t n_embedding, size_t n_groups, float epsilon, float divisor);
void onoma_resnet_fini(OnomaResnet *resnet);

// in [B,H,W,n_in], embedding [B,n_embedding] with its SiLU already done -> out [B,H,W,n_out]; out
// may be in where n_in and n_out are equal.
void onoma_resnet_run(const OnomaResnet *resnet, const OnomaExec *exec, const float *in,
                      size_t n_batch, size_t h, size_t w, const float *embedding, float *out);

#endif
