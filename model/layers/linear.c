// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Linear layers.

#include "product.h"

OnomaStatus onoma_linear_init(OnomaLinear *layer, const OnomaKernels *kernels, size_t n_in,
                              size_t n_out, const float *weight, const float *bias,
                              OnomaError *error) {
  static const size_t tap = 0;
  const OnomaWeightLayout layout = {.out = n_in, .in = 1, .taps = &tap};
  *layer = (OnomaLinear){.n_in = n_in, .n_out = n_out};
  return onoma_pack_gemm(&layer->packed, &kernels->igemm, n_out, n_in, 1, weight, &layout, bias,
                         error);
}

void onoma_linear_fini(OnomaLinear *layer) {
  onoma_pack_gemm_free(&layer->packed);
}

void onoma_linear_run(const OnomaLinear *layer, const OnomaExec *exec, const float *in,
                      size_t n_rows, float *out, const OnomaEpilogue *epilogue) {
  const OnomaProduct product = {
      .packed = layer->packed,
      .in = in,
      .out = out,
      .epilogue = epilogue ? *epilogue : (OnomaEpilogue){0},
      .n_batch = 1,
      .h = 1,
      .w = n_rows,
      .up_h = 1,
      .up_w = n_rows,
      .out_h = 1,
      .out_w = n_rows,
      .kernel_h = 1,
      .kernel_w = 1,
      .stride_h = 1,
      .stride_w = 1,
      .dilation_h = 1,
      .dilation_w = 1,
      .out_x_step = layer->n_out,
  };
  onoma_product_run(&product, exec);
}
