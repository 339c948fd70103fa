// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Read-only file mappings.

#include "filemap.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static OnomaStatus map_descriptor(OnomaFileMap *map, int fd, const char *path, OnomaError *error) {
  struct stat info;
  if (fstat(fd, &info))
    return onoma_fail(error, ONOMA_ERR_IO, "%s: %s", path, strerror(errno));
  if (!S_ISREG(info.st_mode))
    return onoma_fail(error, ONOMA_ERR_IO, "%s: not a regular file", path);
  if (!info.st_size)
    return ONOMA_OK;
  if ((uintmax_t)info.st_size > SIZE_MAX)
    return onoma_fail(error, ONOMA_ERR_MEMORY, "%s: too large to map", path);

  const size_t size = (size_t)info.st_size;
  void *const data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED)
    return onoma_fail(error, ONOMA_ERR_IO, "%s: cannot map: %s", path, strerror(errno));
  *map = (OnomaFileMap){.data = data, .size = size};
  return ONOMA_OK;
}

OnomaStatus onoma_filemap_open(OnomaFileMap *map, const char *path, OnomaError *error) {
  *map = (OnomaFileMap){0};
  // A pipe would wait for a writer before it can be refused.
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return onoma_fail(error, errno == ENOENT ? ONOMA_ERR_NOT_FOUND : ONOMA_ERR_IO, "%s: %s", path,
                      strerror(errno));

  const OnomaStatus status = map_descriptor(map, fd, path, error);
  close(fd);
  return status;
}

void onoma_filemap_close(OnomaFileMap *map) {
  if (map->data)
    munmap((void *)map->data, map->size);
  *map = (OnomaFileMap){0};
}
