// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The vocoder, from spectrograms to samples, whatever its class.

#ifndef ONOMA_MODEL_VOCODER_H
#define ONOMA_MODEL_VOCODER_H

#include "model/exec.h"
#include "model/files/config.h"
#include "model/files/weights.h"

#include <onoma/status.h>

#include <stddef.h>
#include <stdint.h>

typedef struct OnomaVocoder OnomaVocoder;

// What a class of vocoders implements.
typedef struct {
  const char *name; // as in the configuration
  OnomaStatus (*open)(OnomaVocoder **vocoder, const OnomaConfig *config,
                      const OnomaWeights *weights, const OnomaKernels *kernels, OnomaError *error);
  void (*close)(OnomaVocoder *vocoder);
  size_t (*n_samples)(const OnomaVocoder *vocoder, size_t n_frames);
  void (*run)(const OnomaVocoder *vocoder, const OnomaExec *exec, const float *bands,
              size_t n_frames, uint64_t seed, float *samples);
} OnomaVocoderClass;

// What all vocoders have; the first member of each class's own structure. Filled in by open().
struct OnomaVocoder {
  const OnomaVocoderClass *type;
  size_t sampling_rate_hz;
  size_t hop_length; // samples a frame
  size_t n_bands;    // F
};

// Opens the part in the folder `folder`: config.json, whose `_class_name` or, failing that, first
// entry of `architectures` chooses the class, and the weights. [control]
OnomaStatus onoma_vocoder_open(OnomaVocoder **vocoder, const char *folder,
                               const OnomaKernels *kernels, OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_vocoder_close(OnomaVocoder **vocoder);

// Samples that n_frames frames make, at least 1 frame: about n_frames * hop_length. [any]
size_t onoma_vocoder_n_samples(const OnomaVocoder *vocoder, size_t n_frames);

// bands [T,F] -> samples [onoma_vocoder_n_samples()]. The seed chooses the phases of classes that
// draw some.
void onoma_vocoder_run(const OnomaVocoder *vocoder, const OnomaExec *exec, const float *bands,
                       size_t n_frames, uint64_t seed, float *samples);

#endif
