// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The configuration of a U-Net (diffusers' UNet2DConditionModel).

#ifndef ONOMA_MODEL_UNET_CONFIG_H
#define ONOMA_MODEL_UNET_CONFIG_H

#include "model/files/config.h"

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

#define ONOMA_UNET_MAX_LEVELS 12
#define ONOMA_UNET_MAX_LAYERS 16 // of a block going down; one more going up

// The block between the way down and the way up.
typedef enum {
  ONOMA_UNET_MID_NONE,
  ONOMA_UNET_MID_RESNET,    // "UNetMidBlock2D", which is one residual block here
  ONOMA_UNET_MID_ATTENTION, // "UNetMidBlock2DCrossAttn"
} OnomaUnetMid;

// What makes the class embedding of the class labels.
typedef enum {
  ONOMA_UNET_CLASS_NONE,
  ONOMA_UNET_CLASS_LINEAR, // "simple_projection"
  ONOMA_UNET_CLASS_MLP,    // "projection"
} OnomaUnetClass;

// A block of a level on the way down or up.
typedef struct {
  bool has_attention;
  size_t n_layers;
  size_t depth[ONOMA_UNET_MAX_LAYERS + 1]; // transformer blocks after each residual block
} OnomaUnetBlockConfig;

// Arrays are by level, the finest first, those of the way up included.
typedef struct {
  size_t n_in, n_out; // channels of the image
  size_t n_levels;
  size_t n_channels[ONOMA_UNET_MAX_LEVELS];
  size_t n_heads[ONOMA_UNET_MAX_LEVELS];
  size_t n_context[ONOMA_UNET_MAX_LEVELS]; // width of the context, or of the image without one
  OnomaUnetBlockConfig down[ONOMA_UNET_MAX_LEVELS];
  OnomaUnetBlockConfig up[ONOMA_UNET_MAX_LEVELS];
  OnomaUnetMid mid;
  size_t mid_depth;
  float mid_divisor;
  size_t n_groups;
  float norm_epsilon;
  bool linear_projection;
  size_t conv_in_kernel, conv_out_kernel;
  bool cosine_first;
  double frequency_shift;
  size_t n_time;           // width of the time embedding
  size_t n_time_condition; // width of timestep_cond; 0: there is none
  OnomaUnetClass class_kind;
  size_t n_class_labels; // width of the class labels
  bool class_concat;     // the embedding is [time | class] instead of the sum
  size_t sample_size;    // latent columns of a clip of default length; 0: not said
} OnomaUnetConfig;

// Reads it. Keys that are set to what this version does not implement, and keys that it does not
// know, are errors. [control]
OnomaStatus onoma_unet_config_read(OnomaUnetConfig *unet, const OnomaConfig *config,
                                   OnomaError *error);

#endif
