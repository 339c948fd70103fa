// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Names of files that the user did not name.

#include "name.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
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

bool name_is_folder(const char *output) {
  const size_t length = strlen(output);
  struct stat info;
  return (length && output[length - 1] == '/') || (!stat(output, &info) && S_ISDIR(info.st_mode));
}

static bool make_folder(const char *path) {
  struct stat info;
  if ((!stat(path, &info) && S_ISDIR(info.st_mode)) || !mkdir(path, 0777))
    return true;
  complain("%s: cannot make the folder: %s", path, strerror(errno));
  return false;
}

// ---- Names that are taken

void taken_names_fini(TakenNames *taken) {
  for (size_t i = 0; i < taken->n; i++)
    free(taken->names[i]);
  free(taken->names);
  *taken = (TakenNames){0};
}

static bool is_taken(const TakenNames *taken, const char *name) {
  for (size_t i = 0; taken && i < taken->n; i++) {
    if (!strcmp(taken->names[i], name))
      return true;
  }
  return false;
}

static bool take(TakenNames *taken, const char *name) {
  if (!taken)
    return true;
  char **const names = realloc(taken->names, (taken->n + 1) * sizeof(*names));
  if (names)
    taken->names = names;
  char *const copy = names ? strdup(name) : NULL;
  if (copy)
    taken->names[taken->n++] = copy;
  else
    complain("out of memory");
  return copy != NULL;
}

// ---- Paths

static bool fits(int n) {
  if (n >= 0 && n < NAME_SIZE)
    return true;
  complain("the output's name is too long");
  return false;
}

static bool make_name(const Options *options, const OnomaRecipe *recipe, char path[NAME_SIZE]) {
  static const char *const endings[] = {"wav", "flac", "ogg", "raw"};
  const char *const folder = options->output ? options->output : "";
  const size_t n_folder = strlen(folder);
  const char *const slash = n_folder && folder[n_folder - 1] != '/' ? "/" : "";
  char slug[SLUG_SIZE];
  make_slug(recipe->prompt, slug);
  for (unsigned i = 1; i == 1 || is_taken(options->taken, path); i++) {
    char again[16] = "";
    if (i > 1)
      snprintf(again, sizeof(again), "-%u", i);
    if (!fits(snprintf(path, NAME_SIZE, "%s%s%s-%" PRIu64 "%s.%s", folder, slash, slug,
                       recipe->seed, again, endings[options->format.type])))
      return false;
  }
  return true;
}

bool name_output(const Options *options, const OnomaRecipe *recipe, bool single,
                 char path[NAME_SIZE]) {
  const char *const output = options->output;
  if (output && single && !name_is_folder(output))
    return fits(snprintf(path, NAME_SIZE, "%s", output));
  return (!output || make_folder(output)) && make_name(options, recipe, path) &&
         take(options->taken, path);
}
