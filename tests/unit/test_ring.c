// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The ring: order, fullness, and two threads at once.

#include "test.h"

#include "base/memory.h"
#include "base/ring.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

static OnomaRing *new_ring(size_t n_items, size_t item_size) {
  OnomaRing *ring;
  assert_int_equal(onoma_ring_new(&ring, n_items, item_size, NULL), ONOMA_OK);
  return ring;
}

static void test_capacity(void **state) {
  (void)state;
  static const size_t sizes[][2] = {{1, 1}, {2, 2}, {3, 4}, {64, 64}, {65, 128}};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    OnomaRing *ring = new_ring(sizes[i][0], 3);
    assert_int_equal(onoma_ring_capacity(ring), sizes[i][1]);
    onoma_ring_free(&ring);
    assert_null(ring);
  }
}

static void test_sizes_refused(void **state) {
  (void)state;
  OnomaRing *ring = (OnomaRing *)1;
  assert_int_equal(onoma_ring_new(&ring, 0, 4, NULL), ONOMA_ERR_ARGUMENT);
  assert_null(ring);
  assert_int_equal(onoma_ring_new(&ring, 4, 0, NULL), ONOMA_ERR_ARGUMENT);
  assert_int_equal(onoma_ring_new(&ring, SIZE_MAX, 1, NULL), ONOMA_ERR_MEMORY);
  assert_int_equal(onoma_ring_new(&ring, SIZE_MAX / 4, 8, NULL), ONOMA_ERR_MEMORY);
  onoma_ring_free(&ring);
}

// Fills and empties it at every position, so that items wrap around the end.
static void test_order_and_fullness(void **state) {
  (void)state;
  enum { capacity = 4 };
  OnomaRing *ring = new_ring(capacity, sizeof(unsigned));
  unsigned item;
  for (unsigned first = 0; first < 20; first++) {
    assert_false(onoma_ring_pop(ring, &item));
    for (unsigned i = 0; i < capacity; i++)
      assert_true(onoma_ring_push(ring, &(unsigned){first + i}));
    assert_false(onoma_ring_push(ring, &(unsigned){99}));
    for (unsigned i = 0; i < capacity; i++) {
      assert_true(onoma_ring_pop(ring, &item));
      assert_int_equal(item, first + i);
    }
    assert_true(onoma_ring_push(ring, &(unsigned){7}));
    assert_true(onoma_ring_pop(ring, &item));
    assert_int_equal(item, 7);
  }
  onoma_ring_free(&ring);
}

enum { n_sent = 200000 };

// An item that shows when it is torn.
typedef struct {
  uint64_t number;
  uint64_t copies[4];
  const uint64_t *pointed; // to memory written before the push
} Item;

typedef struct {
  OnomaRing *ring;
  uint64_t *values; // [n_sent], written by the producer
} Line;

static void *produce(void *data) {
  const Line *const line = data;
  for (uint64_t i = 0; i < n_sent; i++) {
    line->values[i] = i * i;
    const Item item = {.number = i, .copies = {i, i, i, i}, .pointed = &line->values[i]};
    while (!onoma_ring_push(line->ring, &item))
      sched_yield();
  }
  return NULL;
}

static void test_two_threads(void **state) {
  (void)state;
  const Line line = {.ring = new_ring(8, sizeof(Item)),
                     .values = onoma_alloc_zero(n_sent, sizeof(uint64_t))};
  pthread_t producer;
  assert_int_equal(pthread_create(&producer, NULL, produce, (void *)&line), 0);
  for (uint64_t i = 0; i < n_sent; i++) {
    Item item;
    while (!onoma_ring_pop(line.ring, &item))
      sched_yield();
    if (item.number != i || *item.pointed != i * i)
      fail_msg("item %llu is number %llu", (unsigned long long)i, (unsigned long long)item.number);
    for (int j = 0; j < 4; j++)
      assert_true(item.copies[j] == i);
  }
  pthread_join(producer, NULL);
  OnomaRing *ring = line.ring;
  assert_false(onoma_ring_pop(ring, &(Item){0}));
  onoma_ring_free(&ring);
  onoma_free(line.values);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_capacity),
      cmocka_unit_test(test_sizes_refused),
      cmocka_unit_test(test_order_and_fullness),
      cmocka_unit_test(test_two_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
