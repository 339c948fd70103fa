// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Merging the symbols of a word.
//
// The definition: find the pair of neighbours of the lowest rank, merge all its occurrences from
// left to right, and begin anew until no pair of neighbours merges. Here with a heap of pairs, in
// O(n log n), as a word of a hostile prompt may be long.

#include "base/error.h"
#include "base/memory.h"
#include "bpe_merges.h"

enum { NONE = -1 };

// A symbol of the word; a list, as symbols merge.
typedef struct {
  uint32_t symbol;
  int32_t previous, next; // NONE at the ends
  bool merged;            // into the one before it
} Node;

typedef struct {
  const OnomaBpeMerges *merges;
  Node *nodes;
  uint64_t *heap; // rank << 32 | node of the left symbol: the lowest rank first, and leftmost in it
  size_t n_heap;
  int32_t *changed; // nodes whose pairs changed in this round
  size_t n_changed;
} Word;

// The pair of a node and the next, or NULL if they don't merge.
static const OnomaBpePair *find_pair(const Word *word, int32_t left) {
  const int32_t right = word->nodes[left].next;
  if (right == NONE)
    return NULL;
  const OnomaBpePair *const pair = &word->merges->pairs[onoma_bpe_pair_slot(
      word->merges, word->nodes[left].symbol, word->nodes[right].symbol)];
  return pair->left == UINT32_MAX ? NULL : pair;
}

static void push(Word *word, int32_t left) {
  const OnomaBpePair *const pair = find_pair(word, left);
  if (!pair)
    return;
  const uint64_t key = (uint64_t)pair->rank << 32 | (uint32_t)left;
  size_t at = word->n_heap++;
  for (; at && word->heap[(at - 1) / 2] > key; at = (at - 1) / 2)
    word->heap[at] = word->heap[(at - 1) / 2];
  word->heap[at] = key;
}

static void pop(Word *word) {
  const uint64_t key = word->heap[--word->n_heap];
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child + 1 < word->n_heap && word->heap[child + 1] < word->heap[child])
      child++;
    if (child >= word->n_heap || word->heap[child] >= key)
      break;
    word->heap[at] = word->heap[child];
    at = child;
  }
  word->heap[at] = key;
}

static void merge_at(Word *word, int32_t left, uint32_t symbol) {
  Node *const node = &word->nodes[left];
  Node *const right = &word->nodes[node->next];
  right->merged = true;
  node->symbol = symbol;
  node->next = right->next;
  if (node->next != NONE)
    word->nodes[node->next].previous = left;
  word->changed[word->n_changed++] = left;
  if (node->previous != NONE)
    word->changed[word->n_changed++] = node->previous;
}

// Merges all occurrences of the pair on top of the heap. New pairs wait until that is done.
static void run_round(Word *word) {
  const uint32_t rank = (uint32_t)(word->heap[0] >> 32);
  word->n_changed = 0;
  while (word->n_heap && (uint32_t)(word->heap[0] >> 32) == rank) {
    const int32_t left = (int32_t)(word->heap[0] & 0xFFFFFFFF);
    pop(word);
    // The entry is stale if one of its symbols has merged otherwise.
    const OnomaBpePair *const pair = word->nodes[left].merged ? NULL : find_pair(word, left);
    if (pair && pair->rank == rank)
      merge_at(word, left, pair->merged);
  }
  for (size_t i = 0; i < word->n_changed; i++) {
    if (!word->nodes[word->changed[i]].merged)
      push(word, word->changed[i]);
  }
}

static void run_word(Word *word, uint32_t *symbols, size_t *n) {
  const int32_t n_nodes = (int32_t)*n;
  for (int32_t i = 0; i < n_nodes; i++)
    word->nodes[i] =
        (Node){.symbol = symbols[i], .previous = i - 1, .next = i + 1 < n_nodes ? i + 1 : NONE};
  for (int32_t i = 0; i < n_nodes; i++)
    push(word, i);
  while (word->n_heap)
    run_round(word);
  *n = 0;
  for (int32_t i = 0; i != NONE; i = word->nodes[i].next)
    symbols[(*n)++] = word->nodes[i].symbol;
}

OnomaStatus onoma_bpe_merge(const OnomaBpeMerges *merges, uint32_t *symbols, size_t *n,
                            OnomaError *error) {
  // Each of the at most n - 1 merges pushes two pairs.
  Word word = {.merges = merges,
               .nodes = onoma_alloc(*n, sizeof(Node)),
               .heap = onoma_alloc(*n, 3 * sizeof(uint64_t)),
               .changed = onoma_alloc(*n, 2 * sizeof(int32_t))};
  const bool has_memory = word.nodes && word.heap && word.changed;
  if (has_memory)
    run_word(&word, symbols, n);
  onoma_free(word.nodes);
  onoma_free(word.heap);
  onoma_free(word.changed);
  return has_memory ? ONOMA_OK : onoma_fail_memory(error);
}
