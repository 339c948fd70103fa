// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Names of files that the user did not name.

#ifndef ONOMA_CLI_NAME_H
#define ONOMA_CLI_NAME_H

#include "cli.h"

#define NAME_SIZE 4096

// The path that a sound of this recipe goes to: options->output as it is when it names a file for a
// single sound, else
// "<prompt's slug>-<seed>.<ending>" in that folder or, without one, in the current one. "-" stays.
// `single` says that no other sound is to come. False, with a complaint, if it does not fit or the
// folder can't be made.
bool name_output(const Options *options, const OnomaRecipe *recipe, bool single,
                 char path[NAME_SIZE]);

#endif
