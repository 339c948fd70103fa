// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Layers from the weights of a part.

#include "load.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

OnomaScope onoma_scope(OnomaLoader *loader) {
  return (OnomaScope){.loader = loader};
}

OnomaScope onoma_scope_in(const OnomaScope *scope, const char *format, ...) {
  OnomaScope inner = *scope;
  const size_t length = strlen(inner.prefix);
  va_list args;
  va_start(args, format);
  const int n = vsnprintf(inner.prefix + length, sizeof(inner.prefix) - length, format, args);
  va_end(args);
  if (n < 0 || length + (size_t)n + 1 >= sizeof(inner.prefix))
    onoma_load_fail(scope->loader, ONOMA_ERR_UNSUPPORTED, "%s: names of tensors get too long",
                    onoma_weights_path(scope->loader->weights));
  else
    memcpy(inner.prefix + length + n, ".", 2);
  return inner;
}

// The full name of <name><suffix>; empty if that is too long, a name no tensor has.
static void full_name(char full[ONOMA_MAX_NAME], const OnomaScope *scope, const char *name,
                      const char *suffix) {
  const int n = snprintf(full, ONOMA_MAX_NAME, "%s%s%s", scope->prefix, name, suffix);
  if (n < 0 || n >= ONOMA_MAX_NAME)
    full[0] = '\0';
}

static bool has_suffixed(const OnomaScope *scope, const char *name, const char *suffix) {
  char full[ONOMA_MAX_NAME];
  full_name(full, scope, name, suffix);
  return onoma_weights_find(scope->loader->weights, full) != NULL;
}

bool onoma_scope_has(const OnomaScope *scope, const char *name) {
  return has_suffixed(scope, name, "");
}

const char *onoma_scope_choose(const OnomaScope *scope, const char *name, const char *other) {
  return has_suffixed(scope, name, ".weight") ? name : other;
}

void onoma_load_fail(OnomaLoader *loader, OnomaStatus status, const char *format, ...) {
  if (loader->status)
    return;
  char text[400];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  loader->status = onoma_fail(loader->error, status, "%s", text);
}

void *onoma_load_array(OnomaLoader *loader, size_t n_items, size_t item_size) {
  if (loader->status)
    return NULL;
  void *const items = onoma_alloc_zero(n_items, item_size);
  if (!items)
    loader->status = onoma_fail_memory(loader->error);
  return items;
}

static float *load_suffixed(const OnomaScope *scope, const char *name, const char *suffix,
                            size_t rank, const size_t *shape) {
  OnomaLoader *const loader = scope->loader;
  if (loader->status)
    return NULL;
  char full[ONOMA_MAX_NAME];
  full_name(full, scope, name, suffix);
  float *values = NULL;
  loader->status = onoma_weights_read(loader->weights, full, rank, shape, &values, loader->error);
  return loader->status ? NULL : values;
}

float *onoma_load_tensor(const OnomaScope *scope, const char *name, size_t rank,
                         const size_t *shape) {
  return load_suffixed(scope, name, "", rank, shape);
}

// The weight of a linear layer, [n_out,n_in], [n_out,n_in,1] or [n_out,n_in,1,1].
static float *load_matrix(const OnomaScope *scope, const char *name, size_t n_in, size_t n_out) {
  char full[ONOMA_MAX_NAME];
  full_name(full, scope, name, ".weight");
  const OnomaTensor *const tensor = onoma_weights_find(scope->loader->weights, full);
  const size_t rank = tensor && (tensor->rank == 3 || tensor->rank == 4) ? tensor->rank : 2;
  return load_suffixed(scope, name, ".weight", rank, (size_t[]){n_out, n_in, 1, 1});
}

void onoma_load_linear(const OnomaScope *scope, const char *name, size_t n_in, size_t n_out,
                       bool has_bias, OnomaLinear *layer) {
  OnomaLoader *const loader = scope->loader;
  float *const weight = load_matrix(scope, name, n_in, n_out);
  float *const bias = has_bias ? load_suffixed(scope, name, ".bias", 1, &n_out) : NULL;
  if (!loader->status)
    loader->status =
        onoma_linear_init(layer, loader->kernels, n_in, n_out, weight, bias, loader->error);
  onoma_free(weight);
  onoma_free(bias);
}

// Moves [n] items of two arrays into one; frees them.
static float *join(OnomaLoader *loader, float *first, float *second, size_t n) {
  float *const both = onoma_load_array(loader, n, 2 * sizeof(float));
  if (both) {
    memcpy(both, first, n * sizeof(float));
    memcpy(both + n, second, n * sizeof(float));
  }
  onoma_free(first);
  onoma_free(second);
  return both;
}

void onoma_load_linear_pair(const OnomaScope *scope, const char *first, const char *second,
                            size_t n_in, size_t n_out_each, bool has_bias, OnomaLinear *layer) {
  OnomaLoader *const loader = scope->loader;
  float *const first_weight = load_matrix(scope, first, n_in, n_out_each);
  float *const second_weight = load_matrix(scope, second, n_in, n_out_each);
  float *const weight = join(loader, first_weight, second_weight, n_in * n_out_each);
  float *bias = NULL;
  if (has_bias) {
    float *const first_bias = load_suffixed(scope, first, ".bias", 1, &n_out_each);
    float *const second_bias = load_suffixed(scope, second, ".bias", 1, &n_out_each);
    bias = join(loader, first_bias, second_bias, n_out_each);
  }
  if (!loader->status)
    loader->status = onoma_linear_init(layer, loader->kernels, n_in, 2 * n_out_each, weight, bias,
                                       loader->error);
  onoma_free(weight);
  onoma_free(bias);
}

