// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A pool of threads that share out the tiles of one operation.

#ifndef ONOMA_BASE_POOL_H
#define ONOMA_BASE_POOL_H

#include <onoma/status.h>

#include <stddef.h>

typedef struct OnomaPool OnomaPool;

// Does item i of an operation. Which thread does which item varies from run to run, so that a
// result that is the same for any number of threads must not depend on it: items write disjoint
// memory, and how the work is cut into items must not depend on the number of threads.
typedef void (*OnomaPoolTask)(void *data, size_t i);

// A pool of n_threads threads, the one that calls onoma_pool_run() included; 0 means one for every
// core that this process may use. Its threads have normal scheduling and block all signals.
// [control]
OnomaStatus onoma_pool_open(OnomaPool **pool, unsigned n_threads, OnomaError *error);

// Ends the threads, and clears the pointer. [control]
void onoma_pool_close(OnomaPool **pool);

// Calls task(data, i) once for each i < n_items, n_items < 2^32, and returns when all are done.
// While tasks run, denormal numbers are flushed to zero on every thread taking part, this one
// included; its own mode comes back afterwards. Tasks must not call onoma_pool_run() themselves.
// Calls from several threads take turns. A NULL pool runs all items on this thread. [any but audio]
void onoma_pool_run(OnomaPool *pool, size_t n_items, OnomaPoolTask task, void *data);

// Number of threads, the caller's included; 1 for NULL. [any]
unsigned onoma_pool_n_threads(const OnomaPool *pool);

#endif
