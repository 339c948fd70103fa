// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Classifier-free guidance.

#include "guidance.h"

bool onoma_guidance_is_needed(double scale, bool same_prompts) {
  return scale > 1.0 && !same_prompts;
}

void onoma_guidance_combine(double scale, const float *unconditional, const float *conditional,
                            size_t n, float *out) {
  const float factor = (float)scale;
  for (size_t i = 0; i < n; i++)
    out[i] = unconditional[i] + factor * (conditional[i] - unconditional[i]);
}
