// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The comment of a WAV file.

#include "riff_info.h"

#include "base/memory.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A chunk's name and size.
enum { header_size = 8 };

static void put_u32(unsigned char *at, uint32_t value) {
  for (int i = 0; i < 4; i++)
    at[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t get_u32(const unsigned char *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool append_header(OnomaMemfile *file, const char name[4], size_t size) {
  unsigned char header[header_size];
  memcpy(header, name, 4);
  put_u32(header + 4, (uint32_t)size);
  return onoma_memfile_append(file, header, header_size);
}

// Appends a chunk of text with its final zero, padded to an even size.
static bool append_text(OnomaMemfile *file, const char name[4], const char *text) {
  const size_t size = strlen(text) + 1;
  return append_header(file, name, size) && onoma_memfile_append(file, text, size) &&
         (size % 2 == 0 || onoma_memfile_append(file, "", 1));
}

bool onoma_riff_append_info(OnomaMemfile *file, const char *software, const char *comment) {
  const size_t first = file->size;
  if (first % 2 && !onoma_memfile_append(file, "", 1))
    return false;
  const size_t list = file->size;
  if (!append_header(file, "LIST", 0) || !onoma_memfile_append(file, "INFO", 4) ||
      !append_text(file, "ISFT", software))
    return false;
  if (comment && !append_text(file, "ICMT", comment))
    return false;
  if (file->size - header_size > UINT32_MAX)
    return false;
  put_u32(file->data + list + 4, (uint32_t)(file->size - list - header_size));
  put_u32(file->data + 4, (uint32_t)(file->size - header_size));
  return true;
}

// Finds the text chunk in the body of a LIST chunk, if that is of type INFO. A copy, or NULL.
static char *find_text(const unsigned char *list, size_t size, const char name[4]) {
  if (size < 4 || memcmp(list, "INFO", 4) != 0)
    return NULL;
  size_t at = 4;
  while (size - at >= header_size) {
    const size_t n = get_u32(list + at + 4);
    const unsigned char *const body = list + at + header_size;
    if (n > size - at - header_size)
      return NULL;
    if (memcmp(list + at, name, 4) == 0) {
      char *const text = onoma_alloc_zero(n + 1, 1);
      if (text)
        memcpy(text, body, n);
      return text;
    }
    at += header_size + n;
    if (n % 2 && at < size)
      at++;
  }
  return NULL;
}

char *onoma_riff_read_comment(SNDFILE *sound) {
  char *comment = NULL;
  const SF_CHUNK_INFO wanted = {.id = "LIST", .id_size = 4};
  SF_CHUNK_ITERATOR *iterator = sf_get_chunk_iterator(sound, &wanted);
  while (iterator && !comment) {
    SF_CHUNK_INFO chunk = {0};
    if (sf_get_chunk_size(iterator, &chunk) == SF_ERR_NO_ERROR) {
      unsigned char *const body = onoma_alloc(chunk.datalen, 1);
      chunk.data = body;
      if (body && sf_get_chunk_data(iterator, &chunk) == SF_ERR_NO_ERROR)
        comment = find_text(body, chunk.datalen, "ICMT");
      onoma_free(body);
    }
    iterator = sf_next_chunk_iterator(iterator);
  }
  return comment;
}
