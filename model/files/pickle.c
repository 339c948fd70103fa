// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The pickle machine: opcodes, stack, memo, and the state dict that comes out.

#include "pickle.h"

#include "base/error.h"
#include "pickle_impl.h"

#include <stdlib.h>
#include <string.h>

// Opcodes, by the names of Python's pickletools.
enum {
  OP_MARK = '(',
  OP_STOP = '.',
  OP_BINFLOAT = 'G',
  OP_BININT = 'J',
  OP_BININT1 = 'K',
  OP_BININT2 = 'M',
  OP_NONE = 'N',
  OP_BINPERSID = 'Q',
  OP_REDUCE = 'R',
  OP_BINUNICODE = 'X',
  OP_APPEND = 'a',
  OP_BUILD = 'b',
  OP_GLOBAL = 'c',
  OP_APPENDS = 'e',
  OP_BINGET = 'h',
  OP_LONG_BINGET = 'j',
  OP_BINPUT = 'q',
  OP_LONG_BINPUT = 'r',
  OP_SETITEM = 's',
  OP_TUPLE = 't',
  OP_SETITEMS = 'u',
  OP_EMPTY_DICT = '}',
  OP_EMPTY_LIST = ']',
  OP_EMPTY_TUPLE = ')',
  OP_PROTO = 0x80,
  OP_TUPLE1 = 0x85,
  OP_TUPLE2 = 0x86,
  OP_TUPLE3 = 0x87,
  OP_NEWTRUE = 0x88,
  OP_NEWFALSE = 0x89,
  OP_LONG1 = 0x8a,
};

OnomaStatus onoma_pickle_fail(const PickleMachine *machine, const char *what) {
  return onoma_fail(machine->error, ONOMA_ERR_FORMAT, "%s: %s", machine->path, what);
}

OnomaStatus onoma_pickle_grow(const PickleMachine *machine, void **block, size_t n,
                              size_t *capacity, size_t item_size) {
  if (n < *capacity)
    return ONOMA_OK;
  const size_t grown = *capacity ? 2 * *capacity : 64;
  void *const memory = realloc(*block, grown * item_size);
  if (!memory)
    return onoma_fail_memory(machine->error);
  *block = memory;
  *capacity = grown;
  return ONOMA_OK;
}

static OnomaStatus append(const PickleMachine *machine, PickleValues *values, PickleValue value) {
  const OnomaStatus status = onoma_pickle_grow(machine, (void **)&values->values, values->n,
                                               &values->capacity, sizeof(PickleValue));
  if (!status)
    values->values[values->n++] = value;
  return status;
}

OnomaStatus onoma_pickle_push(PickleMachine *machine, PickleValue value) {
  return append(machine, &machine->stack, value);
}

OnomaStatus onoma_pickle_pop(PickleMachine *machine, PickleValue *value) {
  const PickleValues *const stack = &machine->stack;
  if (!stack->n || stack->values[stack->n - 1].type == PICKLE_MARK)
    return onoma_pickle_fail(machine, "the pickle takes from an empty stack");
  *value = stack->values[--machine->stack.n];
  return ONOMA_OK;
}

// Takes n bytes of the pickle.
static OnomaStatus take(PickleMachine *machine, size_t n, const unsigned char **bytes) {
  if (n > machine->n_bytes - machine->at)
    return onoma_pickle_fail(machine, "the pickle ends too early");
  *bytes = machine->bytes + machine->at;
  machine->at += n;
  return ONOMA_OK;
}

// Takes an unsigned number of n bytes.
static OnomaStatus take_number(PickleMachine *machine, size_t n, size_t *number) {
  const unsigned char *bytes = NULL;
  const OnomaStatus status = take(machine, n, &bytes);
  *number = 0;
  for (size_t i = 0; i < n && !status; i++)
    *number |= (size_t)bytes[i] << (8 * i);
  return status;
}

// Takes what is left of the line.
static OnomaStatus take_line(PickleMachine *machine, OnomaPickleString *line) {
  const unsigned char *const begin = machine->bytes + machine->at;
  const unsigned char *const end = memchr(begin, '\n', machine->n_bytes - machine->at);
  if (!end)
    return onoma_pickle_fail(machine, "the pickle ends too early");
  *line = (OnomaPickleString){.text = (const char *)begin, .n = (size_t)(end - begin)};
  machine->at += line->n + 1;
  return ONOMA_OK;
}

