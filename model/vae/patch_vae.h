// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The autoencoder of the shipped model, as doc/model-format.md has it: a Karhunen-Loeve transform
// of patches, and a Wiener estimate with a trained residual to get back.

#ifndef ONOMA_MODEL_PATCH_VAE_H
#define ONOMA_MODEL_PATCH_VAE_H

#include "vae.h"

extern const OnomaVaeClass onoma_patch_vae;

#endif
