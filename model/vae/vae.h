// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The autoencoder between spectrograms and latents, whatever its class.

#ifndef ONOMA_MODEL_VAE_H
#define ONOMA_MODEL_VAE_H

#include "model/exec.h"
#include "model/files/config.h"
#include "model/files/weights.h"

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct OnomaVae OnomaVae;

// What a class of autoencoders implements.
typedef struct {
  const char *name; // as in the configuration
  OnomaStatus (*open)(OnomaVae **vae, const OnomaConfig *config, const OnomaWeights *weights,
                      const OnomaKernels *kernels, OnomaError *error);
  void (*close)(OnomaVae *vae);
  void (*decode)(const OnomaVae *vae, const OnomaExec *exec, const float *latent, size_t n_columns,
                 size_t n_rows, float *bands);
  void (*encode)(const OnomaVae *vae, const OnomaExec *exec, const float *bands, size_t n_frames,
                 size_t n_bands, float *mean, float *log_variance);
} OnomaVaeClass;

// What all autoencoders have; the first member of each class's own structure. Filled in by open().
struct OnomaVae {
  const OnomaVaeClass *type;
  size_t n_channels;        // C, of the latent
  size_t frames_per_column; // of the spectrogram, a column of the latent
  size_t bands_per_row;     // of the spectrogram, a row of the latent
  size_t n_bands;           // F that it was made for, or 0 for any multiple of bands_per_row
  double scaling_factor;    // what the denoiser sees is the latent times this
  float floor;              // value of a band in silence, for padding clips
  bool has_variance;        // encode() gives a log variance
};

// Opens the part in the folder `folder`: config.json, whose `_class_name` chooses the class, and
// the weights. [control]
OnomaStatus onoma_vae_open(OnomaVae **vae, const char *folder, const OnomaKernels *kernels,
                           OnomaError *error);

// Frees it, and clears the pointer. [control]
void onoma_vae_close(OnomaVae **vae);

// latent [T',F',C], not scaled -> bands [T' frames_per_column, F' bands_per_row].
void onoma_vae_decode(const OnomaVae *vae, const OnomaExec *exec, const float *latent,
                      size_t n_columns, size_t n_rows, float *bands);

// bands [T,F], whole columns and rows -> mean [T',F',C], not scaled, and log_variance likewise,
// which may be NULL and is left alone unless has_variance.
void onoma_vae_encode(const OnomaVae *vae, const OnomaExec *exec, const float *bands,
                      size_t n_frames, size_t n_bands, float *mean, float *log_variance);

#endif
