// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loading a HiFi-GAN.

#include "hifigan.h"
#include "hifigan_impl.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/nn/load.h"
#include "model/nn/settings.h"

#include <stdio.h>

// Of conv_pre and conv_post: fixed in transformers.
enum { outer_kernel = 7 };

typedef struct {
  size_t n_initial;
  size_t rates[ONOMA_HIFIGAN_MAX_STAGES];
  size_t kernels[ONOMA_HIFIGAN_MAX_STAGES];
  size_t block_kernels[ONOMA_HIFIGAN_MAX_BLOCKS];
  size_t n_dilations[ONOMA_HIFIGAN_MAX_BLOCKS];
  size_t dilations[ONOMA_HIFIGAN_MAX_BLOCKS][ONOMA_HIFIGAN_MAX_DILATIONS];
  bool normalize;
} Settings;

// The keys that are read below, and those that only say where the file comes from.
static const char *const read_keys[] = {
    "architectures",
    "dtype",
    "initializer_range",
    "leaky_relu_slope",
    "model_in_dim",
    "model_type",
    "normalize_before",
    "resblock_dilation_sizes",
    "resblock_kernel_sizes",
    "sampling_rate",
    "torch_dtype",
    "transformers_version",
    "upsample_initial_channel",
    "upsample_kernel_sizes",
    "upsample_rates",
};

static OnomaStatus fail_length(const OnomaConfig *config, const char *key, size_t n,
                               const char *other, size_t n_other, OnomaError *error) {
  return onoma_config_fail(config, ONOMA_ERR_FORMAT, key, error, "%zu items, but %s has %zu", n,
                           other, n_other);
}

static OnomaStatus read_stages(OnomaHifigan *hifigan, Settings *settings, const OnomaConfig *config,
                               OnomaError *error) {
  size_t n_kernels = 0;
  OnomaStatus status = onoma_config_size_or(config, "upsample_initial_channel", 1, 1 << 20, 512,
                                            &settings->n_initial, error);
  if (!status)
    status = onoma_config_sizes(config, "upsample_rates", 1, 1 << 16, 0, ONOMA_HIFIGAN_MAX_STAGES,
                                settings->rates, &hifigan->n_stages, error);
  if (!status)
    status = onoma_config_sizes(config, "upsample_kernel_sizes", 1, 1 << 16, 0,
                                ONOMA_HIFIGAN_MAX_STAGES, settings->kernels, &n_kernels, error);
  if (status)
    return status;
  if (n_kernels != hifigan->n_stages)
    return fail_length(config, "upsample_kernel_sizes", n_kernels, "upsample_rates",
                       hifigan->n_stages, error);
  if (!(settings->n_initial >> hifigan->n_stages))
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "upsample_initial_channel", error,
                             "can't be halved %zu times", hifigan->n_stages);

  hifigan->base.hop_length = 1;
  for (size_t i = 0; i < hifigan->n_stages; i++) {
    if (settings->kernels[i] < settings->rates[i])
      return onoma_config_fail(config, ONOMA_ERR_FORMAT, "upsample_kernel_sizes", error,
                               "item %zu is less than the rate", i);
    if (!onoma_mul_size(hifigan->base.hop_length, settings->rates[i], &hifigan->base.hop_length) ||
        hifigan->base.hop_length > 1 << 24)
      return onoma_config_fail(config, ONOMA_ERR_FORMAT, "upsample_rates", error,
                               "the product is too large");
  }
  return ONOMA_OK;
}

static OnomaStatus read_blocks(OnomaHifigan *hifigan, Settings *settings, const OnomaConfig *config,
                               OnomaError *error) {
  OnomaStatus status =
      onoma_config_sizes(config, "resblock_kernel_sizes", 1, 1 << 16, 0, ONOMA_HIFIGAN_MAX_BLOCKS,
                         settings->block_kernels, &hifigan->n_blocks, error);
  size_t n = 0;
  if (!status)
    status = onoma_config_n_items(config, "resblock_dilation_sizes", &n, error);
  if (status)
    return status;
  if (n != hifigan->n_blocks)
    return fail_length(config, "resblock_dilation_sizes", n, "resblock_kernel_sizes",
                       hifigan->n_blocks, error);
  for (size_t i = 0; i < n && !status; i++) {
    // An even kernel would shorten what is to be added to the original.
    if (settings->block_kernels[i] % 2 == 0)
      return onoma_config_fail(config, ONOMA_ERR_FORMAT, "resblock_kernel_sizes", error,
                               "item %zu is not odd", i);
    status = onoma_config_sizes_at(config, "resblock_dilation_sizes", i, 1, 1 << 16, 0,
                                   ONOMA_HIFIGAN_MAX_DILATIONS, settings->dilations[i],
                                   &settings->n_dilations[i], error);
  }
  return status;
}

