// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// onoma again: makes a sound anew from the recipe in its file.

#include "name.h"
#include "options.h"
#include "render.h"

#include <onoma/clip.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The options of the command line, with everything about the sound from the file's recipe; only
// where the initial sound lies may have changed.
static int fill_in(Options *options, const OnomaRecipe *recipe, const char *path) {
  const char *const output = options->output;
  if (options->init && !recipe->init) {
    complain("--init: %s was made from noise alone", path);
    return EXIT_USAGE;
  }
  options->recipe = *recipe;
  options->seed_given = true;
  if (!options->init)
    options->init = recipe->init;
  static char name[NAME_SIZE];
  if (!output) {
    const char *const dot = strrchr(path, '.');
    const int stem = dot && !strchr(dot, '/') ? (int)(dot - path) : (int)strlen(path);
    if (snprintf(name, sizeof(name), "%.*s-again%s", stem, path, path + stem) >= NAME_SIZE) {
      complain("the output's name is too long");
      return EXIT_FILE;
    }
    options->output = name;
  }
  return options_check(options, true) ? EXIT_OK : EXIT_USAGE;
}

// Samples and rate as the file has them, as far as they were not asked to be others and the type
// that is written has them.
static void choose_format(Options *options, const OnomaFileFormat *format) {
  OnomaFileFormat *const chosen = &options->format;
  if (!options->type_given)
    chosen->type = format->type;
  if (!options->type_given && options->output)
    onoma_file_type_of(options->output, &chosen->type);
  const bool exists = chosen->type != ONOMA_FILE_FLAC || format->sample <= ONOMA_SAMPLE_S24;
  if (!options->bits_given && exists && format->type != ONOMA_FILE_OGG)
    chosen->sample = format->sample;
  if (chosen->rate <= 0)
    chosen->rate = format->rate;
}

// Warns when the result is not bound to be the same.
static void compare_model(OnomaEngine *engine, const OnomaRecipe *recipe) {
  const OnomaModelInfo *const info = onoma_engine_model(engine);
  if (recipe->model && !strstr(recipe->model, info->digest))
    complain("the sound was made with another model, %s: this one will differ", recipe->model);
  else if (recipe->cpu && strcmp(recipe->cpu, info->cpu) != 0)
    complain("the sound was made with %s kernels: this one may differ slightly (see --cpu)",
             recipe->cpu);
}

static int render_again(Options *options, const char *path) {
  OnomaError error;
  OnomaClip *clip;
  OnomaFileFormat format;
  if (onoma_clip_read(&clip, path, &format, &error)) {
    complain("%s", error.text);
    return EXIT_FILE;
  }
  OnomaRecipe *recipe = NULL;
  int code = EXIT_OK;
  const char *const json = onoma_clip_info(clip)->recipe;
  if (!json) {
    complain("%s: there is no recipe in this file", path);
    code = EXIT_FILE;
  } else if (onoma_recipe_from_json(&recipe, json, &error)) {
    complain("%s: %s", path, error.text);
    code = EXIT_FILE;
  }
  choose_format(options, &format);

  OnomaEngine *engine = NULL;
  if (!code)
    code = fill_in(options, recipe, path);
  if (!code)
    code = render_open(options, &engine);
  if (!code) {
    compare_model(engine, recipe);
    code = render_recipe(engine, options, true);
  }
  onoma_engine_close(&engine);
  onoma_recipe_free(recipe);
  onoma_clip_unref(clip);
  return code;
}

static bool check_arguments(const Options *options) {
  if (options->n_words != 1) {
    complain("usage: onoma again [OPTION]... FILE [-o FILE]");
    return false;
  }
  if (options->sound_option) {
    complain("--%s: the file says what the sound is", options->sound_option);
    return false;
  }
  if (options->count > 1 || options->batch) {
    complain("--%s: again makes one sound", options->batch ? "batch" : "count");
    return false;
  }
  return true;
}

int command_again(int argc, char **argv) {
  Options options;
  int code = options_init(&options, argc, argv);
  if (code < 0 && !check_arguments(&options))
    code = EXIT_USAGE;
  if (code < 0) {
    catch_interrupts();
    code = render_again(&options, options.prompt);
  }
  options_fini(&options);
  return code;
}