// Weight norm: each slice v of the first axis scaled to the length g.
static float *load_normalised(const OnomaScope *scope, const char *name, const char *g_suffix,
                              const char *v_suffix, size_t rank, const size_t *shape) {
  size_t g_shape[ONOMA_MAX_RANK] = {shape[0]};
  size_t n_slice = 1;
  for (size_t i = 1; i < rank; i++) {
    g_shape[i] = 1;
    n_slice *= shape[i];
  }
  float *const g = load_suffixed(scope, name, g_suffix, rank, g_shape);
  float *const v = load_suffixed(scope, name, v_suffix, rank, shape);
  if (g && v) {
    for (size_t i = 0; i < shape[0]; i++) {
      float *const slice = v + i * n_slice;
      double sum = 0.0;
      for (size_t j = 0; j < n_slice; j++)
        sum += (double)slice[j] * (double)slice[j];
      const double factor = (double)g[i] / sqrt(sum);
      for (size_t j = 0; j < n_slice; j++)
        slice[j] = (float)((double)slice[j] * factor);
    }
  }
  onoma_free(g);
  return v;
}

static float *load_conv_weight(const OnomaScope *scope, const char *name, size_t rank,
                               const size_t *shape) {
  if (has_suffixed(scope, name, ".weight_g"))
    return load_normalised(scope, name, ".weight_g", ".weight_v", rank, shape);
  if (has_suffixed(scope, name, ".parametrizations.weight.original0"))
    return load_normalised(scope, name, ".parametrizations.weight.original0",
                           ".parametrizations.weight.original1", rank, shape);
  return load_suffixed(scope, name, ".weight", rank, shape);
}

// A convolution whose weight in the file has the shape file_shape.
static void load_shaped_conv(const OnomaScope *scope, const char *name, const OnomaConvShape *shape,
                             size_t rank, const size_t *file_shape, OnomaConv *layer) {
  OnomaLoader *const loader = scope->loader;
  float *const weight = load_conv_weight(scope, name, rank, file_shape);
  float *const bias = load_suffixed(scope, name, ".bias", 1, &shape->n_out);
  if (!loader->status)
    loader->status = onoma_conv_init(layer, loader->kernels, shape, weight, bias, loader->error);
  onoma_free(weight);
  onoma_free(bias);
}

void onoma_load_conv(const OnomaScope *scope, const char *name, const OnomaConvShape *shape,
                     OnomaConv *layer) {
  const size_t file_shape[] = {shape->n_out, shape->n_in, shape->kernel_h, shape->kernel_w};
  load_shaped_conv(scope, name, shape, 4, file_shape, layer);
}

void onoma_load_conv1d(const OnomaScope *scope, const char *name, size_t n_in, size_t n_out,
                       size_t kernel, size_t dilation, OnomaConv *layer) {
  const size_t pad = (kernel - 1) * dilation / 2;
  const OnomaConvShape shape = {.n_in = n_in,
                                .n_out = n_out,
                                .kernel_h = 1,
                                .kernel_w = kernel,
                                .stride_h = 1,
                                .stride_w = 1,
                                .dilation_h = 1,
                                .dilation_w = dilation,
                                .pad_left = pad,
                                .pad_right = pad};
  load_shaped_conv(scope, name, &shape, 3, (size_t[]){n_out, n_in, kernel}, layer);
}

void onoma_load_conv_transpose(const OnomaScope *scope, const char *name, size_t n_in, size_t n_out,
                               size_t kernel, size_t stride, size_t padding,
                               OnomaConvTranspose *layer) {
  OnomaLoader *const loader = scope->loader;
  float *const weight = load_conv_weight(scope, name, 3, (size_t[]){n_in, n_out, kernel});
  float *const bias = load_suffixed(scope, name, ".bias", 1, &n_out);
  if (!loader->status)
    loader->status = onoma_conv_transpose_init(layer, loader->kernels, n_in, n_out, kernel, stride,
                                               padding, weight, bias, loader->error);
  onoma_free(weight);
  onoma_free(bias);
}

void onoma_load_norm(const OnomaScope *scope, const char *name, size_t n_channels, size_t n_groups,
                     float epsilon, OnomaNorm *layer) {
  OnomaLoader *const loader = scope->loader;
  float *const gain = load_suffixed(scope, name, ".weight", 1, &n_channels);
  float *const bias = load_suffixed(scope, name, ".bias", 1, &n_channels);
  if (!loader->status)
    loader->status =
        onoma_norm_init(layer, n_channels, n_groups, epsilon, gain, bias, loader->error);
  onoma_free(gain);
  onoma_free(bias);
}

OnomaConvShape onoma_conv_shape_same(size_t n_in, size_t n_out, size_t kernel) {
  const size_t pad = kernel / 2;
  return (OnomaConvShape){.n_in = n_in,
                          .n_out = n_out,
                          .kernel_h = kernel,
                          .kernel_w = kernel,
                          .stride_h = 1,
                          .stride_w = 1,
                          .dilation_h = 1,
                          .dilation_w = 1,
                          .pad_top = pad,
                          .pad_left = pad,
                          .pad_bottom = pad,
                          .pad_right = pad};
}