static OnomaStatus run_global(PickleMachine *machine) {
  OnomaPickleString module;
  OnomaPickleString name;
  OnomaStatus status = take_line(machine, &module);
  if (!status)
    status = take_line(machine, &name);
  return status ? status : onoma_pickle_global(machine, module, name);
}

static OnomaStatus run_string(PickleMachine *machine) {
  size_t n = 0;
  const unsigned char *bytes = NULL;
  OnomaStatus status = take_number(machine, 4, &n);
  if (!status)
    status = take(machine, n, &bytes);
  if (status)
    return status;
  return onoma_pickle_push(
      machine, (PickleValue){.type = PICKLE_STRING, .string = {(const char *)bytes, n}});
}

// An integer of n_bytes bytes, two's complement if is_signed.
static OnomaStatus run_integer(PickleMachine *machine, size_t n_bytes, bool is_signed) {
  const unsigned char *bytes = NULL;
  const OnomaStatus status = take(machine, n_bytes, &bytes);
  if (status)
    return status;
  uint64_t number = is_signed && n_bytes && bytes[n_bytes - 1] & 0x80 ? UINT64_MAX : 0;
  for (size_t i = n_bytes; i-- > 0;)
    number = number << 8 | bytes[i];
  return onoma_pickle_push(machine, (PickleValue){.type = PICKLE_INT, .integer = (int64_t)number});
}

static OnomaStatus run_long(PickleMachine *machine) {
  size_t n = 0;
  const OnomaStatus status = take_number(machine, 1, &n);
  if (status)
    return status;
  if (n > sizeof(int64_t))
    return onoma_pickle_fail(machine, "the pickle has an integer of more than 64 bits");
  return run_integer(machine, n, true);
}

static OnomaStatus run_float(PickleMachine *machine) {
  const unsigned char *bytes = NULL;
  const OnomaStatus status = take(machine, 8, &bytes);
  return status ? status : onoma_pickle_push(machine, (PickleValue){.type = PICKLE_OPAQUE});
}

static OnomaStatus run_get(PickleMachine *machine, size_t n_bytes) {
  size_t i = 0;
  const OnomaStatus status = take_number(machine, n_bytes, &i);
  if (status)
    return status;
  if (i >= machine->memo.n)
    return onoma_pickle_fail(machine, "the pickle recalls what it has not stored");
  return onoma_pickle_push(machine, machine->memo.values[i]);
}

// Picklers number what they store, so that an index is new or follows the last.
static OnomaStatus run_put(PickleMachine *machine, size_t n_bytes) {
  size_t i = 0;
  PickleValue value = {.type = PICKLE_NONE};
  OnomaStatus status = take_number(machine, n_bytes, &i);
  if (!status)
    status = onoma_pickle_pop(machine, &value);
  if (!status)
    status = onoma_pickle_push(machine, value);
  if (status)
    return status;
  if (i > machine->memo.n)
    return onoma_pickle_fail(machine, "the pickle stores out of order");
  if (i == machine->memo.n)
    return append(machine, &machine->memo, value);
  machine->memo.values[i] = value;
  return ONOMA_OK;
}

// The position behind the topmost mark on the stack.
static OnomaStatus find_mark(PickleMachine *machine, size_t *behind) {
  for (size_t i = machine->stack.n; i-- > 0;) {
    if (machine->stack.values[i].type == PICKLE_MARK) {
      *behind = i + 1;
      return ONOMA_OK;
    }
  }
  return onoma_pickle_fail(machine, "the pickle misses a mark");
}

// Makes a tuple of the stack's values from `from` on, and leaves it at `to`.
static OnomaStatus make_tuple(PickleMachine *machine, size_t from, size_t to) {
  const size_t first = machine->items.n;
  for (size_t i = from; i < machine->stack.n; i++) {
    const OnomaStatus status = append(machine, &machine->items, machine->stack.values[i]);
    if (status)
      return status;
  }
  machine->stack.n = to;
  return onoma_pickle_push(
      machine, (PickleValue){.type = PICKLE_TUPLE, .tuple = {first, machine->items.n - first}});
}

static OnomaStatus run_tuple(PickleMachine *machine) {
  size_t behind = 0;
  const OnomaStatus status = find_mark(machine, &behind);
  return status ? status : make_tuple(machine, behind, behind - 1);
}

