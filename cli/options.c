// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Options of the render command.

#include "options.h"

#include "name.h"
#include "number.h"
#include "usage.h"

#include <onoma/version.h>

#include <float.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

// Options are told apart by their long name alone; the short ones map to it.
static const struct option long_options[] = {
    {"length", required_argument, NULL, 'l'},
    {"seed", required_argument, NULL, 's'},
    {"steps", required_argument, NULL, 'n'},
    {"sampler", required_argument, NULL, 0},
    {"guidance", required_argument, NULL, 'g'},
    {"negative", required_argument, NULL, 0},
    {"eta", required_argument, NULL, 0},
    {"note", required_argument, NULL, 0},
    {"loop", no_argument, NULL, 0},
    {"init", required_argument, NULL, 0},
    {"strength", required_argument, NULL, 0},
    {"trim", no_argument, NULL, 0},
    {"normalize", required_argument, NULL, 0},
    {"output", required_argument, NULL, 'o'},
    {"format", required_argument, NULL, 'f'},
    {"bits", required_argument, NULL, 'b'},
    {"rate", required_argument, NULL, 'r'},
    {"count", required_argument, NULL, 'c'},
    {"batch", required_argument, NULL, 0},
    {"play", no_argument, NULL, 'p'},
    {"json", no_argument, NULL, 0},
    {"quiet", no_argument, NULL, 'q'},
    {"model", required_argument, NULL, 'm'},
    {"threads", required_argument, NULL, 't'},
    {"cpu", required_argument, NULL, 0},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static const char short_options[] = "l:s:n:g:o:f:b:r:c:pqm:t:hV";

// ---- Values

static bool bad(const char *name, const char *value, const char *expected) {
  complain("--%s: '%s' is not %s", name, value, expected);
  return false;
}

static bool set_real(const char *name, const char *value, double min, double max,
                     const char *expected, double *out) {
  return parse_real(value, min, max, out) || bad(name, value, expected);
}

static bool set_unsigned(const char *name, const char *value, uint64_t max, unsigned *out) {
  uint64_t number;
  if (!parse_whole(value, 1, max, &number))
    return bad(name, value, "a whole number in its range");
  *out = (unsigned)number;
  return true;
}

static bool set_word(const char *name, const char *value, const char *const words[],
                     const char *expected, int *index) {
  for (int i = 0; words[i]; i++) {
    if (!strcmp(value, words[i])) {
      *index = i;
      return true;
    }
  }
  return bad(name, value, expected);
}

static bool set_seed(Options *options, const char *value) {
  options->seed_given = parse_whole(value, 0, UINT64_MAX, &options->recipe.seed);
  return options->seed_given || bad("seed", value, "a whole number below 2^64");
}

static bool set_note(Options *options, const char *value) {
  return onoma_note_parse(value, &options->recipe.note) ||
         bad("note", value, "a note such as C4 or a#3, or a MIDI number");
}

static bool set_sampler(Options *options, const char *value) {
  options->recipe.sampler = value;
  for (unsigned i = 0; onoma_sampler_name_at(i); i++) {
    if (!strcmp(value, onoma_sampler_name_at(i)))
      return true;
  }
  return bad("sampler", value, "a sampler; see onoma --help");
}

static bool set_normalize(Options *options, const char *value) {
  static const char *const words[] = {"peak", "loudness", "none", NULL};
  int i;
  if (!set_word("normalize", value, words, "peak, loudness or none", &i))
    return false;
  options->recipe.normalize = (OnomaNormalize)i;
  return true;
}

static bool set_format(Options *options, const char *value) {
  static const char *const words[] = {"wav", "flac", "ogg", "raw", NULL};
  int i;
  if (!set_word("format", value, words, "wav, flac, ogg or raw", &i))
    return false;
  options->format.type = (OnomaFileType)i;
  options->type_given = true;
  return true;
}

static bool set_bits(Options *options, const char *value) {
  static const char *const words[] = {"16", "24", "32", "float", NULL};
  int i;
  if (!set_word("bits", value, words, "16, 24, 32 or float", &i))
    return false;
  options->format.sample = (OnomaSampleFormat)i;
  options->bits_given = true;
  return true;
}

static bool set_rate(Options *options, const char *value) {
  uint64_t rate;
  if (!parse_whole(value, 1000, 768000, &rate))
    return bad("rate", value, "a whole number of Hz from 1000 to 768000");
  options->format.rate = (double)rate;
  return true;
}

static bool set_output(Options *options, const char *value) {
  options->output = value;
  return *value || bad("output", value, "a file or a folder");
}

// Options about the sound. *valid is the result when the name is one of them.
static bool set_sound_option(Options *options, const char *name, const char *value, bool *valid) {
  OnomaRecipe *const recipe = &options->recipe;
  if (!strcmp(name, "length"))
    *valid = set_real(name, value, 0.01, 600, "a time from 0.01 to 600 seconds", &recipe->length_s);
  else if (!strcmp(name, "seed"))
    *valid = set_seed(options, value);
  else if (!strcmp(name, "steps"))
    *valid = set_unsigned(name, value, 10000, &recipe->n_steps);
  else if (!strcmp(name, "sampler"))
    *valid = set_sampler(options, value);
  else if (!strcmp(name, "guidance"))
    *valid = set_real(name, value, 0, 100, "a number from 0 to 100", &recipe->guidance);
  else if (!strcmp(name, "negative"))
    recipe->negative = value;
  else if (!strcmp(name, "eta"))
    *valid = set_real(name, value, 0, 1, "a number from 0 to 1", &recipe->eta);
  else if (!strcmp(name, "note"))
    *valid = set_note(options, value);
  else if (!strcmp(name, "loop"))
    recipe->loop = true;
  else if (!strcmp(name, "init"))
    options->init = recipe->init = value;
  else if (!strcmp(name, "strength"))
    options->strength_given = *valid =
        set_real(name, value, DBL_MIN, 1, "a number over 0, and at most 1", &recipe->strength);
  else if (!strcmp(name, "trim"))
    recipe->trim = true;
  else if (!strcmp(name, "normalize"))
    *valid = set_normalize(options, value);
  else
    return false;
  return true;
}

bool options_set(Options *options, const char *name, const char *value) {
  bool valid = true;
  if (set_sound_option(options, name, value, &valid)) {
    if (strcmp(name, "init") != 0)
      options->sound_option = name;
    return valid;
  }
  if (!strcmp(name, "output"))
    return set_output(options, value);
  else if (!strcmp(name, "format"))
    return set_format(options, value);
  else if (!strcmp(name, "bits"))
    return set_bits(options, value);
  else if (!strcmp(name, "rate"))
    return set_rate(options, value);
  else if (!strcmp(name, "count"))
    return set_unsigned(name, value, 100000, &options->count);
  else if (!strcmp(name, "batch"))
    options->batch = value;
  else if (!strcmp(name, "play"))
    options->play = true;
  else if (!strcmp(name, "json"))
    options->json = true;
  else if (!strcmp(name, "quiet"))
    options->quiet = true;
  else if (!strcmp(name, "model"))
    options->engine.model = value;
  else if (!strcmp(name, "threads"))
    return set_unsigned(name, value, 1024, &options->engine.n_threads);
  else if (!strcmp(name, "cpu"))
    options->engine.cpu = value;
  return true;
}

static const struct option *find(const char *name) {
  for (const struct option *option = long_options; option->name; option++) {
    if (!strcmp(name, option->name))
      return option;
  }
  return NULL;
}

bool options_is_value(const char *name) {
  const struct option *const option = find(name);
  return option && option->has_arg == required_argument;
}

bool options_is_switch(const char *name) {
  const struct option *const option = find(name);
  return option && option->has_arg == no_argument;
}

// ---- The command line

static char *join(int n_words, char **words) {
  size_t size = 1;
  for (int i = 0; i < n_words; i++)
    size += strlen(words[i]) + 1;
  char *const text = malloc(size);
  if (!text)
    return NULL;
  char *at = text;
  for (int i = 0; i < n_words; i++) {
    const size_t length = strlen(words[i]);
    if (i)
      *at++ = ' ';
    memcpy(at, words[i], length);
    at += length;
  }
  *at = 0;
  return text;
}

static const struct option *short_option(int letter) {
  for (const struct option *option = long_options; option->name; option++) {
    if (option->val == letter)
      return option;
  }
  return NULL;
}

// Whether the path has an ending: a point in its last part, but not at the front of it.
static bool has_ending(const char *path) {
  const char *const slash = strrchr(path, '/');
  const char *const name = slash ? slash + 1 : path;
  const char *const point = strrchr(name, '.');
  return point && point > name && point[1];
}

static bool check_output(Options *options, bool single) {
  const char *const output = options->output;
  if (!output || name_is_folder(output))
    return true;
  const bool known =
      onoma_file_type_of(output, options->type_given ? &(OnomaFileType){0} : &options->format.type);
  if (known && !(single && options->count == 1)) {
    complain("%s is one file: give a folder for several sounds", output);
    return false;
  }
  if (single && options->count == 1 && !known && !options->type_given && has_ending(output)) {
    complain("%s: no type of file has this ending but .wav, .flac, .ogg and .raw; see --format",
             output);
    return false;
  }
  return true;
}

static bool check_bits(const Options *options) {
  if (options->format.type == ONOMA_FILE_FLAC && options->format.sample > ONOMA_SAMPLE_S24) {
    complain("--bits: FLAC has 16 or 24");
    return false;
  }
  if (options->format.type == ONOMA_FILE_OGG && options->bits_given) {
    complain("--bits: Ogg Vorbis has none");
    return false;
  }
  return true;
}

bool options_check(Options *options, bool single) {
  if (options->strength_given && !options->init) {
    complain("--strength says how much of an --init sound to make anew: there is none");
    return false;
  }
  if (options->recipe.seed > UINT64_MAX - (options->count - 1)) {
    complain("--count: there are not so many seeds from %" PRIu64 " on", options->recipe.seed);
    return false;
  }
  const bool to_pipe = options->output && !strcmp(options->output, "-");
  if (to_pipe && (options->count > 1 || options->batch)) {
    complain("only one sound fits through a pipe");
    return false;
  }
  if (to_pipe && options->json) {
    complain("--json and the sound can't both go to the standard output");
    return false;
  }
  return check_output(options, single) && check_bits(options);
}

int options_init(Options *options, int argc, char **argv) {
  *options = (Options){.count = 1, .format = {.sample = ONOMA_SAMPLE_S24}};
  onoma_recipe_default(&options->recipe);
  options->recipe.strength = 0.7;
  onoma_engine_settings_default(&options->engine);

  // getopt wants the program's name before the arguments: there is room, the command's name or the
  // program's.
  static char program[] = "onoma";
  argv[-1] = program;
  optind = 1;
  int index;
  int letter;
  while ((letter = getopt_long(argc + 1, argv - 1, short_options, long_options, &index)) != -1) {
    if (letter == '?')
      return EXIT_USAGE; // getopt_long() complained
    if (letter == 'h') {
      print_help();
      return EXIT_OK;
    }
    if (letter == 'V') {
      printf("onoma %s\n", onoma_version());
      return EXIT_OK;
    }
    const struct option *const option = letter ? short_option(letter) : &long_options[index];
    if (!options_set(options, option->name, optarg))
      return EXIT_USAGE;
  }
  options->prompt = join(argc + 1 - optind, argv - 1 + optind);
  if (!options->prompt) {
    complain("out of memory");
    return EXIT_FAILED;
  }
  options->recipe.prompt = options->prompt;
  options->n_words = (size_t)(argc + 1 - optind);
  return -1;
}

void options_fini(Options *options) {
  free(options->prompt);
}

void options_draw_seed(Options *options) {
  uint32_t seed = 0;
  if (options->seed_given)
    return;
  if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
    complain("no random numbers from the system: the seed is 0");
  options->recipe.seed = seed;
}
