// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The help texts.

#ifndef ONOMA_CLI_USAGE_H
#define ONOMA_CLI_USAGE_H

#include <stdio.h>

void print_usage(FILE *file);
void print_help(void);

#endif
