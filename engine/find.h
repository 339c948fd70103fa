// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Finding model folders.

#ifndef ONOMA_ENGINE_FIND_H
#define ONOMA_ENGINE_FIND_H

#include <onoma/status.h>

#include <stddef.h>

// Writes the folder of a model, by its path or its name (NULL: "default"), to folder. See
// onoma_model_summary() for where it looks. The error tells where it looked. [any]
OnomaStatus onoma_model_find(const char *model, char *folder, size_t size, OnomaError *error);

#endif
