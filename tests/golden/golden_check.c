// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Compares every part of the models with reference tensors.

#include "golden.h"

#include "base/cpu.h"
#include "base/pool.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What tells meson that a test was skipped.
#define EXIT_SKIPPED 77

// What came of it.
typedef struct {
  bool is_quiet;
  size_t n_right, n_wrong, n_skipped;
  uint64_t digest; // of all values compared, in their order
} Tally;

// FNV-1a.
static void add_to_digest(Tally *tally, const float *values, size_t n) {
  const unsigned char *const bytes = (const unsigned char *)values;
  for (size_t i = 0; i < n * sizeof(float); i++)
    tally->digest = (tally->digest ^ bytes[i]) * 0x100000001B3U;
}

static void compare(void *data, const char *name, const float *got, const float *want, size_t n,
                    double tolerance) {
  Tally *const tally = data;
  double relative = 0.0;
  double largest = 0.0;
  const bool agrees = golden_agrees(got, want, n, tolerance, &relative, &largest);
  add_to_digest(tally, got, n);
  *(agrees ? &tally->n_right : &tally->n_wrong) += 1;
  if (!agrees || !tally->is_quiet)
    printf("%-5s %-52s %.2e  max %.2e  (%.0e)\n", agrees ? "ok" : "WRONG", name, relative, largest,
           tolerance);
}

static void result(void *data, const char *name, bool is_right, const char *text) {
  Tally *const tally = data;
  *(is_right ? &tally->n_right : &tally->n_wrong) += 1;
  if (!is_right || !tally->is_quiet)
    printf("%-5s %-52s %s\n", is_right ? "ok" : "WRONG", name, text);
}

static void skip(void *data, const char *name, const char *why) {
  Tally *const tally = data;
  tally->n_skipped++;
  printf("%-5s %-52s %s\n", "skip", name, why);
}

static int usage(void) {
  fputs(
      "usage: golden-check [OPTION]... FOLDER\n"
      "  --bf16          use products of bfloat16; be skipped (exit status 77) if there are none\n"
      "  --cpu LEVEL     use instructions up to c, avx2, avx512 (which is the default),\n"
      "                  avx512bf16 or amx\n"
      "  --model FOLDER  the model that expected/onoma.safetensors is of; otherwise the folder\n"
      "                  `model`, or FOLDER itself\n"
      "  --quiet         print failures and what is skipped only\n"
      "  --threads N     use N threads\n",
      stderr);
  return 2;
}

typedef struct {
  const char *folder, *model;
  const char *cpu; // NULL: not given
  unsigned n_threads;
  bool bf16_only, is_quiet;
} Options;

// Reads the command line. False if it is wrong.
static bool read_options(int argc, char **argv, Options *options) {
  for (int i = 1; i < argc; i++) {
    const char *const word = argv[i];
    const bool has_value = i + 1 < argc;
    if (!strcmp(word, "--bf16"))
      options->bf16_only = true;
    else if (!strcmp(word, "--quiet"))
      options->is_quiet = true;
    else if (!strcmp(word, "--cpu") && has_value)
      options->cpu = argv[++i];
    else if (!strcmp(word, "--threads") && has_value)
      options->n_threads = (unsigned)strtoul(argv[++i], NULL, 10);
    else if (!strcmp(word, "--model") && has_value)
      options->model = argv[++i];
    else if (word[0] != '-' && !options->folder)
      options->folder = word;
    else
      return false;
  }
  return options->folder != NULL;
}

static void check_all(const Golden *golden) {
  static const char *const files[] = {"mel",  "onoma",      "schedulers", "text_encoder",
                                      "unet", "unet_cross", "vae",        "vocoder"};
  golden_check_text(golden);
  golden_check_unet(golden);
  golden_check_unet_cross(golden);
  golden_check_vae(golden);
  golden_check_vocoder(golden);
  golden_check_bpe(golden);
  golden_check_mel(golden);
  if (golden_has(golden, "expected/schedulers.json"))
    golden_check_schedulers(golden_path(golden, "expected"), &golden->report);
  golden_check_pipelines(golden);
  golden_check_onoma(golden);
  golden_skip_others(golden, files, sizeof(files) / sizeof(*files));
}

int main(int argc, char **argv) {
  Options options = {0};
  if (!read_options(argc, argv, &options))
    return usage();
  unsigned cpu_mask = options.bf16_only ? ONOMA_CPU_ALL : ONOMA_CPU_AVX2 | ONOMA_CPU_AVX512;
  if (options.cpu && !onoma_cpu_parse(options.cpu, &cpu_mask))
    return usage();

  char model[1024];
  Tally tally = {.is_quiet = options.is_quiet, .digest = 0xCBF29CE484222325U};
  Golden golden = {
      .folder = options.folder, .model = options.model, .report = {&tally, compare, result, skip}};
  if (!golden.model) {
    snprintf(model, sizeof(model), "%s/model", golden.folder);
    golden.model = golden_folder_has(golden.folder, "model") ? model : golden.folder;
  }
  unsigned flags = onoma_cpu_flags() & cpu_mask;
  if ((flags & ONOMA_CPU_AMX) && !onoma_cpu_request_amx())
    flags &= ~(unsigned)ONOMA_CPU_AMX;
  onoma_kernels_init(&golden.kernels, flags);
  golden.is_bf16 = golden.kernels.igemm.kind == ONOMA_IGEMM_BF16;
  golden.network_tolerance = golden.is_bf16 ? GOLDEN_BF16_TOLERANCE : GOLDEN_F32_TOLERANCE;
  if (options.bf16_only && !golden.is_bf16) {
    printf("skipped: no products of bfloat16 at CPU level %s\n", onoma_cpu_name(flags));
    return EXIT_SKIPPED;
  }

  OnomaError error;
  if (onoma_pool_open(&golden.pool, options.n_threads, &error)) {
    fprintf(stderr, "golden-check: %s\n", error.text);
    return 1;
  }
  printf("CPU level %s, products of %s, %u threads\n", onoma_cpu_name(flags),
         golden.is_bf16 ? "bfloat16" : "float", onoma_pool_n_threads(golden.pool));
  check_all(&golden);
  onoma_pool_close(&golden.pool);
  printf("%zu right, %zu wrong, %zu skipped\ndigest %016llx\n", tally.n_right, tally.n_wrong,
         tally.n_skipped, (unsigned long long)tally.digest);
  return tally.n_wrong || !tally.n_right;
}
