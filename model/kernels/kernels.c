// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The choice of kernels.

#include "kernels.h"

#include "base/cpu.h"

#include <stdbool.h>

static bool has(unsigned flags, unsigned needed) {
  return (flags & needed) == needed;
}

void onoma_kernels_init(OnomaKernels *kernels, unsigned cpu_flags) {
  *kernels = (OnomaKernels){0};

  // The list goes from worst to best.
#define ONOMA_KERNELS_X86 ONOMA_HAVE_X86
#define IGEMM(name, kind_, mr_, nr_, isa, flags)                                                   \
  if (has(cpu_flags, flags)) {                                                                     \
    const OnomaIgemm igemm = {onoma_##name##_##mr_##x##nr_##_##isa, kind_, mr_, nr_};              \
    kernels->igemm = igemm;                                                                        \
    if (igemm.kind == ONOMA_IGEMM_F32)                                                             \
      kernels->igemm_f32 = igemm;                                                                  \
  }
#define KERNEL(field, type, isa, flags)                                                            \
  if (has(cpu_flags, flags))                                                                       \
    kernels->field = onoma_##field##_##isa;
#include "kernels.inc"
}
