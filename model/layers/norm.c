// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Group norm and layer norm.
//
// Group norm takes the mean and the squared differences of each channel over blocks of positions,
// adds those of a group up in double (the parallel algorithm of Chan, Golub and LeVeque), and so
// loses nothing where the mean is far from zero.

#include "layers.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

enum { floats_per_task = 8192 };

OnomaStatus onoma_norm_init(OnomaNorm *norm, size_t n_channels, size_t n_groups, float epsilon,
                            const float *gain, const float *bias, OnomaError *error) {
  *norm = (OnomaNorm){.n_channels = n_channels, .n_groups = n_groups, .epsilon = epsilon};
  if (n_groups && n_channels % n_groups)
    return onoma_fail(error, ONOMA_ERR_FORMAT, "%zu channels do not divide into %zu groups",
                      n_channels, n_groups);
  norm->gain = onoma_alloc(n_channels, sizeof(float));
  norm->bias = onoma_alloc(n_channels, sizeof(float));
  if (!norm->gain || !norm->bias) {
    onoma_norm_fini(norm);
    return onoma_fail_memory(error);
  }
  memcpy(norm->gain, gain, n_channels * sizeof(float));
  memcpy(norm->bias, bias, n_channels * sizeof(float));
  return ONOMA_OK;
}

void onoma_norm_fini(OnomaNorm *norm) {
  onoma_free(norm->gain);
  onoma_free(norm->bias);
  norm->gain = NULL;
  norm->bias = NULL;
}

typedef struct {
  const OnomaNorm *norm;
  const OnomaKernels *kernels;
  const float *in;
  float *out;
  size_t n_positions; // of a batch item
  size_t block;       // positions of a task
  size_t n_blocks;    // tasks of a batch item
  OnomaActivation activation;
  float *moments; // [B,n_blocks,2,C]: means, sums of squared differences
  float *affine;  // [B,2,C]: factor and summand that normalise
} Job;

// Where block i of all items begins, and its number of positions.
static size_t block_offset(const Job *job, size_t i, size_t *n) {
  const size_t first = i % job->n_blocks * job->block;
  const size_t left = job->n_positions - first;
  *n = left < job->block ? left : job->block;
  return (i / job->n_blocks * job->n_positions + first) * job->norm->n_channels;
}

static void take_moments(void *data, size_t i) {
  const Job *const job = data;
  const size_t n_channels = job->norm->n_channels;
  size_t n;
  const size_t offset = block_offset(job, i, &n);
  float *const mean = job->moments + i * 2 * n_channels;
  job->kernels->moments_f32(job->in + offset, n, n_channels, mean, mean + n_channels);
}

// Combines the moments of group i % n_groups of item i / n_groups.
static void combine_group(void *data, size_t i) {
  const Job *const job = data;
  const OnomaNorm *const norm = job->norm;
  const size_t n_channels = norm->n_channels;
  const size_t b = i / norm->n_groups;
  const size_t size = n_channels / norm->n_groups;
  const size_t first = i % norm->n_groups * size;
  const float *const moments = job->moments + b * job->n_blocks * 2 * n_channels;

  double sum = 0;
  for (size_t j = 0; j < job->n_blocks; j++) {
    size_t n;
    block_offset(job, j, &n);
    for (size_t c = first; c < first + size; c++)
      sum += (double)n * (double)moments[j * 2 * n_channels + c];
  }
  const double count = (double)size * (double)job->n_positions;
  const double mean = sum / count;
  double m2 = 0;
  for (size_t j = 0; j < job->n_blocks; j++) {
    size_t n;
    block_offset(job, j, &n);
    const float *const block = moments + j * 2 * n_channels;
    for (size_t c = first; c < first + size; c++) {
      const double d = (double)block[c] - mean;
      m2 += (double)block[n_channels + c] + (double)n * d * d;
    }
  }

  const double factor = 1 / sqrt(m2 / count + (double)norm->epsilon);
  float *const affine = job->affine + b * 2 * n_channels;
  for (size_t c = first; c < first + size; c++) {
    affine[c] = (float)(factor * (double)norm->gain[c]);
    affine[n_channels + c] = (float)((double)norm->bias[c] - mean * factor * (double)norm->gain[c]);
  }
}

static void apply_affine(void *data, size_t i) {
  const Job *const job = data;
  const size_t n_channels = job->norm->n_channels;
  size_t n;
  const size_t offset = block_offset(job, i, &n);
  const float *const affine = job->affine + i / job->n_blocks * 2 * n_channels;
  job->kernels->scale_shift_f32(job->in + offset, n, n_channels, affine, affine + n_channels,
                                job->activation, job->out + offset);
}

static size_t rows_per_task(size_t n_channels) {
  return n_channels < floats_per_task ? floats_per_task / n_channels : 1;
}

void onoma_group_norm_run(const OnomaNorm *norm, const OnomaExec *exec, const float *in,
                          size_t n_batch, size_t n_positions, float *out,
                          OnomaActivation activation) {
  if (!n_positions || !n_batch)
    return;
  Job job = {.norm = norm,
             .kernels = exec->kernels,
             .in = in,
             .out = out,
             .n_positions = n_positions,
             .block = rows_per_task(norm->n_channels),
             .activation = activation};
  job.n_blocks = (n_positions + job.block - 1) / job.block;
  const size_t mark = onoma_arena_mark(exec->arena);
  job.moments = onoma_arena_floats(exec->arena, n_batch * job.n_blocks * 2 * norm->n_channels);
  job.affine = onoma_arena_floats(exec->arena, n_batch * 2 * norm->n_channels);
  if (!exec->arena->measuring) {
    onoma_pool_run(exec->pool, n_batch * job.n_blocks, take_moments, &job);
    onoma_pool_run(exec->pool, n_batch * norm->n_groups, combine_group, &job);
    onoma_pool_run(exec->pool, n_batch * job.n_blocks, apply_affine, &job);
  }
  onoma_arena_release(exec->arena, mark);
}

static void normalise_rows(void *data, size_t i) {
  const Job *const job = data;
  const OnomaNorm *const norm = job->norm;
  size_t n;
  const size_t offset = block_offset(job, i, &n);
  job->kernels->layer_norm_f32(job->in + offset, n, norm->n_channels, norm->gain, norm->bias,
                               norm->epsilon, job->out + offset);
}

void onoma_layer_norm_run(const OnomaNorm *norm, const OnomaExec *exec, const float *in,
                          size_t n_rows, float *out) {
  if (exec->arena->measuring)
    return;
  Job job = {.norm = norm,
             .kernels = exec->kernels,
             .in = in,
             .out = out,
             .n_positions = n_rows,
             .block = rows_per_task(norm->n_channels)};
  job.n_blocks = (n_rows + job.block - 1) / job.block;
  onoma_pool_run(exec->pool, job.n_blocks, normalise_rows, &job);
}
