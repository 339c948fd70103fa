// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Embeddings of the timestep and of class labels.

#include "embedding.h"

#include <math.h>

void onoma_sinusoid(float timestep, size_t n_channels, bool cosine_first, double shift,
                    float *out) {
  const size_t half = n_channels / 2;
  float *const cosines = cosine_first ? out : out + half;
  float *const sines = cosine_first ? out + half : out;
  const float log_period = (float)-log(10000.0);
  for (size_t i = 0; i < half; i++) {
    // Rounded as PyTorch rounds: an angle of 1000 has only three decimals in float.
    const float exponent = log_period * (float)i / (float)((double)half - shift);
    const float angle = timestep * expf(exponent);
    cosines[i] = cosf(angle);
    sines[i] = sinf(angle);
  }
  if (n_channels & 1)
    out[n_channels - 1] = 0.0F;
}

void onoma_mlp_load(OnomaMlp *mlp, const OnomaScope *scope, size_t n_in, size_t n_out,
                    size_t n_condition) {
  mlp->n_in = n_in;
  mlp->n_out = n_out;
  mlp->n_condition = n_condition;
  onoma_load_linear(scope, "linear_1", n_in, n_out, true, &mlp->linear_1);
  if (n_condition)
    onoma_load_linear(scope, "cond_proj", n_condition, n_in, false, &mlp->cond_proj);
  onoma_load_linear(scope, "linear_2", n_out, n_out, true, &mlp->linear_2);
}

void onoma_mlp_fini(OnomaMlp *mlp) {
  onoma_linear_fini(&mlp->linear_1);
  onoma_linear_fini(&mlp->linear_2);
  onoma_linear_fini(&mlp->cond_proj);
}

void onoma_mlp_run(const OnomaMlp *mlp, const OnomaExec *exec, const float *in,
                   const float *condition, size_t n_rows, float *out) {
  const size_t mark = onoma_arena_mark(exec->arena);
  if (condition && mlp->n_condition) {
    float *const sum = onoma_arena_floats(exec->arena, n_rows * mlp->n_in);
    const OnomaEpilogue add = {.residual = in};
    onoma_linear_run(&mlp->cond_proj, exec, condition, n_rows, sum, &add);
    in = sum;
  }
  float *const hidden = onoma_arena_floats(exec->arena, n_rows * mlp->n_out);
  const OnomaEpilogue silu = {.activation = ONOMA_ACT_SILU};
  onoma_linear_run(&mlp->linear_1, exec, in, n_rows, hidden, &silu);
  onoma_linear_run(&mlp->linear_2, exec, hidden, n_rows, out, NULL);
  onoma_arena_release(exec->arena, mark);
}
