// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Template of the elementwise kernels, norms, softmax and depthwise convolution in f32.
//
// Included after a vec_<isa>.h. Loops run over whole vectors, then once over the tail.

#include "vec_math.h"

#include <math.h>

// Vec x = f(i, load) for whole vectors and for the tail, stored to out.
#define MAP(n, out, x_of)                                                                          \
  do {                                                                                             \
    size_t i = 0;                                                                                  \
    for (; i + VEC_WIDTH <= (n); i += VEC_WIDTH) {                                                 \
      vec_store((out) + i, x_of(vec_load, i));                                                     \
    }                                                                                              \
    if (i < (n)) {                                                                                 \
      const size_t n_tail = (n)-i;                                                                 \
      vec_store_n((out) + i, x_of(LOAD_TAIL, i), n_tail);                                          \
    }                                                                                              \
  } while (0)
#define LOAD_TAIL(p) vec_load_n(p, n_tail)

// ---- Elementwise

void ISA_NAME(activate_f32)(OnomaActivation activation, const float *in, size_t n, float *out) {
#define RELU(load, i) vec_max(vec_set1(0), load(in + (i)))
#define SILU(load, i) vec_silu(load(in + (i)))
#define GELU(load, i) vec_gelu(load(in + (i)))
#define TANH(load, i) vec_tanh(load(in + (i)))
  switch (activation) {
  case ONOMA_ACT_RELU:
    MAP(n, out, RELU);
    break;
  case ONOMA_ACT_SILU:
    MAP(n, out, SILU);
    break;
  case ONOMA_ACT_GELU:
    MAP(n, out, GELU);
    break;
  case ONOMA_ACT_TANH:
    MAP(n, out, TANH);
    break;
  case ONOMA_ACT_NONE:
    memmove(out, in, n * sizeof(float));
    break;
  }
}

void ISA_NAME(leaky_relu_f32)(float slope, const float *in, size_t n, float *out) {
  const Vec factor = vec_set1(slope);
  const Vec zero = vec_set1(0);
#define LEAKY(load, i)                                                                             \
  vec_select(vec_less(zero, load(in + (i))), load(in + (i)), vec_mul(factor, load(in + (i))))
  MAP(n, out, LEAKY);
}

void ISA_NAME(geglu_f32)(const float *in, const float *gate, size_t n, float *out) {
#define GEGLU(load, i) vec_mul(load(in + (i)), vec_gelu(load(gate + (i))))
  MAP(n, out, GEGLU);
}

void ISA_NAME(add_f32)(const float *a, const float *b, float scale, size_t n, float *out) {
  const Vec factor = vec_set1(scale);
#define ADD(load, i) vec_mul(vec_add(load(a + (i)), load(b + (i))), factor)
  MAP(n, out, ADD);
}

// ---- Norms

void ISA_NAME(moments_f32)(const float *x, size_t n_rows, size_t n_channels, float *mean,
                           float *m2) {
  const Vec factor = vec_set1(1.0F / (float)n_rows);
  for (size_t c = 0; c < n_channels; c += VEC_WIDTH) {
    const size_t n = n_channels - c;
    Vec sum = vec_set1(0);
    for (size_t r = 0; r < n_rows; r++)
      sum = vec_add(sum, vec_load_up_to(x + r * n_channels + c, n));
    const Vec center = vec_mul(sum, factor);
    Vec squares = vec_set1(0);
    for (size_t r = 0; r < n_rows; r++) {
      const Vec d = vec_sub(vec_load_up_to(x + r * n_channels + c, n), center);
      squares = vec_fma(d, d, squares);
    }
    vec_store_up_to(mean + c, center, n);
    vec_store_up_to(m2 + c, squares, n);
  }
}

void ISA_NAME(scale_shift_f32)(const float *x, size_t n_rows, size_t n_channels, const float *scale,
                               const float *shift, OnomaActivation activation, float *out) {
#define SCALE(load, i)      vec_fma(load(row + (i)), load(scale + (i)), load(shift + (i)))
#define SCALE_SILU(load, i) vec_silu(SCALE(load, i))
#define SCALE_ANY(load, i)  vec_activate(activation, SCALE(load, i))
  for (size_t r = 0; r < n_rows; r++) {
    const float *const row = x + r * n_channels;
    float *const to = out + r * n_channels;
    if (activation == ONOMA_ACT_SILU)
      MAP(n_channels, to, SCALE_SILU);
    else if (activation == ONOMA_ACT_NONE)
      MAP(n_channels, to, SCALE);
    else
      MAP(n_channels, to, SCALE_ANY);
  }
}

