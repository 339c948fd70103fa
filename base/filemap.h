// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Read-only file mappings.

#ifndef ONOMA_BASE_FILEMAP_H
#define ONOMA_BASE_FILEMAP_H

#include <onoma/status.h>

#include <stddef.h>

typedef struct {
  const unsigned char *data; // NULL for an empty file
  size_t size;               // bytes
} OnomaFileMap;

// Maps a regular file. The error names the path. [control]
OnomaStatus onoma_filemap_open(OnomaFileMap *map, const char *path, OnomaError *error);

// Unmaps it; a zeroed map is fine. [control]
void onoma_filemap_close(OnomaFileMap *map);

#endif
