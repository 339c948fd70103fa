// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Rendering sounds, whatever asked for them.

#include "render.h"

#include "model_path.h"
#include "name.h"
#include "options.h"
#include "play.h"
#include "progress.h"
#include "usage.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

int exit_code_of(OnomaStatus status) {
  switch (status) {
  case ONOMA_OK:
    return EXIT_OK;
  case ONOMA_ERR_ARGUMENT:
    return EXIT_USAGE;
  case ONOMA_ERR_IO:
    return EXIT_FILE;
  case ONOMA_ERR_CANCELLED:
    return EXIT_INTERRUPTED;
  default:
    return EXIT_FAILED;
  }
}

// Failures, as a line of JSON where that was asked for.
static void report_failure(const Options *options, const OnomaError *error) {
  complain("%s", error->text);
  if (!options->json)
    return;
  struct json_object *const event = json_object_new_object();
  json_object_object_add(event, "event", json_object_new_string("error"));
  json_object_object_add(event, "status", json_object_new_string(onoma_strerror(error->status)));
  json_object_object_add(event, "text", json_object_new_string(error->text));
  puts(json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN));
  fflush(stdout);
  json_object_put(event);
}

static void log_line(void *data, OnomaLogLevel level, const char *text) {
  (void)data;
  if (level == ONOMA_LOG_WARNING)
    complain("%s", text);
}

int render_open(const Options *options, OnomaEngine **engine) {
  OnomaEngineSettings settings = options->engine;
  settings.log = log_line;
  char path[MODEL_PATH_SIZE];
  settings.model = model_path(settings.model, path);
  OnomaError error;
  OnomaStatus status = onoma_engine_open(engine, &settings, &error);
  if (status) {
    report_failure(options, &error);
    return exit_code_of(status);
  }
  status = onoma_engine_load(*engine, &error);
  if (status) {
    report_failure(options, &error);
    onoma_engine_close(engine);
    return EXIT_MODEL;
  }
  return EXIT_OK;
}

// ---- Telling of a finished sound

static double total_seconds(const OnomaReport *report) {
  double total = 0;
  for (int i = ONOMA_STAGE_LOADING; i < ONOMA_N_STAGES; i++)
    total += report->stage_s[i];
  return total;
}

static void print_result_json(const char *path, const OnomaClip *clip, const OnomaReport *report) {
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  struct json_object *const event = json_object_new_object();
  json_object_object_add(event, "event", json_object_new_string("result"));
  json_object_object_add(event, "file", json_object_new_string(path));
  json_object_object_add(event, "recipe", json_tokener_parse(info->recipe));
  json_object_object_add(event, "rate", json_object_new_double(info->sample_rate));
  json_object_object_add(event, "channels", json_object_new_int64((int64_t)info->n_channels));
  json_object_object_add(event, "frames", json_object_new_int64((int64_t)info->n_frames));
  if (!isnan(info->root_note))
    json_object_object_add(event, "root_note", json_object_new_double(info->root_note));
  if (info->has_loop) {
    json_object_object_add(event, "loop_start", json_object_new_int64((int64_t)info->loop_start));
    json_object_object_add(event, "loop_end", json_object_new_int64((int64_t)info->loop_end));
  }
  json_object_object_add(event, "dc", json_object_new_double(report->dc));
  json_object_object_add(event, "clipped", json_object_new_double(report->clipped));
  json_object_object_add(event, "scratch", json_object_new_int64((int64_t)report->scratch_bytes));
  struct json_object *const times = json_object_new_object();
  for (int i = ONOMA_STAGE_LOADING; i < ONOMA_STAGE_DONE; i++)
    json_object_object_add(times, onoma_stage_name((OnomaStage)i),
                           json_object_new_double(report->stage_s[i]));
  json_object_object_add(event, "seconds", times);
  puts(json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN));
  fflush(stdout);
  json_object_put(event);
}

