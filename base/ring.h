// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A queue of fixed-size items from one thread to one other, without locks or waiting.

#ifndef ONOMA_BASE_RING_H
#define ONOMA_BASE_RING_H

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct OnomaRing OnomaRing;

// A ring that holds at least n_items items of item_size bytes, both at least 1. [control]
OnomaStatus onoma_ring_new(OnomaRing **ring, size_t n_items, size_t item_size, OnomaError *error);

// Frees a ring that no thread uses any more, and clears the pointer. [control]
void onoma_ring_free(OnomaRing **ring);

// The number of items that fit: n_items rounded up to a power of two. [any, audio too]
size_t onoma_ring_capacity(const OnomaRing *ring);

// Copies an item in, or returns false if the ring is full. What was written before the push is seen
// by the thread that pops the item. Called by one thread at a time, the producer.
// [any, audio too]
bool onoma_ring_push(OnomaRing *ring, const void *item);

// Copies the oldest item out, or returns false if the ring is empty. Called by one thread at a
// time, the consumer. [any, audio too]
bool onoma_ring_pop(OnomaRing *ring, void *item);

#endif
