// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What is in a model folder.

#include <onoma/model.h>

#include "digest.h"
#include "find.h"

#include "base/error.h"
#include "model/files/config.h"
#include "model/files/weights.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// The parts of a model that have weights, in the order the data travels.
static const struct {
  const char *name;
  bool optional;
} part_kinds[] = {{"text_encoder", false},
                  {"note_prior", true},
                  {"unet", false},
                  {"vae", false},
                  {"vocoder", false}};

// Items of a part that are parameters: not the integers among the buffers, and not the scales of
// quantised tensors, which belong to them.
static uint64_t count_parameters(const OnomaWeights *weights) {
  uint64_t n = 0;
  for (size_t i = 0; i < onoma_weights_n_tensors(weights); i++) {
    const OnomaTensor *const tensor = onoma_weights_tensor(weights, i);
    const size_t length = strlen(tensor->name);
    const bool is_scale = length > 6 && !strcmp(tensor->name + length - 6, ".scale");
    if (tensor->dtype <= ONOMA_DTYPE_I8 && !is_scale)
      n += tensor->n_items;
  }
  return n;
}

static OnomaStatus read_class(OnomaModelPart *part, const char *folder, OnomaError *error) {
  char path[4096 + 128];
  snprintf(path, sizeof(path), "%s/config.json", folder);
  OnomaConfig config;
  OnomaStatus status = onoma_config_open(&config, path, error);
  if (status)
    return status;
  const char *name = "?";
  if (onoma_config_has(&config, "_class_name"))
    status = onoma_config_string(&config, "_class_name", &name, error);
  else if (onoma_config_has(&config, "architectures"))
    status = onoma_config_string_at(&config, "architectures", 0, &name, error);
  if (!status)
    snprintf(part->class_name, sizeof(part->class_name), "%s", name);
  onoma_config_close(&config);
  return status;
}

static OnomaStatus read_part(OnomaModelPart *part, const char *name, const char *folder,
                             OnomaError *error) {
  char path[4096 + 64];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  snprintf(part->name, sizeof(part->name), "%s", name);
  OnomaStatus status = read_class(part, path, error);
  if (status)
    return status;
  OnomaWeights *weights;
  status = onoma_weights_open(&weights, path, error);
  if (status)
    return status;
  part->n_parameters = count_parameters(weights);
  part->n_bytes = onoma_weights_n_bytes(weights);
  onoma_weights_close(&weights);
  return ONOMA_OK;
}

static bool has_part(const char *folder, const char *name) {
  char path[4096 + 64];
  snprintf(path, sizeof(path), "%s/%s/config.json", folder, name);
  return !access(path, F_OK);
}

static OnomaStatus read_index(OnomaModelSummary *summary, OnomaError *error) {
  char path[4096 + 64];
  snprintf(path, sizeof(path), "%s/model_index.json", summary->folder);
  OnomaConfig index;
  OnomaStatus status = onoma_config_open(&index, path, error);
  if (status)
    return status;
  const char *slash = strrchr(summary->folder, '/');
  const char *class_name;
  const char *name;
  status = onoma_config_string(&index, "_class_name", &class_name, error);
  if (!status)
    status = onoma_config_string_or(&index, "name", slash && slash[1] ? slash + 1 : summary->folder,
                                    &name, error);
  if (!status) {
    snprintf(summary->class_name, sizeof(summary->class_name), "%s", class_name);
    snprintf(summary->name, sizeof(summary->name), "%s", name);
  }
  onoma_config_close(&index);
  return status;
}

OnomaStatus onoma_model_summary(OnomaModelSummary *summary, const char *model, OnomaError *error) {
  *summary = (OnomaModelSummary){0};
  OnomaStatus status = onoma_model_find(model, summary->folder, sizeof(summary->folder), error);
  if (!status)
    status = read_index(summary, error);
  for (size_t i = 0; !status && i < sizeof(part_kinds) / sizeof(part_kinds[0]); i++) {
    if (part_kinds[i].optional && !has_part(summary->folder, part_kinds[i].name))
      continue;
    status =
        read_part(&summary->parts[summary->n_parts++], part_kinds[i].name, summary->folder, error);
  }
  return status ? status : onoma_model_digest(summary->folder, summary->digest, error);
}
