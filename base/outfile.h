// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Writing whole files, so that they appear complete or not at all.

#ifndef ONOMA_BASE_OUTFILE_H
#define ONOMA_BASE_OUTFILE_H

#include <onoma/status.h>

#include <stddef.h>

// Writes the n_bytes of data to path.
//
// A regular file, or one that does not exist, is written under a temporary name in the same folder,
// forced to the disk and renamed: whoever looks at path sees the old file or the whole new one, and
// when anything fails, the old one stays and the temporary one goes. An existing file keeps its
// permissions, and must be writable; through a symbolic link the file that it names is replaced.
// Devices, pipes and sockets are written directly, and "-" is the standard output.
//
// Running into a limit on the size of files, or a pipe that nobody reads, is an error and not a
// signal. The error names the path. [any but audio]
OnomaStatus onoma_outfile_write(const char *path, const void *data, size_t n_bytes,
                                OnomaError *error);

#endif
