// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The objects in pickles of state dicts: storages, tensors, parameters, and ordered dicts.

#include "base/error.h"
#include "pickle_impl.h"

#include <string.h>

static bool is_text(OnomaPickleString string, const char *text) {
  return string.n == strlen(text) && !memcmp(string.text, text, string.n);
}

static const struct {
  const char *module, *name;
  PickleGlobal global;
  OnomaDtype dtype;
} globals[] = {
    {"collections", "OrderedDict", PICKLE_ORDERED_DICT, 0},
    {"torch._utils", "_rebuild_tensor_v2", PICKLE_REBUILD_TENSOR, 0},
    {"torch._utils", "_rebuild_parameter", PICKLE_REBUILD_PARAMETER, 0},
    {"torch", "FloatStorage", PICKLE_STORAGE, ONOMA_DTYPE_F32},
    {"torch", "HalfStorage", PICKLE_STORAGE, ONOMA_DTYPE_F16},
    {"torch", "BFloat16Storage", PICKLE_STORAGE, ONOMA_DTYPE_BF16},
    {"torch", "DoubleStorage", PICKLE_STORAGE, ONOMA_DTYPE_F64},
    {"torch", "CharStorage", PICKLE_STORAGE, ONOMA_DTYPE_I8},
    {"torch", "ByteStorage", PICKLE_STORAGE, ONOMA_DTYPE_U8},
    {"torch", "BoolStorage", PICKLE_STORAGE, ONOMA_DTYPE_BOOL},
    {"torch", "ShortStorage", PICKLE_STORAGE, ONOMA_DTYPE_I16},
    {"torch", "IntStorage", PICKLE_STORAGE, ONOMA_DTYPE_I32},
    {"torch", "LongStorage", PICKLE_STORAGE, ONOMA_DTYPE_I64},
};

// Copies what can be shown of a string.
static void printable(OnomaPickleString string, size_t n_text, char *text) {
  size_t n = 0;
  for (; n < string.n && n + 1 < n_text; n++)
    text[n] = string.text[n] >= ' ' && string.text[n] <= '~' ? string.text[n] : '?';
  text[n] = '\0';
}

OnomaStatus onoma_pickle_global(PickleMachine *machine, OnomaPickleString module,
                                OnomaPickleString name) {
  for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++) {
    if (is_text(module, globals[i].module) && is_text(name, globals[i].name))
      return onoma_pickle_push(machine, (PickleValue){.type = PICKLE_GLOBAL,
                                                      .global = globals[i].global,
                                                      .dtype = globals[i].dtype});
  }
  char shown_module[100];
  char shown_name[100];
  printable(module, sizeof(shown_module), shown_module);
  printable(name, sizeof(shown_name), shown_name);
  return onoma_fail(machine->error, ONOMA_ERR_UNSUPPORTED,
                    "%s: the pickle asks for \"%s.%s\", which is no part of a tensor; refused",
                    machine->path, shown_module, shown_name);
}

// Item i of a tuple, which has it.
static PickleValue item(const PickleMachine *machine, PickleValue tuple, size_t i) {
  return machine->items.values[tuple.tuple.first + i];
}

static bool is_size(PickleValue value) {
  return value.type == PICKLE_INT && value.integer >= 0 && (uint64_t)value.integer <= SIZE_MAX;
}

OnomaStatus onoma_pickle_persistent(PickleMachine *machine) {
  PickleValue id = {.type = PICKLE_NONE};
  OnomaStatus status = onoma_pickle_pop(machine, &id);
  if (status)
    return status;
  // ("storage", class, key, device, number of items)
  if (id.type != PICKLE_TUPLE || id.tuple.n != 5)
    return onoma_pickle_fail(machine, "a persistent id is not a storage");
  const PickleValue kind = item(machine, id, 0);
  const PickleValue class = item(machine, id, 1);
  const PickleValue key = item(machine, id, 2);
  const PickleValue n_items = item(machine, id, 4);
  if (kind.type != PICKLE_STRING || !is_text(kind.string, "storage") ||
      class.type != PICKLE_GLOBAL || class.global != PICKLE_STORAGE || key.type != PICKLE_STRING ||
      !is_size(n_items))
    return onoma_pickle_fail(machine, "a persistent id is not a storage");

  OnomaPickle *const out = machine->out;
  status = onoma_pickle_grow(machine, (void **)&out->storages, out->n_storages,
                             &machine->storage_capacity, sizeof(*out->storages));
  if (status)
    return status;
  out->storages[out->n_storages] = (OnomaPickleStorage){
      .key = key.string, .dtype = class.dtype, .n_items = (size_t)n_items.integer};
  return onoma_pickle_push(machine,
                           (PickleValue){.type = PICKLE_STORED, .index = out->n_storages++});
}

