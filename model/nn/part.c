// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A part of a model.

#include "part.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>

static OnomaStatus open_files(OnomaPart *part, const char *folder, OnomaError *error) {
  const size_t size = strlen(folder) + sizeof("/config.json");
  part->path = onoma_alloc(size, 1);
  if (!part->path)
    return onoma_fail_memory(error);
  snprintf(part->path, size, "%s/config.json", folder);

  OnomaStatus status = onoma_config_open(&part->config, part->path, error);
  if (status)
    return status;
  const OnomaConfig *const config = &part->config;
  status = onoma_config_has(config, "_class_name") || !onoma_config_has(config, "architectures")
               ? onoma_config_string(config, "_class_name", &part->class_name, error)
               : onoma_config_string_at(config, "architectures", 0, &part->class_name, error);
  return status ? status : onoma_weights_open(&part->weights, folder, error);
}

OnomaStatus onoma_part_open(OnomaPart *part, const char *folder, OnomaError *error) {
  *part = (OnomaPart){0};
  const OnomaStatus status = open_files(part, folder, error);
  if (status)
    onoma_part_close(part);
  return status;
}

void onoma_part_close(OnomaPart *part) {
  onoma_weights_close(&part->weights);
  onoma_config_close(&part->config);
  onoma_free(part->path);
  *part = (OnomaPart){0};
}

OnomaStatus onoma_part_fail_class(const OnomaPart *part, OnomaError *error) {
  return onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "%s: class %s is not known", part->path,
                    part->class_name);
}
