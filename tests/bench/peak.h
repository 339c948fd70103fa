// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Measuring time, and what a core can do at most.

#ifndef ONOMA_TESTS_BENCH_PEAK_H
#define ONOMA_TESTS_BENCH_PEAK_H

typedef void (*BenchCall)(void *data);

// Seconds of this thread that one call takes, the best of many: other programs do not count.
double seconds_per_call(BenchCall call, void *data);

// The same by the wall clock, for calls that share their work out among threads.
double wall_seconds_per_call(BenchCall call, void *data);

// 10^9 floating point operations per second that one thread can do at most at this level, measured
// on registers only; 0 if unknown. Above avx512 they are those of bf16.
double peak_gflops(const char *isa);

#endif
