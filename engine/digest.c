// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A digest over all files of a model.

#include "digest.h"

#include "base/error.h"
#include "base/filemap.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

static bool counts(const char *name) {
  static const char *const endings[] = {".json", ".safetensors", ".bin", ".txt"};
  const char *const dot = strrchr(name, '.');
  for (size_t i = 0; dot && dot != name && i < sizeof(endings) / sizeof(endings[0]); i++) {
    if (!strcmp(dot, endings[i]))
      return true;
  }
  return false;
}

static OnomaStatus hash_file(XXH3_state_t *hash, const char *path, const char *name,
                             OnomaError *error) {
  OnomaFileMap map;
  const OnomaStatus status = onoma_filemap_open(&map, path, error);
  if (status)
    return status;
  // The name and the size first, so that bytes can't move from one file to the next unnoticed.
  unsigned char size[8];
  for (int i = 0; i < 8; i++)
    size[i] = (unsigned char)((uint64_t)map.size >> 8 * i);
  XXH3_128bits_update(hash, name, strlen(name) + 1);
  XXH3_128bits_update(hash, size, sizeof(size));
  if (map.size)
    XXH3_128bits_update(hash, map.data, map.size);
  onoma_filemap_close(&map);
  return ONOMA_OK;
}

static OnomaStatus hash_folder(XXH3_state_t *hash, const char *folder, const char *prefix,
                               OnomaError *error);

static OnomaStatus hash_entry(XXH3_state_t *hash, const char *folder, const char *prefix,
                              const char *name, OnomaError *error) {
  char path[4096];
  char full_name[512];
  const int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
  const int m = snprintf(full_name, sizeof(full_name), "%s%s", prefix, name);
  if (n < 0 || n >= (int)sizeof(path) || m < 0 || m >= (int)sizeof(full_name))
    return onoma_fail(error, ONOMA_ERR_IO, "%s: name too long", folder);
  struct stat info;
  if (stat(path, &info))
    return onoma_fail(error, ONOMA_ERR_IO, "%s: %s", path, strerror(errno));
  if (S_ISDIR(info.st_mode) && !*prefix) {
    strcat(full_name, "/");
    return hash_folder(hash, path, full_name, error);
  }
  return S_ISREG(info.st_mode) && counts(name) ? hash_file(hash, path, full_name, error) : ONOMA_OK;
}

// By the values of the bytes, whatever the locale.
static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static OnomaStatus hash_folder(XXH3_state_t *hash, const char *folder, const char *prefix,
                               OnomaError *error) {
  struct dirent **entries;
  const int n = scandir(folder, &entries, is_visible, by_name);
  if (n < 0)
    return onoma_fail(error, ONOMA_ERR_IO, "%s: %s", folder, strerror(errno));
  OnomaStatus status = ONOMA_OK;
  for (int i = 0; i < n; i++) {
    if (!status)
      status = hash_entry(hash, folder, prefix, entries[i]->d_name, error);
    free(entries[i]);
  }
  free(entries);
  return status;
}

OnomaStatus onoma_model_digest(const char *folder, char digest[ONOMA_DIGEST_SIZE],
                               OnomaError *error) {
  XXH3_state_t *const hash = XXH3_createState();
  if (!hash)
    return onoma_fail_memory(error);
  XXH3_128bits_reset(hash);
  const OnomaStatus status = hash_folder(hash, folder, "", error);
  const XXH128_hash_t value = XXH3_128bits_digest(hash);
  XXH3_freeState(hash);
  snprintf(digest, ONOMA_DIGEST_SIZE, "%016llx%016llx", (unsigned long long)value.high64,
           (unsigned long long)value.low64);
  return status;
}
