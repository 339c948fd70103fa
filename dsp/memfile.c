// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A file in memory that libsndfile can read and write.

#include "memfile.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool reserve(OnomaMemfile *file, size_t size) {
  enum { smallest = 65536 };
  if (size <= file->capacity)
    return true;
  size_t capacity = file->capacity > SIZE_MAX / 2 ? size : file->capacity * 2;
  capacity = capacity < size ? size : capacity;
  capacity = capacity < smallest ? smallest : capacity;
  unsigned char *const data = onoma_alloc(capacity, 1);
  if (!data) {
    file->failed = true;
    return false;
  }
  if (file->size)
    memcpy(data, file->data, file->size);
  onoma_free(file->data);
  file->data = data;
  file->capacity = capacity;
  return true;
}

// Writes at the position; a hole before it becomes zeros.
static bool put(OnomaMemfile *file, const void *bytes, size_t n_bytes) {
  if (n_bytes > SIZE_MAX - file->position || !reserve(file, file->position + n_bytes))
    return false;
  if (file->position > file->size)
    memset(file->data + file->size, 0, file->position - file->size);
  memcpy(file->data + file->position, bytes, n_bytes);
  file->position += n_bytes;
  if (file->position > file->size)
    file->size = file->position;
  return true;
}

static sf_count_t get_length(void *data) {
  const OnomaMemfile *const file = data;
  return (sf_count_t)file->size;
}

static sf_count_t seek(sf_count_t offset, int whence, void *data) {
  OnomaMemfile *const file = data;
  sf_count_t origin = 0;
  if (whence == SEEK_CUR)
    origin = (sf_count_t)file->position;
  else if (whence == SEEK_END)
    origin = (sf_count_t)file->size;
  if (offset < -origin || offset > SF_COUNT_MAX - origin)
    return -1;
  file->position = (size_t)(origin + offset);
  return origin + offset;
}

static sf_count_t read_bytes(void *bytes, sf_count_t count, void *data) {
  OnomaMemfile *const file = data;
  if (count <= 0 || file->position >= file->size)
    return 0;
  const size_t left = file->size - file->position;
  const size_t n = (size_t)count < left ? (size_t)count : left;
  memcpy(bytes, file->data + file->position, n);
  file->position += n;
  return (sf_count_t)n;
}

static sf_count_t write_bytes(const void *bytes, sf_count_t count, void *data) {
  if (count <= 0 || !put(data, bytes, (size_t)count))
    return 0;
  return count;
}

static sf_count_t tell(void *data) {
  const OnomaMemfile *const file = data;
  return (sf_count_t)file->position;
}

SF_VIRTUAL_IO onoma_memfile_io(void) {
  return (SF_VIRTUAL_IO){.get_filelen = get_length,
                         .seek = seek,
                         .read = read_bytes,
                         .write = write_bytes,
                         .tell = tell};
}

bool onoma_memfile_append(OnomaMemfile *file, const void *bytes, size_t n_bytes) {
  file->position = file->size;
  return put(file, bytes, n_bytes);
}

void onoma_memfile_fini(OnomaMemfile *file) {
  onoma_free(file->data);
  *file = (OnomaMemfile){0};
}
