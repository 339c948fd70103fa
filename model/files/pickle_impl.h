// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The machine that pickles are programs of: values, stack, and memo. For pickle*.c alone.

#ifndef ONOMA_MODEL_PICKLE_IMPL_H
#define ONOMA_MODEL_PICKLE_IMPL_H

#include "pickle.h"

#include <stdbool.h>
#include <stdint.h>

// The globals that are known; storages follow, one per dtype.
typedef enum {
  PICKLE_ORDERED_DICT,
  PICKLE_REBUILD_TENSOR,
  PICKLE_REBUILD_PARAMETER,
  PICKLE_STORAGE,
} PickleGlobal;

typedef enum {
  PICKLE_NONE,
  PICKLE_BOOL,
  PICKLE_INT,
  PICKLE_STRING,
  PICKLE_TUPLE,
  PICKLE_DICT,
  PICKLE_OPAQUE, // lists and floats, which nothing here looks into
  PICKLE_MARK,
  PICKLE_GLOBAL,
  PICKLE_STORED, // a storage
  PICKLE_TENSOR,
} PickleType;

typedef struct {
  PickleType type;
  union {
    int64_t integer;          // of a bool, too
    OnomaPickleString string; // points into the pickle
    struct {
      size_t first, n; // in `items`
    } tuple;
    size_t index; // of a dict, a storage, or a tensor
    struct {
      PickleGlobal global;
      OnomaDtype dtype; // of a storage
    };
  };
} PickleValue;

// Values, growing as needed.
typedef struct {
  PickleValue *values; // owned
  size_t n, capacity;
} PickleValues;

// A key and value of some dict.
typedef struct {
  size_t dict;
  PickleValue key, value;
} PicklePair;

typedef struct {
  const char *path;
  const unsigned char *bytes;
  size_t n_bytes, at;
  OnomaError *error;
  PickleValues stack, memo, items;
  PicklePair *pairs; // owned; of all dicts, in the order they were set
  size_t n_pairs, pair_capacity;
  size_t n_dicts;
  OnomaPickle *out;
  size_t storage_capacity, tensor_capacity;
} PickleMachine;

// Fails with a message that begins with the path. [control]
OnomaStatus onoma_pickle_fail(const PickleMachine *machine, const char *what);

// Makes room for one more item of item_size bytes in *block. [control]
OnomaStatus onoma_pickle_grow(const PickleMachine *machine, void **block, size_t n,
                              size_t *capacity, size_t item_size);

// Pushes onto the stack, or pops what is not a mark. [control]
OnomaStatus onoma_pickle_push(PickleMachine *machine, PickleValue value);
OnomaStatus onoma_pickle_pop(PickleMachine *machine, PickleValue *value);

// The opcodes that make PyTorch's objects: GLOBAL of this module and name, REDUCE, BUILD, and
// BINPERSID. [control]
OnomaStatus onoma_pickle_global(PickleMachine *machine, OnomaPickleString module,
                                OnomaPickleString name);
OnomaStatus onoma_pickle_reduce(PickleMachine *machine);
OnomaStatus onoma_pickle_build(PickleMachine *machine);
OnomaStatus onoma_pickle_persistent(PickleMachine *machine);

#endif
