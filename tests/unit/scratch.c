// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A folder of a test's own for files.

#include "scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int scratch_open(Scratch *scratch) {
  const char *const parent = getenv("TMPDIR");
  snprintf(scratch->folder, sizeof(scratch->folder), "%s/onoma-test-XXXXXX",
           parent && parent[0] ? parent : "/tmp");
  return mkdtemp(scratch->folder) != NULL;
}

void scratch_close(Scratch *scratch) {
  DIR *const folder = opendir(scratch->folder);
  for (struct dirent *entry = NULL; folder && (entry = readdir(folder));)
    unlink(scratch_path(scratch, entry->d_name)); // fails for "." and "..", as it should
  if (folder)
    closedir(folder);
  rmdir(scratch->folder);
}

const char *scratch_path(const Scratch *scratch, const char *name) {
  static char paths[4][1024];
  static size_t next;
  char *const path = paths[next++ % 4];
  snprintf(path, sizeof(paths[0]), "%s/%s", scratch->folder, name);
  return path;
}

const char *scratch_write(const Scratch *scratch, const char *name, const void *bytes, size_t n) {
  const char *const path = scratch_path(scratch, name);
  FILE *const file = fopen(path, "wb");
  if (!file)
    return NULL;
  const size_t n_written = n ? fwrite(bytes, 1, n, file) : 0;
  return fclose(file) || n_written != n ? NULL : path;
}
