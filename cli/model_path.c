// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Finding the model beside the program, when it is not installed.

#include "model_path.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *model_path(const char *model, char path[MODEL_PATH_SIZE]) {
  static const char beside[] = "/../model/default";
  if (model || getenv("ONOMA_MODELS"))
    return model;
  const ssize_t length = readlink("/proc/self/exe", path, MODEL_PATH_SIZE);
  if (length <= 0 ||
      (size_t)length >= MODEL_PATH_SIZE - sizeof(beside) - sizeof("/model_index.json"))
    return NULL;
  path[length] = 0;
  char *const slash = strrchr(path, '/');
  if (!slash)
    return NULL;
  memcpy(slash, beside, sizeof(beside));
  char *const end = path + strlen(path);
  strcpy(end, "/model_index.json");
  const int found = !access(path, R_OK);
  *end = 0;
  return found ? path : NULL;
}
