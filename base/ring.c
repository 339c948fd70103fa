// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A queue of fixed-size items from one thread to one other, without locks or waiting.
//
// Both counts only ever grow, and wrap at the end of size_t, which the capacity, a power of two,
// divides. Each side keeps the last it saw of the other's count, and looks again only when that
// tells it to stop: so the cache lines seldom travel.

#include "ring.h"

#include "error.h"
#include "memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

// Padded on purpose: the two sides write to cache lines of their own.
struct OnomaRing { // NOLINT(clang-analyzer-optin.performance.Padding)
  size_t capacity; // items; a power of two
  size_t item_size;
  unsigned char *items;

  _Alignas(ONOMA_ALIGN) _Atomic size_t n_pushed; // written by the producer
  size_t n_popped_seen;                          // used by the producer

  _Alignas(ONOMA_ALIGN) _Atomic size_t n_popped; // written by the consumer
  size_t n_pushed_seen;                          // used by the consumer
};

OnomaStatus onoma_ring_new(OnomaRing **ring, size_t n_items, size_t item_size, OnomaError *error) {
  *ring = NULL;
  if (!n_items || !item_size)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a ring of %zu items of %zu bytes", n_items,
                      item_size);
  size_t capacity = 1;
  while (capacity < n_items) {
    if (capacity > SIZE_MAX / 2)
      return onoma_fail_memory(error);
    capacity *= 2;
  }

  OnomaRing *r = onoma_alloc_zero(1, sizeof(OnomaRing));
  if (!r)
    return onoma_fail_memory(error);
  r->capacity = capacity;
  r->item_size = item_size;
  // Zeros: the pages are there before the audio thread comes along.
  r->items = onoma_alloc_zero(capacity, item_size);
  if (!r->items) {
    onoma_ring_free(&r);
    return onoma_fail_memory(error);
  }
  *ring = r;
  return ONOMA_OK;
}

void onoma_ring_free(OnomaRing **ring) {
  if (*ring)
    onoma_free((*ring)->items);
  onoma_free(*ring);
  *ring = NULL;
}

size_t onoma_ring_capacity(const OnomaRing *ring) {
  return ring->capacity;
}

static unsigned char *slot(const OnomaRing *ring, size_t number) {
  return ring->items + (number & (ring->capacity - 1)) * ring->item_size;
}

bool onoma_ring_push(OnomaRing *ring, const void *item) {
  const size_t number = atomic_load_explicit(&ring->n_pushed, memory_order_relaxed);
  if (number - ring->n_popped_seen == ring->capacity) {
    ring->n_popped_seen = atomic_load_explicit(&ring->n_popped, memory_order_acquire);
    if (number - ring->n_popped_seen == ring->capacity)
      return false;
  }
  memcpy(slot(ring, number), item, ring->item_size);
  atomic_store_explicit(&ring->n_pushed, number + 1, memory_order_release);
  return true;
}

bool onoma_ring_pop(OnomaRing *ring, void *item) {
  const size_t number = atomic_load_explicit(&ring->n_popped, memory_order_relaxed);
  if (number == ring->n_pushed_seen) {
    ring->n_pushed_seen = atomic_load_explicit(&ring->n_pushed, memory_order_acquire);
    if (number == ring->n_pushed_seen)
      return false;
  }
  memcpy(item, slot(ring, number), ring->item_size);
  atomic_store_explicit(&ring->n_popped, number + 1, memory_order_release);
  return true;
}
