// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Scratch memory for the tasks of one operation: as many slots as threads, and a task takes a free
// one while it runs.

#ifndef ONOMA_MODEL_LAYERS_SCRATCH_H
#define ONOMA_MODEL_LAYERS_SCRATCH_H

#include "model/exec.h"

#include <stdatomic.h>

typedef struct {
  unsigned char *memory; // [n_slots,slot_size]
  atomic_flag *taken;    // [n_slots]
  size_t n_slots;
  size_t slot_size; // bytes, a multiple of ONOMA_ALIGN
} OnomaScratch;

// Slots of n_bytes each on top of the arena. Release the arena to free them. [any but audio]
static inline OnomaScratch onoma_scratch_alloc(const OnomaExec *exec, size_t n_bytes) {
  const size_t size = (n_bytes + ONOMA_ALIGN - 1) / ONOMA_ALIGN * ONOMA_ALIGN;
  const size_t n_slots = onoma_pool_n_threads(exec->pool);
  const OnomaScratch scratch = {
      .memory = onoma_arena_alloc(exec->arena, n_slots, size),
      .taken = onoma_arena_alloc(exec->arena, n_slots, sizeof(atomic_flag)),
      .n_slots = n_slots,
      .slot_size = size,
  };
  for (size_t i = 0; i < n_slots && !exec->arena->measuring; i++)
    atomic_flag_clear(&scratch.taken[i]);
  return scratch;
}

// A free slot. There always is one, as no more tasks run at a time than there are threads. [any]
static inline size_t onoma_scratch_take(const OnomaScratch *scratch) {
  size_t i = 0;
  while (atomic_flag_test_and_set_explicit(&scratch->taken[i], memory_order_acquire))
    i = (i + 1) % scratch->n_slots;
  return i;
}

static inline void onoma_scratch_give(const OnomaScratch *scratch, size_t slot) {
  atomic_flag_clear_explicit(&scratch->taken[slot], memory_order_release);
}

// n_items items of item_size bytes at *used bytes behind base, which then grows by a multiple of
// ONOMA_ALIGN. With base NULL it counts only. [any]
static inline void *onoma_scratch_cut(unsigned char *base, size_t *used, size_t n_items,
                                      size_t item_size) {
  void *const block = base ? base + *used : NULL;
  *used += (n_items * item_size + ONOMA_ALIGN - 1) / ONOMA_ALIGN * ONOMA_ALIGN;
  return block;
}

#endif
