// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A loaded model: every part of its folder, ready to run.

#ifndef ONOMA_ENGINE_MODEL_H
#define ONOMA_ENGINE_MODEL_H

#include "model/denoiser/unet.h"
#include "model/files/config.h"
#include "model/kernels/kernels.h"
#include "model/text/note_prior.h"
#include "model/text/text.h"
#include "model/vae/front_end.h"
#include "model/vae/vae.h"
#include "model/vocoder/vocoder.h"

#include <onoma/engine.h>

#include <stdbool.h>

// What joins the parts; `_class_name` of model_index.json.
typedef enum {
  ONOMA_PIPELINE_ONOMA,    // OnomaPipeline
  ONOMA_PIPELINE_AUDIOLDM, // AudioLDMPipeline
} OnomaPipelineKind;

typedef struct OnomaModel {
  OnomaPipelineKind kind;
  OnomaModelInfo info; // strings point into what follows
  char name[128];
  char folder[4096];
  char digest[33];
  char default_sampler[32];
  OnomaKernels kernels;
  OnomaText *text;
  OnomaNotePrior *note_prior; // NULL if the model has none
  OnomaUnet *unet;
  OnomaVae *vae;
  OnomaVocoder *vocoder;
  OnomaFrontEnd *front_end;
  bool has_pitch_channels; // the U-Net takes the latent of a comb beside the noised one
  OnomaConfig scheduler;   // scheduler_config.json
  char scheduler_path[4096 + 64];
  size_t n_rows; // F' of the latent
} OnomaModel;

// Opens the model of that path or name (NULL: "default"). cpu_mask limits the kernels: ~0U does
// not. [control]
OnomaStatus onoma_model_open(OnomaModel **model, const char *name, unsigned cpu_mask,
                             unsigned n_threads, OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_model_close(OnomaModel **model);

// [any]
const OnomaModelInfo *onoma_model_info(const OnomaModel *model);

#endif
