// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Spectrograms and mel filter banks, against float64.

#include "golden.h"

#include "base/memory.h"
#include "dsp/mel.h"
#include "dsp/stft.h"

#include <json-c/json.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-4

// Where logarithms end.
#define LOG_FLOOR   1e-5F
#define POWER_FLOOR 1e-10F

// One of the two ways that filter banks are made in.
typedef struct {
  const char *name;    // in names of tensors
  const char *weights; // the filter bank's
  OnomaMelScale scale;
  OnomaMelNorm norm;
} Way;

static const Way ways[] = {
    {"slaney", "slaney_slaney", ONOMA_MEL_SLANEY, ONOMA_MEL_NORM_AREA},
    {"htk", "htk_none", ONOMA_MEL_HTK, ONOMA_MEL_NORM_NONE},
};

// One test signal: its group of tensors, such as "16k", and what it is analysed by.
typedef struct {
  GoldenFile *file;
  char group[32];
  OnomaMelSettings settings;
  OnomaStft *stft;
  const float *wave;
  size_t n_samples;
  size_t n_frames;
  float *magnitudes; // [T,K]
} Signal;

// Compares with the tensor of this name in the group, if there is one; got has n values.
static void compare(const Signal *signal, const char *group, const float *got, size_t n,
                    const char *name) {
  const GoldenReport *const report = &signal->file->golden->report;
  const OnomaTensor *tensor = NULL;
  float *const want = golden_read(signal->file, group, name, &tensor);
  char full[128];
  snprintf(full, sizeof(full), "mel/%s/%s", group, name);
  if (want && tensor->n_items != n)
    report->result(report->data, full, false, "the shapes differ");
  else if (want)
    report->compare(report->data, full, got, want, n, TOLERANCE);
  onoma_free(want);
}

static void run_stft(void *data, const OnomaExec *exec) {
  const Signal *const signal = data;
  onoma_stft_magnitudes(signal->stft, exec->pool, exec->arena, signal->wave, signal->n_samples,
                        signal->magnitudes);
}

// The reference has [bins,T] of the first frames only.
static void compare_magnitudes(const Signal *signal) {
  const OnomaTensor *tensor = NULL;
  const size_t n_bins = onoma_stft_n_bins(signal->stft);
  float *const want = golden_read(signal->file, signal->group, "stft_mag", &tensor);
  if (!want)
    return;
  onoma_free(want);
  const size_t n = tensor->shape[1];
  float *const first = onoma_alloc(n * n_bins, sizeof(float));
  for (size_t t = 0; t < n && t < signal->n_frames; t++) {
    for (size_t k = 0; k < n_bins; k++)
      first[k * n + t] = signal->magnitudes[t * n_bins + k];
  }
  compare(signal, signal->group, first, n * n_bins, "stft_mag");
  onoma_free(first);
}

static void check_way(const Signal *signal, const Way *way) {
  const Golden *const golden = signal->file->golden;
  OnomaMelSettings settings = signal->settings;
  OnomaMel *mel = NULL;
  OnomaError error;
  settings.scale = way->scale;
  settings.norm = way->norm;
  if (onoma_mel_open(&mel, &settings, &error)) {
    golden_fail(golden, signal->group, &error);
    return;
  }
  char name[64];
  const size_t n = signal->n_frames * settings.n_bands;
  const size_t n_weights = settings.n_bands * onoma_mel_n_bins(mel);
  float *const bands = onoma_alloc(n > n_weights ? n : n_weights, sizeof(float));
  onoma_mel_weights(mel, bands);
  snprintf(name, sizeof(name), "%s_%s", signal->group, way->weights);
  compare(signal, "fb", bands, n_weights, name);

  onoma_mel_apply(mel, golden->pool, ONOMA_MEL_MAGNITUDE, signal->magnitudes, signal->n_frames,
                  bands);
  snprintf(name, sizeof(name), "mel_mag_%s", way->name);
  compare(signal, signal->group, bands, n, name);
  onoma_log_floor(bands, n, LOG_FLOOR, bands);
  snprintf(name, sizeof(name), "logmel_mag_%s", way->name);
  compare(signal, signal->group, bands, n, name);
  if (way->scale == ONOMA_MEL_SLANEY)
    compare(signal, signal->group, bands, n, "audioldm_original_logmel");

  onoma_mel_apply(mel, golden->pool, ONOMA_MEL_POWER, signal->magnitudes, signal->n_frames, bands);
  onoma_power_db(bands, n, POWER_FLOOR, bands);
  snprintf(name, sizeof(name), "logmel_power_db_%s", way->name);
  compare(signal, signal->group, bands, n, name);
  onoma_free(bands);
  onoma_mel_close(&mel);
}

