// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Operations on one element or one row at a time.

#include "layers.h"

#include <string.h>

enum { floats_per_task = 16384 };

// One of the operations below; each uses what it needs.
typedef struct {
  const OnomaKernels *kernels;
  const float *a, *b;
  float *out;
  size_t n;           // floats, or rows
  size_t per_task;    // of them
  size_t n_a, n_b;    // floats of a row
  size_t n_positions; // rows of a batch item
  float factor;
  OnomaActivation activation;
} Job;

static void run_job(const OnomaExec *exec, Job *job, size_t row, OnomaPoolTask task) {
  if (exec->arena->measuring)
    return;
  job->kernels = exec->kernels;
  job->per_task = row < floats_per_task ? floats_per_task / row : 1;
  onoma_pool_run(exec->pool, (job->n + job->per_task - 1) / job->per_task, task, job);
}

// First item of task i, and the number of its items.
static size_t task_range(const Job *job, size_t i, size_t *n) {
  const size_t first = i * job->per_task;
  const size_t left = job->n - first;
  *n = left < job->per_task ? left : job->per_task;
  return first;
}

static void activate_task(void *data, size_t i) {
  const Job *const job = data;
  size_t n;
  const size_t first = task_range(job, i, &n);
  job->kernels->activate_f32(job->activation, job->a + first, n, job->out + first);
}

void onoma_activation_run(const OnomaExec *exec, OnomaActivation activation, const float *in,
                          size_t n, float *out) {
  Job job = {.a = in, .out = out, .n = n, .activation = activation};
  run_job(exec, &job, 1, activate_task);
}

static void leaky_relu_task(void *data, size_t i) {
  const Job *const job = data;
  size_t n;
  const size_t first = task_range(job, i, &n);
  job->kernels->leaky_relu_f32(job->factor, job->a + first, n, job->out + first);
}

void onoma_leaky_relu_run(const OnomaExec *exec, float slope, const float *in, size_t n,
                          float *out) {
  Job job = {.a = in, .out = out, .n = n, .factor = slope};
  run_job(exec, &job, 1, leaky_relu_task);
}

static void geglu_task(void *data, size_t i) {
  const Job *const job = data;
  size_t n;
  const size_t first = task_range(job, i, &n);
  for (size_t r = first; r < first + n; r++) {
    const float *const row = job->a + r * 2 * job->n_a;
    job->kernels->geglu_f32(row, row + job->n_a, job->n_a, job->out + r * job->n_a);
  }
}

void onoma_geglu_run(const OnomaExec *exec, const float *in, size_t n_rows, size_t n_channels,
                     float *out) {
  Job job = {.a = in, .out = out, .n = n_rows, .n_a = n_channels};
  run_job(exec, &job, n_channels, geglu_task);
}

static void add_task(void *data, size_t i) {
  const Job *const job = data;
  size_t n;
  const size_t first = task_range(job, i, &n);
  job->kernels->add_f32(job->a + first, job->b + first, job->factor, n, job->out + first);
}

void onoma_add_run(const OnomaExec *exec, const float *a, const float *b, float scale, size_t n,
                   float *out) {
  Job job = {.a = a, .b = b, .out = out, .n = n, .factor = scale};
  run_job(exec, &job, 1, add_task);
}

static void add_rows_task(void *data, size_t i) {
  const Job *const job = data;
  size_t n;
  const size_t first = task_range(job, i, &n);
  for (size_t r = first; r < first + n; r++) {
    const float *const row = job->b + r / job->n_positions * job->n_a;
    job->kernels->add_f32(job->a + r * job->n_a, row, 1, job->n_a, job->out + r * job->n_a);
  }
}

void onoma_add_rows_run(const OnomaExec *exec, float *x, const float *rows, size_t n_batch,
                        size_t n_positions, size_t n_channels) {
  Job job = {.a = x,
             .b = rows,
             .out = x,
             .n = n_batch * n_positions,
             .n_a = n_channels,
             .n_positions = n_positions};
  run_job(exec, &job, n_channels, add_rows_task);
}

static void concat_task(void *data, size_t i) {
  const Job *const job = data;
  size_t n;
  const size_t first = task_range(job, i, &n);
  for (size_t r = first; r < first + n; r++) {
    float *const row = job->out + r * (job->n_a + job->n_b);
    memcpy(row, job->a + r * job->n_a, job->n_a * sizeof(float));
    memcpy(row + job->n_a, job->b + r * job->n_b, job->n_b * sizeof(float));
  }
}

void onoma_concat_run(const OnomaExec *exec, const float *a, size_t n_a, const float *b, size_t n_b,
                      size_t n_rows, float *out) {
  Job job = {.a = a, .b = b, .out = out, .n = n_rows, .n_a = n_a, .n_b = n_b};
  run_job(exec, &job, n_a + n_b, concat_task);
}
