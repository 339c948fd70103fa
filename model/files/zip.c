// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Zip archives of stored entries.

#include "zip.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
  LOCAL_SIGNATURE = 0x04034b50,
  ENTRY_SIGNATURE = 0x02014b50,
  END_SIGNATURE = 0x06054b50,
  END64_SIGNATURE = 0x06064b50,
  LOCATOR64_SIGNATURE = 0x07064b50,
  LOCAL_BYTES = 30, // of the fixed part of each record
  ENTRY_BYTES = 46,
  END_BYTES = 22,
  END64_BYTES = 56,
  LOCATOR64_BYTES = 20,
  MAX_COMMENT_BYTES = 0xFFFF,
  FLAG_ENCRYPTED = 1,
  EXTRA_ZIP64 = 1,
};

typedef struct {
  const char *path;
  const unsigned char *bytes;
  size_t n_bytes;
  OnomaError *error;
} Archive;

// Where the directory is.
typedef struct {
  uint64_t n_entries, n_bytes, at;
} Directory;

// What the directory says of an entry.
typedef struct {
  OnomaZipEntry entry; // without data
  uint64_t local_at;   // of the local header
  uint64_t n_data;
  size_t n_record; // bytes of the record
} Record;

static OnomaStatus fail(const Archive *archive, const char *what) {
  return onoma_fail(archive->error, ONOMA_ERR_FORMAT, "%s: %s", archive->path, what);
}

static OnomaStatus fail_entry(const Archive *archive, const OnomaZipEntry *entry,
                              OnomaStatus status, const char *what) {
  const int n_shown = entry->n_name < 200 ? (int)entry->n_name : 200;
  return onoma_fail(archive->error, status, "%s: zip entry \"%.*s\" %s", archive->path, n_shown,
                    entry->name, what);
}

