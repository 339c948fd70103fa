// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Times one step of the denoiser, the decoder and the vocoder of a model folder.

#include "base/cpu.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/rng.h"
#include "model/denoiser/unet.h"
#include "model/vae/vae.h"
#include "model/vocoder/vocoder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  const char *folder;
  unsigned cpu_mask;
  unsigned n_threads;
  double seconds; // of sound
  size_t n_batch;
  unsigned n_runs;
} Options;

typedef struct {
  Options options;
  OnomaKernels kernels;
  OnomaPool *pool;
  size_t n_frames; // of the spectrogram, whole columns
} Bench;

typedef void (*Run)(void *data, const OnomaExec *exec);

static double now_s(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Ends the program for a failure.
static void die(const OnomaError *error) {
  fprintf(stderr, "bench-networks: %s\n", error->text);
  exit(1);
}

// Unit noise, as activations are.
static float *new_noise(size_t n) {
  float *const noise = onoma_alloc(n, sizeof(float));
  if (!noise)
    exit(1);
  onoma_normal(1, ONOMA_STREAM_LATENT, 0, 0, n, noise);
  return noise;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

// Prints the median and the least time of the runs, the least of the processor on all threads (a
// busy machine matters less to it), and the memory they took besides weights.
static void measure(const Bench *bench, const char *name, Run run, void *data) {
  enum { max_runs = 100 };
  double times[max_runs];
  double cpu_times[max_runs];
  OnomaArena arena;
  const OnomaExec exec = {.kernels = &bench->kernels, .pool = bench->pool, .arena = &arena};
  onoma_arena_init_measuring(&arena);
  run(data, &exec);
  const size_t n_bytes = arena.peak;
  if (!onoma_arena_init(&arena, n_bytes))
    exit(1);
  run(data, &exec);
  const unsigned n = bench->options.n_runs < max_runs ? bench->options.n_runs : max_runs;
  for (unsigned i = 0; i < n; i++) {
    const double start = now_s(CLOCK_MONOTONIC);
    const double cpu_start = now_s(CLOCK_PROCESS_CPUTIME_ID);
    run(data, &exec);
    times[i] = now_s(CLOCK_MONOTONIC) - start;
    cpu_times[i] = now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
  }
  qsort(times, n, sizeof(*times), by_value);
  qsort(cpu_times, n, sizeof(*cpu_times), by_value);
  printf("%-28s %9.2f ms, least %9.2f ms, processor %9.2f ms, %6.1f MB\n", name, 1e3 * times[n / 2],
         1e3 * times[0], 1e3 * cpu_times[0], 1e-6 * (double)n_bytes);
  onoma_arena_fini(&arena);
}

static const char *part_path(const Bench *bench, const char *part) {
  static char path[1024];
  snprintf(path, sizeof(path), "%s/%s", bench->options.folder, part);
  return path;
}

typedef struct {
  const OnomaUnet *unet;
  const OnomaVae *vae;
  const OnomaVocoder *vocoder;
  OnomaUnetInput input;
  const float *in;
  float *out;
  size_t h, w;
} Data;

static void run_unet(void *data, const OnomaExec *exec) {
  const Data *const d = data;
  onoma_unet_run(d->unet, exec, &d->input, d->out);
}

static void run_vae(void *data, const OnomaExec *exec) {
  const Data *const d = data;
  onoma_vae_decode(d->vae, exec, d->in, d->h, d->w, d->out);
}

static void run_vocoder(void *data, const OnomaExec *exec) {
  const Data *const d = data;
  onoma_vocoder_run(d->vocoder, exec, d->in, d->h, 0, d->out);
}

static void bench_unet(const Bench *bench, size_t height, size_t width) {
  enum { n_context = 16 };
  const size_t n_batch = bench->options.n_batch;
  const float timestep = 500.0F;
  OnomaUnet *unet = NULL;
  OnomaError error;
  const double start = now_s(CLOCK_MONOTONIC);
  if (onoma_unet_open(&unet, part_path(bench, "unet"), &bench->kernels, &error))
    die(&error);
  printf("%-28s %.2f s\n", "denoiser: loading", now_s(CLOCK_MONOTONIC) - start);

  const OnomaUnetConfig *const config = onoma_unet_config(unet);
  float *const sample = new_noise(n_batch * height * width * config->n_in);
  float *const labels = new_noise(n_batch * config->n_class_labels + 1);
  float *const condition = new_noise(n_batch * config->n_time_condition + 1);
  float *const states = new_noise(n_batch * n_context * config->n_context[0]);
  float *const out = onoma_alloc(n_batch * height * width * config->n_out, sizeof(float));
  Data data = {.unet = unet,
               .input = {.n_batch = n_batch,
                         .height = height,
                         .width = width,
                         .sample = sample,
                         .timesteps = &timestep,
                         .n_timesteps = 1,
                         .time_condition = condition,
                         .class_labels = labels},
               .out = out};
  // A context only where the U-Net can't do without.
  if (onoma_unet_check(unet, &data.input, NULL))
    data.input.context = (OnomaContext){states, n_context, NULL};
  char name[64];
  snprintf(name, sizeof(name), "denoiser: step, batch of %zu", n_batch);
  measure(bench, name, run_unet, &data);
  onoma_free(out);
  onoma_free(states);
  onoma_free(condition);
  onoma_free(labels);
  onoma_free(sample);
  onoma_unet_close(&unet);
}

static void bench_decoders(Bench *bench, OnomaVae *vae, OnomaVocoder *vocoder) {
  const size_t n_columns = bench->n_frames / vae->frames_per_column;
  const size_t n_rows = vocoder->n_bands / vae->bands_per_row;
  float *const latent = new_noise(n_columns * n_rows * vae->n_channels);
  float *const bands = onoma_alloc(bench->n_frames * vocoder->n_bands, sizeof(float));
  float *const samples =
      onoma_alloc(onoma_vocoder_n_samples(vocoder, bench->n_frames), sizeof(float));
  Data decoding = {.vae = vae, .in = latent, .out = bands, .h = n_columns, .w = n_rows};
  measure(bench, "decoder", run_vae, &decoding);
  Data vocoding = {.vocoder = vocoder, .in = bands, .out = samples, .h = bench->n_frames};
  measure(bench, "vocoder", run_vocoder, &vocoding);
  onoma_free(samples);
  onoma_free(bands);
  onoma_free(latent);
}

static bool read_options(int argc, char **argv, Options *options) {
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '-' && !options->folder) {
      options->folder = argv[i];
      continue;
    }
    if (i + 1 == argc)
      return false;
    const char *const value = argv[++i];
    if (!strcmp(argv[i - 1], "--cpu") && onoma_cpu_parse(value, &options->cpu_mask))
      continue;
    if (!strcmp(argv[i - 1], "--threads"))
      options->n_threads = (unsigned)strtoul(value, NULL, 10);
    else if (!strcmp(argv[i - 1], "--seconds"))
      options->seconds = strtod(value, NULL);
    else if (!strcmp(argv[i - 1], "--batch"))
      options->n_batch = strtoul(value, NULL, 10);
    else if (!strcmp(argv[i - 1], "--runs"))
      options->n_runs = (unsigned)strtoul(value, NULL, 10);
    else
      return false;
  }
  return options->folder && options->seconds > 0.0 && options->n_batch && options->n_runs;
}

