// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The thread pool: every item once, results that do not depend on the threads, callers in turn.

#include "test.h"

#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { max_items = 1000 };

typedef struct {
  _Atomic unsigned counts[max_items];
} Counts;

static void count(void *data, size_t i) {
  Counts *counts = data;
  atomic_fetch_add(&counts->counts[i], 1);
}

static void assert_each_once(const Counts *counts, size_t n) {
  for (size_t i = 0; i < max_items; i++)
    assert_int_equal(atomic_load(&counts->counts[i]), i < n);
}

static void test_every_item_once(void **state) {
  (void)state;
  for (unsigned n_threads = 1; n_threads <= 5; n_threads++) {
    OnomaPool *pool;
    assert_int_equal(onoma_pool_open(&pool, n_threads, NULL), ONOMA_OK);
    assert_int_equal(onoma_pool_n_threads(pool), n_threads);
    for (size_t n = 0; n <= max_items; n = n * 3 + 1) {
      Counts counts = {0};
      onoma_pool_run(pool, n, count, &counts);
      assert_each_once(&counts, n);
    }
    onoma_pool_close(&pool);
    assert_null(pool);
  }
}

// Operations in quick succession, and after the threads went to sleep.
static void test_many_operations(void **state) {
  (void)state;
  OnomaPool *pool;
  assert_int_equal(onoma_pool_open(&pool, 3, NULL), ONOMA_OK);
  for (int i = 0; i < 3000; i++) {
    Counts counts = {0};
    onoma_pool_run(pool, 7, count, &counts);
    assert_each_once(&counts, 7);
    if (i % 100 == 0)
      nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
  }
  onoma_pool_close(&pool);
}

static void *run_often(void *data) {
  for (int i = 0; i < 300; i++) {
    Counts counts = {0};
    onoma_pool_run(data, 50, count, &counts);
    for (size_t j = 0; j < 50; j++) {
      if (atomic_load(&counts.counts[j]) != 1)
        return data;
    }
  }
  return NULL;
}

static void test_callers_take_turns(void **state) {
  (void)state;
  OnomaPool *pool;
  assert_int_equal(onoma_pool_open(&pool, 3, NULL), ONOMA_OK);
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, run_often, pool), 0);
  for (int i = 0; i < 4; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    assert_null(failed);
  }
  onoma_pool_close(&pool);
}

static void multiply_tiny(void *data, size_t i) {
  volatile float tiny = 1e-30F;
  ((float *)data)[i] = tiny * tiny * 1e30F;
}

static void test_denormals_flushed_inside_only(void **state) {
  (void)state;
#if defined(__SSE2__) || defined(__aarch64__)
  float products[64];
  onoma_pool_run(NULL, 64, multiply_tiny, products);
  for (int i = 0; i < 64; i++)
    assert_true(products[i] == 0.0F);
  volatile float tiny = 1e-38F;
  assert_true(tiny / 10 > 0.0F);
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_item_once),
      cmocka_unit_test(test_many_operations),
      cmocka_unit_test(test_callers_take_turns),
      cmocka_unit_test(test_denormals_flushed_inside_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
