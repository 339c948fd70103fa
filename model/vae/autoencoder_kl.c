// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loading an AutoencoderKL.

#include "autoencoder_kl.h"
#include "autoencoder_kl_impl.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/nn/load.h"
#include "model/nn/settings.h"

#include <string.h>

// Of all norms: fixed in diffusers.
#define EPSILON 1e-6F

typedef struct {
  size_t n_channels[ONOMA_KL_MAX_LEVELS];
  size_t n_layers;
  size_t n_groups;
  bool mid_attention;
} Settings;

static const OnomaFixedKey fixed_keys[] = {
    {"act_fn", ONOMA_MUST_BE_WORD, {"silu", "swish"}}, {"latents_mean", ONOMA_MUST_BE_NULL, {0}},
    {"latents_std", ONOMA_MUST_BE_NULL, {0}},          {"shift_factor", ONOMA_MUST_BE_NULL, {0}},
    {"in_channels", ONOMA_MUST_BE_ONE, {0}},           {"out_channels", ONOMA_MUST_BE_ONE, {0}},
};

// The keys that are read below, and those without a meaning here: force_upcast (all is float),
// sample_size (any size will do).
static const char *const read_keys[] = {
    "block_out_channels", "down_block_types",        "force_upcast",        "latent_channels",
    "layers_per_block",   "mid_block_add_attention", "norm_num_groups",     "sample_size",
    "scaling_factor",     "up_block_types",          "use_post_quant_conv", "use_quant_conv",
};

// All blocks must be of one type.
static OnomaStatus check_types(const OnomaConfig *config, const char *key, const char *wanted,
                               size_t n_levels, OnomaError *error) {
  size_t n = 0;
  OnomaStatus status = onoma_config_n_items(config, key, &n, error);
  if (!status && n != n_levels)
    status = onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error,
                               "%zu items, but block_out_channels has %zu", n, n_levels);
  for (size_t i = 0; i < n_levels && !status; i++) {
    const char *type = NULL;
    status = onoma_config_string_at(config, key, i, &type, error);
    if (!status && strcmp(type, wanted) != 0)
      status = onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, key, error,
                                 "block type %s is not supported", type);
  }
  return status;
}

static OnomaStatus read_levels(OnomaAutoencoderKl *vae, Settings *settings,
                               const OnomaConfig *config, OnomaError *error) {
  OnomaStatus status =
      onoma_config_sizes(config, "block_out_channels", 1, 1 << 20, 0, ONOMA_KL_MAX_LEVELS,
                         settings->n_channels, &vae->n_levels, error);
  if (!status)
    status = check_types(config, "down_block_types", "DownEncoderBlock2D", vae->n_levels, error);
  if (!status)
    status = check_types(config, "up_block_types", "UpDecoderBlock2D", vae->n_levels, error);
  if (!status)
    status = onoma_config_size_or(config, "layers_per_block", 1, 64, 1, &settings->n_layers, error);
  if (!status)
    status =
        onoma_config_size_or(config, "norm_num_groups", 1, 1 << 20, 32, &settings->n_groups, error);
  for (size_t i = 0; i < vae->n_levels && !status; i++) {
    if (settings->n_channels[i] % settings->n_groups)
      status = onoma_config_fail(config, ONOMA_ERR_FORMAT, "norm_num_groups", error,
                                 "does not divide block_out_channels[%zu]", i);
  }
  return status;
}

static OnomaStatus read_settings(OnomaAutoencoderKl *vae, Settings *settings,
                                 const OnomaConfig *config, OnomaError *error) {
  OnomaStatus status =
      onoma_settings_check(config, fixed_keys, sizeof(fixed_keys) / sizeof(*fixed_keys), read_keys,
                           sizeof(read_keys) / sizeof(*read_keys), error);
  // The defaults of diffusers are those of pictures.
  if (!status &&
      !(onoma_config_has(config, "in_channels") && onoma_config_has(config, "out_channels")))
    status = onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "in_channels", error,
                               "in_channels and out_channels must be 1");
  if (!status)
    status = read_levels(vae, settings, config, error);
  if (!status)
    status = onoma_config_size_or(config, "latent_channels", 1, 1 << 16, 4, &vae->base.n_channels,
                                  error);
  vae->base.scaling_factor = 0.18215;
  if (!status)
    status = onoma_config_float_or(config, "scaling_factor", 1e-9, 1e9, 0.18215,
                                   &vae->base.scaling_factor, error);
  if (!status)
    status = onoma_config_bool_or(config, "mid_block_add_attention", true, &settings->mid_attention,
                                  error);
  if (!status)
    status = onoma_config_bool_or(config, "use_quant_conv", true, &vae->has_quant, error);
  return status ? status
                : onoma_config_bool_or(config, "use_post_quant_conv", true, &vae->has_post_quant,
                                       error);
}

