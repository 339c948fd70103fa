// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Choosing the class of a vocoder.

#include "vocoder.h"

#include "hifigan.h"
#include "pghi_vocoder.h"

#include "model/nn/part.h"

#include <string.h>

static const OnomaVocoderClass *const classes[] = {
    &onoma_hifigan,
    &onoma_pghi_vocoder,
};

static OnomaStatus open_part(OnomaVocoder **vocoder, const OnomaPart *part,
                             const OnomaKernels *kernels, OnomaError *error) {
  for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
    if (!strcmp(part->class_name, classes[i]->name))
      return classes[i]->open(vocoder, &part->config, part->weights, kernels, error);
  }
  return onoma_part_fail_class(part, error);
}

OnomaStatus onoma_vocoder_open(OnomaVocoder **vocoder, const char *folder,
                               const OnomaKernels *kernels, OnomaError *error) {
  *vocoder = NULL;
  OnomaPart part;
  OnomaStatus status = onoma_part_open(&part, folder, error);
  if (status)
    return status;
  status = open_part(vocoder, &part, kernels, error);
  onoma_part_close(&part);
  return status;
}

void onoma_vocoder_close(OnomaVocoder **vocoder) {
  OnomaVocoder *const v = *vocoder;
  *vocoder = NULL;
  if (v)
    v->type->close(v);
}

size_t onoma_vocoder_n_samples(const OnomaVocoder *vocoder, size_t n_frames) {
  return vocoder->type->n_samples(vocoder, n_frames);
}

void onoma_vocoder_run(const OnomaVocoder *vocoder, const OnomaExec *exec, const float *bands,
                       size_t n_frames, uint64_t seed, float *samples) {
  vocoder->type->run(vocoder, exec, bands, n_frames, seed, samples);
}
