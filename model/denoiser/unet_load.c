// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loading a U-Net.

#include "unet.h"
#include "unet_impl.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/nn/part.h"

#include <string.h>

// The stack of what the way down leaves for the way up, in channels.
typedef struct {
  size_t n;
  size_t n_channels[1 + ONOMA_UNET_MAX_LEVELS * (ONOMA_UNET_MAX_LAYERS + 1)];
} Skips;

static void load_transformer(OnomaUnet *unet, const OnomaScope *block, size_t level, size_t i,
                             size_t depth, OnomaTransformer *transformer) {
  const OnomaUnetConfig *const config = &unet->config;
  const OnomaScope scope = onoma_scope_in(block, "attentions.%zu", i);
  onoma_transformer_load(transformer, &scope, config->n_channels[level], config->n_heads[level],
                         config->n_context[level], depth, config->n_groups);
}

static void load_resnet(OnomaUnet *unet, const OnomaScope *block, size_t i, size_t n_in,
                        size_t n_out, float divisor, OnomaResnet *resnet) {
  const OnomaScope scope = onoma_scope_in(block, "resnets.%zu", i);
  onoma_resnet_load(resnet, &scope, n_in, n_out, unet->n_embedding, unet->config.n_groups,
                    unet->config.norm_epsilon, divisor);
}

// Prepares a block for its layers. False if the loader failed.
static bool start_block(OnomaUnetBlock *block, const OnomaUnetBlockConfig *config,
                        size_t n_channels, OnomaLoader *loader) {
  block->layers = onoma_load_array(loader, config->n_layers, sizeof(*block->layers));
  if (!block->layers)
    return false;
  block->n_layers = config->n_layers;
  block->n_channels = n_channels;
  block->has_attention = config->has_attention;
  return true;
}

static void load_down(OnomaUnet *unet, const OnomaScope *root, size_t level, Skips *skips) {
  OnomaUnetBlock *const block = &unet->down[level];
  const OnomaUnetBlockConfig *const config = &unet->config.down[level];
  const size_t n_channels = unet->config.n_channels[level];
  const OnomaScope scope = onoma_scope_in(root, "down_blocks.%zu", level);
  if (!start_block(block, config, n_channels, root->loader))
    return;

  for (size_t i = 0; i < block->n_layers; i++) {
    const size_t n_in = skips->n_channels[skips->n - 1];
    load_resnet(unet, &scope, i, n_in, n_channels, 1.0F, &block->layers[i].resnet);
    if (block->has_attention)
      load_transformer(unet, &scope, level, i, config->depth[i], &block->layers[i].transformer);
    skips->n_channels[skips->n++] = n_channels;
  }
  block->has_sampler = level + 1 < unet->config.n_levels;
  if (block->has_sampler) {
    OnomaConvShape shape = onoma_conv_shape_same(n_channels, n_channels, 3);
    shape.stride_h = shape.stride_w = 2;
    onoma_load_conv(&scope, "downsamplers.0.conv", &shape, &block->sampler);
    skips->n_channels[skips->n++] = n_channels;
  }
}

// n_in: channels of what comes from the block below.
static void load_up(OnomaUnet *unet, const OnomaScope *root, size_t level, size_t n_in,
                    Skips *skips) {
  OnomaUnetBlock *const block = &unet->up[level];
  const OnomaUnetBlockConfig *const config = &unet->config.up[level];
  const size_t n_channels = unet->config.n_channels[level];
  const OnomaScope scope = onoma_scope_in(root, "up_blocks.%zu", unet->config.n_levels - 1 - level);
  if (!start_block(block, config, n_channels, root->loader))
    return;

  for (size_t i = 0; i < block->n_layers; i++) {
    const size_t n_skip = skips->n_channels[--skips->n];
    load_resnet(unet, &scope, i, (i ? n_channels : n_in) + n_skip, n_channels, 1.0F,
                &block->layers[i].resnet);
    if (block->has_attention)
      load_transformer(unet, &scope, level, i, config->depth[i], &block->layers[i].transformer);
  }
  block->has_sampler = level > 0;
  if (block->has_sampler) {
    const OnomaConvShape shape = onoma_conv_shape_same(n_channels, n_channels, 3);
    onoma_load_conv(&scope, "upsamplers.0.conv", &shape, &block->sampler);
  }
}

static void load_mid(OnomaUnet *unet, const OnomaScope *root) {
  const OnomaUnetConfig *const config = &unet->config;
  const size_t level = config->n_levels - 1;
  const size_t n_channels = config->n_channels[level];
  const OnomaScope scope = onoma_scope_in(root, "mid_block");
  if (config->mid == ONOMA_UNET_MID_NONE)
    return;
  load_resnet(unet, &scope, 0, n_channels, n_channels, config->mid_divisor, &unet->mid.resnet);
  if (config->mid != ONOMA_UNET_MID_ATTENTION)
    return;
  load_transformer(unet, &scope, level, 0, config->mid_depth, &unet->mid.transformer);
  load_resnet(unet, &scope, 1, n_channels, n_channels, config->mid_divisor, &unet->mid_last);
}

