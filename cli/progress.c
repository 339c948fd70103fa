// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Telling the user how a job goes.

#include "progress.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH  24
#define INTERVAL_S 0.1

static void draw(const OnomaProgress *progress) {
  const int n_filled = (int)(BAR_WIDTH * progress->fraction);
  char bar[BAR_WIDTH + 1];
  memset(bar, '.', BAR_WIDTH);
  memset(bar, '#', (size_t)n_filled);
  bar[BAR_WIDTH] = 0;

  fprintf(stderr, "\r[%s] %s", bar, onoma_stage_name(progress->stage));
  if (progress->stage == ONOMA_STAGE_DENOISE)
    fprintf(stderr, " step %u/%u", progress->step, progress->n_steps);
  if (!isnan(progress->left_s))
    fprintf(stderr, ", %.1f s left", progress->left_s);
  fputs("\033[K", stderr);
  fflush(stderr);
}

static void erase(void) {
  fputs("\r\033[K", stderr);
  fflush(stderr);
}

static void print_json(const OnomaProgress *progress) {
  struct json_object *const event = json_object_new_object();
  json_object_object_add(event, "event", json_object_new_string("progress"));
  json_object_object_add(event, "stage", json_object_new_string(onoma_stage_name(progress->stage)));
  json_object_object_add(event, "step", json_object_new_int64(progress->step));
  json_object_object_add(event, "steps", json_object_new_int64(progress->n_steps));
  json_object_object_add(event, "fraction", json_object_new_double(progress->fraction));
  if (!isnan(progress->left_s))
    json_object_object_add(event, "left", json_object_new_double(progress->left_s));
  puts(json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN));
  fflush(stdout);
  json_object_put(event);
}

void progress_wait(const Options *options, OnomaJob *job) {
  const bool bar = !options->json && !options->quiet && isatty(STDERR_FILENO);
  OnomaProgress last = {.fraction = -1};
  bool done = false;
  while (!done) {
    done = onoma_job_wait(job, INTERVAL_S);
    if (interrupted())
      onoma_job_cancel(job);
    OnomaProgress now;
    onoma_job_poll(job, &now);
    const bool changed = now.stage != last.stage || now.step != last.step;
    if (bar)
      draw(&now);
    else if (options->json && changed)
      print_json(&now);
    last = now;
  }
  if (bar)
    erase();
}
