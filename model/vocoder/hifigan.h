// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// HiFi-GAN (Kong, Kim and Bae 2020), as transformers' SpeechT5HifiGan has it.

#ifndef ONOMA_MODEL_HIFIGAN_H
#define ONOMA_MODEL_HIFIGAN_H

#include "vocoder.h"

extern const OnomaVocoderClass onoma_hifigan;

#endif
