// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Loading an OnomaPghiVocoder.

#include "pghi_vocoder.h"
#include "pghi_vocoder_impl.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/nn/load.h"
#include "model/nn/settings.h"

// log_floor is the front end's.
static const char *const read_keys[] = {
    "griffin_lim_rounds", "hidden_size",      "hop_length",        "input_mean",
    "input_std",          "kernel_size",      "intermediate_size", "layer_norm_eps",
    "log_floor",          "magnitude_offset", "n_bands",           "n_fft",
    "num_layers",         "pghi_gamma",       "pghi_tolerance",    "sampling_rate",
};

typedef struct {
  size_t n_hidden, n_inner, kernel;
  double epsilon; // of the layer norms
} Settings;

static OnomaStatus read_sizes(OnomaPghiVocoder *vocoder, Settings *settings,
                              const OnomaConfig *config, OnomaError *error) {
  OnomaVocoder *const base = &vocoder->base;
  OnomaStatus status =
      onoma_config_size(config, "sampling_rate", 1, 1 << 24, &base->sampling_rate_hz, error);
  if (!status)
    status = onoma_config_size(config, "n_fft", 2, 1 << 16, &vocoder->pghi.n_fft, error);
  if (!status)
    status =
        onoma_config_size(config, "hop_length", 1, vocoder->pghi.n_fft, &base->hop_length, error);
  if (!status)
    status = onoma_config_size(config, "n_bands", 1, 1 << 16, &base->n_bands, error);
  if (!status)
    status = onoma_config_size(config, "hidden_size", 1, 1 << 14, &settings->n_hidden, error);
  if (!status)
    status = onoma_config_size(config, "intermediate_size", 1, 1 << 16, &settings->n_inner, error);
  if (!status)
    status = onoma_config_size(config, "num_layers", 0, ONOMA_PGHI_VOCODER_MAX_LAYERS,
                               &vocoder->n_layers, error);
  if (!status)
    status = onoma_config_size(config, "kernel_size", 1, 255, &settings->kernel, error);
  if (!status && settings->kernel % 2 == 0)
    status = onoma_config_fail(config, ONOMA_ERR_FORMAT, "kernel_size", error, "must be odd");
  vocoder->pghi.hop = base->hop_length;
  return status;
}

static OnomaStatus read_numbers(OnomaPghiVocoder *vocoder, Settings *settings,
                                const OnomaConfig *config, OnomaError *error) {
  double mean = 0.0;
  double deviation = 1.0;
  double offset = 0.0;
  size_t n_rounds = 0;
  OnomaStatus status = onoma_config_float(config, "input_mean", -1e6, 1e6, &mean, error);
  if (!status)
    status = onoma_config_float(config, "input_std", 1e-6, 1e6, &deviation, error);
  if (!status)
    status = onoma_config_float(config, "magnitude_offset", 0.0, 1.0, &offset, error);
  if (!status)
    status =
        onoma_config_float_or(config, "layer_norm_eps", 0.0, 1.0, 1e-6, &settings->epsilon, error);
  if (!status)
    status =
        onoma_config_float_or(config, "pghi_gamma", 1e-6, 1e6, 0.0, &vocoder->pghi.gamma, error);
  if (!status)
    status =
        onoma_config_float(config, "pghi_tolerance", -1e3, 0.0, &vocoder->pghi.tolerance, error);
  if (!status)
    status = onoma_config_size_or(config, "griffin_lim_rounds", 0, 1000, 0, &n_rounds, error);
  vocoder->input_mean = (float)mean;
  vocoder->input_scale = (float)(1.0 / deviation);
  vocoder->magnitude_offset = (float)offset;
  vocoder->n_rounds = (unsigned)n_rounds;
  return status;
}

static OnomaStatus read_settings(OnomaPghiVocoder *vocoder, Settings *settings,
                                 const OnomaConfig *config, OnomaError *error) {
  OnomaStatus status = onoma_settings_check(config, NULL, 0, read_keys,
                                            sizeof(read_keys) / sizeof(*read_keys), error);
  if (!status)
    status = read_sizes(vocoder, settings, config, error);
  if (!status)
    status = read_numbers(vocoder, settings, config, error);
  return status;
}

static void load_depthwise(const OnomaScope *scope, size_t n_channels, size_t kernel,
                           OnomaDepthwise *layer) {
  OnomaLoader *const loader = scope->loader;
  float *const weight = onoma_load_tensor(scope, "dw.weight", 3, (size_t[]){n_channels, 1, kernel});
  float *const bias = onoma_load_tensor(scope, "dw.bias", 1, &n_channels);
  if (!loader->status)
    loader->status = onoma_depthwise_init(layer, n_channels, kernel, weight, bias, loader->error);
  onoma_free(weight);
  onoma_free(bias);
}

