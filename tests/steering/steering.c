// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Whether prompts steer the model, measured on the sounds that it makes: steering [--swap] MODEL
// [CHECK].
//
// Each check makes two sounds with each of eight seeds, and holds if its inequality does for at
// least seven. With --swap the two prompts of each check change places, and every check must fail.
// Names of checks that begin with "unseen-" have words that are in no training caption.

#include <onoma/analysis.h>
#include <onoma/engine.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_SEEDS  8
#define N_NEEDED 7

// What is measured of a sound, and how the figures a of the first prompt and b of the second
// compare.
typedef struct {
  const char *name;
  const char *first, *second;
  double (*measure)(const OnomaClip *clip);
  bool (*holds)(double a, double b);
  const char *text;
} Check;

// ---- Figures

static OnomaAnalysis analyse(const OnomaClip *clip) {
  OnomaAnalysis analysis;
  OnomaError error;
  if (onoma_clip_analyse(clip, &analysis, &error)) {
    fprintf(stderr, "%s\n", error.text);
    exit(2);
  }
  return analysis;
}

static double centroid(const OnomaClip *clip) {
  return analyse(clip).centroid_hz;
}

static double flatness(const OnomaClip *clip) {
  return analyse(clip).flatness;
}

static double pitch(const OnomaClip *clip) {
  return analyse(clip).pitch_hz;
}

static double level_after_a_second(const OnomaClip *clip) {
  return onoma_clip_level_db(clip, 0.95, 1.05);
}

// ---- Comparisons

static bool three_times(double a, double b) {
  return a >= 3 * b;
}

static bool five_times(double a, double b) {
  return a >= 5 * b;
}

static bool held_and_gone(double a, double b) {
  return a > -12 && b < -30;
}

static bool octave_above(double a, double b) {
  return a >= 2 * b; // false if either has no pitch
}

static bool is_note(double hz, int note) {
  return fabs(1200 * log2(hz / (440 * exp2((note - 69) / 12.0)))) <= 100;
}

static bool c4_and_a4(double a, double b) {
  return is_note(a, 60) && is_note(b, 69);
}

static bool e3_and_g4(double a, double b) {
  return is_note(a, 52) && is_note(b, 67);
}

static const Check checks[] = {
    {"hat-kick", "closed hi-hat", "deep kick drum", centroid, three_times, "centroid, 3 times"},
    {"pad-pluck", "sustained pad", "short pluck", level_after_a_second, held_and_gone,
     "level after 1 s, above -12 and under -30 dB"},
    {"rain-flute", "rain", "flute, long note", flatness, five_times, "flatness, 5 times"},
    {"high-low", "high marimba", "low marimba", pitch, octave_above, "pitch, an octave"},
    {"note-lead", "saw lead c4", "saw lead a4", pitch, c4_and_a4, "pitch, within 100 cent"},
    {"note-organ", "organ e3", "organ g4", pitch, e3_and_g4, "pitch, within 100 cent"},
    {"unseen-kick", "closed hi-hat", "gran casa", centroid, three_times, "centroid, 3 times"},
    {"unseen-thud", "closed hi-hat", "thud", centroid, three_times, "centroid, 3 times"},
    {"unseen-pad-pluck", "lengthy pad", "strum, brief", level_after_a_second, held_and_gone,
     "level after 1 s, above -12 and under -30 dB"},
    {"unseen-prolonged-brief", "prolonged pad", "brief pluck", level_after_a_second, held_and_gone,
     "level after 1 s, above -12 and under -30 dB"},
    {"unseen-rain-flute", "drizzle", "flutist, prolonged", flatness, five_times,
     "flatness, 5 times"},
    {"unseen-downpour-fife", "downpour", "fife, prolonged", flatness, five_times,
     "flatness, 5 times"},
    {"unseen-high-low", "shrill flute", "low flute", pitch, octave_above, "pitch, an octave"},
};

// ---- Running

static double make_and_measure(OnomaEngine *engine, const Check *check, const char *prompt,
                               uint64_t seed) {
  OnomaRecipe recipe;
  onoma_recipe_default(&recipe);
  recipe.prompt = prompt;
  recipe.seed = seed;
  recipe.length_s = 1.5;
  OnomaJob *job;
  OnomaClip *clip;
  OnomaError error;
  OnomaStatus status = onoma_engine_submit(engine, &recipe, NULL, &job, &error);
  if (!status) {
    onoma_job_wait(job, -1);
    status = onoma_job_result(job, &clip, NULL, &error);
    onoma_job_free(job);
  }
  if (status) {
    fprintf(stderr, "%s, seed %d: %s\n", prompt, (int)seed, error.text);
    return NAN; // no comparison holds
  }
  const double figure = check->measure(clip);
  onoma_clip_unref(clip);
  return figure;
}

static bool run(OnomaEngine *engine, const Check *check, bool swap) {
  const char *const first = swap ? check->second : check->first;
  const char *const second = swap ? check->first : check->second;
  unsigned n_held = 0;
  printf("%s / %s: %s:", first, second, check->text);
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    const double a = make_and_measure(engine, check, first, seed);
    const double b = make_and_measure(engine, check, second, seed);
    const bool held = check->holds(a, b);
    n_held += held;
    printf(" %s%.3g/%.3g", held ? "" : "!", a, b);
    fflush(stdout);
  }
  const bool passed = n_held >= N_NEEDED;
  printf(": %u of %d, %s\n", n_held, N_SEEDS, passed ? "ok" : "FAILED");
  return passed;
}

static void print_log(void *data, OnomaLogLevel level, const char *text) {
  (void)data;
  if (level != ONOMA_LOG_INFO)
    fprintf(stderr, "%s\n", text);
}

int main(int argc, char **argv) {
  const bool swap = argc > 1 && !strcmp(argv[1], "--swap");
  argv += swap;
  argc -= swap;
  if (argc < 2) {
    fputs("usage: steering [--swap] MODEL [CHECK]\n", stderr);
    return 2;
  }
  OnomaEngineSettings settings;
  onoma_engine_settings_default(&settings);
  settings.model = argv[1];
  settings.log = print_log;
  OnomaEngine *engine;
  OnomaError error;
  if (onoma_engine_open(&engine, &settings, &error) || onoma_engine_load(engine, &error)) {
    fprintf(stderr, "%s\n", error.text);
    return 2;
  }
  unsigned n_passed = 0;
  unsigned n_run = 0;
  for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
    if (argc > 2 && strcmp(argv[2], checks[i].name) != 0)
      continue;
    n_run++;
    n_passed += run(engine, &checks[i], swap);
  }
  onoma_engine_close(&engine);
  if (!n_run) {
    fprintf(stderr, "no check \"%s\"\n", argv[2]);
    return 2;
  }
  if (swap) // every check must fail: one that still holds measures nothing
    return n_passed == 0 ? 0 : 1;
  return n_passed == n_run ? 0 : 1;
}