static uint64_t load(const unsigned char *bytes, size_t n) {
  uint64_t value = 0;
  for (size_t i = 0; i < n; i++)
    value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

// Whether n bytes at `at` lie within the archive.
static bool is_inside(const Archive *archive, uint64_t at, uint64_t n) {
  return at <= archive->n_bytes && n <= archive->n_bytes - at;
}

// Finds the end record: the last one whose comment ends with the archive.
static const unsigned char *find_end(const Archive *archive) {
  if (archive->n_bytes < END_BYTES)
    return NULL;
  size_t at = archive->n_bytes - END_BYTES;
  const size_t last = at > MAX_COMMENT_BYTES ? at - MAX_COMMENT_BYTES : 0;
  for (;; at--) {
    const unsigned char *const end = archive->bytes + at;
    if (load(end, 4) == END_SIGNATURE && at + END_BYTES + load(end + 20, 2) == archive->n_bytes)
      return end;
    if (at == last)
      return NULL;
  }
}

// Reads the zip64 end record, if a locator of one lies in front of the end record.
static OnomaStatus read_end64(const Archive *archive, size_t end_at, Directory *directory) {
  if (end_at < LOCATOR64_BYTES)
    return ONOMA_OK;
  const unsigned char *const locator = archive->bytes + end_at - LOCATOR64_BYTES;
  if (load(locator, 4) != LOCATOR64_SIGNATURE)
    return ONOMA_OK;
  const uint64_t at = load(locator + 8, 8);
  if (!is_inside(archive, at, END64_BYTES) || load(archive->bytes + at, 4) != END64_SIGNATURE)
    return fail(archive, "the zip64 end record is not where the locator says");
  const unsigned char *const end = archive->bytes + at;
  *directory = (Directory){
      .n_entries = load(end + 32, 8), .n_bytes = load(end + 40, 8), .at = load(end + 48, 8)};
  return ONOMA_OK;
}

static OnomaStatus find_directory(const Archive *archive, Directory *directory) {
  const unsigned char *const end = find_end(archive);
  if (!end)
    return fail(archive, "not a zip archive, or cut off (files of PyTorch before 1.6 are not "
                         "supported)");
  *directory = (Directory){
      .n_entries = load(end + 10, 2), .n_bytes = load(end + 12, 4), .at = load(end + 16, 4)};
  const OnomaStatus status = read_end64(archive, (size_t)(end - archive->bytes), directory);
  if (status)
    return status;
  if (!is_inside(archive, directory->at, directory->n_bytes))
    return fail(archive, "the zip directory lies beyond the file's end");
  if (directory->n_entries > directory->n_bytes / ENTRY_BYTES)
    return fail(archive, "the zip directory is too short for its entries");
  return ONOMA_OK;
}

// Replaces the fields that are 0xFFFFFFFF by those of the zip64 extra field.
static bool read_extra64(const unsigned char *extra, size_t n_extra, uint64_t **fields,
                         size_t n_fields) {
  size_t at = 0;
  while (n_extra - at >= 4) {
    const uint64_t id = load(extra + at, 2);
    const size_t n = (size_t)load(extra + at + 2, 2);
    at += 4;
    if (n > n_extra - at)
      return false;
    if (id == EXTRA_ZIP64) {
      size_t used = 0;
      for (size_t i = 0; i < n_fields; i++) {
        if (*fields[i] != 0xFFFFFFFF)
          continue;
        if (n - used < 8)
          return false;
        *fields[i] = load(extra + at + used, 8);
        used += 8;
      }
      return true;
    }
    at += n;
  }
  return true;
}

// Reads the record at bytes[0..n_bytes-1] of the directory.
static OnomaStatus read_record(const Archive *archive, const unsigned char *bytes, size_t n_bytes,
                               Record *record) {
  if (n_bytes < ENTRY_BYTES || load(bytes, 4) != ENTRY_SIGNATURE)
    return fail(archive, "the zip directory is malformed");
  const size_t n_name = (size_t)load(bytes + 28, 2);
  const size_t n_extra = (size_t)load(bytes + 30, 2);
  record->n_record = ENTRY_BYTES + n_name + n_extra + (size_t)load(bytes + 32, 2);
  if (record->n_record > n_bytes)
    return fail(archive, "the zip directory is malformed");
  OnomaZipEntry *const entry = &record->entry;
  *entry = (OnomaZipEntry){.name = (const char *)bytes + ENTRY_BYTES,
                           .n_name = n_name,
                           .crc = (uint32_t)load(bytes + 16, 4)};

  uint64_t n_stored = load(bytes + 20, 4);
  record->n_data = load(bytes + 24, 4);
  record->local_at = load(bytes + 42, 4);
  uint64_t *const fields[] = {&record->n_data, &n_stored, &record->local_at};
  if (!read_extra64(bytes + ENTRY_BYTES + n_name, n_extra, (uint64_t **)fields, 3))
    return fail_entry(archive, entry, ONOMA_ERR_FORMAT, "has a malformed extra field");
  if (load(bytes + 8, 2) & FLAG_ENCRYPTED)
    return fail_entry(archive, entry, ONOMA_ERR_UNSUPPORTED, "is encrypted");
  if (load(bytes + 10, 2))
    return fail_entry(archive, entry, ONOMA_ERR_UNSUPPORTED, "is compressed");
  if (n_stored != record->n_data)
    return fail_entry(archive, entry, ONOMA_ERR_FORMAT, "is stored, but in another size");
  return ONOMA_OK;
}

// Finds the data of an entry behind its local header.
static OnomaStatus locate(const Archive *archive, Record *record) {
  OnomaZipEntry *const entry = &record->entry;
  if (!is_inside(archive, record->local_at, LOCAL_BYTES))
    return fail_entry(archive, entry, ONOMA_ERR_FORMAT, "lies beyond the file's end");
  const unsigned char *const local = archive->bytes + record->local_at;
  if (load(local, 4) != LOCAL_SIGNATURE)
    return fail_entry(archive, entry, ONOMA_ERR_FORMAT, "has no local header");
  const uint64_t n_name = load(local + 26, 2);
  const uint64_t data_at = record->local_at + LOCAL_BYTES + n_name + load(local + 28, 2);
  if (!is_inside(archive, data_at, record->n_data))
    return fail_entry(archive, entry, ONOMA_ERR_FORMAT, "lies beyond the file's end");
  if (n_name != entry->n_name || memcmp(local + LOCAL_BYTES, entry->name, entry->n_name) != 0)
    return fail_entry(archive, entry, ONOMA_ERR_FORMAT, "has another name in its local header");
  entry->data = archive->bytes + data_at;
  entry->n_data = (size_t)record->n_data;
  return ONOMA_OK;
}

static int compare_entries(const void *a, const void *b) {
  const OnomaZipEntry *const x = a;
  const OnomaZipEntry *const y = b;
  const int order = memcmp(x->name, y->name, x->n_name < y->n_name ? x->n_name : y->n_name);
  return order ? order : (x->n_name > y->n_name) - (x->n_name < y->n_name);
}

static OnomaStatus read_entries(const Archive *archive, const Directory *directory, OnomaZip *zip) {
  size_t at = 0;
  for (size_t i = 0; i < directory->n_entries; i++) {
    Record record = {0};
    OnomaStatus status = read_record(archive, archive->bytes + directory->at + at,
                                     (size_t)directory->n_bytes - at, &record);
    if (!status)
      status = locate(archive, &record);
    if (status)
      return status;
    zip->entries[zip->n_entries++] = record.entry;
    at += record.n_record;
  }
  qsort(zip->entries, zip->n_entries, sizeof(OnomaZipEntry), compare_entries);
  for (size_t i = 1; i < zip->n_entries; i++) {
    if (!compare_entries(&zip->entries[i - 1], &zip->entries[i]))
      return fail_entry(archive, &zip->entries[i], ONOMA_ERR_FORMAT, "occurs twice");
  }
  return ONOMA_OK;
}

OnomaStatus onoma_zip_open(OnomaZip *zip, const char *path, const unsigned char *bytes,
                           size_t n_bytes, OnomaError *error) {
  *zip = (OnomaZip){0};
  const Archive archive = {.path = path, .bytes = bytes, .n_bytes = n_bytes, .error = error};
  Directory directory = {0};
  OnomaStatus status = find_directory(&archive, &directory);
  if (status)
    return status;
  zip->entries = onoma_alloc((size_t)directory.n_entries, sizeof(OnomaZipEntry));
  if (!zip->entries)
    return onoma_fail_memory(error);
  status = read_entries(&archive, &directory, zip);
  if (status)
    onoma_zip_close(zip);
  return status;
}

void onoma_zip_close(OnomaZip *zip) {
  onoma_free(zip->entries);
  *zip = (OnomaZip){0};
}

// Compares an entry's name with folder + name.
static int compare_name(const OnomaZipEntry *entry, const char *folder, size_t n_folder,
                        const char *name, size_t n_name) {
  const size_t n_first = entry->n_name < n_folder ? entry->n_name : n_folder;
  int order = memcmp(entry->name, folder, n_first);
  if (order || entry->n_name < n_folder)
    return order ? order : -1;
  const size_t n_rest = entry->n_name - n_folder;
  order = memcmp(entry->name + n_folder, name, n_rest < n_name ? n_rest : n_name);
  return order ? order : (n_rest > n_name) - (n_rest < n_name);
}

const OnomaZipEntry *onoma_zip_find(const OnomaZip *zip, const char *folder, size_t n_folder,
                                    const char *name, size_t n_name) {
  size_t first = 0;
  size_t n = zip->n_entries;
  while (n) {
    const OnomaZipEntry *const middle = &zip->entries[first + n / 2];
    const int order = compare_name(middle, folder, n_folder, name, n_name);
    if (!order)
      return middle;
    if (order < 0) {
      first += n / 2 + 1;
      n -= n / 2 + 1;
    } else {
      n /= 2;
    }
  }
  return NULL;
}
