// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Options of the render command.

#ifndef ONOMA_CLI_OPTIONS_H
#define ONOMA_CLI_OPTIONS_H

#include "cli.h"

// Reads the arguments (argv[0] is the first). Returns -1 to go on, or the exit code to leave with:
// help was printed, or a complaint. Free with options_fini() in any case. options_check() is the
// caller's, once everything is known.
int options_init(Options *options, int argc, char **argv);
void options_fini(Options *options);

// Sets one option by its long name, as the command line and batch files do. Strings must outlive
// the options. False if the value is bad, which is complained about; value is ignored for switches.
bool options_set(Options *options, const char *name, const char *value);

// Whether an option of that name exists that takes a value, or is a switch.
bool options_is_value(const char *name);
bool options_is_switch(const char *name);

// Takes the file type from the output's ending, unless it was given, and complains about settings
// that contradict each other or would have no effect. `single` says that the output may be a file.
bool options_check(Options *options, bool single);

// Draws a seed, if none was given, that is short enough to be typed again.
void options_draw_seed(Options *options);

#endif
