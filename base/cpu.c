// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the processor can do, and how much of it to use.

#include "cpu.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#  include <cpuid.h>
#  include <sys/syscall.h>
#  include <unistd.h>
#endif

static const struct {
  const char *name;
  unsigned mask;
} levels[] = {
    {"c", 0},
    {"avx2", ONOMA_CPU_AVX2},
    {"avx512", ONOMA_CPU_AVX2 | ONOMA_CPU_AVX512},
    {"avx512bf16", ONOMA_CPU_AVX2 | ONOMA_CPU_AVX512 | ONOMA_CPU_AVX512BF16},
    {"amx", ONOMA_CPU_ALL},
};

#define N_LEVELS (sizeof(levels) / sizeof(levels[0]))

bool onoma_cpu_parse(const char *name, unsigned *mask) {
  for (size_t i = 0; i < N_LEVELS; i++) {
    if (!strcmp(name, levels[i].name)) {
      *mask = levels[i].mask;
      return true;
    }
  }
  return false;
}

unsigned onoma_cpu_worthwhile(unsigned flags) {
  if ((flags & ONOMA_CPU_SLOW_AVX512BF16) && !(flags & ONOMA_CPU_AMX))
    flags &= ~(unsigned)ONOMA_CPU_AVX512BF16;
  return flags;
}

const char *onoma_cpu_name(unsigned flags) {
  size_t best = 0;
  flags = onoma_cpu_worthwhile(flags);
  for (size_t i = 1; i < N_LEVELS; i++) {
    if (flags & levels[i].mask & ~levels[i - 1].mask)
      best = i;
  }
  return levels[best].name;
}

#if defined(__x86_64__)

// State components in XCR0, see the Intel SDM, volume 1, section 13.1.
#  define XCR0_AVX    0x6U     // SSE, AVX
#  define XCR0_AVX512 0xE6U    // and opmask, ZMM
#  define XCR0_AMX    0x60000U // TILECFG, TILEDATA

// CPUID leaf 7, EDX; the headers of clang 14 lack them.
#  define CPUID_AMX_BF16 (1U << 22)
#  define CPUID_AMX_TILE (1U << 24)

static uint64_t read_xcr0(void) {
  uint32_t low;
  uint32_t high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static bool has(uint64_t word, uint64_t bits) {
  return (word & bits) == bits;
}

static bool is_amd(void) {
  uint32_t a;
  uint32_t b;
  uint32_t c;
  uint32_t d;
  return __get_cpuid(0, &a, &b, &c, &d) && b == signature_AMD_ebx && c == signature_AMD_ecx &&
         d == signature_AMD_edx;
}

unsigned onoma_cpu_detect(void) {
  uint32_t a;
  uint32_t b;
  uint32_t c;
  uint32_t d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C))
    return 0;

  const uint64_t xcr0 = read_xcr0();
  uint32_t d7;
  if (!has(xcr0, XCR0_AVX) || !__get_cpuid_count(7, 0, &a, &b, &c, &d7) || !has(b, bit_AVX2))
    return 0;

  unsigned flags = ONOMA_CPU_AVX2;
  const uint32_t avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
  if (!has(xcr0, XCR0_AVX512) || !has(b, avx512))
    return flags;

  flags |= ONOMA_CPU_AVX512;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !has(a, bit_AVX512BF16))
    return flags;

  flags |= ONOMA_CPU_AVX512BF16;
  if (!is_amd())
    flags |= ONOMA_CPU_SLOW_AVX512BF16;
  if (has(xcr0, XCR0_AMX) && has(d7, CPUID_AMX_TILE | CPUID_AMX_BF16))
    flags |= ONOMA_CPU_AMX;
  return flags;
}

bool onoma_cpu_request_amx(void) {
  enum { arch_req_xcomp_perm = 0x1023, xfeature_xtiledata = 18 };
  return syscall(SYS_arch_prctl, arch_req_xcomp_perm, xfeature_xtiledata) == 0;
}

#else

unsigned onoma_cpu_detect(void) {
  return 0;
}

bool onoma_cpu_request_amx(void) {
  return false;
}

#endif

unsigned onoma_cpu_flags(void) {
  unsigned mask = ~0U;
  const char *name = getenv("ONOMA_CPU");
  if (name)
    onoma_cpu_parse(name, &mask);
  return onoma_cpu_detect() & mask;
}
