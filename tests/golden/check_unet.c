// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// U-Nets against UNet2DConditionModel.

#include "golden.h"

#include "base/memory.h"
#include "model/denoiser/unet.h"

#include <stdio.h>

typedef struct {
  const OnomaUnet *unet;
  OnomaUnetInput input;
  float *out;
} Run;

static void run_unet(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_unet_run(run->unet, exec, &run->input, run->out);
}

// The mask of the context, which is stored as numbers.
static unsigned char *read_mask(GoldenFile *file, const char *group) {
  const OnomaTensor *tensor = NULL;
  float *const values = golden_read(file, group, "encoder_attention_mask", &tensor);
  if (!values)
    return NULL;
  unsigned char *const mask = onoma_alloc(tensor->n_items, 1);
  for (size_t i = 0; i < tensor->n_items; i++)
    mask[i] = values[i] != 0.0F;
  onoma_free(values);
  return mask;
}

void golden_check_unet_case(GoldenFile *file, const OnomaUnet *unet, const char *group) {
  const OnomaTensor *sample = NULL;
  const OnomaTensor *timestep = NULL;
  const OnomaTensor *context = NULL;
  float *const sample_values = golden_read(file, group, "sample", &sample);
  float *const timesteps = golden_read(file, group, "timestep", &timestep);
  float *const class_labels = golden_read(file, group, "class_labels", NULL);
  float *const time_condition = golden_read(file, group, "timestep_cond", NULL);
  float *const states = golden_read(file, group, "encoder_hidden_states", &context);
  unsigned char *const mask = read_mask(file, group);
  const OnomaUnetConfig *const config = onoma_unet_config(unet);
  const Golden *const golden = file->golden;
  if (!sample_values || !timesteps || sample->rank != 4 || sample->shape[1] != config->n_in) {
    golden->report.result(golden->report.data, group, false, "not an input of this U-Net");
  } else {
    const size_t n_batch = sample->shape[0];
    const size_t n_positions = sample->shape[2] * sample->shape[3];
    float *const image =
        golden_channels_last(sample_values, n_batch, sample->shape[1], n_positions);
    Run run = {.unet = unet,
               .input = {.n_batch = n_batch,
                         .height = sample->shape[2],
                         .width = sample->shape[3],
                         .sample = image,
                         .timesteps = timesteps,
                         .n_timesteps = timestep->n_items,
                         .time_condition = time_condition,
                         .class_labels = class_labels,
                         .context = {states, states ? context->shape[1] : 0, mask}},
               .out = onoma_alloc(n_batch * n_positions * config->n_out, sizeof(float))};
    OnomaError error;
    if (onoma_unet_check(unet, &run.input, &error)) {
      golden_fail(golden, group, &error);
    } else {
      golden_run(file, group, GOLDEN_ALL, run_unet, &run);
      const size_t shape[] = {n_batch, run.input.height, run.input.width, config->n_out};
      golden_compare(file, group, "out", run.out, 4, shape, GOLDEN_ALL, golden->network_tolerance);
    }
    onoma_free(run.out);
    onoma_free(image);
  }
  onoma_free(sample_values);
  onoma_free(timesteps);
  onoma_free(class_labels);
  onoma_free(time_condition);
  onoma_free(states);
  onoma_free(mask);
}

static void check_file(const Golden *golden, const char *name, const char *folder) {
  GoldenFile file;
  OnomaUnet *unet = NULL;
  OnomaError error;
  if (!golden_file_open(&file, golden, name))
    return;
  if (onoma_unet_open(&unet, folder, &golden->kernels, &error)) {
    golden_fail(golden, name, &error);
  } else {
    char group[64];
    for (size_t i = 0; golden_next_group(&file, "out", &i, group);)
      golden_check_unet_case(&file, unet, group);
  }
  onoma_unet_close(&unet);
  golden_file_close(&file);
}

void golden_check_unet(const Golden *golden) {
  const char *const folder = golden_find_folder(golden, "audioldm-");
  char unet[1100];
  snprintf(unet, sizeof(unet), "%s/unet", folder ? folder : "");
  check_file(golden, "unet", unet);
}

void golden_check_unet_cross(const Golden *golden) {
  const char *const folder = golden_find_folder(golden, "unet-cross");
  check_file(golden, "unet_cross", folder ? folder : "");
}
