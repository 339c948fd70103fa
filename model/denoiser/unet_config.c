// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Reading the configuration of a U-Net.

#include "unet_config.h"

#include "base/error.h"
#include "model/nn/settings.h"

#include <string.h>

#define MAX_CHANNELS ((size_t)1 << 20)

// Keys of UNet2DConditionModel that must have their default, or what means the same.
static const OnomaFixedKey fixed_keys[] = {
    {"act_fn", ONOMA_MUST_BE_WORD, {"silu", "swish"}},
    {"addition_embed_type", ONOMA_MUST_BE_NULL, {0}},
    {"addition_time_embed_dim", ONOMA_MUST_BE_NULL, {0}},
    {"attention_type", ONOMA_MUST_BE_WORD, {"default", "default"}},
    {"center_input_sample", ONOMA_MUST_BE_FALSE, {0}},
    {"cross_attention_norm", ONOMA_MUST_BE_NULL, {0}},
    {"dual_cross_attention", ONOMA_MUST_BE_FALSE, {0}},
    {"encoder_hid_dim", ONOMA_MUST_BE_NULL, {0}},
    {"encoder_hid_dim_type", ONOMA_MUST_BE_NULL, {0}},
    {"mid_block_only_cross_attention", ONOMA_MUST_BE_FALSE, {0}},
    {"num_attention_heads", ONOMA_MUST_BE_NULL, {0}}, // diffusers refuses it, too
    {"num_class_embeds", ONOMA_MUST_BE_NULL, {0}},
    {"only_cross_attention", ONOMA_MUST_BE_FALSE, {0}},
    {"resnet_out_scale_factor", ONOMA_MUST_BE_ONE, {0}},
    {"resnet_skip_time_act", ONOMA_MUST_BE_FALSE, {0}},
    {"resnet_time_scale_shift", ONOMA_MUST_BE_WORD, {"default", "default"}},
    {"time_embedding_act_fn", ONOMA_MUST_BE_NULL, {0}},
    {"time_embedding_type", ONOMA_MUST_BE_WORD, {"positional", "positional"}},
    {"timestep_post_act", ONOMA_MUST_BE_NULL, {0}},
};

// The keys that are read below, and those without a meaning for inference in float:
// addition_embed_type_num_heads (there is no such embedding), dropout, upcast_attention.
static const char *const read_keys[] = {
    "addition_embed_type_num_heads",
    "attention_head_dim",
    "block_out_channels",
    "class_embed_type",
    "class_embeddings_concat",
    "conv_in_kernel",
    "conv_out_kernel",
    "cross_attention_dim",
    "down_block_types",
    "downsample_padding",
    "dropout",
    "flip_sin_to_cos",
    "freq_shift",
    "in_channels",
    "layers_per_block",
    "mid_block_scale_factor",
    "mid_block_type",
    "norm_eps",
    "norm_num_groups",
    "out_channels",
    "projection_class_embeddings_input_dim",
    "reverse_transformer_layers_per_block",
    "sample_size",
    "time_cond_proj_dim",
    "time_embedding_dim",
    "transformer_layers_per_block",
    "up_block_types",
    "upcast_attention",
    "use_linear_projection",
};

static OnomaStatus check_keys(const OnomaConfig *config, OnomaError *error) {
  return onoma_settings_check(config, fixed_keys, sizeof(fixed_keys) / sizeof(*fixed_keys),
                              read_keys, sizeof(read_keys) / sizeof(*read_keys), error);
}

// A number for all levels, or one for each.
static OnomaStatus read_levels(const OnomaConfig *config, const char *key, size_t max,
                               size_t fallback, size_t n_levels, size_t *values,
                               OnomaError *error) {
  if (!onoma_config_has(config, key)) {
    for (size_t i = 0; i < n_levels; i++)
      values[i] = fallback;
    return ONOMA_OK;
  }
  size_t n = 0;
  const OnomaStatus status =
      onoma_config_sizes(config, key, 1, max, n_levels, ONOMA_UNET_MAX_LEVELS, values, &n, error);
  if (status || n == n_levels)
    return status;
  return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                           "%zu items, but block_out_channels has %zu", n, n_levels);
}

