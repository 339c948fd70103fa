// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Choosing the class of an autoencoder.

#include "vae.h"

#include "autoencoder_kl.h"
#include "patch_vae.h"

#include "model/nn/part.h"

#include <string.h>

static const OnomaVaeClass *const classes[] = {
    &onoma_autoencoder_kl,
    &onoma_patch_vae,
};

static OnomaStatus open_part(OnomaVae **vae, const OnomaPart *part, const OnomaKernels *kernels,
                             OnomaError *error) {
  for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
    if (!strcmp(part->class_name, classes[i]->name))
      return classes[i]->open(vae, &part->config, part->weights, kernels, error);
  }
  return onoma_part_fail_class(part, error);
}

OnomaStatus onoma_vae_open(OnomaVae **vae, const char *folder, const OnomaKernels *kernels,
                           OnomaError *error) {
  *vae = NULL;
  OnomaPart part;
  OnomaStatus status = onoma_part_open(&part, folder, error);
  if (status)
    return status;
  status = open_part(vae, &part, kernels, error);
  onoma_part_close(&part);
  return status;
}

void onoma_vae_close(OnomaVae **vae) {
  OnomaVae *const v = *vae;
  *vae = NULL;
  if (v)
    v->type->close(v);
}

void onoma_vae_decode(const OnomaVae *vae, const OnomaExec *exec, const float *latent,
                      size_t n_columns, size_t n_rows, float *bands) {
  vae->type->decode(vae, exec, latent, n_columns, n_rows, bands);
}

void onoma_vae_encode(const OnomaVae *vae, const OnomaExec *exec, const float *bands,
                      size_t n_frames, size_t n_bands, float *mean, float *log_variance) {
  vae->type->encode(vae, exec, bands, n_frames, n_bands, mean, log_variance);
}
