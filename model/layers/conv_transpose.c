// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Transposed convolution.
//
// Input t adds weight k to output t * stride + k - padding. So output o takes the taps k = r, r +
// stride, r + 2 stride, ... with r = (o + padding) mod stride, and reads inputs q, q - 1, q - 2,
// ... with q = (o + padding) / stride: for each r an ordinary convolution, with its taps reversed.

#include "product.h"

#include "base/error.h"

// Packs the taps of residue r, the last one first.
static OnomaStatus init_phase(OnomaConvTranspose *layer, const OnomaKernels *kernels, size_t r,
                              const float *weight, const float *bias, size_t *taps,
                              OnomaError *error) {
  const size_t n_taps =
      r < layer->kernel ? (layer->kernel - r + layer->stride - 1) / layer->stride : 0;
  for (size_t i = 0; i < n_taps; i++)
    taps[i] = r + (n_taps - 1 - i) * layer->stride;
  const OnomaWeightLayout layout = {
      .out = layer->kernel, .in = layer->n_out * layer->kernel, .taps = taps};
  return onoma_pack_gemm(&layer->phases[r], &kernels->igemm, layer->n_out, layer->n_in, n_taps,
                         weight, &layout, bias, error);
}

OnomaStatus onoma_conv_transpose_init(OnomaConvTranspose *layer, const OnomaKernels *kernels,
                                      size_t n_in, size_t n_out, size_t kernel, size_t stride,
                                      size_t padding, const float *weight, const float *bias,
                                      OnomaError *error) {
  *layer = (OnomaConvTranspose){.n_in = n_in,
                                .n_out = n_out,
                                .kernel = kernel,
                                .stride = stride,
                                .padding = padding,
                                .phases = onoma_alloc_zero(stride, sizeof(OnomaPackedGemm *))};
  size_t *const taps = onoma_alloc(kernel, sizeof(*taps));
  OnomaStatus status = layer->phases && taps ? ONOMA_OK : onoma_fail_memory(error);
  for (size_t r = 0; r < stride && status == ONOMA_OK; r++)
    status = init_phase(layer, kernels, r, weight, bias, taps, error);
  onoma_free(taps);
  if (status != ONOMA_OK)
    onoma_conv_transpose_fini(layer);
  return status;
}

void onoma_conv_transpose_fini(OnomaConvTranspose *layer) {
  for (size_t r = 0; r < layer->stride && layer->phases; r++)
    onoma_pack_gemm_free(&layer->phases[r]);
  onoma_free(layer->phases);
  layer->phases = NULL;
}

size_t onoma_conv_transpose_size(const OnomaConvTranspose *layer, size_t n_frames) {
  const size_t full = n_frames ? (n_frames - 1) * layer->stride + layer->kernel : 0;
  return full > 2 * layer->padding ? full - 2 * layer->padding : 0;
}

void onoma_conv_transpose_run(const OnomaConvTranspose *layer, const OnomaExec *exec,
                              const float *in, size_t n_batch, size_t n_frames, float *out) {
  const size_t n_out_frames = onoma_conv_transpose_size(layer, n_frames);
  const size_t stride = layer->stride;
  for (size_t first = 0; first < stride && first < n_out_frames; first++) {
    const size_t r = (first + layer->padding) % stride;
    const size_t q = (first + layer->padding) / stride;
    const OnomaPackedGemm *const packed = layer->phases[r];
    const size_t n_taps = packed->joined_taps ? packed->joined_taps : packed->n_taps;
    const OnomaProduct product = {
        .packed = packed,
        .in = in,
        .out = out + first * layer->n_out,
        .n_batch = n_batch,
        .h = 1,
        .w = n_frames,
        .up_h = 1,
        .up_w = n_frames,
        .out_h = 1,
        .out_w = (n_out_frames - first + stride - 1) / stride,
        .kernel_h = 1,
        .kernel_w = n_taps,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_left = (ptrdiff_t)n_taps - 1 - (ptrdiff_t)q,
        .out_batch_step = n_out_frames * layer->n_out,
        .out_x_step = stride * layer->n_out,
    };
    onoma_product_run(&product, exec);
  }
}
