// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A queue of distinct small numbers, the least first: bits in a tree of words.
//
// What was sorted once needs no comparisons any more: items are known by their rank. Putting in and
// taking out touch one word for each factor of 64 of the range, mostly only the lowest.

#ifndef ONOMA_MODEL_VOCODER_RANK_QUEUE_H
#define ONOMA_MODEL_VOCODER_RANK_QUEUE_H

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { onoma_rank_levels = 6 }; // 64^6 > 2^32

typedef struct {
  uint64_t *levels[onoma_rank_levels]; // a bit for each word of the level before that is not zero
  int n_levels;
} OnomaRankQueue;

// An empty queue for numbers less than n (at least 1) in memory of the arena. [any]
static inline void onoma_rank_queue_init(OnomaRankQueue *queue, OnomaArena *arena, size_t n) {
  queue->n_levels = 0;
  do {
    n = (n + 63) / 64;
    uint64_t *const words = onoma_arena_alloc(arena, n, sizeof(uint64_t));
    if (!arena->measuring)
      memset(words, 0, n * sizeof(uint64_t));
    queue->levels[queue->n_levels++] = words;
  } while (n > 1);
}

// Puts a number in that is not there. [any]
static inline void onoma_rank_queue_put(OnomaRankQueue *queue, uint32_t rank) {
  for (int i = 0; i < queue->n_levels; i++) {
    uint64_t *const word = &queue->levels[i][rank / 64];
    const bool was_empty = *word == 0;
    *word |= (uint64_t)1 << rank % 64;
    if (!was_empty)
      return;
    rank /= 64;
  }
}

static inline bool onoma_rank_queue_is_empty(const OnomaRankQueue *queue) {
  return queue->levels[queue->n_levels - 1][0] == 0;
}

// The number of trailing zeros of a word that is not zero.
static inline uint32_t onoma_lowest_bit(uint64_t word) {
#if defined(__GNUC__)
  return (uint32_t)__builtin_ctzll(word);
#else
  uint32_t n = 0;
  for (; !(word & 1); word >>= 1)
    n++;
  return n;
#endif
}

// Takes the least number out of a queue that is not empty. [any]
static inline uint32_t onoma_rank_queue_take(OnomaRankQueue *queue) {
  uint32_t rank = 0;
  for (int i = queue->n_levels - 1; i >= 0; i--)
    rank = rank * 64 + onoma_lowest_bit(queue->levels[i][rank]);
  uint32_t at = rank;
  for (int i = 0; i < queue->n_levels; i++) {
    uint64_t *const word = &queue->levels[i][at / 64];
    *word &= *word - 1; // the lowest bit is the one
    if (*word)
      break;
    at /= 64;
  }
  return rank;
}

#endif
