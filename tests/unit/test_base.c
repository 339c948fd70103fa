// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Errors, memory, the arena, CPU levels and file mappings.

#include "test.h"

#include "base/cpu.h"
#include "base/error.h"
#include "base/filemap.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_every_status_has_a_meaning(void **state) {
  (void)state;
  for (int i = 0; i < ONOMA_N_STATUS; i++) {
    assert_string_not_equal(onoma_strerror((OnomaStatus)i), "unknown status");
    for (int j = 0; j < i; j++)
      assert_string_not_equal(onoma_strerror((OnomaStatus)i), onoma_strerror((OnomaStatus)j));
  }
  assert_string_equal(onoma_strerror((OnomaStatus)ONOMA_N_STATUS), "unknown status");
}

static void test_long_error_is_cut(void **state) {
  (void)state;
  char text[2000];
  memset(text, 'x', sizeof(text));
  text[sizeof(text) - 1] = 0;
  OnomaError error;
  assert_int_equal(onoma_fail(&error, ONOMA_ERR_IO, "%s", text), ONOMA_ERR_IO);
  assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
  assert_int_equal(onoma_fail(NULL, ONOMA_ERR_IO, "%s", text), ONOMA_ERR_IO);
}

static void test_alloc(void **state) {
  (void)state;
  assert_null(onoma_alloc(SIZE_MAX / 2, 3));
  assert_null(onoma_alloc(SIZE_MAX - 8, 1));
  for (size_t n = 0; n < 200; n += 7) {
    unsigned char *block = onoma_alloc_zero(n, 3);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % ONOMA_ALIGN, 0);
    for (size_t i = 0; i < 3 * n; i++)
      assert_int_equal(block[i], 0);
    onoma_free(block);
  }
}

// The measured size is just what the same allocations need.
static void test_arena_measures(void **state) {
  (void)state;
  OnomaArena measuring;
  onoma_arena_init_measuring(&measuring);
  OnomaArena arena = {0};
  for (int pass = 0; pass < 2; pass++) {
    OnomaArena *const a = pass ? &arena : &measuring;
    if (pass)
      assert_true(onoma_arena_init(&arena, measuring.peak));
    const size_t bottom = onoma_arena_mark(a);
    float *first = onoma_arena_floats(a, 100);
    const size_t mark = onoma_arena_mark(a);
    float *second = onoma_arena_floats(a, 1000);
    onoma_arena_release(a, mark);
    float *third = onoma_arena_floats(a, 10);
    assert_ptr_equal(second, third);
    assert_true(first + 100 <= second);
    if (pass)
      memset(second, 0, 1000 * sizeof(float));
    onoma_arena_release(a, bottom);
  }
  assert_int_equal(arena.peak, measuring.peak);
  assert_int_equal(arena.used, 0);
  onoma_arena_fini(&arena);
}

static void test_cpu_names(void **state) {
  (void)state;
  static const char *const names[] = {"c", "avx2", "avx512", "avx512bf16", "amx"};
  unsigned below = 0;
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    unsigned mask = 99;
    assert_true(onoma_cpu_parse(names[i], &mask));
    assert_string_equal(onoma_cpu_name(mask), names[i]);
    assert_int_equal(mask & below, below);
    below = mask;
  }
  unsigned mask = 99;
  assert_false(onoma_cpu_parse("AVX2", &mask));
  assert_int_equal(mask, 99);
}

static void test_cpu_worthwhile(void **state) {
  (void)state;
  unsigned mask;
  assert_true(onoma_cpu_parse("avx512bf16", &mask));
  assert_int_equal(onoma_cpu_worthwhile(mask), mask);
  mask |= ONOMA_CPU_SLOW_AVX512BF16;
  assert_false(onoma_cpu_worthwhile(mask) & ONOMA_CPU_AVX512BF16);
  assert_string_equal(onoma_cpu_name(mask), "avx512");
  mask |= ONOMA_CPU_AMX;
  assert_int_equal(onoma_cpu_worthwhile(mask), mask);
  assert_string_equal(onoma_cpu_name(mask), "amx");
}

static void test_cpu_environment(void **state) {
  (void)state;
  setenv("ONOMA_CPU", "c", 1);
  assert_int_equal(onoma_cpu_flags(), 0);
  setenv("ONOMA_CPU", "avx2", 1);
  assert_int_equal(onoma_cpu_flags() & ~(unsigned)ONOMA_CPU_AVX2, 0);
  unsetenv("ONOMA_CPU");
  assert_int_equal(onoma_cpu_flags(), onoma_cpu_detect());
}

static void test_filemap(void **state) {
  (void)state;
  char path[] = "filemap.XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  OnomaFileMap map;
  assert_int_equal(onoma_filemap_open(&map, path, NULL), ONOMA_OK);
  assert_int_equal(map.size, 0);
  onoma_filemap_close(&map);

  assert_int_equal(write(fd, "sound", 5), 5);
  assert_int_equal(onoma_filemap_open(&map, path, NULL), ONOMA_OK);
  assert_int_equal(map.size, 5);
  assert_memory_equal(map.data, "sound", 5);
  onoma_filemap_close(&map);
  assert_null(map.data);
  close(fd);
  unlink(path);

  OnomaError error;
  assert_int_equal(onoma_filemap_open(&map, path, &error), ONOMA_ERR_NOT_FOUND);
  assert_non_null(strstr(error.text, path));
  assert_int_equal(onoma_filemap_open(&map, ".", &error), ONOMA_ERR_IO);

  // A pipe that nobody writes to is refused, not waited for.
  assert_int_equal(mkfifo(path, 0600), 0);
  assert_int_equal(onoma_filemap_open(&map, path, &error), ONOMA_ERR_IO);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_status_has_a_meaning),
      cmocka_unit_test(test_long_error_is_cut),
      cmocka_unit_test(test_alloc),
      cmocka_unit_test(test_arena_measures),
      cmocka_unit_test(test_cpu_names),
      cmocka_unit_test(test_cpu_worthwhile),
      cmocka_unit_test(test_cpu_environment),
      cmocka_unit_test(test_filemap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
