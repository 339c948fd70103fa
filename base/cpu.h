// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the processor can do, and how much of it to use.

#ifndef ONOMA_BASE_CPU_H
#define ONOMA_BASE_CPU_H

#include <stdbool.h>

// Instruction set levels. A flag means the whole level, and that the operating system saves its
// registers.
enum {
  ONOMA_CPU_AVX2 = 1 << 0,       // AVX2, FMA, F16C
  ONOMA_CPU_AVX512 = 1 << 1,     // AVX-512 F, BW, DQ, VL
  ONOMA_CPU_AVX512BF16 = 1 << 2, // VDPBF16PS on 512 bits
  ONOMA_CPU_AMX = 1 << 3, // AMX tiles with BF16; needs permission, see onoma_cpu_request_amx()

  // VDPBF16PS is there, but does no more work in its time than FMA: so on Intel's processors.
  ONOMA_CPU_SLOW_AVX512BF16 = 1 << 8,
};

#define ONOMA_CPU_ALL 0xFU

// The flags of this processor. AMX is reported when the processor has it; whether the kernel lets
// us use it is known only after asking. [any]
unsigned onoma_cpu_detect(void);

// onoma_cpu_detect(), less what the environment variable ONOMA_CPU turns off. A word that
// onoma_cpu_parse() does not know turns nothing off. [any]
unsigned onoma_cpu_flags(void);

// Translates a level's name ("c", "avx2", "avx512", "avx512bf16", "amx") to a mask of the flags up
// to it. False for other words. [any]
bool onoma_cpu_parse(const char *name, unsigned *mask);

// The flags less AVX512BF16 where it gains nothing: where it is slow, and AMX is not there. The
// mask of a level that was asked for has no SLOW flag. [any]
unsigned onoma_cpu_worthwhile(unsigned flags);

// The name of the highest level that is worthwhile in flags. [any]
const char *onoma_cpu_name(unsigned flags);

// Asks the kernel for permission to use AMX tile data in this process, and takes no for an answer.
// The permission can not be given back; it is refused where a thread has an alternate signal stack
// too small for the tiles. [any but audio]
bool onoma_cpu_request_amx(void);

#endif