// Sum of (x[i] - center)^power, power 1 or 2.
static inline float sum_power(const float *x, size_t n, float center, int power) {
  const Vec middle = vec_set1(center);
  Vec sums[2] = {vec_set1(0), vec_set1(0)};
  size_t i = 0;
  for (; i + 2 * VEC_WIDTH <= n; i += 2 * VEC_WIDTH) {
    const Vec a = vec_sub(vec_load(x + i), middle);
    const Vec b = vec_sub(vec_load(x + i + VEC_WIDTH), middle);
    sums[0] = power == 2 ? vec_fma(a, a, sums[0]) : vec_add(sums[0], a);
    sums[1] = power == 2 ? vec_fma(b, b, sums[1]) : vec_add(sums[1], b);
  }
  float sum = vec_sum(vec_add(sums[0], sums[1]));
  for (; i < n; i++)
    sum += power == 2 ? (x[i] - center) * (x[i] - center) : x[i] - center;
  return sum;
}

void ISA_NAME(layer_norm_f32)(const float *x, size_t n_rows, size_t n_channels, const float *gain,
                              const float *bias, float epsilon, float *out) {
#define NORMAL(load, i)                                                                            \
  vec_fma(vec_mul(vec_sub(load(row + (i)), middle), factor), load(gain + (i)), load(bias + (i)))
  for (size_t r = 0; r < n_rows; r++) {
    const float *const row = x + r * n_channels;
    const float mean = sum_power(row, n_channels, 0, 1) / (float)n_channels;
    const float variance = sum_power(row, n_channels, mean, 2) / (float)n_channels;
    const Vec middle = vec_set1(mean);
    const Vec factor = vec_set1(1.0F / sqrtf(variance + epsilon));
    MAP(n_channels, out + r * n_channels, NORMAL);
  }
}

// ---- Attention

// The largest scale * score + mask, which also replaces the scores.
static float softmax_scale(const OnomaSoftmaxBlock *b, float *scores) {
  const Vec factor = vec_set1(b->scale);
  const float *const mask = b->mask;
  Vec best = vec_set1(-INFINITY);
  size_t j = 0;
  for (; j + VEC_WIDTH <= b->n_keys; j += VEC_WIDTH) {
    Vec x = vec_mul(vec_load(scores + j), factor);
    if (mask)
      x = vec_add(x, vec_load(mask + j));
    vec_store(scores + j, x);
    best = vec_max(best, x);
  }
  float largest = vec_max_lane(best);
  for (; j < b->n_keys; j++) {
    const float x = scores[j] * b->scale;
    scores[j] = mask ? x + mask[j] : x;
    largest = scores[j] > largest ? scores[j] : largest;
  }
  return largest;
}

// Replaces scores by exp(score - max) and returns their sum.
static float softmax_exp(float *scores, size_t n, float max) {
  const Vec top = vec_set1(max);
  Vec sum = vec_set1(0);
  size_t j = 0;
  for (; j + VEC_WIDTH <= n; j += VEC_WIDTH) {
    const Vec e = vec_exp(vec_sub(vec_load(scores + j), top));
    vec_store(scores + j, e);
    sum = vec_add(sum, e);
  }
  float total = vec_sum(sum);
  if (j < n)
    vec_store_n(scores + j, vec_exp(vec_sub(vec_load_n(scores + j, n - j), top)), n - j);
  for (; j < n; j++)
    total += scores[j];
  return total;
}

void ISA_NAME(softmax_f32)(const OnomaSoftmaxBlock *b) {
#define RESCALE(load, i) vec_mul(load(out + (i)), factor)
  for (size_t r = 0; r < b->n_rows; r++) {
    float *const scores = b->scores + r * b->stride;
    const float largest = softmax_scale(b, scores);
    if (!(largest <= b->max[r])) {
      if (b->max[r] > -INFINITY) {
        const Vec factor = vec_exp(vec_set1(b->max[r] - largest));
        float *const out = b->out + r * b->out_stride;
        MAP(b->n_out, out, RESCALE);
        b->sum[r] *= vec_max_lane(factor);
      }
      b->max[r] = largest;
    }
    b->sum[r] += softmax_exp(scores, b->n_keys, b->max[r]);
  }
}

// ---- Depthwise convolution

void ISA_NAME(depthwise_f32)(const OnomaDepthwiseTask *task, size_t begin, size_t end) {
  const size_t n = task->n_channels;
  const size_t half = task->kernel / 2;
  for (size_t t = begin; t < end; t++) {
    // The taps whose frame exists.
    const size_t first = t < half ? half - t : 0;
    const size_t left = task->n_frames - t + half;
    const size_t last = left < task->kernel ? left : task->kernel;
    const float *const x = task->in + (t + first - half) * n;
    const float *const w = task->weight + first * n;
    float *const out = task->out + t * n;
    for (size_t c = 0; c < n; c += VEC_WIDTH) {
      Vec sum = vec_load_up_to(task->bias + c, n - c);
      for (size_t k = 0; k < last - first; k++)
        sum = vec_fma(vec_load_up_to(x + k * n + c, n - c), vec_load_up_to(w + k * n + c, n - c),
                      sum);
      vec_store_up_to(out + c, sum, n - c);
    }
  }
}
