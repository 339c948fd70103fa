// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Parts of models with a setting changed.

#ifndef ONOMA_TESTS_PART_COPY_H
#define ONOMA_TESTS_PART_COPY_H

#include "scratch.h"

// Makes the scratch folder a copy of the part in the folder `source`, with `key` of its
// configuration set to the JSON text `value`, or left out if that is NULL. Fails the test if it
// can't. The folder's path is scratch->folder.
void part_copy(const Scratch *scratch, const char *source, const char *key, const char *value);

#endif
