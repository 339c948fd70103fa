// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Rendering sounds, whatever asked for them.

#ifndef ONOMA_CLI_RENDER_H
#define ONOMA_CLI_RENDER_H

#include "cli.h"

// Opens the engine that the options describe. EXIT_OK, or the exit code after a complaint.
int render_open(const Options *options, OnomaEngine **engine);

// Renders options->count sounds from the recipe. `single` says that no other sounds come. EXIT_OK,
// or the exit code after a complaint.
int render_recipe(OnomaEngine *engine, const Options *options, bool single);

// The exit code for a failed call.
int exit_code_of(OnomaStatus status);

#endif
