// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the commands of `onoma` share.

#ifndef ONOMA_CLI_H
#define ONOMA_CLI_H

#include <onoma/engine.h>
#include <onoma/soundfile.h>

#include <stdbool.h>
#include <stdio.h>

// Exit codes, as documented in onoma(1).
typedef enum {
  EXIT_OK = 0,
  EXIT_FAILED = 1,       // the sound could not be made
  EXIT_USAGE = 2,        // wrong options or arguments
  EXIT_MODEL = 3,        // the model can't be found or loaded
  EXIT_FILE = 4,         // a file can't be read or written
  EXIT_INTERRUPTED = 130 // by Ctrl-C or SIGTERM
} ExitCode;

// What the command line says.
typedef struct {
  OnomaRecipe recipe; // strings from the command line
  char *prompt;       // the words of the prompt joined, owned; recipe.prompt
  size_t n_words;     // of the prompt
  bool seed_given;
  const char *sound_option; // the last option that decides the sound, but --init; NULL if none
  const char *output;       // file, folder or "-"; NULL for a name made from the prompt
  struct TakenNames *taken; // where several sounds must not take the same name; else NULL
  bool strength_given;
  const char *init;  // sound to start from, or NULL
  const char *batch; // file of prompts, or NULL
  unsigned count;    // sounds for each prompt
  bool type_given;
  bool bits_given;
  OnomaFileFormat format;
  OnomaEngineSettings engine;
  bool play;
  bool json;
  bool quiet;
} Options;

// Complains as "onoma: ..." on the standard error.
void complain(const char *format, ...) ONOMA_PRINTF(1, 2);

// The commands. Each gets its arguments without its own name.
int command_render(int argc, char **argv);
int command_info(int argc, char **argv);
int command_again(int argc, char **argv);
int command_picture(int argc, char **argv);

// Renders each prompt of a batch file.
int render_batch(const Options *options);

// True once the user pressed Ctrl-C, or SIGTERM came.
bool interrupted(void);

// Makes those signals set a flag instead of ending the program.
void catch_interrupts(void);

#endif
