// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Names of files that the user did not name.

#include "name.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define SLUG_SIZE 61

// Letters and digits, with one hyphen for whatever is between.
static void make_slug(const char *prompt, char slug[SLUG_SIZE]) {
  size_t n = 0;
  for (; *prompt && n < SLUG_SIZE - 1; prompt++) {
    const unsigned char letter = (unsigned char)*prompt;
    if (isalnum(letter) && letter < 0x80)
      slug[n++] = (char)tolower(letter);
    else if (n && slug[n - 1] != '-')
      slug[n++] = '-';
  }
  while (n && slug[n - 1] == '-')
    n--;
  slug[n] = 0;
  if (!n)
    strcpy(slug, "sound");
}

static bool is_folder(const char *path) {
  struct stat info;
  return !stat(path, &info) && S_ISDIR(info.st_mode);
}

static bool make_folder(const char *path) {
  if (is_folder(path) || !mkdir(path, 0777))
    return true;
  complain("%s: cannot make the folder: %s", path, strerror(errno));
  return false;
}

bool name_output(const Options *options, const OnomaRecipe *recipe, bool single,
                 char path[NAME_SIZE]) {
  static const char *const endings[] = {"wav", "flac", "ogg", "raw"};
  const char *folder = options->output;
  int n = 0;
  if (folder && single && !is_folder(folder)) {
    n = snprintf(path, NAME_SIZE, "%s", folder);
  } else {
    if (folder && !make_folder(folder))
      return false;
    char slug[SLUG_SIZE];
    make_slug(recipe->prompt, slug);
    n = snprintf(path, NAME_SIZE, "%s%s%s-%" PRIu64 ".%s", folder ? folder : "", folder ? "/" : "",
                 slug, recipe->seed, endings[options->format.type]);
  }
  if (n < 0 || n >= NAME_SIZE) {
    complain("the output's name is too long");
    return false;
  }
  return true;
}
