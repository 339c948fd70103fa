// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The shipped model's front end, autoencoder and vocoder against the exporter's tensors.

#include "golden.h"

#include "base/memory.h"
#include "model/vae/front_end.h"
#include "model/vae/vae.h"
#include "model/vocoder/vocoder.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

// Of logarithms down to 80 dB under the peak, where the transform's rounding shows.
#define FRONT_END_TOLERANCE 1e-4

// Of samples, whose phases are sums of many steps.
#define SAMPLES_TOLERANCE 1e-4

typedef struct {
  const OnomaFrontEnd *front_end;
  const OnomaVae *vae;
  const OnomaVocoder *vocoder;
  const float *in;
  size_t h, w; // of the input
  double f0_hz;
  float *out;
} Run;

static void run_front_end(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_front_end_run(run->front_end, exec, run->in, run->w, run->out);
}

static void run_comb(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_comb_latent(run->front_end, run->vae, exec, run->f0_hz, run->out);
}

static void run_encode(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_vae_encode(run->vae, exec, run->in, run->h, run->w, run->out, NULL);
}

static void run_decode(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_vae_decode(run->vae, exec, run->in, run->h, run->w, run->out);
}

static void run_vocoder(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_vocoder_run(run->vocoder, exec, run->in, run->h, 0, run->out);
}

static void report_missing(const GoldenFile *file, const char *name) {
  file->golden->report.result(file->golden->report.data, name, false,
                              "missing, or of another shape than the model's");
}

// Compares a latent [H,W,C] with the tensor [C,H,W] of a name.
static void compare_latent(GoldenFile *file, const char *name, const float *got, size_t n_channels,
                           size_t n_positions, double tolerance) {
  const GoldenReport *const report = &file->golden->report;
  const OnomaTensor *tensor = NULL;
  float *const values = golden_read(file, NULL, name, &tensor);
  if (!values || tensor->n_items != n_channels * n_positions) {
    report_missing(file, name);
    onoma_free(values);
    return;
  }
  float *const want = golden_channels_last(values, 1, n_channels, n_positions);
  char full[128];
  snprintf(full, sizeof(full), "%s/%s", file->name, name);
  report->compare(report->data, full, got, want, n_channels * n_positions, tolerance);
  onoma_free(want);
  onoma_free(values);
}

static void check_front_end(GoldenFile *file, const OnomaFrontEnd *front_end, size_t n_bands) {
  const OnomaTensor *tensor = NULL;
  float *const wave = golden_read(file, "frontend", "wav", &tensor);
  if (!wave) {
    report_missing(file, "frontend/wav");
    return;
  }
  const size_t shape[] = {onoma_front_end_n_frames(front_end, tensor->n_items), n_bands};
  float *const bands = onoma_alloc(shape[0] * shape[1], sizeof(float));
  Run run = {.front_end = front_end, .in = wave, .w = tensor->n_items, .out = bands};
  golden_run_plain(file->golden, run_front_end, &run);
  golden_compare(file, "frontend", "bands", bands, 2, shape, GOLDEN_ALL, FRONT_END_TOLERANCE);
  onoma_free(bands);
  onoma_free(wave);
}

static void check_comb(GoldenFile *file, const OnomaFrontEnd *front_end, const OnomaVae *vae) {
  float *const f0 = golden_read(file, "comb", "f0", NULL);
  if (!f0) {
    report_missing(file, "comb/f0");
    return;
  }
  const size_t n_rows = vae->n_bands / vae->bands_per_row;
  float *const latent = onoma_alloc(n_rows * vae->n_channels, sizeof(float));
  Run run = {.front_end = front_end, .vae = vae, .f0_hz = (double)f0[0], .out = latent};
  golden_run_plain(file->golden, run_comb, &run);
  compare_latent(file, "comb/latent", latent, vae->n_channels, n_rows,
                 fmax(FRONT_END_TOLERANCE, file->golden->network_tolerance));
  onoma_free(latent);
  onoma_free(f0);
}

static void check_encode(GoldenFile *file, const OnomaVae *vae) {
  const OnomaTensor *tensor = NULL;
  float *const bands = golden_read(file, "vae/encode", "bands", &tensor);
  if (!bands || tensor->rank != 2 || tensor->shape[1] != vae->n_bands ||
      tensor->shape[0] % vae->frames_per_column) {
    report_missing(file, "vae/encode/bands");
    onoma_free(bands);
    return;
  }
  const size_t n_positions =
      tensor->shape[0] / vae->frames_per_column * (vae->n_bands / vae->bands_per_row);
  float *const mean = onoma_alloc(n_positions * vae->n_channels, sizeof(float));
  Run run = {.vae = vae, .in = bands, .h = tensor->shape[0], .w = tensor->shape[1], .out = mean};
  golden_run_plain(file->golden, run_encode, &run);
  compare_latent(file, "vae/encode/mean", mean, vae->n_channels, n_positions,
                 file->golden->network_tolerance);
  onoma_free(mean);
  onoma_free(bands);
}

