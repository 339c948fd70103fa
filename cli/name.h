// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Names of files that the user did not name.

#ifndef ONOMA_CLI_NAME_H
#define ONOMA_CLI_NAME_H

#include "cli.h"

#define NAME_SIZE 4096

// The names that sounds of this run have taken.
typedef struct TakenNames {
  char **names;
  size_t n;
} TakenNames;

// Frees the names.
void taken_names_fini(TakenNames *taken);

// Whether the output names a folder: one that exists, or by a slash at its end.
bool name_is_folder(const char *output);

// The path that a sound of this recipe goes to: options->output as it is when it names a file for a
// single sound, else "<prompt's slug>-<seed>.<ending>" in that folder or, without one, in the
// current one; "-2" and so on follows the seed where another sound of this run took the name. "-"
// stays. `single` says that no other sound is to come. False, with a complaint, if it does not fit
// or the folder can't be made.
bool name_output(const Options *options, const OnomaRecipe *recipe, bool single,
                 char path[NAME_SIZE]);

#endif
