// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// 3x3 convolutions by Winograd's algorithm: a quarter of the multiplications, in f32.

#ifndef ONOMA_MODEL_LAYERS_WINOGRAD_H
#define ONOMA_MODEL_LAYERS_WINOGRAD_H

#include "product.h"

// Whether a convolution can be done so, has channels enough for it to pay, and not so many that the
// transformed weights, four times as large, would be a burden. [any]
bool onoma_winograd_suits(const OnomaKernels *kernels, const OnomaConvShape *shape);

// Whether it pays for this many outputs. [any]
bool onoma_winograd_pays(size_t n_batch, size_t out_h, size_t out_w);

// Transforms and packs weights and bias of onoma_conv_init(). [control]
OnomaStatus onoma_winograd_pack(OnomaPackedGemm **packed, const OnomaKernels *kernels,
                                const OnomaConvShape *shape, const float *weight, const float *bias,
                                OnomaError *error);

// onoma_product_run() for a 3x3 kernel with such weights. [any but audio]
void onoma_winograd_run(const OnomaProduct *product, const OnomaExec *exec);

#endif
