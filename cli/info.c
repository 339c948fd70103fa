// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// onoma info: a model's parts and sizes, or what is known of a sound file.

#include "cli.h"
#include "model_path.h"

#include <onoma/analysis.h>
#include <onoma/model.h>

#include <math.h>
#include <string.h>
#include <sys/stat.h>

static int print_model(const char *name) {
  char path[MODEL_PATH_SIZE];
  OnomaModelSummary summary;
  OnomaError error;
  if (onoma_model_summary(&summary, model_path(name, path), &error)) {
    complain("%s", error.text);
    return EXIT_MODEL;
  }
  printf("%s (%s)\n  folder  %s\n  digest  %s\n", summary.name, summary.class_name, summary.folder,
         summary.digest);
  double n_bytes = 0;
  double n_parameters = 0;
  for (size_t i = 0; i < summary.n_parts; i++) {
    const OnomaModelPart *const part = &summary.parts[i];
    printf("  %-14s %-30s %8.2f M parameters %8.2f MB\n", part->name, part->class_name,
           1e-6 * (double)part->n_parameters, 1e-6 * (double)part->n_bytes);
    n_bytes += (double)part->n_bytes;
    n_parameters += (double)part->n_parameters;
  }
  printf("  %-45s %8.2f M parameters %8.2f MB\n", "in all", 1e-6 * n_parameters, 1e-6 * n_bytes);
  return EXIT_OK;
}

static void print_analysis(const OnomaClip *clip) {
  OnomaAnalysis analysis;
  OnomaError error;
  if (onoma_clip_analyse(clip, &analysis, &error)) {
    complain("%s", error.text);
    return;
  }
  printf("  peak       %.1f dBFS\n", analysis.peak_db);
  if (isfinite(analysis.loudness_lufs))
    printf("  loudness   %.1f LUFS\n", analysis.loudness_lufs);
  printf("  centroid   %.0f Hz\n  flatness   %.4f\n", analysis.centroid_hz, analysis.flatness);
  if (!isnan(analysis.pitch_hz))
    printf("  pitch      %.1f Hz\n", analysis.pitch_hz);
}

static int print_sound(const char *path) {
  OnomaClip *clip;
  OnomaError error;
  if (onoma_clip_read(&clip, path, NULL, &error)) {
    complain("%s", error.text);
    return EXIT_FILE;
  }
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  printf("%s\n  length     %.3f s, %zu channel%s at %.0f Hz\n", path,
         (double)info->n_frames / info->sample_rate, info->n_channels,
         info->n_channels > 1 ? "s" : "", info->sample_rate);
  if (!isnan(info->root_note))
    printf("  root note  %.2f\n", info->root_note);
  if (info->has_loop)
    printf("  loop       %zu to %zu\n", info->loop_start, info->loop_end);
  print_analysis(clip);
  printf("  recipe     %s\n", info->recipe ? info->recipe : "none");
  onoma_clip_unref(clip);
  return EXIT_OK;
}

int command_info(int argc, char **argv) {
  if (argc > 1 || (argc == 1 && argv[0][0] == '-' && argv[0][1])) {
    complain("usage: onoma info [MODEL|FILE]");
    return EXIT_USAGE;
  }
  const char *const name = argc ? argv[0] : NULL;
  struct stat status;
  if (name && !stat(name, &status) && S_ISREG(status.st_mode))
    return print_sound(name);
  return print_model(name);
}