static OnomaStatus run_short_tuple(PickleMachine *machine, size_t n) {
  const PickleValues *const stack = &machine->stack;
  for (size_t i = 1; i <= n; i++) {
    if (stack->n < i || stack->values[stack->n - i].type == PICKLE_MARK)
      return onoma_pickle_fail(machine, "the pickle takes from an empty stack");
  }
  return make_tuple(machine, stack->n - n, stack->n - n);
}

// Sets what lies on the stack from `from` on, keys and values in turn, in the dict below `to`.
static OnomaStatus set_items(PickleMachine *machine, size_t from, size_t to) {
  const PickleValues *const stack = &machine->stack;
  if (!to || stack->values[to - 1].type != PICKLE_DICT || (stack->n - from) % 2)
    return onoma_pickle_fail(machine, "the pickle sets items of what is not a dict");
  for (size_t i = from; i < stack->n; i += 2) {
    const OnomaStatus status =
        onoma_pickle_grow(machine, (void **)&machine->pairs, machine->n_pairs,
                          &machine->pair_capacity, sizeof(PicklePair));
    if (status)
      return status;
    machine->pairs[machine->n_pairs++] = (PicklePair){.dict = stack->values[to - 1].index,
                                                      .key = stack->values[i],
                                                      .value = stack->values[i + 1]};
  }
  machine->stack.n = to;
  return ONOMA_OK;
}

static OnomaStatus run_set_items(PickleMachine *machine) {
  size_t behind = 0;
  const OnomaStatus status = find_mark(machine, &behind);
  return status ? status : set_items(machine, behind, behind - 1);
}

static OnomaStatus run_set_item(PickleMachine *machine) {
  const PickleValues *const stack = &machine->stack;
  if (stack->n < 3 || stack->values[stack->n - 1].type == PICKLE_MARK ||
      stack->values[stack->n - 2].type == PICKLE_MARK)
    return onoma_pickle_fail(machine, "the pickle takes from an empty stack");
  return set_items(machine, stack->n - 2, stack->n - 2);
}

// Drops what lies on the stack from `from` on, as items of the list below `to`.
static OnomaStatus append_items(PickleMachine *machine, size_t to) {
  if (!to || machine->stack.values[to - 1].type != PICKLE_OPAQUE)
    return onoma_pickle_fail(machine, "the pickle appends to what is not a list");
  machine->stack.n = to;
  return ONOMA_OK;
}

static OnomaStatus run_appends(PickleMachine *machine) {
  size_t behind = 0;
  const OnomaStatus status = find_mark(machine, &behind);
  return status ? status : append_items(machine, behind - 1);
}

static OnomaStatus run_append(PickleMachine *machine) {
  PickleValue value = {.type = PICKLE_NONE};
  const OnomaStatus status = onoma_pickle_pop(machine, &value);
  return status ? status : append_items(machine, machine->stack.n);
}

static OnomaStatus run_protocol(PickleMachine *machine) {
  size_t protocol = 0;
  const OnomaStatus status = take_number(machine, 1, &protocol);
  if (status)
    return status;
  return protocol == 2
             ? ONOMA_OK
             : onoma_fail(machine->error, ONOMA_ERR_UNSUPPORTED,
                          "%s: the pickle's protocol is %zu instead of 2", machine->path, protocol);
}