// The block types of the way down, or of the way up, whose list starts at the coarsest level.
static OnomaStatus read_block_types(OnomaUnetConfig *unet, const OnomaConfig *config, bool up,
                                    OnomaError *error) {
  const char *const key = up ? "up_block_types" : "down_block_types";
  const char *const plain = up ? "UpBlock2D" : "DownBlock2D";
  const char *const attention = up ? "CrossAttnUpBlock2D" : "CrossAttnDownBlock2D";
  size_t n = 0;
  OnomaStatus status = onoma_config_n_items(config, key, &n, error);
  if (!status && n != unet->n_levels)
    status = onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                               "%zu items, but block_out_channels has %zu", n, unet->n_levels);
  for (size_t i = 0; i < unet->n_levels && !status; i++) {
    const char *type = NULL;
    status = onoma_config_string_at(config, key, i, &type, error);
    if (status)
      break;
    OnomaUnetBlockConfig *const block = up ? &unet->up[unet->n_levels - 1 - i] : &unet->down[i];
    block->has_attention = !strcmp(type, attention);
    if (!block->has_attention && strcmp(type, plain) != 0)
      status = onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, key, error,
                                 "block type %s is not supported", type);
  }
  return status;
}

static OnomaStatus read_mid(OnomaUnetConfig *unet, const OnomaConfig *config, OnomaError *error) {
  // The default of diffusers; an explicit null means that there is no such block.
  const char *type = "UNetMidBlock2DCrossAttn";
  OnomaStatus status = ONOMA_OK;
  if (onoma_config_is_null(config, "mid_block_type"))
    type = NULL;
  else
    status = onoma_config_string_or(config, "mid_block_type", type, &type, error);
  if (status)
    return status;

  double divisor = 1.0;
  status = onoma_config_float_or(config, "mid_block_scale_factor", 1e-6, 1e6, 1.0, &divisor, error);
  unet->mid_divisor = (float)divisor;
  if (!type)
    unet->mid = ONOMA_UNET_MID_NONE;
  else if (!strcmp(type, "UNetMidBlock2DCrossAttn"))
    unet->mid = ONOMA_UNET_MID_ATTENTION;
  else if (!strcmp(type, "UNetMidBlock2D"))
    unet->mid = ONOMA_UNET_MID_RESNET;
  else
    status = onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "mid_block_type", error,
                               "block type %s is not supported", type);
  return status;
}

static OnomaStatus read_layers(OnomaUnetConfig *unet, const OnomaConfig *config,
                               OnomaError *error) {
  size_t n_layers[ONOMA_UNET_MAX_LEVELS];
  const OnomaStatus status = read_levels(config, "layers_per_block", ONOMA_UNET_MAX_LAYERS, 2,
                                         unet->n_levels, n_layers, error);
  for (size_t i = 0; i < unet->n_levels && !status; i++) {
    unet->down[i].n_layers = n_layers[i];
    unet->up[i].n_layers = n_layers[i] + 1;
  }
  return status;
}

// Item i of a list of depths: a number for all layers of the block, or one for each.
static OnomaStatus read_block_depths(OnomaUnetBlockConfig *block, const OnomaConfig *config,
                                     const char *key, size_t i, OnomaError *error) {
  size_t n = 0;
  const OnomaStatus status = onoma_config_sizes_at(
      config, key, i, 1, 64, block->n_layers, ONOMA_UNET_MAX_LAYERS + 1, block->depth, &n, error);
  if (status || n == block->n_layers)
    return status;
  return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                           "item %zu has %zu items, but the block has %zu layers", i, n,
                           block->n_layers);
}

// The depths of the levels in `key`, a list from the finest level on for the way down, and for the
// way up from the coarsest on if it has a key of its own.
static OnomaStatus read_list_of_depths(OnomaUnetConfig *unet, const OnomaConfig *config, bool up,
                                       OnomaError *error) {
  const bool reverse = up && onoma_config_has(config, "reverse_transformer_layers_per_block");
  const char *const key =
      reverse ? "reverse_transformer_layers_per_block" : "transformer_layers_per_block";
  size_t n = 0;
  OnomaStatus status = onoma_config_n_items(config, key, &n, error);
  if (!status && n != unet->n_levels)
    status = onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                               "%zu items, but block_out_channels has %zu", n, unet->n_levels);
  for (size_t i = 0; i < unet->n_levels && !status; i++) {
    OnomaUnetBlockConfig *const block = up ? &unet->up[i] : &unet->down[i];
    status = read_block_depths(block, config, key, reverse ? unet->n_levels - 1 - i : i, error);
  }
  return status;
}

