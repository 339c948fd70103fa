// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A digest over all files of a model.

#ifndef ONOMA_ENGINE_DIGEST_H
#define ONOMA_ENGINE_DIGEST_H

#include <onoma/status.h>

#define ONOMA_DIGEST_SIZE 33

// Hashes the names, sizes and contents of the files of a model folder and of its subfolders, one
// level deep, in the order of their names: XXH3 with 128 bits, as 32 hexadecimal digits. It tells
// models apart; it does not withstand forgery. Only .json, .safetensors, .bin and .txt files count.
// [control]
OnomaStatus onoma_model_digest(const char *folder, char digest[ONOMA_DIGEST_SIZE],
                               OnomaError *error);

#endif