int main(int argc, char **argv) {
  Bench bench = {
      .options = {.cpu_mask = ONOMA_CPU_ALL, .seconds = 2.56, .n_batch = 2, .n_runs = 5}};
  if (!read_options(argc, argv, &bench.options)) {
    fputs("usage: bench-networks [--batch N] [--cpu LEVEL] [--runs N] [--seconds S] [--threads N]"
          " FOLDER\n",
          stderr);
    return 2;
  }
  unsigned flags = onoma_cpu_flags() & bench.options.cpu_mask;
  if ((flags & ONOMA_CPU_AMX) && !onoma_cpu_request_amx())
    flags &= ~(unsigned)ONOMA_CPU_AMX;
  onoma_kernels_init(&bench.kernels, flags);
  OnomaError error;
  OnomaVae *vae = NULL;
  OnomaVocoder *vocoder = NULL;
  if (onoma_pool_open(&bench.pool, bench.options.n_threads, &error) ||
      onoma_vae_open(&vae, part_path(&bench, "vae"), &bench.kernels, &error) ||
      onoma_vocoder_open(&vocoder, part_path(&bench, "vocoder"), &bench.kernels, &error))
    die(&error);

  const double n_frames =
      bench.options.seconds * (double)vocoder->sampling_rate_hz / (double)vocoder->hop_length;
  const size_t n_columns = (size_t)ceil(n_frames / (double)vae->frames_per_column);
  bench.n_frames = n_columns * vae->frames_per_column;
  printf("%.2f s of sound, CPU level %s, %u threads\n", bench.options.seconds,
         onoma_cpu_name(flags), onoma_pool_n_threads(bench.pool));
  bench_unet(&bench, n_columns, vocoder->n_bands / vae->bands_per_row);
  bench_decoders(&bench, vae, vocoder);
  onoma_vocoder_close(&vocoder);
  onoma_vae_close(&vae);
  onoma_pool_close(&bench.pool);
  return 0;
}
