// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The restricted unpickler: what it refuses, and programs that no pickler writes.

#include "test.h"

#include "model/files/pickle.h"

#include <stdlib.h>
#include <string.h>

static OnomaStatus run(const char *program, size_t n, OnomaPickle *pickle, OnomaError *error) {
  // In memory of its own, so that a checker sees reads behind the end.
  unsigned char *const copy = malloc(n ? n : 1);
  assert_non_null(copy);
  memcpy(copy, program, n);
  const OnomaStatus status = onoma_pickle_open(pickle, "x.bin", copy, n, error);
  free(copy);
  return status;
}

static void check(const char *program, size_t n, const char *message) {
  OnomaPickle pickle;
  OnomaError error = {0};
  assert_int_not_equal(run(program, n, &pickle, &error), ONOMA_OK);
  assert_null(pickle.members);
  if (strncmp(error.text, "x.bin: ", 7) || !strstr(error.text, message))
    fail_msg("\"%s\" does not say \"%s\"", error.text, message);
}

#define CHECK(program, message) check(program, sizeof(program) - 1, message)

#define PROTO           "\x80\x02"
#define TUPLE1          "\x85"
#define TUPLE3          "\x87"
#define TRUE            "\x88"
#define STRING(n, text) "X" n "\0\0\0" text

static void test_refuses_globals(void **state) {
  (void)state;
  CHECK(PROTO "cos\nsystem\n" STRING("\4", "true") TUPLE1 "R.", "\"os.system\"");
  CHECK(PROTO "c__builtin__\neval\n)R.", "\"__builtin__.eval\"");
  CHECK(PROTO "ccollections\ndefaultdict\n)R.", "\"collections.defaultdict\"");
  CHECK(PROTO "ctorch\nload\n)R.", "\"torch.load\"");
  CHECK(PROTO "ccollections.OrderedDict\n\n)R.", "\"collections.OrderedDict.\"");
  // Control characters of a name do not reach the terminal.
  CHECK(PROTO "cos\x1b[2J\nsystem\n)R.", "\"os?[2J.system\"");
}

static void test_refuses_opcodes(void **state) {
  (void)state;
  static const struct {
    const char *opcode;
    size_t n;
  } cases[] = {
      {"\x81", 1}, // NEWOBJ
      {"i", 1},    // INST
      {"o", 1},    // OBJ
      {"\x82", 1}, // EXT1
      {"\x93", 1}, // STACK_GLOBAL
      {"\x92", 1}, // NEWOBJ_EX
      {"P", 1},    // PERSID
      {"2", 1},    // DUP
      {"\xff", 1}, {"\0", 1},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    char program[16] = PROTO;
    memcpy(program + 2, cases[i].opcode, cases[i].n);
    check(program, 2 + cases[i].n, "opcode");
  }
  CHECK("\x80\x04}.", "protocol is 4");
}

static void test_broken_programs(void **state) {
  (void)state;
  CHECK("", "ends too early");
  CHECK(PROTO, "ends too early");
  CHECK(PROTO "}", "ends too early");
  CHECK(PROTO ".", "empty stack");
  CHECK(PROTO "}}.", "not of a dict");
  CHECK(PROTO "N.", "not of a dict");
  CHECK(PROTO "(.", "empty stack");
  CHECK(PROTO "(}.", "not of a dict");
  CHECK(PROTO "t.", "misses a mark");
  CHECK(PROTO "u.", "misses a mark");
  CHECK(PROTO "e.", "misses a mark");
  CHECK(PROTO "(" TUPLE1 ".", "empty stack");
  CHECK(PROTO "K\1" TUPLE3 ".", "empty stack");
  CHECK(PROTO "}(K\1u.", "not a dict");
  CHECK(PROTO "N(K\1K\1u.", "not a dict");
  CHECK(PROTO "(K\1K\1u.", "not a dict");
  CHECK(PROTO "NK\1K\1s.", "not a dict");
  CHECK(PROTO "}(K\1s.", "empty stack");
  CHECK(PROTO "}K\1a.", "not a list");
  CHECK(PROTO "K\1R.", "empty stack");
  CHECK(PROTO "K\1)R.", "can't be called");
  CHECK(PROTO "ctorch\nFloatStorage\n)R.", "calls a storage");
  CHECK(PROTO "ccollections\nOrderedDict\nK\1" TUPLE1 "R.", "with arguments");
  CHECK(PROTO "N}b.", "attributes");
  CHECK(PROTO "}Nb.", "attributes");
  CHECK(PROTO "h\0.", "not stored");
  CHECK(PROTO "}q\1.", "out of order");
  CHECK(PROTO "}r\xff\xff\xff\xff.", "out of order");
  CHECK(PROTO "q\0.", "empty stack");
  CHECK(PROTO "X\xff\xff\xff\xff"
              "a.",
        "ends too early");
  CHECK(PROTO "ccollections\nOrderedDict", "ends too early");
  CHECK(PROTO "\x8a\x09\1\1\1\1\1\1\1\1\1.", "more than 64 bits");
  CHECK(PROTO "}K\1K\2s.", "key that is not a string");
  CHECK(PROTO "}" STRING("\1", "a") "K\2s.", "\"a\" is not a tensor");
}

