// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The comment of a WAV file. libsndfile 1.2 loses comments longer than 2047 bytes when it reads
// them, and breaks the file without saying so when it writes one of more than some 90000.

#ifndef ONOMA_DSP_RIFF_INFO_H
#define ONOMA_DSP_RIFF_INFO_H

#include "memfile.h"

#include <sndfile.h>

#include <stdbool.h>

// Appends a LIST INFO chunk with the software's name and a comment (may be NULL) to a complete RIFF
// file. False if memory is out or the file gets too large for RIFF. [any but audio]
bool onoma_riff_append_info(OnomaMemfile *file, const char *software, const char *comment);

// The comment in a LIST INFO chunk of a WAV file open for reading, to be freed with onoma_free();
// NULL if it has none that is well-formed, or memory is out. [any but audio]
char *onoma_riff_read_comment(SNDFILE *sound);

#endif
