// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Depthwise convolution.

#include "layers.h"

#include "base/error.h"

#include <string.h>

enum { frames_per_task = 32 };

OnomaStatus onoma_depthwise_init(OnomaDepthwise *layer, size_t n_channels, size_t kernel,
                                 const float *weight, const float *bias, OnomaError *error) {
  *layer = (OnomaDepthwise){.n_channels = n_channels,
                            .kernel = kernel,
                            .weight = onoma_alloc(kernel * n_channels, sizeof(float)),
                            .bias = onoma_alloc_zero(n_channels, sizeof(float))};
  if (!layer->weight || !layer->bias) {
    onoma_depthwise_fini(layer);
    return onoma_fail_memory(error);
  }
  for (size_t c = 0; c < n_channels; c++) {
    for (size_t k = 0; k < kernel; k++)
      layer->weight[k * n_channels + c] = weight[c * kernel + k];
  }
  if (bias)
    memcpy(layer->bias, bias, n_channels * sizeof(float));
  return ONOMA_OK;
}

void onoma_depthwise_fini(OnomaDepthwise *layer) {
  onoma_free(layer->weight);
  onoma_free(layer->bias);
  layer->weight = NULL;
  layer->bias = NULL;
}

typedef struct {
  OnomaDepthwiseTask kernel_task; // of the first batch item
  OnomaDepthwiseFunction *run;
  size_t n_tasks_per_item;
} Job;

static void run_task(void *data, size_t i) {
  const Job *const job = data;
  OnomaDepthwiseTask task = job->kernel_task;
  const size_t offset = i / job->n_tasks_per_item * task.n_frames * task.n_channels;
  task.in += offset;
  task.out += offset;
  const size_t begin = i % job->n_tasks_per_item * frames_per_task;
  const size_t end = begin + frames_per_task;
  job->run(&task, begin, end < task.n_frames ? end : task.n_frames);
}

void onoma_depthwise_run(const OnomaDepthwise *layer, const OnomaExec *exec, const float *in,
                         size_t n_batch, size_t n_frames, float *out) {
  if (exec->arena->measuring)
    return;
  Job job = {
      .kernel_task = {.n_frames = n_frames,
                      .n_channels = layer->n_channels,
                      .kernel = layer->kernel,
                      .weight = layer->weight,
                      .bias = layer->bias,
                      .in = in,
                      .out = out},
      .run = exec->kernels->depthwise_f32,
      .n_tasks_per_item = (n_frames + frames_per_task - 1) / frames_per_task,
  };
  onoma_pool_run(exec->pool, n_batch * job.n_tasks_per_item, run_task, &job);
}
