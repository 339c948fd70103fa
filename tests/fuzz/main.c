// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Runs a fuzz target without libFuzzer: on every file of the folders given, and on changed copies
// of each, always the same ones.

#include "fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_BYTES ((size_t)1 << 16)

enum { N_CHANGED = 300 }; // copies of each file

static uint32_t next_random(uint32_t *random) {
  *random = *random * 1664525 + 1013904223;
  return *random >> 8;
}

// Calls the target with a copy in memory of its own, so that a sanitizer sees its end.
static void call(const uint8_t *data, size_t size) {
  uint8_t *const copy = calloc(size ? size : 1, 1);
  FUZZ_ASSERT(copy);
  if (size)
    memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
}

// Changes, repeats, or drops some bytes.
static size_t change(uint8_t *data, size_t size, uint32_t *random) {
  static const uint8_t favourites[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, '"', '{', '['};
  const uint32_t n_changes = 1 + next_random(random) % 4;
  for (uint32_t i = 0; i < n_changes && size; i++) {
    const size_t at = next_random(random) % size;
    const size_t n = 1 + next_random(random) % 8;
    switch (next_random(random) % 5) {
    case 0:
      data[at] ^= (uint8_t)(1U << next_random(random) % 8);
      break;
    case 1:
      data[at] = favourites[next_random(random) % sizeof(favourites)];
      break;
    case 2:
      size = at;
      break;
    case 3:
      if (at + n < size) {
        memmove(data + at, data + at + n, size - at - n);
        size -= n;
      }
      break;
    default:
      if (at + n < size && size + n <= MAX_BYTES) {
        memmove(data + at + n, data + at, size - at);
        size += n;
      }
      break;
    }
  }
  return size;
}

static bool run_file(const char *path) {
  static uint8_t original[MAX_BYTES];
  static uint8_t changed[MAX_BYTES];
  FILE *const file = fopen(path, "rb");
  if (!file)
    return false;
  const size_t size = fread(original, 1, sizeof(original), file);
  fclose(file);
  call(original, size);
  uint32_t random = 1;
  for (int i = 0; i < N_CHANGED; i++) {
    memcpy(changed, original, size);
    call(changed, change(changed, size, &random));
  }
  return true;
}

// Returns the number of files run.
static size_t run_folder(const char *folder) {
  size_t n = 0;
  DIR *const dir = opendir(folder);
  for (const struct dirent *entry; dir && (entry = readdir(dir));) {
    char path[1024];
    struct stat info;
    snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
    if (!stat(path, &info) && S_ISREG(info.st_mode))
      n += run_file(path);
  }
  if (dir)
    closedir(dir);
  return n;
}

int main(int argc, char **argv) {
  size_t n = 0;
  call(NULL, 0);
  for (int i = 1; i < argc; i++)
    n += run_folder(argv[i]);
  printf("%zu files\n", n);
  return !n;
}
