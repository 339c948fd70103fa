// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// State dicts of PyTorch in zip archives.

#include "torch_zip.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "pickle.h"
#include "zip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

// A state dict's pickle is some 200 bytes per tensor.
#define MAX_PICKLE_BYTES ((size_t)64 << 20)

typedef struct {
  const OnomaWeightReader *reader;
  const OnomaZip *zip;
  const char *folder; // with the slash; not terminated
  size_t n_folder;
  size_t n_copied; // bytes of the copies made so far
} Archive;

static OnomaStatus fail(const Archive *archive, OnomaPickleString name, const char *what) {
  const int n_shown = name.n < 200 ? (int)name.n : 200;
  return onoma_fail(archive->reader->error, ONOMA_ERR_FORMAT, "%s: tensor \"%.*s\": %s",
                    archive->reader->file->path, n_shown, name.text, what);
}

// Finds the entry <folder>/data.pkl.
static OnomaStatus find_pickle(Archive *archive, const OnomaZipEntry **pickle) {
  static const char name[] = "/data.pkl";
  const size_t n = sizeof(name) - 1;
  const OnomaWeightReader *const reader = archive->reader;
  *pickle = NULL;
  for (size_t i = 0; i < archive->zip->n_entries; i++) {
    const OnomaZipEntry *const entry = &archive->zip->entries[i];
    if (entry->n_name <= n || memcmp(entry->name + entry->n_name - n, name, n) != 0)
      continue;
    if (*pickle)
      return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: more than one data.pkl",
                        reader->file->path);
    *pickle = entry;
    archive->folder = entry->name;
    archive->n_folder = entry->n_name - n + 1;
  }
  if (!*pickle)
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: a zip archive, but without data.pkl",
                      reader->file->path);
  if ((*pickle)->n_data > MAX_PICKLE_BYTES ||
      crc32(0, (*pickle)->data, (uInt)(*pickle)->n_data) != (*pickle)->crc)
    return onoma_fail(reader->error, ONOMA_ERR_FORMAT, "%s: data.pkl is too large or damaged",
                      reader->file->path);
  return ONOMA_OK;
}

// Newer versions say what order the bytes have.
static OnomaStatus check_byte_order(const Archive *archive) {
  const OnomaZipEntry *const order =
      onoma_zip_find(archive->zip, archive->folder, archive->n_folder, "byteorder", 9);
  if (!order || (order->n_data == 6 && !memcmp(order->data, "little", 6)))
    return ONOMA_OK;
  return onoma_fail(archive->reader->error, ONOMA_ERR_UNSUPPORTED,
                    "%s: its byte order is not little-endian", archive->reader->file->path);
}

static OnomaStatus find_storage(const Archive *archive, OnomaPickleString name,
                                const OnomaPickleStorage *storage, const unsigned char **data) {
  char path[80] = "data/";
  const size_t n_path = 5 + storage->key.n;
  if (n_path > sizeof(path))
    return fail(archive, name, "the key of its storage is too long");
  memcpy(path + 5, storage->key.text, storage->key.n);
  const OnomaZipEntry *const entry =
      onoma_zip_find(archive->zip, archive->folder, archive->n_folder, path, n_path);
  if (!entry)
    return fail(archive, name, "its storage is missing");
  size_t n_bytes = 0;
  if (!onoma_mul_size(storage->n_items, onoma_dtype_size(storage->dtype), &n_bytes) ||
      n_bytes != entry->n_data)
    return fail(archive, name, "its storage has another size than the pickle says");
  *data = entry->data;
  return ONOMA_OK;
}

// Whether the last item lies within the storage.
static bool fits(const OnomaPickleTensor *tensor, size_t n_items, size_t n_stored) {
  if (!n_items)
    return true;
  size_t last = tensor->offset;
  for (size_t i = 0; i < tensor->rank; i++) {
    size_t step = 0;
    if (!onoma_mul_size(tensor->shape[i] - 1, tensor->strides[i], &step) || step > SIZE_MAX - last)
      return false;
    last += step;
  }
  return last < n_stored;
}

static bool is_contiguous(const OnomaPickleTensor *tensor) {
  size_t stride = 1;
  for (size_t i = tensor->rank; i-- > 0;) {
    if (tensor->shape[i] != 1 && tensor->strides[i] != stride)
      return false;
    stride *= tensor->shape[i]; // no overflow: the product of the shape has been checked
  }
  return true;
}

