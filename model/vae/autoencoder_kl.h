// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The convolutional autoencoder of latent diffusion (Rombach et al. 2022), as diffusers'
// AutoencoderKL has it, over spectrograms of one channel.

#ifndef ONOMA_MODEL_AUTOENCODER_KL_H
#define ONOMA_MODEL_AUTOENCODER_KL_H

#include "vae.h"

extern const OnomaVaeClass onoma_autoencoder_kl;

#endif
