// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Measuring time, and what a core can do at most: loops of nothing but multiplications and
// additions on registers.

#include "peak.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double best_seconds(clockid_t clock, BenchCall call, void *data) {
  enum { n_repetitions = 25 };
  size_t n_calls = 1;
  double best = INFINITY;
  for (int i = 0; i < n_repetitions; i++) {
    const double start = now(clock);
    for (size_t j = 0; j < n_calls; j++)
      call(data);
    const double seconds = now(clock) - start;
    if (seconds < 1e-3 && i == 0) {
      n_calls *= 2;
      i--;
      continue;
    }
    best = fmin(best, seconds / (double)n_calls);
  }
  return best;
}

double seconds_per_call(BenchCall call, void *data) {
  return best_seconds(CLOCK_THREAD_CPUTIME_ID, call, data);
}

double wall_seconds_per_call(BenchCall call, void *data) {
  return best_seconds(CLOCK_MONOTONIC, call, data);
}

#if defined(__x86_64__)

enum { n_rounds = 1000 };

// Twelve independent sums, more than any latency times throughput needs.
#  define TWELVE(op) op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11)

#  define LOOP(op)                                                                                 \
    for (int i = 0; i < n_rounds; i++)                                                             \
      __asm__ volatile(TWELVE(op)::                                                                \
                           : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",       \
                             "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13");

#  define AVX2(n)       "vfmadd231ps %%ymm12, %%ymm13, %%ymm" #  n "\n\t"
#  define AVX512(n)     "vfmadd231ps %%zmm12, %%zmm13, %%zmm" #  n "\n\t"
#  define AVX512BF16(n) "vdpbf16ps %%zmm12, %%zmm13, %%zmm" #  n "\n\t"

static void run_c(void *data) {
  (void)data;
  __asm__ volatile("xorps %%xmm12, %%xmm12" ::: "xmm12");
  for (int i = 0; i < n_rounds; i++)
    __asm__ volatile("mulps %%xmm12, %%xmm0\n\taddps %%xmm12, %%xmm1\n\t"
                     "mulps %%xmm12, %%xmm2\n\taddps %%xmm12, %%xmm3\n\t"
                     "mulps %%xmm12, %%xmm4\n\taddps %%xmm12, %%xmm5\n\t"
                     "mulps %%xmm12, %%xmm6\n\taddps %%xmm12, %%xmm7\n\t"
                     "mulps %%xmm12, %%xmm8\n\taddps %%xmm12, %%xmm9\n\t"
                     "mulps %%xmm12, %%xmm10\n\taddps %%xmm12, %%xmm11\n\t" ::
                         : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                           "xmm9", "xmm10", "xmm11");
}

static void run_avx2(void *data) {
  (void)data;
  __asm__ volatile("vzeroall" ::: "xmm12", "xmm13");
  LOOP(AVX2)
  __asm__ volatile("vzeroupper");
}

static void run_avx512(void *data) {
  (void)data;
  __asm__ volatile("vzeroall" ::: "xmm12", "xmm13");
  LOOP(AVX512)
  __asm__ volatile("vzeroupper");
}

static void run_avx512bf16(void *data) {
  (void)data;
  __asm__ volatile("vzeroall" ::: "xmm12", "xmm13");
  LOOP(AVX512BF16)
  __asm__ volatile("vzeroupper");
}

static void run_amx(void *data) {
  (void)data;
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t columns[16]; // bytes
    uint8_t rows[16];
  } config = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    config.columns[i] = 64;
    config.rows[i] = 16;
  }
  __asm__ volatile("ldtilecfg %0" ::"m"(config));
  for (int i = 0; i < n_rounds; i++)
    __asm__ volatile("tdpbf16ps %%tmm4, %%tmm6, %%tmm0\n\t"
                     "tdpbf16ps %%tmm5, %%tmm6, %%tmm1\n\t"
                     "tdpbf16ps %%tmm4, %%tmm7, %%tmm2\n\t"
                     "tdpbf16ps %%tmm5, %%tmm7, %%tmm3\n\t" ::);
  __asm__ volatile("tilerelease");
}

static const struct {
  const char *isa;
  BenchCall run;
  double work; // of an instruction
  double count;
} loops[] = {
    {"c", run_c, 4, 12},
    {"avx2", run_avx2, 16, 12},
    {"avx512", run_avx512, 32, 12},
    {"avx512bf16", run_avx512bf16, 64, 12},
    {"amx", run_amx, 2 * 16 * 16 * 32, 4},
};

double peak_gflops(const char *isa) {
  enum { n_loops = sizeof(loops) / sizeof(loops[0]) };
  static double known[n_loops];
  for (size_t i = 0; i < n_loops; i++) {
    if (strcmp(isa, loops[i].isa) != 0)
      continue;
    if (known[i] <= 0)
      known[i] =
          loops[i].work * loops[i].count * n_rounds / seconds_per_call(loops[i].run, NULL) * 1e-9;
    return known[i];
  }
  return 0;
}

#else

double peak_gflops(const char *isa) {
  (void)isa;
  return 0;
}

#endif