// Reads a tuple of rank sizes.
static bool read_sizes(const PickleMachine *machine, PickleValue tuple, size_t *sizes) {
  for (size_t i = 0; i < tuple.tuple.n; i++) {
    const PickleValue size = item(machine, tuple, i);
    if (!is_size(size))
      return false;
    sizes[i] = (size_t)size.integer;
  }
  return true;
}

// _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks[, metadata])
static OnomaStatus rebuild_tensor(PickleMachine *machine, PickleValue arguments) {
  if (arguments.tuple.n < 6 || arguments.tuple.n > 7)
    return onoma_pickle_fail(machine, "_rebuild_tensor_v2 with other than 6 or 7 arguments");
  const PickleValue storage = item(machine, arguments, 0);
  const PickleValue offset = item(machine, arguments, 1);
  const PickleValue shape = item(machine, arguments, 2);
  const PickleValue strides = item(machine, arguments, 3);
  if (storage.type != PICKLE_STORED || !is_size(offset) || shape.type != PICKLE_TUPLE ||
      strides.type != PICKLE_TUPLE || shape.tuple.n != strides.tuple.n)
    return onoma_pickle_fail(machine, "_rebuild_tensor_v2 with arguments of other types");
  if (shape.tuple.n > ONOMA_MAX_RANK)
    return onoma_pickle_fail(machine, "a tensor has too many dimensions");

  OnomaPickleTensor tensor = {
      .storage = storage.index, .offset = (size_t)offset.integer, .rank = shape.tuple.n};
  if (!read_sizes(machine, shape, tensor.shape) || !read_sizes(machine, strides, tensor.strides))
    return onoma_pickle_fail(machine, "a tensor's shape and strides are not sizes");
  OnomaPickle *const out = machine->out;
  const OnomaStatus status = onoma_pickle_grow(machine, (void **)&out->tensors, out->n_tensors,
                                               &machine->tensor_capacity, sizeof(*out->tensors));
  if (status)
    return status;
  out->tensors[out->n_tensors] = tensor;
  return onoma_pickle_push(machine,
                           (PickleValue){.type = PICKLE_TENSOR, .index = out->n_tensors++});
}

// _rebuild_parameter(tensor, requires_grad, hooks)
static OnomaStatus rebuild_parameter(PickleMachine *machine, PickleValue arguments) {
  if (arguments.tuple.n != 3 || item(machine, arguments, 0).type != PICKLE_TENSOR)
    return onoma_pickle_fail(machine, "_rebuild_parameter of what is not a tensor");
  return onoma_pickle_push(machine, item(machine, arguments, 0));
}

OnomaStatus onoma_pickle_reduce(PickleMachine *machine) {
  PickleValue arguments = {.type = PICKLE_NONE};
  PickleValue callable = {.type = PICKLE_NONE};
  OnomaStatus status = onoma_pickle_pop(machine, &arguments);
  if (!status)
    status = onoma_pickle_pop(machine, &callable);
  if (status)
    return status;
  if (callable.type != PICKLE_GLOBAL || arguments.type != PICKLE_TUPLE)
    return onoma_pickle_fail(machine, "the pickle calls what can't be called");
  switch (callable.global) {
  case PICKLE_ORDERED_DICT:
    if (arguments.tuple.n)
      return onoma_pickle_fail(machine, "OrderedDict with arguments");
    return onoma_pickle_push(machine,
                             (PickleValue){.type = PICKLE_DICT, .index = machine->n_dicts++});
  case PICKLE_REBUILD_TENSOR:
    return rebuild_tensor(machine, arguments);
  case PICKLE_REBUILD_PARAMETER:
    return rebuild_parameter(machine, arguments);
  case PICKLE_STORAGE:
    break;
  }
  return onoma_pickle_fail(machine, "the pickle calls a storage");
}

// Attributes of an OrderedDict, such as _metadata, the versions of modules: of no use here.
OnomaStatus onoma_pickle_build(PickleMachine *machine) {
  PickleValue attributes = {.type = PICKLE_NONE};
  PickleValue object = {.type = PICKLE_NONE};
  OnomaStatus status = onoma_pickle_pop(machine, &attributes);
  if (!status)
    status = onoma_pickle_pop(machine, &object);
  if (status)
    return status;
  if (object.type != PICKLE_DICT || attributes.type != PICKLE_DICT)
    return onoma_pickle_fail(machine, "the pickle sets attributes of what is not a dict");
  return onoma_pickle_push(machine, object);
}
