// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// A pool of threads that share out the tiles of one operation.
//
// The caller publishes an operation by storing its number and a zero count in `claims`; threads
// take items by raising the count with a compare-and-swap. A thread that slept through an operation
// can't take items of a later one by mistake, as the number has changed. Nobody waits for a
// sleeping thread: an operation is over when its last item is done.

// sched_getaffinity(), CPU_COUNT
#define _GNU_SOURCE

#include "pool.h"

#include "denormals.h"
#include "error.h"
#include "memory.h"
#include "thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

// How long a thread looks for work before it sleeps.
#define SPIN_NS 50000

struct OnomaPool {
  pthread_mutex_t run_lock;     // held during onoma_pool_run()
  _Atomic uint64_t claims;      // operation number << 32 | items taken
  _Atomic(OnomaPoolTask) task;  // of the current operation
  _Atomic(void *) data;         // likewise
  _Atomic uint32_t n_items;     // likewise
  _Atomic uint32_t n_done;      // items finished
  _Atomic bool ending;          // the threads should return
  pthread_mutex_t sleep_lock;   // protects the waiting on the conditions
  pthread_cond_t work;          // there is an operation, or the end
  pthread_cond_t done;          // the last item is finished
  _Atomic unsigned n_sleeping;  // threads waiting on `work`
  _Atomic bool caller_sleeping; // waiting on `done`
  unsigned n_workers;           // n_threads - 1
  pthread_t workers[];
};

static void relax(void) {
#if defined(__SSE2__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool has_work(OnomaPool *pool) {
  return (uint32_t)atomic_load(&pool->claims) < atomic_load(&pool->n_items);
}

// Takes and does items until none is left.
static void work_off(OnomaPool *pool) {
  uint64_t claim = atomic_load(&pool->claims);
  for (;;) {
    const OnomaPoolTask task = atomic_load(&pool->task);
    void *const data = atomic_load(&pool->data);
    const uint32_t n_items = atomic_load(&pool->n_items);
    const uint32_t i = (uint32_t)claim;
    if (i >= n_items)
      return;
    if (!atomic_compare_exchange_weak(&pool->claims, &claim, claim + 1))
      continue;

    task(data, i);
    if (atomic_fetch_add(&pool->n_done, 1) + 1 == n_items && atomic_load(&pool->caller_sleeping)) {
      pthread_mutex_lock(&pool->sleep_lock);
      pthread_cond_signal(&pool->done);
      pthread_mutex_unlock(&pool->sleep_lock);
    }
    claim = atomic_load(&pool->claims);
  }
}

static void wait_for_work(OnomaPool *pool) {
  const int64_t deadline = now_ns() + SPIN_NS;
  while (now_ns() < deadline) {
    if (has_work(pool) || atomic_load(&pool->ending))
      return;
    for (int i = 0; i < 32; i++)
      relax();
  }

  pthread_mutex_lock(&pool->sleep_lock);
  atomic_fetch_add(&pool->n_sleeping, 1);
  while (!has_work(pool) && !atomic_load(&pool->ending))
    pthread_cond_wait(&pool->work, &pool->sleep_lock);
  atomic_fetch_sub(&pool->n_sleeping, 1);
  pthread_mutex_unlock(&pool->sleep_lock);
}

static void *worker_main(void *data) {
  OnomaPool *const pool = data;
  onoma_denormals_off();
  while (!atomic_load(&pool->ending)) {
    wait_for_work(pool);
    work_off(pool);
  }
  return NULL;
}

static bool all_done(OnomaPool *pool) {
  return atomic_load(&pool->n_done) == atomic_load(&pool->n_items);
}

static void wait_until_done(OnomaPool *pool) {
  const int64_t deadline = now_ns() + SPIN_NS;
  while (now_ns() < deadline) {
    if (all_done(pool))
      return;
    relax();
  }

  pthread_mutex_lock(&pool->sleep_lock);
  atomic_store(&pool->caller_sleeping, true);
  while (!all_done(pool))
    pthread_cond_wait(&pool->done, &pool->sleep_lock);
  atomic_store(&pool->caller_sleeping, false);
  pthread_mutex_unlock(&pool->sleep_lock);
}

static void publish(OnomaPool *pool, size_t n_items, OnomaPoolTask task, void *data) {
  // Close the old operation before its fields change: with its count at the maximum nobody can take
  // an item of it.
  const uint64_t number = atomic_load(&pool->claims) >> 32;
  atomic_store(&pool->claims, number << 32 | UINT32_MAX);
  atomic_store(&pool->task, task);
  atomic_store(&pool->data, data);
  atomic_store(&pool->n_done, 0);
  atomic_store(&pool->n_items, (uint32_t)n_items);
  atomic_store(&pool->claims, (number + 1) << 32);

  if (atomic_load(&pool->n_sleeping)) {
    pthread_mutex_lock(&pool->sleep_lock);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->sleep_lock);
  }
}

void onoma_pool_run(OnomaPool *pool, size_t n_items, OnomaPoolTask task, void *data) {
  if (!n_items)
    return;

  const uint64_t mode = onoma_denormals_off();
  if (!pool || !pool->n_workers || n_items == 1) {
    for (size_t i = 0; i < n_items; i++)
      task(data, i);
  } else {
    pthread_mutex_lock(&pool->run_lock);
    publish(pool, n_items, task, data);
    work_off(pool);
    wait_until_done(pool);
    pthread_mutex_unlock(&pool->run_lock);
  }
  onoma_denormals_restore(mode);
}

static unsigned n_usable_cores(void) {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores))
    return 1;
  const int n = CPU_COUNT(&cores);
  return n > 0 ? (unsigned)n : 1;
}

OnomaStatus onoma_pool_open(OnomaPool **pool, unsigned n_threads, OnomaError *error) {
  *pool = NULL;
  const unsigned n_workers = (n_threads ? n_threads : n_usable_cores()) - 1;
  OnomaPool *const p = onoma_alloc_zero(1, sizeof(OnomaPool) + n_workers * sizeof(pthread_t));
  if (!p)
    return onoma_fail_memory(error);

  pthread_mutex_init(&p->run_lock, NULL);
  pthread_mutex_init(&p->sleep_lock, NULL);
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->done, NULL);
  while (p->n_workers < n_workers) {
    const int result = onoma_thread_start(&p->workers[p->n_workers], worker_main, p);
    if (result) {
      OnomaPool *failed = p;
      onoma_pool_close(&failed);
      return onoma_fail(error, ONOMA_ERR_SYSTEM, "cannot start a thread: %s", strerror(result));
    }
    p->n_workers++;
  }
  *pool = p;
  return ONOMA_OK;
}

void onoma_pool_close(OnomaPool **pool) {
  OnomaPool *const p = *pool;
  *pool = NULL;
  if (!p)
    return;

  pthread_mutex_lock(&p->sleep_lock);
  atomic_store(&p->ending, true);
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->sleep_lock);
  for (unsigned i = 0; i < p->n_workers; i++)
    pthread_join(p->workers[i], NULL);

  pthread_cond_destroy(&p->done);
  pthread_cond_destroy(&p->work);
  pthread_mutex_destroy(&p->sleep_lock);
  pthread_mutex_destroy(&p->run_lock);
  onoma_free(p);
}

unsigned onoma_pool_n_threads(const OnomaPool *pool) {
  return pool ? pool->n_workers + 1 : 1;
}
