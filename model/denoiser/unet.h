// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The denoiser: a conditional U-Net (diffusers' UNet2DConditionModel).

#ifndef ONOMA_MODEL_UNET_H
#define ONOMA_MODEL_UNET_H

#include "model/denoiser/transformer.h"
#include "model/denoiser/unet_config.h"
#include "model/exec.h"

#include <onoma/status.h>

#include <stddef.h>

typedef struct OnomaUnet OnomaUnet;

// What it is run on. The image's height is time, its width the latent's frequency axis; any size
// from 1 x 1 on will do.
typedef struct {
  size_t n_batch;              // B
  size_t height, width;        // T', F'
  const float *sample;         // [B,T',F',n_in]
  const float *timesteps;      // [n_timesteps], need not be whole
  size_t n_timesteps;          // 1 for all items, or B
  const float *time_condition; // `timestep_cond` [B,n_time_condition]; NULL for none
  const float *class_labels;   // [B,n_class_labels] if the U-Net has a class embedding
  OnomaContext context;        // `encoder_hidden_states`; all zero for none
} OnomaUnetInput;

// Opens the part in the folder `folder`. [control]
OnomaStatus onoma_unet_open(OnomaUnet **unet, const char *folder, const OnomaKernels *kernels,
                            OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_unet_close(OnomaUnet **unet);

// Its configuration, which lives as long as it. [any]
const OnomaUnetConfig *onoma_unet_config(const OnomaUnet *unet);

// Whether the input is what the U-Net takes: the sizes are at least 1, class labels are there if it
// has a class embedding, and a context unless it can do without. For what comes from outside; run()
// takes it for granted. [any]
OnomaStatus onoma_unet_check(const OnomaUnet *unet, const OnomaUnetInput *input, OnomaError *error);

// out [B,T',F',n_out]. A row of the context whose tokens are all masked counts as not masked, which
// is what adding the same to all scores comes to. With a measuring arena the input's pointers are
// only tested for NULL.
void onoma_unet_run(const OnomaUnet *unet, const OnomaExec *exec, const OnomaUnetInput *input,
                    float *out);

#endif
