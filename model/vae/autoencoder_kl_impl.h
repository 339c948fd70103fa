// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What an AutoencoderKL is made of.

#ifndef ONOMA_MODEL_AUTOENCODER_KL_IMPL_H
#define ONOMA_MODEL_AUTOENCODER_KL_IMPL_H

#include "vae.h"

#include "model/layers/layers.h"
#include "model/nn/resnet.h"

#include <stdbool.h>
#include <stddef.h>

#define ONOMA_KL_MAX_LEVELS 12

// x + to_out(attention(group_norm(x))) over all positions, with one head.
typedef struct {
  OnomaNorm group_norm;
  OnomaLinear query, key_value, out;
} OnomaKlAttention;

typedef struct {
  OnomaResnet resnets[2];
  bool has_attention;
  OnomaKlAttention attention; // between the two
} OnomaKlMid;

// Residual blocks, and the convolution that halves or doubles the size unless the block is the
// last.
typedef struct {
  size_t n_channels;
  size_t n_resnets;
  OnomaResnet *resnets; // owned
  bool has_sampler;
  OnomaConv sampler;
} OnomaKlBlock;

// One half. The blocks are in the order they run in: the encoder's first is the finest, the
// decoder's the coarsest.
typedef struct {
  OnomaConv conv_in;
  OnomaKlBlock blocks[ONOMA_KL_MAX_LEVELS];
  OnomaKlMid mid;
  OnomaNorm norm_out;
  OnomaConv conv_out;
} OnomaKlCoder;

typedef struct {
  OnomaVae base;
  size_t n_levels;
  bool has_quant, has_post_quant;
  OnomaLinear quant_conv, post_quant_conv;
  OnomaKlCoder encoder, decoder;
} OnomaAutoencoderKl;

void onoma_autoencoder_kl_decode(const OnomaVae *vae, const OnomaExec *exec, const float *latent,
                                 size_t n_columns, size_t n_rows, float *bands);
void onoma_autoencoder_kl_encode(const OnomaVae *vae, const OnomaExec *exec, const float *bands,
                                 size_t n_frames, size_t n_bands, float *mean, float *log_variance);

#endif
