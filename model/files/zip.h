// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Zip archives whose entries are stored, not compressed, zip64 included; as PyTorch writes them.
// The format is PKWARE's APPNOTE.TXT.

#ifndef ONOMA_MODEL_ZIP_H
#define ONOMA_MODEL_ZIP_H

#include <onoma/status.h>

#include <stddef.h>
#include <stdint.h>

// An entry: name and data point into the archive; the name has no terminator.
typedef struct {
  const char *name;
  size_t n_name; // bytes
  const unsigned char *data;
  size_t n_data; // bytes
  uint32_t crc;  // what the archive says the CRC-32 of the data is
} OnomaZipEntry;

typedef struct {
  OnomaZipEntry *entries; // sorted by name; owned
  size_t n_entries;
} OnomaZip;

// Reads the directory of the archive bytes[0..n_bytes-1], which must outlive the zip, and checks
// that all entries are stored, lie within it, and have names of their own. path is for messages.
// [control]
OnomaStatus onoma_zip_open(OnomaZip *zip, const char *path, const unsigned char *bytes,
                           size_t n_bytes, OnomaError *error);

// Frees the directory; a zeroed zip is fine. [control]
void onoma_zip_close(OnomaZip *zip);

// The entry of the name `folder` + `name`, or NULL. [any]
const OnomaZipEntry *onoma_zip_find(const OnomaZip *zip, const char *folder, size_t n_folder,
                                    const char *name, size_t n_name);

#endif
