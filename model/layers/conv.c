// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Convolutions.

#include "product.h"
#include "winograd.h"

#include "base/error.h"

OnomaStatus onoma_conv_init(OnomaConv *layer, const OnomaKernels *kernels,
                            const OnomaConvShape *shape, const float *weight, const float *bias,
                            OnomaError *error) {
  *layer = (OnomaConv){.shape = *shape};
  const size_t n_taps = shape->kernel_h * shape->kernel_w;
  size_t *const taps = onoma_alloc(n_taps, sizeof(*taps));
  if (!taps)
    return onoma_fail_memory(error);
  for (size_t i = 0; i < n_taps; i++)
    taps[i] = i;
  const OnomaWeightLayout layout = {.out = shape->n_in * n_taps, .in = n_taps, .taps = taps};
  OnomaStatus status = onoma_pack_gemm(&layer->packed, &kernels->igemm, shape->n_out, shape->n_in,
                                       n_taps, weight, &layout, bias, error);
  onoma_free(taps);
  if (status == ONOMA_OK && onoma_winograd_suits(kernels, shape))
    status = onoma_winograd_pack(&layer->winograd, kernels, shape, weight, bias, error);
  if (status != ONOMA_OK)
    onoma_conv_fini(layer);
  return status;
}

void onoma_conv_fini(OnomaConv *layer) {
  onoma_pack_gemm_free(&layer->packed);
  onoma_pack_gemm_free(&layer->winograd);
}

static size_t output_length(size_t length, size_t pads, size_t kernel, size_t dilation,
                            size_t stride) {
  const size_t seen = dilation * (kernel - 1) + 1;
  return length + pads < seen ? 0 : (length + pads - seen) / stride + 1;
}

void onoma_conv_size(const OnomaConvShape *shape, size_t h, size_t w, size_t *out_h,
                     size_t *out_w) {
  *out_h = output_length(h, shape->pad_top + shape->pad_bottom, shape->kernel_h, shape->dilation_h,
                         shape->stride_h);
  *out_w = output_length(w, shape->pad_left + shape->pad_right, shape->kernel_w, shape->dilation_w,
                         shape->stride_w);
}

void onoma_conv_run(const OnomaConv *layer, const OnomaExec *exec, const float *in, size_t n_batch,
                    size_t h, size_t w, float *out, const OnomaEpilogue *epilogue) {
  onoma_conv_run_upsampled(layer, exec, in, n_batch, h, w, h, w, out, epilogue);
}

void onoma_conv_run_upsampled(const OnomaConv *layer, const OnomaExec *exec, const float *in,
                              size_t n_batch, size_t h, size_t w, size_t up_h, size_t up_w,
                              float *out, const OnomaEpilogue *epilogue) {
  const OnomaConvShape *const shape = &layer->shape;
  OnomaProduct product = {
      .packed = layer->packed,
      .in = in,
      .out = out,
      .epilogue = epilogue ? *epilogue : (OnomaEpilogue){0},
      .n_batch = n_batch,
      .h = h,
      .w = w,
      .up_h = up_h,
      .up_w = up_w,
      .kernel_h = shape->kernel_h,
      .kernel_w = shape->kernel_w,
      .stride_h = shape->stride_h,
      .stride_w = shape->stride_w,
      .dilation_h = shape->dilation_h,
      .dilation_w = shape->dilation_w,
      .pad_top = (ptrdiff_t)shape->pad_top,
      .pad_left = (ptrdiff_t)shape->pad_left,
      .out_x_step = shape->n_out,
  };
  onoma_conv_size(shape, up_h, up_w, &product.out_h, &product.out_w);
  product.out_y_step = product.out_w * shape->n_out;
  product.out_batch_step = product.out_h * product.out_y_step;
  if (layer->winograd && onoma_winograd_pays(n_batch, product.out_h, product.out_w)) {
    product.packed = layer->winograd;
    onoma_winograd_run(&product, exec);
  } else {
    onoma_product_run(&product, exec);
  }
}
