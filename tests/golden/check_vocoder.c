// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Vocoders against SpeechT5HifiGan.

#include "golden.h"

#include "base/memory.h"
#include "model/vocoder/vocoder.h"

#include <stdio.h>

typedef struct {
  const OnomaVocoder *vocoder;
  const float *bands;
  size_t n_frames;
  float *samples;
} Run;

static void run_vocoder(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_vocoder_run(run->vocoder, exec, run->bands, run->n_frames, 0, run->samples);
}

static void check_case(GoldenFile *file, const OnomaVocoder *vocoder, const char *group) {
  const Golden *const golden = file->golden;
  const OnomaTensor *mel = NULL;
  const OnomaTensor *wave = NULL;
  float *const bands = golden_read(file, group, "mel", &mel);
  float *const want = golden_read(file, group, "wav", &wave);
  char name[128];
  snprintf(name, sizeof(name), "vocoder/%s/wav", group);
  // [B,T,F] or, without a batch, [T,F].
  const bool is_batch = mel->rank == 3;
  const size_t n_batch = is_batch ? mel->shape[0] : 1;
  const size_t n_frames = mel->shape[is_batch ? 1 : 0];
  const size_t n_samples = onoma_vocoder_n_samples(vocoder, n_frames);
  if (mel->n_items != n_batch * n_frames * vocoder->n_bands ||
      wave->n_items != n_batch * n_samples) {
    golden->report.result(golden->report.data, name, false, "the shapes differ");
  } else {
    float *const samples = onoma_alloc(n_batch * n_samples, sizeof(float));
    for (size_t i = 0; i < n_batch; i++) {
      Run run = {vocoder, bands + i * n_frames * vocoder->n_bands, n_frames,
                 samples + i * n_samples};
      golden_run(file, group, i, run_vocoder, &run);
    }
    golden->report.compare(golden->report.data, name, samples, want, n_batch * n_samples,
                           golden->network_tolerance);
    onoma_free(samples);
  }
  onoma_free(want);
  onoma_free(bands);
}

void golden_check_vocoder(const Golden *golden) {
  GoldenFile file;
  OnomaVocoder *vocoder = NULL;
  OnomaError error;
  const char *const folder = golden_find_folder(golden, "audioldm-");
  char path[1100];
  if (!golden_file_open(&file, golden, "vocoder"))
    return;
  snprintf(path, sizeof(path), "%s/vocoder", folder ? folder : "");
  if (onoma_vocoder_open(&vocoder, path, &golden->kernels, &error)) {
    golden_fail(golden, "vocoder", &error);
  } else {
    char group[64];
    for (size_t i = 0; golden_next_group(&file, "wav", &i, group);)
      check_case(&file, vocoder, group);
  }
  onoma_vocoder_close(&vocoder);
  golden_file_close(&file);
}
