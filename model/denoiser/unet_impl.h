// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What a U-Net is made of.

#ifndef ONOMA_MODEL_UNET_IMPL_H
#define ONOMA_MODEL_UNET_IMPL_H

#include "embedding.h"
#include "transformer.h"
#include "unet.h"
#include "unet_config.h"

#include "model/layers/layers.h"
#include "model/nn/resnet.h"

#include <stdbool.h>
#include <stddef.h>

// A residual block and the transformer after it, if its block has any.
typedef struct {
  OnomaResnet resnet;
  OnomaTransformer transformer;
} OnomaUnetLayer;

// A block of a level. The sampler follows the layers: a convolution of stride 2 on the way down,
// one of the enlarged image on the way up.
typedef struct {
  bool has_attention;
  bool has_sampler;
  size_t n_channels; // of what it gives
  size_t n_layers;
  OnomaUnetLayer *layers; // owned
  OnomaConv sampler;
} OnomaUnetBlock;

struct OnomaUnet {
  OnomaUnetConfig config;
  size_t n_embedding; // width of what the residual blocks are given
  OnomaMlp time_embedding;
  OnomaMlp class_mlp;
  OnomaLinear class_linear;
  OnomaConv conv_in;
  OnomaUnetBlock down[ONOMA_UNET_MAX_LEVELS]; // by level, the finest first
  OnomaUnetLayer mid;                         // its first residual block, and the transformer
  OnomaResnet mid_last;
  OnomaUnetBlock up[ONOMA_UNET_MAX_LEVELS]; // by level, too
  OnomaNorm norm_out;
  OnomaConv conv_out;
};

#endif
