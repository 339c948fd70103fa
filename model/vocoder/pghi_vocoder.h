// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The vocoder of the shipped model, as doc/model-format.md has it: a ConvNeXt (Liu et al. 2022)
// predicts magnitudes, whose phases are integrated.

#ifndef ONOMA_MODEL_PGHI_VOCODER_H
#define ONOMA_MODEL_PGHI_VOCODER_H

#include "vocoder.h"

// Shows its tap "conv_in", "layers.i" and "log_magnitude", the Y [T,K] of the document.
extern const OnomaVocoderClass onoma_pghi_vocoder;

#endif