// AudioLDM's energy of a frame is the norm of its magnitudes.
static void check_energy(const Signal *signal) {
  const size_t n_bins = onoma_stft_n_bins(signal->stft);
  float *const energy = onoma_alloc(signal->n_frames, sizeof(float));
  for (size_t t = 0; t < signal->n_frames; t++) {
    double sum = 0.0;
    for (size_t k = 0; k < n_bins; k++) {
      const double magnitude = (double)signal->magnitudes[t * n_bins + k];
      sum += magnitude * magnitude;
    }
    energy[t] = (float)sqrt(sum);
  }
  compare(signal, signal->group, energy, signal->n_frames, "audioldm_original_energy");
  onoma_free(energy);
}

static void check_signal(Signal *signal, size_t hop) {
  const Golden *const golden = signal->file->golden;
  const OnomaTensor *tensor = NULL;
  const OnomaStftSettings stft = {signal->settings.n_fft, hop, ONOMA_STFT_CENTRED};
  OnomaError error;
  float *const wave = golden_read(signal->file, signal->group, "wav", &tensor);
  if (!wave) {
    golden->report.skip(golden->report.data, signal->group, "has parameters, but no signal");
    return;
  }
  if (onoma_stft_open(&signal->stft, &stft, &error)) {
    golden_fail(golden, signal->group, &error);
    onoma_free(wave);
    return;
  }
  signal->wave = wave;
  signal->n_samples = tensor->n_items;
  signal->n_frames = onoma_stft_n_frames(signal->stft, signal->n_samples);
  signal->magnitudes =
      onoma_alloc(signal->n_frames * onoma_stft_n_bins(signal->stft), sizeof(float));
  golden_run_plain(golden, run_stft, signal);
  compare_magnitudes(signal);
  check_energy(signal);
  for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
    check_way(signal, &ways[i]);
  onoma_free(signal->magnitudes);
  onoma_stft_close(&signal->stft);
  onoma_free(wave);
}

static double number(struct json_object *json, const char *key) {
  return json_object_get_double(json_object_object_get(json, key));
}

void golden_check_mel(const Golden *golden) {
  GoldenFile file;
  if (!golden_file_open(&file, golden, "mel"))
    return;
  const char *const params = onoma_weights_metadata(file.weights, "params");
  struct json_object *const json = params ? json_tokener_parse(params) : NULL;
  if (!json)
    golden->report.result(golden->report.data, "mel", false, "no `params` in the metadata");
  // The parameters of the tensors "16k/..." are called "k16".
  for (struct json_object_iterator i = json_object_iter_begin(json),
                                   end = json_object_iter_end(json);
       json && !json_object_iter_equal(&i, &end); json_object_iter_next(&i)) {
    struct json_object *const values = json_object_iter_peek_value(&i);
    Signal signal = {.file = &file,
                     .settings = {.sample_rate = number(values, "sr"),
                                  .n_fft = (size_t)number(values, "n_fft"),
                                  .n_bands = (size_t)number(values, "n_mels"),
                                  .min_hz = number(values, "fmin"),
                                  .max_hz = number(values, "fmax")}};
    snprintf(signal.group, sizeof(signal.group), "%.20sk", json_object_iter_peek_name(&i) + 1);
    check_signal(&signal, (size_t)number(values, "hop"));
  }
  json_object_put(json);
  golden_file_close(&file);
}
