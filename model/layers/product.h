// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product behind linear layers and convolutions.

#ifndef ONOMA_MODEL_LAYERS_PRODUCT_H
#define ONOMA_MODEL_LAYERS_PRODUCT_H

#include "layers.h"

#include "model/kernels/pack.h"

// A convolution from in [B,H,W,n_in] to positions [B,out_h,out_w] of out. Tap (ky,kx) of output
// (y,x) sees the input at (y * stride_h + ky * dilation_h - pad_top, and likewise x), in an image
// enlarged to up_h x up_w; outside of it are zeros.
typedef struct {
  const OnomaPackedGemm *packed;
  const float *in;
  float *out;
  OnomaEpilogue epilogue;
  size_t n_batch;
  size_t h, w;                                   // of the input as stored
  size_t up_h, up_w;                             // as seen: the same, or up to twice that
  size_t out_h, out_w;                           // positions to compute
  size_t kernel_h, kernel_w;                     // taps
  size_t stride_h, stride_w;                     // input positions from one output to the next
  size_t dilation_h, dilation_w;                 // input positions from one tap to the next
  ptrdiff_t pad_top, pad_left;                   // may be negative
  size_t out_batch_step, out_y_step, out_x_step; // floats from one output position to the next
} OnomaProduct;

// Computes it. [any but audio]
void onoma_product_run(const OnomaProduct *product, const OnomaExec *exec);

#endif