static void load_embeddings(OnomaUnet *unet, const OnomaScope *root) {
  const OnomaUnetConfig *const config = &unet->config;
  const OnomaScope time = onoma_scope_in(root, "time_embedding");
  onoma_mlp_load(&unet->time_embedding, &time, config->n_channels[0], config->n_time,
                 config->n_time_condition);
  if (config->class_kind == ONOMA_UNET_CLASS_LINEAR)
    onoma_load_linear(root, "class_embedding", config->n_class_labels, config->n_time, true,
                      &unet->class_linear);
  if (config->class_kind == ONOMA_UNET_CLASS_MLP) {
    const OnomaScope scope = onoma_scope_in(root, "class_embedding");
    onoma_mlp_load(&unet->class_mlp, &scope, config->n_class_labels, config->n_time, 0);
  }
}

static void load_networks(OnomaUnet *unet, OnomaLoader *loader) {
  const OnomaUnetConfig *const config = &unet->config;
  const OnomaScope root = onoma_scope(loader);
  const size_t n_first = config->n_channels[0];
  const OnomaConvShape in = onoma_conv_shape_same(config->n_in, n_first, config->conv_in_kernel);
  const OnomaConvShape out = onoma_conv_shape_same(n_first, config->n_out, config->conv_out_kernel);
  Skips skips = {.n = 1, .n_channels = {n_first}};

  unet->n_embedding = config->class_concat ? 2 * config->n_time : config->n_time;
  load_embeddings(unet, &root);
  onoma_load_conv(&root, "conv_in", &in, &unet->conv_in);
  for (size_t level = 0; level < config->n_levels; level++)
    load_down(unet, &root, level, &skips);
  load_mid(unet, &root);
  size_t n_in = config->n_channels[config->n_levels - 1];
  for (size_t level = config->n_levels; level-- > 0 && !loader->status;) {
    load_up(unet, &root, level, n_in, &skips);
    n_in = config->n_channels[level];
  }
  onoma_load_norm(&root, "conv_norm_out", n_first, config->n_groups, config->norm_epsilon,
                  &unet->norm_out);
  onoma_load_conv(&root, "conv_out", &out, &unet->conv_out);
}

static OnomaStatus load(OnomaUnet *unet, const OnomaPart *part, const OnomaKernels *kernels,
                        OnomaError *error) {
  if (strcmp(part->class_name, "UNet2DConditionModel") != 0)
    return onoma_part_fail_class(part, error);
  const OnomaStatus status = onoma_unet_config_read(&unet->config, &part->config, error);
  if (status)
    return status;
  OnomaLoader loader = {.weights = part->weights, .kernels = kernels, .error = error};
  load_networks(unet, &loader);
  return loader.status;
}

OnomaStatus onoma_unet_open(OnomaUnet **unet, const char *folder, const OnomaKernels *kernels,
                            OnomaError *error) {
  *unet = NULL;
  OnomaPart part;
  OnomaStatus status = onoma_part_open(&part, folder, error);
  if (status)
    return status;

  OnomaUnet *made = onoma_alloc_zero(1, sizeof(*made));
  status = made ? load(made, &part, kernels, error) : onoma_fail_memory(error);
  onoma_part_close(&part);
  if (status)
    onoma_unet_close(&made);
  else
    *unet = made;
  return status;
}

static void fini_block(OnomaUnetBlock *block) {
  for (size_t i = 0; i < block->n_layers; i++) {
    onoma_resnet_fini(&block->layers[i].resnet);
    onoma_transformer_fini(&block->layers[i].transformer);
  }
  onoma_free(block->layers);
  onoma_conv_fini(&block->sampler);
}

void onoma_unet_close(OnomaUnet **unet) {
  OnomaUnet *const u = *unet;
  *unet = NULL;
  if (!u)
    return;
  for (size_t level = 0; level < u->config.n_levels; level++) {
    fini_block(&u->down[level]);
    fini_block(&u->up[level]);
  }
  onoma_resnet_fini(&u->mid.resnet);
  onoma_transformer_fini(&u->mid.transformer);
  onoma_resnet_fini(&u->mid_last);
  onoma_mlp_fini(&u->time_embedding);
  onoma_mlp_fini(&u->class_mlp);
  onoma_linear_fini(&u->class_linear);
  onoma_conv_fini(&u->conv_in);
  onoma_conv_fini(&u->conv_out);
  onoma_norm_fini(&u->norm_out);
  onoma_free(u);
}

const OnomaUnetConfig *onoma_unet_config(const OnomaUnet *unet) {
  return &unet->config;
}