static void tell(const Options *options, const OnomaRecipe *recipe, const char *path,
                 const OnomaClip *clip, const OnomaReport *report) {
  if (report->clipped > 1e-3 && !options->quiet)
    complain("%s: %.1f %% of the samples were at full scale before normalizing", path,
             100 * report->clipped);
  if (report->dc > 1e-2 && !options->quiet)
    complain("%s: removed an offset of %.1f %% of the peak", path, 100 * report->dc);
  if (options->json) {
    print_result_json(path, clip, report);
  } else if (!options->quiet) {
    const OnomaClipInfo *const info = onoma_clip_info(clip);
    // The sound itself may be what goes to the standard output.
    fprintf(stderr, "%s: %.2f s, seed %llu, made in %.2f s\n", path,
            (double)info->n_frames / info->sample_rate, (unsigned long long)recipe->seed,
            total_seconds(report));
  }
}

// ---- Rendering

static int finish(const Options *options, const OnomaRecipe *recipe, bool single,
                  const OnomaClip *clip, const OnomaReport *report) {
  char path[NAME_SIZE];
  if (!name_output(options, recipe, single, path))
    return EXIT_FILE;
  OnomaError error;
  const bool only_play = options->play && !options->output;
  if (!only_play) {
    const OnomaStatus status = onoma_clip_write(clip, path, &options->format, &error);
    if (status) {
      report_failure(options, &error);
      return status == ONOMA_ERR_ARGUMENT ? EXIT_USAGE : EXIT_FILE;
    }
  }
  tell(options, recipe, only_play ? recipe->prompt : path, clip, report);
  if (options->play && !play_clip(clip, &error)) {
    report_failure(options, &error);
    return EXIT_FAILED;
  }
  return EXIT_OK;
}

static int render_one(OnomaEngine *engine, const Options *options, const OnomaRecipe *recipe,
                      OnomaClip *init, bool single) {
  OnomaError error;
  OnomaJob *job;
  OnomaStatus status = onoma_engine_submit(engine, recipe, init, &job, &error);
  if (status) {
    report_failure(options, &error);
    return exit_code_of(status);
  }
  progress_wait(options, job);
  OnomaClip *clip;
  OnomaReport report;
  status = onoma_job_result(job, &clip, &report, &error);
  onoma_job_free(job);
  if (status) {
    report_failure(options, &error);
    return exit_code_of(status);
  }
  const int code = finish(options, recipe, single, clip, &report);
  onoma_clip_unref(clip);
  return code;
}

int render_recipe(OnomaEngine *engine, const Options *options, bool single) {
  OnomaClip *init = NULL;
  OnomaError error;
  if (options->init && onoma_clip_read(&init, options->init, NULL, &error)) {
    report_failure(options, &error);
    return EXIT_FILE;
  }
  OnomaRecipe recipe = options->recipe;
  int code = EXIT_OK;
  for (unsigned i = 0; i < options->count && code == EXIT_OK; i++) {
    recipe.seed = options->recipe.seed + i;
    code = render_one(engine, options, &recipe, init, single && options->count == 1);
    if (code == EXIT_OK && interrupted())
      code = EXIT_INTERRUPTED;
  }
  onoma_clip_unref(init);
  return code;
}

// Whether there is something to render.
static bool check_prompt(const Options *options) {
  if (options->batch && options->n_words) {
    complain("give either a prompt or --batch");
    return false;
  }
  if (!options->batch && !*options->prompt) {
    complain("no prompt");
    print_usage(stderr);
    return false;
  }
  return true;
}

int command_render(int argc, char **argv) {
  Options options;
  int code = options_init(&options, argc, argv);
  if (code < 0) {
    catch_interrupts();
    options_draw_seed(&options);
    // Lines of a batch are checked when their own settings are known.
    if (!check_prompt(&options) || (!options.batch && !options_check(&options, true)))
      code = EXIT_USAGE;
  }
  if (code < 0) {
    if (options.batch) {
      code = render_batch(&options);
    } else {
      OnomaEngine *engine;
      code = render_open(&options, &engine);
      if (code == EXIT_OK) {
        code = render_recipe(engine, &options, true);
        onoma_engine_close(&engine);
      }
    }
  }
  options_fini(&options);
  return code;
}