// The second linear layer with its outputs scaled by gamma.
static void load_scaled(const OnomaScope *scope, size_t n_in, size_t n_out, OnomaLinear *layer) {
  OnomaLoader *const loader = scope->loader;
  float *const weight = onoma_load_tensor(scope, "pw2.weight", 2, (size_t[]){n_out, n_in});
  float *const bias = onoma_load_tensor(scope, "pw2.bias", 1, &n_out);
  float *const gamma = onoma_load_tensor(scope, "gamma", 1, &n_out);
  for (size_t i = 0; !loader->status && i < n_out; i++) {
    for (size_t j = 0; j < n_in; j++)
      weight[i * n_in + j] *= gamma[i];
    bias[i] *= gamma[i];
  }
  if (!loader->status)
    loader->status =
        onoma_linear_init(layer, loader->kernels, n_in, n_out, weight, bias, loader->error);
  onoma_free(weight);
  onoma_free(bias);
  onoma_free(gamma);
}

static void load_networks(OnomaPghiVocoder *vocoder, const Settings *settings,
                          OnomaLoader *loader) {
  const OnomaScope root = onoma_scope(loader);
  const size_t n = settings->n_hidden;
  const size_t n_bins = vocoder->pghi.n_fft / 2 + 1;
  const float epsilon = (float)settings->epsilon;
  onoma_load_conv1d(&root, "conv_in", vocoder->base.n_bands, n, settings->kernel, 1,
                    &vocoder->conv_in);
  onoma_load_norm(&root, "ln0", n, 0, epsilon, &vocoder->norm_in);
  for (size_t i = 0; i < vocoder->n_layers; i++) {
    OnomaConvNext *const layer = &vocoder->layers[i];
    const OnomaScope scope = onoma_scope_in(&root, "layers.%zu", i);
    load_depthwise(&scope, n, settings->kernel, &layer->dw);
    onoma_load_norm(&scope, "ln", n, 0, epsilon, &layer->norm);
    onoma_load_linear(&scope, "pw1", n, settings->n_inner, true, &layer->pw1);
    load_scaled(&scope, settings->n_inner, n, &layer->pw2);
  }
  onoma_load_norm(&root, "ln1", n, 0, epsilon, &vocoder->norm_out);
  onoma_load_linear(&root, "head", n, n_bins, true, &vocoder->head);
  onoma_load_linear(&root, "expand", vocoder->base.n_bands, n_bins, false, &vocoder->expand);
}

static void close_pghi_vocoder(OnomaVocoder *base) {
  OnomaPghiVocoder *const vocoder = (OnomaPghiVocoder *)base;
  onoma_conv_fini(&vocoder->conv_in);
  onoma_norm_fini(&vocoder->norm_in);
  for (size_t i = 0; i < vocoder->n_layers; i++) {
    OnomaConvNext *const layer = &vocoder->layers[i];
    onoma_depthwise_fini(&layer->dw);
    onoma_norm_fini(&layer->norm);
    onoma_linear_fini(&layer->pw1);
    onoma_linear_fini(&layer->pw2);
  }
  onoma_norm_fini(&vocoder->norm_out);
  onoma_linear_fini(&vocoder->head);
  onoma_linear_fini(&vocoder->expand);
  onoma_stft_close(&vocoder->stft);
  onoma_free(vocoder);
}

static OnomaStatus open_pghi_vocoder(OnomaVocoder **vocoder, const OnomaConfig *config,
                                     const OnomaWeights *weights, const OnomaKernels *kernels,
                                     OnomaError *error) {
  OnomaPghiVocoder *const v = onoma_alloc_zero(1, sizeof(*v));
  if (!v)
    return onoma_fail_memory(error);
  v->base.type = &onoma_pghi_vocoder;

  Settings settings = {0};
  OnomaStatus status = read_settings(v, &settings, config, error);
  if (!status) {
    OnomaLoader loader = {.weights = weights, .kernels = kernels, .error = error};
    load_networks(v, &settings, &loader);
    status = loader.status;
  }
  if (!status) {
    const OnomaStftSettings stft = {v->pghi.n_fft, v->pghi.hop, ONOMA_STFT_FRAMED};
    status = onoma_stft_open(&v->stft, &stft, error);
  }
  if (status)
    close_pghi_vocoder(&v->base);
  else
    *vocoder = &v->base;
  return status;
}

const OnomaVocoderClass onoma_pghi_vocoder = {
    .name = "OnomaPghiVocoder",
    .open = open_pghi_vocoder,
    .close = close_pghi_vocoder,
    .n_samples = onoma_pghi_vocoder_n_samples,
    .run = onoma_pghi_vocoder_run,
};
