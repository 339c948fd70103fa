// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Telling the user how a job goes.

#ifndef ONOMA_CLI_PROGRESS_H
#define ONOMA_CLI_PROGRESS_H

#include "cli.h"

// Waits for the job, drawing a bar on the standard error if that is a terminal, or printing lines
// of JSON. Cancels the job when the user interrupts.
void progress_wait(const Options *options, OnomaJob *job);

#endif