static OnomaStatus read_depths(OnomaUnetConfig *unet, const OnomaConfig *config,
                               OnomaError *error) {
  const char *const key = "transformer_layers_per_block";
  if (onoma_config_is_array(config, key)) {
    OnomaStatus status = read_list_of_depths(unet, config, false, error);
    if (!status)
      status = read_list_of_depths(unet, config, true, error);
    unet->mid_depth = unet->down[unet->n_levels - 1].depth[0];
    return status;
  }

  if (onoma_config_has(config, "reverse_transformer_layers_per_block"))
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "reverse_transformer_layers_per_block",
                             error, "needs a list in %s", key);
  const OnomaStatus status = onoma_config_size_or(config, key, 1, 64, 1, &unet->mid_depth, error);
  for (size_t i = 0; i < unet->n_levels && !status; i++) {
    for (size_t j = 0; j <= ONOMA_UNET_MAX_LAYERS; j++)
      unet->down[i].depth[j] = unet->up[i].depth[j] = unet->mid_depth;
  }
  return status;
}

static OnomaStatus read_levels_and_blocks(OnomaUnetConfig *unet, const OnomaConfig *config,
                                          OnomaError *error) {
  OnomaStatus status =
      onoma_config_sizes(config, "block_out_channels", 1, MAX_CHANNELS, 0, ONOMA_UNET_MAX_LEVELS,
                         unet->n_channels, &unet->n_levels, error);
  // "attention_head_dim" is the number of heads: a misnomer that diffusers keeps.
  if (!status)
    status = read_levels(config, "attention_head_dim", MAX_CHANNELS, 8, unet->n_levels,
                         unet->n_heads, error);
  if (!status)
    status = read_levels(config, "cross_attention_dim", MAX_CHANNELS, 1280, unet->n_levels,
                         unet->n_context, error);
  if (!status)
    status = read_block_types(unet, config, false, error);
  if (!status)
    status = read_block_types(unet, config, true, error);
  if (!status)
    status = read_mid(unet, config, error);
  if (!status)
    status = read_layers(unet, config, error);
  return status ? status : read_depths(unet, config, error);
}

static OnomaStatus read_numbers(OnomaUnetConfig *unet, const OnomaConfig *config,
                                OnomaError *error) {
  double epsilon = 0.0;
  size_t padding = 0;
  OnomaStatus status =
      onoma_config_size_or(config, "in_channels", 1, MAX_CHANNELS, 4, &unet->n_in, error);
  if (!status)
    status = onoma_config_size_or(config, "out_channels", 1, MAX_CHANNELS, 4, &unet->n_out, error);
  if (!status)
    status = onoma_config_size_or(config, "norm_num_groups", 1, MAX_CHANNELS, 32, &unet->n_groups,
                                  error);
  if (!status)
    status = onoma_config_float_or(config, "norm_eps", 0.0, 1.0, 1e-5, &epsilon, error);
  if (!status)
    status = onoma_config_bool_or(config, "use_linear_projection", false, &unet->linear_projection,
                                  error);
  if (!status)
    status = onoma_config_size_or(config, "conv_in_kernel", 1, 31, 3, &unet->conv_in_kernel, error);
  if (!status)
    status =
        onoma_config_size_or(config, "conv_out_kernel", 1, 31, 3, &unet->conv_out_kernel, error);
  if (!status)
    status =
        onoma_config_size_or(config, "downsample_padding", 0, MAX_CHANNELS, 1, &padding, error);
  // Other paddings make sizes that the way up can't undo by at most doubling.
  if (!status && padding != 1)
    status = onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "downsample_padding", error,
                               "only 1 is supported");
  if (!status && onoma_config_has(config, "sample_size"))
    status = onoma_config_size(config, "sample_size", 1, MAX_CHANNELS, &unet->sample_size, error);
  unet->norm_epsilon = (float)epsilon;
  return status;
}

