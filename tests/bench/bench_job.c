// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Times the default job of a model, stage by stage, at each kernel level: bench_job MODEL
// [SECONDS].
//
// Of each level the fastest of some runs after a first one that loads the model.

#include <onoma/engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define N_RUNS 3

static void fail(const OnomaError *error) {
  fprintf(stderr, "%s\n", error->text);
  exit(1);
}

static double total_s(const OnomaReport *report) {
  double total = 0;
  for (int i = ONOMA_STAGE_TEXT; i < ONOMA_STAGE_DONE; i++)
    total += report->stage_s[i];
  return total;
}

static OnomaReport run(OnomaEngine *engine, double length_s, double *clip_s) {
  OnomaRecipe recipe;
  onoma_recipe_default(&recipe);
  recipe.prompt = "glass marimba, soft mallet";
  recipe.length_s = length_s;
  OnomaJob *job;
  OnomaClip *clip;
  OnomaReport report;
  OnomaError error;
  if (onoma_engine_submit(engine, &recipe, NULL, &job, &error))
    fail(&error);
  onoma_job_wait(job, -1);
  if (onoma_job_result(job, &clip, &report, &error))
    fail(&error);
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  *clip_s = (double)info->n_frames / info->sample_rate;
  onoma_clip_unref(clip);
  onoma_job_free(job);
  return report;
}

static void print_report(const char *level, const OnomaReport *report, double clip_s) {
  const double total = total_s(report);
  printf("%-11s %7.1f", level, 1e3 * total);
  for (int i = ONOMA_STAGE_TEXT; i < ONOMA_STAGE_DONE; i++)
    printf(" %8.1f", 1e3 * report->stage_s[i]);
  printf(" %8.2f %7zu\n", total / clip_s, report->scratch_bytes >> 20);
  fflush(stdout);
}

static void bench_level(const char *model, const char *level, double length_s) {
  OnomaEngineSettings settings;
  onoma_engine_settings_default(&settings);
  settings.model = model;
  settings.cpu = level;
  OnomaEngine *engine;
  OnomaError error;
  if (onoma_engine_open(&engine, &settings, &error) || onoma_engine_load(engine, &error))
    fail(&error);
  double clip_s;
  OnomaReport best = run(engine, length_s, &clip_s);
  for (int i = 0; i < N_RUNS; i++) {
    const OnomaReport report = run(engine, length_s, &clip_s);
    if (total_s(&report) < total_s(&best))
      best = report;
  }
  print_report(level, &best, clip_s);
  onoma_engine_close(&engine);
}

int main(int argc, char **argv) {
  static const char *const levels[] = {"avx2", "avx512", "avx512bf16", "amx"};
  if (argc < 2) {
    fputs("usage: bench_job MODEL [SECONDS]\n", stderr);
    return 2;
  }
  const double length_s = argc > 2 ? atof(argv[2]) : 0;
  printf("%-11s %7s", "level", "all ms");
  for (int i = ONOMA_STAGE_TEXT; i < ONOMA_STAGE_DONE; i++)
    printf(" %8s", onoma_stage_name((OnomaStage)i));
  printf(" %8s %7s\n", "s per s", "MB");
  for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
    bench_level(argv[1], levels[i], length_s);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("memory peak of the process %ld MB\n", usage.ru_maxrss >> 10);
  return 0;
}
