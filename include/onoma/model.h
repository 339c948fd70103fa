// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Model folders: finding them, and what is in them.

#ifndef ONOMA_MODEL_INFO_H
#define ONOMA_MODEL_INFO_H

#include <onoma/attributes.h>
#include <onoma/status.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ONOMA_MODEL_MAX_PARTS 8

// One part of a model.
typedef struct {
  char name[32];       // its folder, such as "unet"
  char class_name[64]; // such as "UNet2DConditionModel"
  uint64_t n_parameters;
  uint64_t n_bytes; // of its tensors as stored
} OnomaModelPart;

typedef struct {
  char name[128];
  char folder[4096];
  char class_name[64]; // of the pipeline
  char digest[33];     // 32 hexadecimal digits over all of its files
  size_t n_parts;
  OnomaModelPart parts[ONOMA_MODEL_MAX_PARTS];
} OnomaModelSummary;

// Reads the summary of a model: a folder with a model_index.json, or the name of one that is looked
// for in $ONOMA_MODELS (a list of folders like $PATH), $XDG_DATA_HOME/onoma/models
// (~/.local/share/onoma/models) and the installation's data folder; NULL is "default". [any but
// audio]
ONOMA_API OnomaStatus onoma_model_summary(OnomaModelSummary *summary, const char *model,
                                          OnomaError *error);

#ifdef __cplusplus
}
#endif

#endif