// Files from before diffusers 0.17 have other names than to_q, to_k, to_v and to_out.0.
static void load_attention(OnomaKlAttention *attention, const OnomaScope *scope, size_t n_channels,
                           size_t n_groups) {
  onoma_load_norm(scope, "group_norm", n_channels, n_groups, EPSILON, &attention->group_norm);
  onoma_load_linear(scope, onoma_scope_choose(scope, "to_q", "query"), n_channels, n_channels, true,
                    &attention->query);
  onoma_load_linear_pair(scope, onoma_scope_choose(scope, "to_k", "key"),
                         onoma_scope_choose(scope, "to_v", "value"), n_channels, n_channels, true,
                         &attention->key_value);
  onoma_load_linear(scope, onoma_scope_choose(scope, "to_out.0", "proj_attn"), n_channels,
                    n_channels, true, &attention->out);
}

static void load_mid(OnomaKlMid *mid, const Settings *settings, const OnomaScope *coder,
                     size_t n_channels) {
  const OnomaScope scope = onoma_scope_in(coder, "mid_block");
  for (size_t i = 0; i < 2; i++) {
    const OnomaScope resnet = onoma_scope_in(&scope, "resnets.%zu", i);
    onoma_resnet_load(&mid->resnets[i], &resnet, n_channels, n_channels, 0, settings->n_groups,
                      EPSILON, 1.0F);
  }
  mid->has_attention = settings->mid_attention;
  if (mid->has_attention) {
    const OnomaScope attention = onoma_scope_in(&scope, "attentions.0");
    load_attention(&mid->attention, &attention, n_channels, settings->n_groups);
  }
}

static void load_block(OnomaKlBlock *block, const Settings *settings, const OnomaScope *scope,
                       size_t n_in, size_t n_out, size_t n_resnets) {
  block->resnets = onoma_load_array(scope->loader, n_resnets, sizeof(*block->resnets));
  if (!block->resnets)
    return;
  block->n_resnets = n_resnets;
  block->n_channels = n_out;
  for (size_t i = 0; i < n_resnets; i++) {
    const OnomaScope resnet = onoma_scope_in(scope, "resnets.%zu", i);
    onoma_resnet_load(&block->resnets[i], &resnet, i ? n_out : n_in, n_out, 0, settings->n_groups,
                      EPSILON, 1.0F);
  }
}

// Inputs and outputs of a coder are those of its conv_in and conv_out.
static void load_ends(OnomaKlCoder *coder, const Settings *settings, const OnomaScope *scope,
                      const OnomaConvShape *in, const OnomaConvShape *out) {
  onoma_load_conv(scope, "conv_in", in, &coder->conv_in);
  onoma_load_norm(scope, "conv_norm_out", out->n_in, settings->n_groups, EPSILON, &coder->norm_out);
  onoma_load_conv(scope, "conv_out", out, &coder->conv_out);
}

static void load_encoder(OnomaAutoencoderKl *vae, const Settings *settings,
                         const OnomaScope *root) {
  const OnomaScope scope = onoma_scope_in(root, "encoder");
  const size_t n_last = settings->n_channels[vae->n_levels - 1];
  const OnomaConvShape in = onoma_conv_shape_same(1, settings->n_channels[0], 3);
  const OnomaConvShape out = onoma_conv_shape_same(n_last, 2 * vae->base.n_channels, 3);
  load_ends(&vae->encoder, settings, &scope, &in, &out);
  for (size_t i = 0; i < vae->n_levels; i++) {
    OnomaKlBlock *const block = &vae->encoder.blocks[i];
    const size_t n_channels = settings->n_channels[i];
    const OnomaScope inner = onoma_scope_in(&scope, "down_blocks.%zu", i);
    load_block(block, settings, &inner, settings->n_channels[i ? i - 1 : 0], n_channels,
               settings->n_layers);
    block->has_sampler = i + 1 < vae->n_levels;
    if (!block->has_sampler)
      continue;
    // Unlike in the U-Net the padding is on one side alone.
    OnomaConvShape shape = onoma_conv_shape_same(n_channels, n_channels, 3);
    shape.stride_h = shape.stride_w = 2;
    shape.pad_top = shape.pad_left = 0;
    onoma_load_conv(&inner, "downsamplers.0.conv", &shape, &block->sampler);
  }
  load_mid(&vae->encoder.mid, settings, &scope, n_last);
}

