// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The pickles of PyTorch's state dicts, read without ever running anything.
//
// A pickle is a program that may call what it likes. This reader knows the few globals that a dict
// of tensors needs (OrderedDict, the storages, _rebuild_tensor_v2, _rebuild_parameter), computes
// what they would give, and refuses a pickle that asks for anything else, by its name. The opcodes
// are those of protocol 2, which torch.save() writes; Python's pickletools documents them.

#ifndef ONOMA_MODEL_PICKLE_H
#define ONOMA_MODEL_PICKLE_H

#include "weights.h"

// A piece of the pickle; not terminated.
typedef struct {
  const char *text;
  size_t n; // bytes
} OnomaPickleString;

// A storage: an entry `data/<key>` of the archive that the pickle is in.
typedef struct {
  OnomaPickleString key;
  OnomaDtype dtype;
  size_t n_items;
} OnomaPickleStorage;

// A tensor as torch._utils._rebuild_tensor_v2 describes it, not yet checked against its storage.
typedef struct {
  size_t storage; // index
  size_t offset;  // items
  size_t rank;
  size_t shape[ONOMA_MAX_RANK];
  size_t strides[ONOMA_MAX_RANK]; // items
} OnomaPickleTensor;

// A member of the state dict.
typedef struct {
  OnomaPickleString name;
  size_t tensor; // index
} OnomaPickleMember;

typedef struct {
  OnomaPickleStorage *storages; // owned, and so are the other two
  size_t n_storages;
  OnomaPickleTensor *tensors;
  size_t n_tensors;
  OnomaPickleMember *members; // in the pickle's order
  size_t n_members;
} OnomaPickle;

// Reads a pickle of a dict of strings to tensors. Names point into bytes, which must outlive it.
// Memory and time are bounded by the pickle's length. path is for messages. [control]
OnomaStatus onoma_pickle_open(OnomaPickle *pickle, const char *path, const unsigned char *bytes,
                              size_t n_bytes, OnomaError *error);

// Frees it; a zeroed pickle is fine. [control]
void onoma_pickle_close(OnomaPickle *pickle);

#endif