// Copies the items that lie with strides in the storage at data, row by row.
static void copy_strided(const OnomaPickleTensor *tensor, size_t item_size,
                         const unsigned char *data, unsigned char *out) {
  size_t index[ONOMA_MAX_RANK] = {0};
  size_t at = tensor->offset;
  for (;;) {
    memcpy(out, data + at * item_size, item_size);
    out += item_size;
    size_t i = tensor->rank;
    while (i > 0 && index[i - 1] + 1 == tensor->shape[i - 1]) {
      i--;
      at -= index[i] * tensor->strides[i];
      index[i] = 0;
    }
    if (!i)
      return;
    index[i - 1]++;
    at += tensor->strides[i - 1];
  }
}

// The data of a tensor that is not contiguous. A file must not make more memory than it has bytes
// itself, say by strides of 0.
static OnomaStatus copy(Archive *archive, OnomaPickleString name, const OnomaPickleTensor *tensor,
                        size_t n_bytes, size_t item_size, const unsigned char **data) {
  const OnomaWeightReader *const reader = archive->reader;
  if (n_bytes > reader->file->map.size - archive->n_copied)
    return fail(archive, name, "its strides repeat its storage");
  unsigned char *const block = onoma_weights_add_block(reader, n_bytes);
  if (!block)
    return onoma_fail_memory(reader->error);
  archive->n_copied += n_bytes;
  copy_strided(tensor, item_size, *data, block);
  *data = block;
  return ONOMA_OK;
}

static OnomaStatus add_tensor(Archive *archive, const OnomaPickle *pickle,
                              const OnomaPickleMember *member, const char *name) {
  const OnomaPickleTensor *const stored = &pickle->tensors[member->tensor];
  const OnomaPickleStorage *const storage = &pickle->storages[stored->storage];
  const size_t item_size = onoma_dtype_size(storage->dtype);
  const unsigned char *data = NULL;
  OnomaStatus status = find_storage(archive, member->name, storage, &data);
  if (status)
    return status;
  OnomaTensor tensor = {.name = name, .dtype = storage->dtype, .rank = stored->rank};
  memcpy(tensor.shape, stored->shape, sizeof(tensor.shape));
  size_t n_bytes = 0;
  if (!onoma_shape_n_items(tensor.rank, tensor.shape, &tensor.n_items) ||
      !onoma_mul_size(tensor.n_items, item_size, &n_bytes))
    return fail(archive, member->name, "its size overflows");
  if (!fits(stored, tensor.n_items, storage->n_items))
    return fail(archive, member->name, "it lies beyond its storage");

  if (tensor.n_items && !is_contiguous(stored))
    status = copy(archive, member->name, stored, n_bytes, item_size, &data);
  else if (tensor.n_items)
    data += stored->offset * item_size;
  if (status)
    return status;
  tensor.data = data;
  return onoma_weights_add(archive->reader, &tensor);
}

static OnomaStatus add_member(Archive *archive, const OnomaPickle *pickle,
                              const OnomaPickleMember *member) {
  const OnomaPickleString name = member->name;
  if (memchr(name.text, '\0', name.n) || onoma_utf8_valid_length(name.text, name.n) != name.n)
    return fail(archive, name, "its name is not text");
  char *const terminated = strndup(name.text, name.n);
  if (!terminated)
    return onoma_fail_memory(archive->reader->error);
  const OnomaStatus status = add_tensor(archive, pickle, member, terminated);
  free(terminated);
  return status;
}

static OnomaStatus read_archive(Archive *archive) {
  const OnomaWeightReader *const reader = archive->reader;
  const OnomaZipEntry *entry = NULL;
  OnomaStatus status = find_pickle(archive, &entry);
  if (!status)
    status = check_byte_order(archive);
  if (status)
    return status;
  OnomaPickle pickle;
  status =
      onoma_pickle_open(&pickle, reader->file->path, entry->data, entry->n_data, reader->error);
  if (status)
    return status;
  for (size_t i = 0; i < pickle.n_members && !status; i++)
    status = add_member(archive, &pickle, &pickle.members[i]);
  onoma_pickle_close(&pickle);
  return status;
}

OnomaStatus onoma_torch_zip_read(const OnomaWeightReader *reader) {
  const OnomaFileMap *const map = &reader->file->map;
  OnomaZip zip;
  OnomaStatus status =
      onoma_zip_open(&zip, reader->file->path, map->data, map->size, reader->error);
  if (status)
    return status;
  Archive archive = {.reader = reader, .zip = &zip};
  status = read_archive(&archive);
  onoma_zip_close(&zip);
  return status;
}
