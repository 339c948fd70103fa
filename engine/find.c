// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Finding model folders.

#include "find.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Joins the pieces; false if they do not fit.
static bool join(char *out, size_t size, const char *folder, size_t folder_length, const char *rest,
                 const char *name) {
  const int n = snprintf(out, size, "%.*s%s%s", (int)folder_length, folder, rest, name);
  return n >= 0 && (size_t)n < size;
}

// Whether the folder holds a model.
static bool is_model(const char *folder) {
  char path[4096 + 32];
  return join(path, sizeof(path), folder, strlen(folder), "/", "model_index.json") &&
         !access(path, F_OK);
}

static bool is_folder(const char *path) {
  struct stat info;
  return !stat(path, &info) && S_ISDIR(info.st_mode);
}

// Looks in each folder of a list like $PATH.
static bool find_in_list(const char *list, const char *name, char *folder, size_t size) {
  while (list && *list) {
    const size_t length = strcspn(list, ":");
    if (length && join(folder, size, list, length, "/", name) && is_model(folder))
      return true;
    list += length + (list[length] == ':');
  }
  return false;
}

static bool find_in_data_home(const char *name, char *folder, size_t size) {
  const char *const data_home = getenv("XDG_DATA_HOME");
  if (data_home && *data_home == '/')
    return join(folder, size, data_home, strlen(data_home), "/onoma/models/", name) &&
           is_model(folder);
  const char *const home = getenv("HOME");
  return home && *home &&
         join(folder, size, home, strlen(home), "/.local/share/onoma/models/", name) &&
         is_model(folder);
}

OnomaStatus onoma_model_find(const char *model, char *folder, size_t size, OnomaError *error) {
  const char *const name = model ? model : "default";
  if (model && join(folder, size, model, strlen(model), "", "") && is_model(folder))
    return ONOMA_OK;
  if (strchr(name, '/') || (model && is_folder(model)))
    return onoma_fail(error, ONOMA_ERR_NOT_FOUND, "%s: no model here: there is no model_index.json",
                      name);
  if (find_in_list(getenv("ONOMA_MODELS"), name, folder, size) ||
      find_in_data_home(name, folder, size) ||
      find_in_list(ONOMA_DATA_FOLDER "/models", name, folder, size))
    return ONOMA_OK;
  return onoma_fail(error, ONOMA_ERR_NOT_FOUND,
                    "no model \"%s\" in $ONOMA_MODELS, ~/.local/share/onoma/models or %s/models",
                    name, ONOMA_DATA_FOLDER);
}
