// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Aligned memory, and an arena of it.

#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Where a measuring arena pretends to be: any aligned address that is not NULL.
#define MEASURING_BASE ((uintptr_t)1 << 40)

bool onoma_mul_size(size_t a, size_t b, size_t *product) {
  if (b && a > SIZE_MAX / b)
    return false;
  *product = a * b;
  return true;
}

// Rounds up to a multiple of ONOMA_ALIGN, at least one; false on overflow.
static bool round_up(size_t n_bytes, size_t *rounded) {
  if (n_bytes > SIZE_MAX - ONOMA_ALIGN)
    return false;
  *rounded = n_bytes ? (n_bytes + ONOMA_ALIGN - 1) / ONOMA_ALIGN * ONOMA_ALIGN : ONOMA_ALIGN;
  return true;
}

void *onoma_alloc(size_t n_items, size_t item_size) {
  size_t n_bytes;
  if (!onoma_mul_size(n_items, item_size, &n_bytes) || !round_up(n_bytes, &n_bytes))
    return NULL;
  return aligned_alloc(ONOMA_ALIGN, n_bytes);
}

void *onoma_alloc_zero(size_t n_items, size_t item_size) {
  void *block = onoma_alloc(n_items, item_size);
  if (block)
    memset(block, 0, n_items * item_size);
  return block;
}

void onoma_free(void *block) {
  free(block);
}

bool onoma_arena_init(OnomaArena *arena, size_t capacity) {
  *arena = (OnomaArena){.base = onoma_alloc(capacity, 1), .capacity = capacity};
  return arena->base != NULL;
}

void onoma_arena_init_measuring(OnomaArena *arena) {
  *arena = (OnomaArena){.capacity = SIZE_MAX / 2, .measuring = true};
}

void onoma_arena_fini(OnomaArena *arena) {
  onoma_free(arena->base);
  *arena = (OnomaArena){0};
}

void *onoma_arena_alloc(OnomaArena *arena, size_t n_items, size_t item_size) {
  size_t n_bytes;
  if (!onoma_mul_size(n_items, item_size, &n_bytes) || !round_up(n_bytes, &n_bytes) ||
      n_bytes > arena->capacity - arena->used)
    abort();

  const size_t offset = arena->used;
  arena->used += n_bytes;
  if (arena->used > arena->peak)
    arena->peak = arena->used;
  if (arena->measuring)
    return (void *)(MEASURING_BASE + offset); // NOLINT(performance-no-int-to-ptr)
  return arena->base + offset;
}

float *onoma_arena_floats(OnomaArena *arena, size_t n_items) {
  return onoma_arena_alloc(arena, n_items, sizeof(float));
}

size_t onoma_arena_mark(const OnomaArena *arena) {
  return arena->used;
}

void onoma_arena_release(OnomaArena *arena, size_t mark) {
  arena->used = mark;
}