// Decodes a latent [C,T',F'] and compares with <group>/bands.
static void decode_latent(GoldenFile *file, const OnomaVae *vae, const char *group, float *latent,
                          size_t n_columns, size_t n_rows) {
  const size_t n_positions = n_columns * n_rows;
  const size_t shape[] = {n_columns * vae->frames_per_column, n_rows * vae->bands_per_row};
  float *const image = golden_channels_last(latent, 1, vae->n_channels, n_positions);
  float *const bands = onoma_alloc(shape[0] * shape[1], sizeof(float));
  Run run = {.vae = vae, .in = image, .h = n_columns, .w = n_rows, .out = bands};
  golden_run_plain(file->golden, run_decode, &run);
  golden_compare(file, group, "bands", bands, 2, shape, GOLDEN_ALL,
                 file->golden->network_tolerance);
  onoma_free(bands);
  onoma_free(image);
}

static void check_decode(GoldenFile *file, const OnomaVae *vae) {
  const OnomaTensor *tensor = NULL;
  float *const latent = golden_read(file, "vae/decode", "z", &tensor);
  if (latent && tensor->rank == 3 && tensor->shape[0] == vae->n_channels)
    decode_latent(file, vae, "vae/decode", latent, tensor->shape[1], tensor->shape[2]);
  else
    report_missing(file, "vae/decode/z");
  onoma_free(latent);

  // The end of the pipeline: what its last step made.
  float *const steps = golden_read(file, "pipeline", "trajectory", &tensor);
  if (steps && tensor->rank == 4 && tensor->shape[0] && tensor->shape[1] == vae->n_channels) {
    const size_t n = tensor->n_items / tensor->shape[0];
    float *const last = steps + (tensor->shape[0] - 1) * n;
    for (size_t i = 0; i < n; i++)
      last[i] /= (float)vae->scaling_factor;
    decode_latent(file, vae, "pipeline", last, tensor->shape[2], tensor->shape[3]);
  }
  onoma_free(steps);
}

// The samples of seed 0, where the references have them. Phases follow the order of magnitudes,
// which bfloat16 changes.
static void check_samples(GoldenFile *file, const float *samples, size_t n_samples) {
  const GoldenReport *const report = &file->golden->report;
  const OnomaTensor *tensor = NULL;
  float *const want = golden_read(file, "vocoder", "samples", &tensor);
  if (want && tensor->n_items != n_samples)
    report_missing(file, "vocoder/samples");
  else if (want && file->golden->is_bf16)
    report->skip(report->data, "onoma/vocoder/samples", "not of bfloat16");
  else if (want)
    report->compare(report->data, "onoma/vocoder/samples", samples, want, n_samples,
                    SAMPLES_TOLERANCE);
  onoma_free(want);
}

static void check_vocoder(GoldenFile *file, const OnomaVocoder *vocoder) {
  const OnomaTensor *tensor = NULL;
  float *const bands = golden_read(file, "vocoder", "bands", &tensor);
  if (!bands || tensor->rank != 2 || tensor->shape[1] != vocoder->n_bands) {
    report_missing(file, "vocoder/bands");
    onoma_free(bands);
    return;
  }
  float *const samples =
      onoma_alloc(onoma_vocoder_n_samples(vocoder, tensor->shape[0]), sizeof(float));
  Run run = {.vocoder = vocoder, .in = bands, .h = tensor->shape[0], .out = samples};
  golden_run(file, "vocoder", GOLDEN_ALL, run_vocoder, &run); // compares vocoder/log_magnitude
  check_samples(file, samples, onoma_vocoder_n_samples(vocoder, tensor->shape[0]));
  onoma_free(samples);
  onoma_free(bands);
}

void golden_check_codec(GoldenFile *file) {
  const Golden *const golden = file->golden;
  OnomaFrontEnd *front_end = NULL;
  OnomaVae *vae = NULL;
  OnomaVocoder *vocoder = NULL;
  OnomaError error;
  char path[1100];
  snprintf(path, sizeof(path), "%s/vocoder", golden->model);
  OnomaStatus status = onoma_front_end_open(&front_end, path, &error);
  if (!status)
    status = onoma_vocoder_open(&vocoder, path, &golden->kernels, &error);
  snprintf(path, sizeof(path), "%s/vae", golden->model);
  if (!status)
    status = onoma_vae_open(&vae, path, &golden->kernels, &error);
  if (status) {
    golden_fail(golden, "onoma", &error);
  } else {
    check_front_end(file, front_end, vae->n_bands);
    check_comb(file, front_end, vae);
    check_encode(file, vae);
    check_decode(file, vae);
    check_vocoder(file, vocoder);
  }
  onoma_front_end_close(&front_end);
  onoma_vae_close(&vae);
  onoma_vocoder_close(&vocoder);
}
