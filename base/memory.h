// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Aligned memory, and an arena of it.

#ifndef ONOMA_BASE_MEMORY_H
#define ONOMA_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

// Alignment of all blocks: a cache line, and the widest vector.
#define ONOMA_ALIGN 64

// A block of n_items * item_size bytes, aligned to ONOMA_ALIGN; NULL if the product overflows or
// memory is out. An empty block is a valid pointer. Free with onoma_free(). [any but audio]
void *onoma_alloc(size_t n_items, size_t item_size);

// onoma_alloc() of zeros. [any but audio]
void *onoma_alloc_zero(size_t n_items, size_t item_size);

// Frees what onoma_alloc() gave; NULL is fine. [any but audio]
void onoma_free(void *block);

// Stores a * b in *product, or returns false if that overflows. [any]
bool onoma_mul_size(size_t a, size_t b, size_t *product);

// A stack of scratch memory. A measuring arena owns no memory: it hands out addresses that must not
// be touched and remembers how much was in use at the most, so that a dry run tells how much the
// real one needs.
typedef struct {
  unsigned char *base;
  size_t capacity; // bytes
  size_t used;     // bytes
  size_t peak;     // bytes; the largest `used` so far
  bool measuring;
} OnomaArena;

// An arena of capacity bytes; false if memory is out. [any but audio]
bool onoma_arena_init(OnomaArena *arena, size_t capacity);

// A measuring arena. [any]
void onoma_arena_init_measuring(OnomaArena *arena);

// Frees the arena's memory. [any but audio]
void onoma_arena_fini(OnomaArena *arena);

// n_items * item_size bytes on top of the stack, aligned to ONOMA_ALIGN. The capacity must have
// been measured: running out of it is a bug, and aborts. [any]
void *onoma_arena_alloc(OnomaArena *arena, size_t n_items, size_t item_size);

// n_items floats on top of the stack. [any]
float *onoma_arena_floats(OnomaArena *arena, size_t n_items);

// The top of the stack, and returning to it: frees all that was allocated since. [any]
size_t onoma_arena_mark(const OnomaArena *arena);
void onoma_arena_release(OnomaArena *arena, size_t mark);

#endif