static OnomaStatus read_settings(OnomaHifigan *hifigan, Settings *settings,
                                 const OnomaConfig *config, OnomaError *error) {
  double slope = 0.0;
  OnomaStatus status = onoma_settings_check(config, NULL, 0, read_keys,
                                            sizeof(read_keys) / sizeof(*read_keys), error);
  if (!status)
    status =
        onoma_config_size_or(config, "model_in_dim", 1, 1 << 16, 80, &hifigan->base.n_bands, error);
  if (!status)
    status = onoma_config_size_or(config, "sampling_rate", 1, 1 << 24, 16000,
                                  &hifigan->base.sampling_rate_hz, error);
  if (!status)
    status = onoma_config_float_or(config, "leaky_relu_slope", -1e3, 1e3, 0.1, &slope, error);
  if (!status)
    status = onoma_config_bool_or(config, "normalize_before", true, &settings->normalize, error);
  hifigan->slope = (float)slope;
  if (!status)
    status = read_stages(hifigan, settings, config, error);
  return status ? status : read_blocks(hifigan, settings, config, error);
}

static void load_stage(OnomaHifigan *hifigan, const Settings *settings, const OnomaScope *root,
                       size_t i) {
  OnomaHifiganStage *const stage = &hifigan->stages[i];
  const size_t n_in = settings->n_initial >> i;
  const size_t n_out = settings->n_initial >> (i + 1);
  const size_t kernel = settings->kernels[i];
  const size_t rate = settings->rates[i];
  const OnomaScope upsampler = onoma_scope_in(root, "upsampler");
  char name[32];
  snprintf(name, sizeof(name), "%zu", i);
  onoma_load_conv_transpose(&upsampler, name, n_in, n_out, kernel, rate, (kernel - rate) / 2,
                            &stage->upsampler);

  for (size_t j = 0; j < hifigan->n_blocks; j++) {
    OnomaHifiganBlock *const block = &stage->blocks[j];
    const OnomaScope scope = onoma_scope_in(root, "resblocks.%zu", i * hifigan->n_blocks + j);
    const size_t block_kernel = settings->block_kernels[j];
    block->n_dilations = settings->n_dilations[j];
    for (size_t k = 0; k < block->n_dilations; k++) {
      snprintf(name, sizeof(name), "convs1.%zu", k);
      onoma_load_conv1d(&scope, name, n_out, n_out, block_kernel, settings->dilations[j][k],
                        &block->convs1[k]);
      snprintf(name, sizeof(name), "convs2.%zu", k);
      onoma_load_conv1d(&scope, name, n_out, n_out, block_kernel, 1, &block->convs2[k]);
    }
  }
}

static void load_networks(OnomaHifigan *hifigan, const Settings *settings, OnomaLoader *loader) {
  const OnomaScope root = onoma_scope(loader);
  if (settings->normalize) {
    hifigan->mean = onoma_load_tensor(&root, "mean", 1, &hifigan->base.n_bands);
    hifigan->scale = onoma_load_tensor(&root, "scale", 1, &hifigan->base.n_bands);
  }
  onoma_load_conv1d(&root, "conv_pre", hifigan->base.n_bands, settings->n_initial, outer_kernel, 1,
                    &hifigan->conv_pre);
  for (size_t i = 0; i < hifigan->n_stages; i++)
    load_stage(hifigan, settings, &root, i);
  onoma_load_conv1d(&root, "conv_post", settings->n_initial >> hifigan->n_stages, 1, outer_kernel,
                    1, &hifigan->conv_post);
}

static void close_hifigan(OnomaVocoder *vocoder) {
  OnomaHifigan *const hifigan = (OnomaHifigan *)vocoder;
  for (size_t i = 0; i < hifigan->n_stages; i++) {
    OnomaHifiganStage *const stage = &hifigan->stages[i];
    onoma_conv_transpose_fini(&stage->upsampler);
    for (size_t j = 0; j < hifigan->n_blocks; j++) {
      for (size_t k = 0; k < stage->blocks[j].n_dilations; k++) {
        onoma_conv_fini(&stage->blocks[j].convs1[k]);
        onoma_conv_fini(&stage->blocks[j].convs2[k]);
      }
    }
  }
  onoma_conv_fini(&hifigan->conv_pre);
  onoma_conv_fini(&hifigan->conv_post);
  onoma_free(hifigan->mean);
  onoma_free(hifigan->scale);
  onoma_free(hifigan);
}

static OnomaStatus open_hifigan(OnomaVocoder **vocoder, const OnomaConfig *config,
                                const OnomaWeights *weights, const OnomaKernels *kernels,
                                OnomaError *error) {
  OnomaHifigan *const hifigan = onoma_alloc_zero(1, sizeof(*hifigan));
  if (!hifigan)
    return onoma_fail_memory(error);
  hifigan->base.type = &onoma_hifigan;

  Settings settings = {0};
  OnomaStatus status = read_settings(hifigan, &settings, config, error);
  if (!status) {
    OnomaLoader loader = {.weights = weights, .kernels = kernels, .error = error};
    load_networks(hifigan, &settings, &loader);
    status = loader.status;
  }
  if (status)
    close_hifigan(&hifigan->base);
  else
    *vocoder = &hifigan->base;
  return status;
}

const OnomaVocoderClass onoma_hifigan = {
    .name = "SpeechT5HifiGan",
    .open = open_hifigan,
    .close = close_hifigan,
    .n_samples = onoma_hifigan_n_samples,
    .run = onoma_hifigan_run,
};