#define STORAGE(n)                                                                                 \
  "(" STRING("\7", "storage") "ctorch\nFloatStorage\n" STRING("\1", "0") STRING("\3", "cpu") n "t" \
                                                                                               "Q"
#define REBUILD "ctorch._utils\n_rebuild_tensor_v2\n"

static void test_broken_tensors(void **state) {
  (void)state;
  CHECK(PROTO "NQ.", "not a storage");
  CHECK(PROTO ")Q.", "not a storage");
  CHECK(PROTO STORAGE("J\xff\xff\xff\xff") ".", "not a storage");
  CHECK(PROTO "(" STRING("\7", "storage") "NNNNtQ.", "not a storage");
  CHECK(PROTO REBUILD ")R.", "6 or 7 arguments");
  CHECK(PROTO REBUILD "(NNNNNNtR.", "other types");
  CHECK(PROTO REBUILD "(" STORAGE("K\4") "K\0K\4" TUPLE1 "))" TRUE "tR.", "other types");
  CHECK(PROTO REBUILD "(" STORAGE("K\4") "K\0N" TUPLE1 "K\1" TUPLE1 TRUE ")tR.", "not sizes");
  CHECK(PROTO REBUILD "(" STORAGE("K\4") "K\0J\xff\xff\xff\xff" TUPLE1 "K\1" TUPLE1 TRUE ")tR.",
        "not sizes");
  CHECK(PROTO "ctorch._utils\n_rebuild_parameter\nNNN" TUPLE3 "R.", "not a tensor");
}

static void test_tensor(void **state) {
  (void)state;
  static const unsigned char good[] =
      PROTO "}" STRING("\1", "w") REBUILD "(" STORAGE("K\4") "K\0K\2K\2\x86K\2K\1\x86" TRUE "}tRs.";
  OnomaPickle pickle;
  OnomaError error = {0};
  if (onoma_pickle_open(&pickle, "x.bin", good, sizeof(good) - 1, &error))
    fail_msg("%s", error.text);
  assert_int_equal(pickle.n_members, 1);
  assert_memory_equal(pickle.members[0].name.text, "w", 1);
  const OnomaPickleTensor *const tensor = &pickle.tensors[pickle.members[0].tensor];
  assert_int_equal(tensor->rank, 2);
  assert_int_equal(tensor->shape[1], 2);
  assert_int_equal(tensor->strides[0], 2);
  const OnomaPickleStorage *const storage = &pickle.storages[tensor->storage];
  assert_int_equal(storage->dtype, ONOMA_DTYPE_F32);
  assert_int_equal(storage->n_items, 4);
  assert_memory_equal(storage->key.text, "0", 1);
  onoma_pickle_close(&pickle);

  // No truncation of it passes.
  for (size_t n = 0; n < sizeof(good) - 1; n++)
    assert_int_not_equal(run((const char *)good, n, &pickle, &error), ONOMA_OK);
}

// A dict that holds itself, and a list in passing: nothing follows references.
static void test_cycles(void **state) {
  (void)state;
  static const unsigned char program[] =
      PROTO "}q\0" STRING("\1", "w") "h\0s" STRING("\1", "l") "](K\1h\0eK\1as.";
  OnomaPickle pickle;
  OnomaError error = {0};
  assert_int_equal(onoma_pickle_open(&pickle, "x.bin", program, sizeof(program) - 1, &error),
                   ONOMA_ERR_FORMAT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_refuses_globals), cmocka_unit_test(test_refuses_opcodes),
      cmocka_unit_test(test_broken_programs), cmocka_unit_test(test_broken_tensors),
      cmocka_unit_test(test_tensor),          cmocka_unit_test(test_cycles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
