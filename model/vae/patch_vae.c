// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loading an OnomaPatchVAE.

#include "patch_vae.h"
#include "patch_vae_impl.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/nn/load.h"
#include "model/nn/settings.h"

static const char *const read_keys[] = {
    "decoder", "latent_channels", "layer_norm_eps", "log_floor",
    "n_bands", "patch_bands",     "patch_frames",   "scaling_factor",
};

static const char *const read_stage_keys[] = {"blocks", "channels", "up_bands", "up_frames"};

typedef struct {
  double epsilon; // of the layer norms
} Settings;

static OnomaStatus read_stage(OnomaPatchVae *vae, size_t i, const OnomaConfig *config,
                              OnomaCell *cell, OnomaError *error) {
  OnomaPatchStage *const stage = &vae->stages[i];
  OnomaConfig item;
  OnomaStatus status = onoma_config_object_at(config, "decoder", i, &item, error);
  if (!status)
    status = onoma_settings_check(&item, NULL, 0, read_stage_keys,
                                  sizeof(read_stage_keys) / sizeof(*read_stage_keys), error);
  if (!status)
    status = onoma_config_size(&item, "channels", 1, 1 << 16, &stage->n_channels, error);
  if (!status)
    status = onoma_config_size(&item, "blocks", 0, 256, &stage->n_blocks, error);
  if (!status)
    status = onoma_config_size(&item, "up_frames", 1, cell->n_frames, &stage->up.n_frames, error);
  if (!status)
    status = onoma_config_size(&item, "up_bands", 1, cell->n_bands, &stage->up.n_bands, error);
  if (status)
    return status;
  if (cell->n_frames % stage->up.n_frames)
    return onoma_config_fail(&item, ONOMA_ERR_FORMAT, "up_frames", error,
                             "does not divide a cell of %zu frames", cell->n_frames);
  if (cell->n_bands % stage->up.n_bands)
    return onoma_config_fail(&item, ONOMA_ERR_FORMAT, "up_bands", error,
                             "does not divide a cell of %zu bands", cell->n_bands);
  stage->cell = *cell;
  cell->n_frames /= stage->up.n_frames;
  cell->n_bands /= stage->up.n_bands;
  return ONOMA_OK;
}

static OnomaStatus read_stages(OnomaPatchVae *vae, const OnomaConfig *config, OnomaError *error) {
  OnomaCell cell = vae->patch;
  OnomaStatus status = onoma_config_n_items(config, "decoder", &vae->n_stages, error);
  if (!status && vae->n_stages > ONOMA_PATCH_VAE_MAX_STAGES) {
    vae->n_stages = 0;
    status = onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "decoder", error,
                               "has more than %d stages", ONOMA_PATCH_VAE_MAX_STAGES);
  }
  for (size_t i = 0; i < vae->n_stages && !status; i++)
    status = read_stage(vae, i, config, &cell, error);
  if (status || !vae->n_stages)
    return status;
  if (cell.n_frames != 1 || cell.n_bands != 1)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "decoder", error,
                             "leaves cells of %zu frames and %zu bands, not single values",
                             cell.n_frames, cell.n_bands);
  for (size_t i = 0; i < vae->n_stages; i++) {
    vae->stages[i].n_in = i ? vae->stages[i].n_channels : vae->base.n_channels;
    vae->stages[i].n_out = i + 1 < vae->n_stages ? vae->stages[i + 1].n_channels : 1;
  }
  return ONOMA_OK;
}

static OnomaStatus read_settings(OnomaPatchVae *vae, Settings *settings, const OnomaConfig *config,
                                 OnomaError *error) {
  OnomaVae *const base = &vae->base;
  double floor = 0.0;
  OnomaStatus status = onoma_settings_check(config, NULL, 0, read_keys,
                                            sizeof(read_keys) / sizeof(*read_keys), error);
  if (!status)
    status = onoma_config_size(config, "n_bands", 1, 1 << 16, &base->n_bands, error);
  if (!status)
    status = onoma_config_size(config, "patch_bands", 1, base->n_bands, &vae->patch.n_bands, error);
  if (!status)
    status = onoma_config_size(config, "patch_frames", 1, 1 << 12, &vae->patch.n_frames, error);
  if (!status)
    status = onoma_config_size(config, "latent_channels", 1, 1 << 12, &base->n_channels, error);
  if (!status)
    status = onoma_config_float(config, "log_floor", -1e3, -1e-3, &floor, error);
  if (!status)
    status = onoma_config_float_or(config, "scaling_factor", 1e-9, 1e9, 1.0, &base->scaling_factor,
                                   error);
  if (!status)
    status =
        onoma_config_float_or(config, "layer_norm_eps", 0.0, 1.0, 1e-5, &settings->epsilon, error);
  if (status)
    return status;
  if (base->n_bands % vae->patch.n_bands)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "patch_bands", error,
                             "does not divide n_bands");
  base->floor = (float)floor;
  base->frames_per_column = vae->patch.n_frames;
  base->bands_per_row = vae->patch.n_bands;
  return read_stages(vae, config, error);
}

