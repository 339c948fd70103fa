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
  cpu_flags = onoma_cpu_worthwhile(cpu_flags);

  // The list goes from worst to best.
#define ONOMA_KERNELS_X86 ONOMA_HAVE_X86
#define IGEMM(name, kind_, mr_, nr_, isa, flags)                                                   \
  if (has(cpu_flags, flags)) {                                                                     \
    const OnomaIgemm igemm = {                                                                     \
        .run = onoma_##name##_##mr_##x##nr_##_##isa, .kind = kind_, .mr = mr_, .nr = nr_};         \
    kernels->igemm = igemm;                                                                        \
    if (igemm.kind == ONOMA_IGEMM_F32)                                                             \
      kernels->igemm_f32 = igemm;                                                                  \
  }
#define KERNEL(field, type, isa, flags)                                                            \
  if (has(cpu_flags, flags))                                                                       \
    kernels->field = onoma_##field##_##isa;
#include "kernels.inc"

#if ONOMA_HAVE_X86
  if (kernels->igemm.run == onoma_igemm_bf16_32x32_amx) {
    kernels->igemm.begin = onoma_igemm_begin_amx;
    kernels->igemm.end = onoma_igemm_end_amx;
  }
#endif
}