static void load_decoder(OnomaAutoencoderKl *vae, const Settings *settings,
                         const OnomaScope *root) {
  const OnomaScope scope = onoma_scope_in(root, "decoder");
  const size_t n_last = settings->n_channels[vae->n_levels - 1];
  const OnomaConvShape in = onoma_conv_shape_same(vae->base.n_channels, n_last, 3);
  const OnomaConvShape out = onoma_conv_shape_same(settings->n_channels[0], 1, 3);
  load_ends(&vae->decoder, settings, &scope, &in, &out);
  load_mid(&vae->decoder.mid, settings, &scope, n_last);
  size_t n_in = n_last;
  for (size_t i = 0; i < vae->n_levels; i++) {
    OnomaKlBlock *const block = &vae->decoder.blocks[i];
    const size_t n_channels = settings->n_channels[vae->n_levels - 1 - i];
    const OnomaScope inner = onoma_scope_in(&scope, "up_blocks.%zu", i);
    load_block(block, settings, &inner, n_in, n_channels, settings->n_layers + 1);
    n_in = n_channels;
    block->has_sampler = i + 1 < vae->n_levels;
    const OnomaConvShape shape = onoma_conv_shape_same(n_channels, n_channels, 3);
    if (block->has_sampler)
      onoma_load_conv(&inner, "upsamplers.0.conv", &shape, &block->sampler);
  }
}

static OnomaStatus load(OnomaAutoencoderKl *vae, const OnomaConfig *config,
                        const OnomaWeights *weights, const OnomaKernels *kernels,
                        OnomaError *error) {
  Settings settings = {0};
  const OnomaStatus status = read_settings(vae, &settings, config, error);
  if (status)
    return status;
  OnomaLoader loader = {.weights = weights, .kernels = kernels, .error = error};
  const OnomaScope root = onoma_scope(&loader);
  const size_t n = vae->base.n_channels;
  if (vae->has_quant)
    onoma_load_linear(&root, "quant_conv", 2 * n, 2 * n, true, &vae->quant_conv);
  if (vae->has_post_quant)
    onoma_load_linear(&root, "post_quant_conv", n, n, true, &vae->post_quant_conv);
  load_encoder(vae, &settings, &root);
  load_decoder(vae, &settings, &root);
  vae->base.frames_per_column = vae->base.bands_per_row = (size_t)1 << (vae->n_levels - 1);
  // The logarithm of 1e-5, where AudioLDM's spectrograms end.
  vae->base.floor = -11.5129255F;
  vae->base.has_variance = true;
  return loader.status;
}

static void fini_coder(OnomaKlCoder *coder) {
  for (size_t i = 0; i < ONOMA_KL_MAX_LEVELS; i++) {
    OnomaKlBlock *const block = &coder->blocks[i];
    for (size_t j = 0; j < block->n_resnets; j++)
      onoma_resnet_fini(&block->resnets[j]);
    onoma_free(block->resnets);
    onoma_conv_fini(&block->sampler);
  }
  onoma_conv_fini(&coder->conv_in);
  onoma_conv_fini(&coder->conv_out);
  onoma_norm_fini(&coder->norm_out);
  onoma_resnet_fini(&coder->mid.resnets[0]);
  onoma_resnet_fini(&coder->mid.resnets[1]);
  onoma_norm_fini(&coder->mid.attention.group_norm);
  onoma_linear_fini(&coder->mid.attention.query);
  onoma_linear_fini(&coder->mid.attention.key_value);
  onoma_linear_fini(&coder->mid.attention.out);
}

static void close_vae(OnomaVae *base) {
  OnomaAutoencoderKl *const vae = (OnomaAutoencoderKl *)base;
  fini_coder(&vae->encoder);
  fini_coder(&vae->decoder);
  onoma_linear_fini(&vae->quant_conv);
  onoma_linear_fini(&vae->post_quant_conv);
  onoma_free(vae);
}

static OnomaStatus open_vae(OnomaVae **vae, const OnomaConfig *config, const OnomaWeights *weights,
                            const OnomaKernels *kernels, OnomaError *error) {
  OnomaAutoencoderKl *const made = onoma_alloc_zero(1, sizeof(*made));
  if (!made)
    return onoma_fail_memory(error);
  made->base.type = &onoma_autoencoder_kl;
  const OnomaStatus status = load(made, config, weights, kernels, error);
  if (status)
    close_vae(&made->base);
  else
    *vae = &made->base;
  return status;
}

const OnomaVaeClass onoma_autoencoder_kl = {
    .name = "AutoencoderKL",
    .open = open_vae,
    .close = close_vae,
    .decode = onoma_autoencoder_kl_decode,
    .encode = onoma_autoencoder_kl_encode,
};