static void load_stage(OnomaPatchStage *stage, const Settings *settings, const OnomaScope *scope) {
  const size_t n_channels = stage->n_channels;
  const size_t n_estimate = stage->cell.n_frames * stage->cell.n_bands;
  const OnomaConvShape first = onoma_conv_shape_same(stage->n_in + n_estimate, n_channels, 3);
  const OnomaConvShape inner = onoma_conv_shape_same(n_channels, n_channels, 3);
  onoma_load_conv(scope, "conv_in", &first, &stage->conv_in);
  stage->blocks = onoma_load_array(scope->loader, stage->n_blocks, sizeof(*stage->blocks));
  for (size_t i = 0; stage->blocks && i < stage->n_blocks; i++) {
    OnomaPatchBlock *const block = &stage->blocks[i];
    const OnomaScope names = onoma_scope_in(scope, "blocks.%zu", i);
    onoma_load_norm(&names, "ln", n_channels, 0, (float)settings->epsilon, &block->norm);
    onoma_load_conv(&names, "conv1", &inner, &block->conv1);
    onoma_load_conv(&names, "conv2", &inner, &block->conv2);
  }
  onoma_load_linear(scope, "proj", n_channels,
                    stage->up.n_frames * stage->up.n_bands * stage->n_out, true, &stage->proj);
}

static void load_networks(OnomaPatchVae *vae, const Settings *settings, OnomaLoader *loader) {
  const size_t n_patch = vae->patch.n_frames * vae->patch.n_bands;
  const OnomaScope root = onoma_scope(loader);
  const OnomaConvShape wiener = onoma_conv_shape_same(vae->base.n_channels, n_patch, 3);
  vae->mean = onoma_load_tensor(&root, "encoder.mean", 1, &n_patch);
  onoma_load_linear(&root, "encoder", n_patch, vae->base.n_channels, false, &vae->encoder);
  onoma_load_conv(&root, "wiener", &wiener, &vae->wiener);
  for (size_t i = 0; i < vae->n_stages; i++) {
    const OnomaScope scope = onoma_scope_in(&root, "decoder.%zu", i);
    load_stage(&vae->stages[i], settings, &scope);
  }
}

static void close_patch_vae(OnomaVae *base) {
  OnomaPatchVae *const vae = (OnomaPatchVae *)base;
  for (size_t i = 0; i < vae->n_stages; i++) {
    OnomaPatchStage *const stage = &vae->stages[i];
    onoma_conv_fini(&stage->conv_in);
    for (size_t j = 0; stage->blocks && j < stage->n_blocks; j++) {
      onoma_norm_fini(&stage->blocks[j].norm);
      onoma_conv_fini(&stage->blocks[j].conv1);
      onoma_conv_fini(&stage->blocks[j].conv2);
    }
    onoma_free(stage->blocks);
    onoma_linear_fini(&stage->proj);
  }
  onoma_conv_fini(&vae->wiener);
  onoma_linear_fini(&vae->encoder);
  onoma_free(vae->mean);
  onoma_free(vae);
}

static OnomaStatus open_patch_vae(OnomaVae **vae, const OnomaConfig *config,
                                  const OnomaWeights *weights, const OnomaKernels *kernels,
                                  OnomaError *error) {
  OnomaPatchVae *const patch = onoma_alloc_zero(1, sizeof(*patch));
  if (!patch)
    return onoma_fail_memory(error);
  patch->base.type = &onoma_patch_vae;

  Settings settings = {0};
  OnomaStatus status = read_settings(patch, &settings, config, error);
  if (!status) {
    OnomaLoader loader = {.weights = weights, .kernels = kernels, .error = error};
    load_networks(patch, &settings, &loader);
    status = loader.status;
  }
  if (status)
    close_patch_vae(&patch->base);
  else
    *vae = &patch->base;
  return status;
}

const OnomaVaeClass onoma_patch_vae = {
    .name = "OnomaPatchVAE",
    .open = open_patch_vae,
    .close = close_patch_vae,
    .decode = onoma_patch_vae_decode,
    .encode = onoma_patch_vae_encode,
};
