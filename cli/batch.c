// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Batch files: a prompt, or a JSON object of options, on each line.

#include "name.h"
#include "options.h"
#include "render.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

// Sets an option from a JSON value: a string or a number as its text, a switch by true.
static bool set_member(Options *options, const char *key, struct json_object *value) {
  const bool is_string = json_object_is_type(value, json_type_string);
  if (is_string &&
      strlen(json_object_get_string(value)) < (size_t)json_object_get_string_len(value)) {
    complain("\"%s\" has a null character", key);
    return false;
  }
  if (is_string && !strcmp(key, "prompt")) {
    options->recipe.prompt = json_object_get_string(value);
    return true;
  }
  if (options_is_switch(key) && json_object_is_type(value, json_type_boolean))
    return !json_object_get_boolean(value) || options_set(options, key, NULL);
  if (!options_is_value(key) || json_object_is_type(value, json_type_boolean) ||
      json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array) ||
      !value) {
    complain("\"%s\" is no option, or not of this type", key);
    return false;
  }
  return options_set(options, key, json_object_get_string(value));
}

// Whether the line's own settings can be obeyed: the engine is shared by all lines.
static bool is_per_line(const char *key) {
  static const char *const shared[] = {"batch", "model", "threads", "cpu",
                                       "json",  "quiet", "help",    "version"};
  for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
    if (!strcmp(key, shared[i]))
      return false;
  }
  return true;
}

static int render_object(OnomaEngine *engine, Options *options, struct json_object *object) {
  options->recipe.prompt = "";
  json_object_object_foreach(object, key, value) {
    if (!is_per_line(key)) {
      complain("\"%s\" holds for all lines: give it on the command line", key);
      return EXIT_USAGE;
    }
    if (!set_member(options, key, value))
      return EXIT_USAGE;
  }
  const bool own_output = json_object_object_get_ex(object, "output", NULL);
  if (!options_check(options, own_output))
    return EXIT_USAGE;
  return render_recipe(engine, options, own_output);
}

// The object that is the whole line, or NULL after a complaint.
static struct json_object *parse(const char *line) {
  struct json_tokener *const tokener = json_tokener_new();
  if (!tokener) {
    complain("out of memory");
    return NULL;
  }
  struct json_object *object = json_tokener_parse_ex(tokener, line, -1);
  const enum json_tokener_error problem = json_tokener_get_error(tokener);
  const char *const rest = line + json_tokener_get_parse_end(tokener);
  if (!object) {
    complain("%s", problem == json_tokener_continue ? "the JSON object does not end"
                                                    : json_tokener_error_desc(problem));
  } else if (rest[strspn(rest, " \t")]) {
    complain("there is something after the JSON object: %s", rest);
    json_object_put(object);
    object = NULL;
  }
  json_tokener_free(tokener);
  return object;
}

static int render_line(OnomaEngine *engine, const Options *all, char *line) {
  Options options = *all;
  options.strength_given = false; // on the command line it is for the lines that have an --init
  if (*line != '{') {
    options.recipe.prompt = line;
    return options_check(&options, false) ? render_recipe(engine, &options, false) : EXIT_USAGE;
  }
  struct json_object *const object = parse(line);
  if (!object)
    return EXIT_USAGE;
  const int code = render_object(engine, &options, object);
  json_object_put(object);
  return code;
}

// A bad line does not keep the others from being rendered; the exit code is that of the first.
static int render_lines(OnomaEngine *engine, const Options *options, FILE *file) {
  char *line = NULL;
  size_t size = 0;
  int code = EXIT_OK;
  ssize_t length;
  for (unsigned number = 1; (length = getline(&line, &size, file)) >= 0; number++) {
    if (strlen(line) < (size_t)length) {
      complain("%s: line %u has a null character", options->batch, number);
      code = code ? code : EXIT_USAGE;
      continue;
    }
    while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
      line[--length] = 0;
    const char *const text = line + strspn(line, " \t");
    if (!*text || *text == '#')
      continue;
    const int line_code = render_line(engine, options, line + strspn(line, " \t"));
    if (line_code == EXIT_INTERRUPTED) {
      code = line_code;
      break;
    }
    if (line_code) {
      complain("%s: line %u failed", options->batch, number);
      if (options->json)
        printf("{\"event\":\"failed\",\"line\":%u,\"code\":%d}\n", number, line_code);
      code = code ? code : line_code;
    }
  }
  if (interrupted()) {
    code = EXIT_INTERRUPTED;
  } else if (ferror(file)) {
    complain("%s: %s", options->batch, strerror(errno));
    code = EXIT_FILE;
  }
  free(line);
  return code;
}

int render_batch(const Options *options) {
  const bool from_pipe = !strcmp(options->batch, "-");
  FILE *const file = from_pipe ? stdin : fopen(options->batch, "r");
  if (!file) {
    complain("%s: %s", options->batch, strerror(errno));
    return EXIT_FILE;
  }
  // Lines of the same words, to the name of a file, do not overwrite each other's sounds.
  TakenNames taken = {0};
  Options all = *options;
  all.taken = &taken;
  OnomaEngine *engine;
  int code = render_open(options, &engine);
  if (code == EXIT_OK) {
    code = render_lines(engine, &all, file);
    onoma_engine_close(&engine);
  }
  taken_names_fini(&taken);
  if (!from_pipe)
    fclose(file);
  return code;
}