static OnomaStatus run_opcode(PickleMachine *machine, unsigned char opcode) {
  switch (opcode) {
  case OP_PROTO:
    return run_protocol(machine);
  case OP_MARK:
    return onoma_pickle_push(machine, (PickleValue){.type = PICKLE_MARK});
  case OP_NONE:
    return onoma_pickle_push(machine, (PickleValue){.type = PICKLE_NONE});
  case OP_NEWTRUE:
  case OP_NEWFALSE:
    return onoma_pickle_push(machine,
                             (PickleValue){.type = PICKLE_BOOL, .integer = opcode == OP_NEWTRUE});
  case OP_BININT:
    return run_integer(machine, 4, true);
  case OP_BININT1:
    return run_integer(machine, 1, false);
  case OP_BININT2:
    return run_integer(machine, 2, false);
  case OP_LONG1:
    return run_long(machine);
  case OP_BINFLOAT:
    return run_float(machine);
  case OP_BINUNICODE:
    return run_string(machine);
  case OP_EMPTY_DICT:
    return onoma_pickle_push(machine,
                             (PickleValue){.type = PICKLE_DICT, .index = machine->n_dicts++});
  case OP_EMPTY_LIST:
    return onoma_pickle_push(machine, (PickleValue){.type = PICKLE_OPAQUE});
  case OP_EMPTY_TUPLE:
    return run_short_tuple(machine, 0);
  case OP_TUPLE1:
  case OP_TUPLE2:
  case OP_TUPLE3:
    return run_short_tuple(machine, opcode - OP_TUPLE1 + 1U);
  case OP_TUPLE:
    return run_tuple(machine);
  case OP_SETITEM:
    return run_set_item(machine);
  case OP_SETITEMS:
    return run_set_items(machine);
  case OP_APPEND:
    return run_append(machine);
  case OP_APPENDS:
    return run_appends(machine);
  case OP_BINGET:
    return run_get(machine, 1);
  case OP_LONG_BINGET:
    return run_get(machine, 4);
  case OP_BINPUT:
    return run_put(machine, 1);
  case OP_LONG_BINPUT:
    return run_put(machine, 4);
  case OP_GLOBAL:
    return run_global(machine);
  case OP_REDUCE:
    return onoma_pickle_reduce(machine);
  case OP_BUILD:
    return onoma_pickle_build(machine);
  case OP_BINPERSID:
    return onoma_pickle_persistent(machine);
  default:
    return onoma_fail(machine->error, ONOMA_ERR_UNSUPPORTED,
                      "%s: the pickle has the opcode 0x%02x, which no dict of tensors needs",
                      machine->path, opcode);
  }
}

static OnomaStatus run(PickleMachine *machine) {
  for (;;) {
    const unsigned char *opcode = NULL;
    OnomaStatus status = take(machine, 1, &opcode);
    if (status || *opcode == OP_STOP)
      return status;
    status = run_opcode(machine, *opcode);
    if (status)
      return status;
  }
}

// Takes the members of the dict on the stack.
static OnomaStatus take_members(PickleMachine *machine) {
  PickleValue dict = {.type = PICKLE_NONE};
  const OnomaStatus status = onoma_pickle_pop(machine, &dict);
  if (status)
    return status;
  if (dict.type != PICKLE_DICT || machine->stack.n)
    return onoma_pickle_fail(machine, "the pickle is not of a dict");
  OnomaPickle *const out = machine->out;
  size_t capacity = 0;
  for (size_t i = 0; i < machine->n_pairs; i++) {
    const PicklePair *const pair = &machine->pairs[i];
    if (pair->dict != dict.index)
      continue;
    if (pair->key.type != PICKLE_STRING)
      return onoma_pickle_fail(machine, "the dict has a key that is not a string");
    const int n_shown = pair->key.string.n < 200 ? (int)pair->key.string.n : 200;
    if (pair->value.type != PICKLE_TENSOR)
      return onoma_fail(machine->error, ONOMA_ERR_FORMAT, "%s: \"%.*s\" is not a tensor",
                        machine->path, n_shown, pair->key.string.text);
    const OnomaStatus grown = onoma_pickle_grow(machine, (void **)&out->members, out->n_members,
                                                &capacity, sizeof(*out->members));
    if (grown)
      return grown;
    out->members[out->n_members++] =
        (OnomaPickleMember){.name = pair->key.string, .tensor = pair->value.index};
  }
  return ONOMA_OK;
}

OnomaStatus onoma_pickle_open(OnomaPickle *pickle, const char *path, const unsigned char *bytes,
                              size_t n_bytes, OnomaError *error) {
  *pickle = (OnomaPickle){0};
  PickleMachine machine = {
      .path = path, .bytes = bytes, .n_bytes = n_bytes, .error = error, .out = pickle};
  OnomaStatus status = run(&machine);
  if (!status)
    status = take_members(&machine);
  free(machine.stack.values);
  free(machine.memo.values);
  free(machine.items.values);
  free(machine.pairs);
  if (status)
    onoma_pickle_close(pickle);
  return status;
}

void onoma_pickle_close(OnomaPickle *pickle) {
  free(pickle->storages);
  free(pickle->tensors);
  free(pickle->members);
  *pickle = (OnomaPickle){0};
}
