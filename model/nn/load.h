// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Layers from the weights of a part, by the checkpoint's names.
//
// The first failure sticks to the loader and later loads do nothing, so that a network is loaded in
// one go and the status looked at in the end. What was not loaded stays zeroed, which the layers'
// fini functions accept: networks start from zeroed memory.

#ifndef ONOMA_MODEL_NN_LOAD_H
#define ONOMA_MODEL_NN_LOAD_H

#include "model/files/weights.h"
#include "model/layers/layers.h"

#include <onoma/attributes.h>
#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

// What the layers of a part are loaded with.
typedef struct {
  const OnomaWeights *weights;
  const OnomaKernels *kernels;
  OnomaError *error;
  OnomaStatus status; // ONOMA_OK, or that of the first failure
} OnomaLoader;

// Longest name of a tensor that networks ask for.
#define ONOMA_MAX_NAME 256

// A prefix of names, such as "down_blocks.0.resnets.1.".
typedef struct {
  OnomaLoader *loader;
  char prefix[ONOMA_MAX_NAME];
} OnomaScope;

// The scope of all names, and the scope `format` inside of another; the dot after it is added.
// [control]
OnomaScope onoma_scope(OnomaLoader *loader);
OnomaScope onoma_scope_in(const OnomaScope *scope, const char *format, ...) ONOMA_PRINTF(2, 3);

// Whether there is a tensor of this name; and `name` if there is "<name>.weight", else `other`.
// [control]
bool onoma_scope_has(const OnomaScope *scope, const char *name);
const char *onoma_scope_choose(const OnomaScope *scope, const char *name, const char *other);

// Makes the loader fail. [control]
void onoma_load_fail(OnomaLoader *loader, OnomaStatus status, const char *format, ...)
    ONOMA_PRINTF(3, 4);

// n_items zeroed items, for the arrays of a network; NULL if the loader failed. Free with
// onoma_free(). [control]
void *onoma_load_array(OnomaLoader *loader, size_t n_items, size_t item_size);

// A tensor of this shape as float; NULL if the loader failed. Free with onoma_free(). [control]
float *onoma_load_tensor(const OnomaScope *scope, const char *name, size_t rank,
                         const size_t *shape);

// Layers of "<name>.weight" and "<name>.bias"; they are initialised only if the loader has not
// failed. A linear layer's weight may have trailing ones in its shape, as 1x1 convolutions have.
// The weights of convolutions may be given with weight norm (Salimans and Kingma 2016): "weight_g"
// and "weight_v", or "parametrizations.weight.original0" and "original1". [control]
void onoma_load_linear(const OnomaScope *scope, const char *name, size_t n_in, size_t n_out,
                       bool has_bias, OnomaLinear *layer);
void onoma_load_conv(const OnomaScope *scope, const char *name, const OnomaConvShape *shape,
                     OnomaConv *layer);
void onoma_load_conv1d(const OnomaScope *scope, const char *name, size_t n_in, size_t n_out,
                       size_t kernel, size_t dilation, OnomaConv *layer);
void onoma_load_conv_transpose(const OnomaScope *scope, const char *name, size_t n_in, size_t n_out,
                               size_t kernel, size_t stride, size_t padding,
                               OnomaConvTranspose *layer);
void onoma_load_norm(const OnomaScope *scope, const char *name, size_t n_channels, size_t n_groups,
                     float epsilon, OnomaNorm *layer);

// Two linear layers of the same input as one, outputs of the first first. [control]
void onoma_load_linear_pair(const OnomaScope *scope, const char *first, const char *second,
                            size_t n_in, size_t n_out_each, bool has_bias, OnomaLinear *layer);

// A square convolution of odd kernel whose output has the size of its input. [any]
OnomaConvShape onoma_conv_shape_same(size_t n_in, size_t n_out, size_t kernel);

#endif