static OnomaStatus read_time(OnomaUnetConfig *unet, const OnomaConfig *config, OnomaError *error) {
  OnomaStatus status =
      onoma_config_bool_or(config, "flip_sin_to_cos", true, &unet->cosine_first, error);
  if (!status)
    status =
        onoma_config_float_or(config, "freq_shift", -1e6, 1e6, 0.0, &unet->frequency_shift, error);
  const size_t n_frequencies = unet->n_channels[0] / 2;
  if (!status && unet->frequency_shift >= (double)n_frequencies)
    status = onoma_config_fail(config, ONOMA_ERR_FORMAT, "freq_shift", error,
                               "must be under half of block_out_channels[0]");
  if (!status)
    status = onoma_config_size_or(config, "time_embedding_dim", 1, MAX_CHANNELS,
                                  4 * unet->n_channels[0], &unet->n_time, error);
  return status ? status
                : onoma_config_size_or(config, "time_cond_proj_dim", 1, MAX_CHANNELS, 0,
                                       &unet->n_time_condition, error);
}

static OnomaStatus read_class(OnomaUnetConfig *unet, const OnomaConfig *config, OnomaError *error) {
  const char *type = NULL;
  OnomaStatus status = onoma_config_string_or(config, "class_embed_type", NULL, &type, error);
  if (!status)
    status =
        onoma_config_bool_or(config, "class_embeddings_concat", false, &unet->class_concat, error);
  if (status)
    return status;
  if (!type) {
    unet->class_kind = ONOMA_UNET_CLASS_NONE;
    return unet->class_concat
               ? onoma_config_fail(config, ONOMA_ERR_FORMAT, "class_embeddings_concat", error,
                                   "is true, but there is no class_embed_type")
               : ONOMA_OK;
  }
  if (!strcmp(type, "simple_projection"))
    unet->class_kind = ONOMA_UNET_CLASS_LINEAR;
  else if (!strcmp(type, "projection"))
    unet->class_kind = ONOMA_UNET_CLASS_MLP;
  else
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "class_embed_type", error,
                             "type %s is not supported", type);
  return onoma_config_size(config, "projection_class_embeddings_input_dim", 1, MAX_CHANNELS,
                           &unet->n_class_labels, error);
}

// Divisibilities that no key breaks alone.
static OnomaStatus check_sizes(const OnomaUnetConfig *unet, const OnomaConfig *config,
                               OnomaError *error) {
  if (!(unet->conv_in_kernel & unet->conv_out_kernel & 1))
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED,
                             unet->conv_in_kernel & 1 ? "conv_out_kernel" : "conv_in_kernel", error,
                             "only odd sizes are supported");
  for (size_t i = 0; i < unet->n_levels; i++) {
    if (unet->n_channels[i] % unet->n_groups)
      return onoma_config_fail(config, ONOMA_ERR_FORMAT, "norm_num_groups", error,
                               "does not divide block_out_channels[%zu]", i);
    const bool has_attention = unet->down[i].has_attention || unet->up[i].has_attention ||
                               (i + 1 == unet->n_levels && unet->mid == ONOMA_UNET_MID_ATTENTION);
    if (has_attention && unet->n_heads[i] > unet->n_channels[i])
      return onoma_config_fail(config, ONOMA_ERR_FORMAT, "attention_head_dim", error,
                               "there are more heads than block_out_channels[%zu]", i);
  }
  return ONOMA_OK;
}

OnomaStatus onoma_unet_config_read(OnomaUnetConfig *unet, const OnomaConfig *config,
                                   OnomaError *error) {
  *unet = (OnomaUnetConfig){0};
  OnomaStatus status = check_keys(config, error);
  if (!status)
    status = read_levels_and_blocks(unet, config, error);
  if (!status)
    status = read_numbers(unet, config, error);
  if (!status)
    status = read_time(unet, config, error);
  if (!status)
    status = read_class(unet, config, error);
  return status ? status : check_sizes(unet, config, error);
}
