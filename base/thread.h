// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Starting threads.

#ifndef ONOMA_BASE_THREAD_H
#define ONOMA_BASE_THREAD_H

#include <pthread.h>

// Starts a thread with normal scheduling and all signals blocked, whatever the caller's are: hosts
// call from realtime threads, and signals are theirs. Returns 0, or an error number. [any]
int onoma_thread_start(pthread_t *thread, void *(*run)(void *data), void *data);

#endif
