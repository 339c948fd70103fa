// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Checks every kernel against the portable one, or measures it with --bench.
//
//   check-kernels [--bench] [FIELD [ISA]]

#include "check.h"

#include "base/cpu.h"
#include "base/denormals.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ONOMA_KERNELS_X86 ONOMA_HAVE_X86

static const Variant all_variants[] = {
#define IGEMM(name, kind, mr, nr, isa, flags)                                                      \
  {#name, #isa, flags, NULL, {onoma_##name##_##mr##x##nr##_##isa, kind, mr, nr, NULL, NULL}},
#define KERNEL(field, type, isa, flags)                                                            \
  {#field,                                                                                         \
   #isa,                                                                                           \
   flags,                                                                                          \
   (AnyFunction)onoma_##field##_##isa,                                                             \
   {NULL, ONOMA_IGEMM_F32, 0, 0, NULL, NULL}},
#include "model/kernels/kernels.inc"
    // The source of the AMX kernel on emulated tiles, which any machine can check.
    {"igemm_bf16",
     "amxemulated",
     0,
     NULL,
     {onoma_igemm_bf16_32x32_amxemulated, ONOMA_IGEMM_BF16, 32, 32, onoma_igemm_begin_amxemulated,
      onoma_igemm_end_amxemulated}},
};

enum { n_all = sizeof(all_variants) / sizeof(all_variants[0]) };

static Variant runnable[n_all];
const Variant *variants = runnable;
size_t n_variants;

static const Variant *current;
static char current_case[200];
static unsigned n_failures;
static unsigned n_messages; // about this kernel

const Variant *reference_of(const Variant *variant) {
  for (size_t i = 0; i < n_variants; i++) {
    if (!variants[i].flags && !strcmp(variants[i].field, variant->field))
      return &variants[i];
  }
  fprintf(stderr, "no portable kernel for %s\n", variant->field);
  exit(1);
}

// ---- Tensors

typedef struct {
  unsigned char *pages;
  size_t n_bytes; // of the readable part
  size_t n_front; // bytes that must not change
} Block;

enum { max_blocks = 64, front_byte = 0xA5 };

static Block blocks[max_blocks];
static size_t n_blocks;

static void *new_block(size_t n_bytes) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t n_readable = (n_bytes / page + 2) * page;
  if (n_blocks == max_blocks)
    abort();
  unsigned char *const pages =
      mmap(NULL, n_readable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + n_readable, page, PROT_NONE))
    abort();
  memset(pages, front_byte, n_readable);
  blocks[n_blocks++] = (Block){pages, n_readable, n_readable - n_bytes};
  return pages + n_readable - n_bytes;
}

float *tensor(size_t n) {
  return new_block(n * sizeof(float));
}

uint16_t *tensor_u16(size_t n) {
  return new_block(n * sizeof(uint16_t));
}

float *uniform(size_t n, float scale) {
  static uint64_t state = 1;
  float *const x = tensor(n);
  for (size_t i = 0; i < n; i++) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    x[i] = ((float)(state >> 40) * 0x1p-23F - 1) * scale;
  }
  return x;
}

float *copy_of(const float *x, size_t n) {
  float *const copy = tensor(n);
  memcpy(copy, x, n * sizeof(float));
  return copy;
}

void release_tensors(void) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (size_t i = 0; i < n_blocks; i++) {
    for (size_t j = 0; j < blocks[i].n_front; j++) {
      if (blocks[i].pages[j] != front_byte) {
        fail_case("wrote %zu bytes before a tensor", blocks[i].n_front - j);
        break;
      }
    }
    munmap(blocks[i].pages, blocks[i].n_bytes + page);
  }
  n_blocks = 0;
}

// ---- Results

void begin_case(const Variant *variant, const char *format, ...) {
  va_list args;
  va_start(args, format);
  current = variant;
  vsnprintf(current_case, sizeof(current_case), format, args);
  va_end(args);
}

void fail_case(const char *format, ...) {
  va_list args;
  va_start(args, format);
  // A broken kernel fails in hundreds of cases.
  enum { max_messages = 5 };
  n_failures++;
  if (++n_messages > max_messages) {
    va_end(args);
    return;
  }
  printf("%s_%s, %s: ", current->field, current->isa, current_case);
  vprintf(format, args);
  printf("\n");
  va_end(args);
}

void compare(const float *out, const float *expected, size_t n, double absolute, double relative) {
  for (size_t i = 0; i < n; i++) {
    const double a = out[i];
    const double b = expected[i];
    const bool same = a == b || (isnan(a) && isnan(b));
    if (!same && !(fabs(a - b) <= absolute + relative * fabs(b))) {
      fail_case("item %zu of %zu is %.9g instead of %.9g", i, n, a, b);
      return;
    }
  }
}

// ---- Program

static unsigned usable_flags(void) {
  unsigned flags = onoma_cpu_flags();
  if ((flags & ONOMA_CPU_AMX) && !onoma_cpu_request_amx())
    flags &= ~(unsigned)ONOMA_CPU_AMX;
  return flags;
}

// Those with files of their own; the others are in ops.c.
static const struct {
  const char *field;
  void (*check)(const Variant *variant);
  void (*bench)(const Variant *variant);
} kinds[] = {
    {"igemm_f32", check_igemm, bench_igemm},
    {"igemm_bf16", check_igemm, bench_igemm},
    {"winograd_input_f32", check_winograd_input, bench_winograd_input},
    {"winograd_output_f32", check_winograd_output, bench_winograd_output},
};

static void visit(const Variant *variant, bool bench) {
  void (*check)(const Variant *) = check_ops;
  void (*measure)(const Variant *) = bench_ops;
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
    if (!strcmp(kinds[i].field, variant->field)) {
      check = kinds[i].check;
      measure = kinds[i].bench;
    }
  }
  if (bench) {
    measure(variant);
    return;
  }
  const unsigned before = n_failures;
  n_messages = 0;
  check(variant);
  printf("%-19s %-11s %s\n", variant->field, variant->isa, n_failures > before ? "FAILED" : "ok");
}

int main(int argc, char **argv) {
  const bool bench = argc > 1 && !strcmp(argv[1], "--bench");
  const char *const field = argc > 1 + bench ? argv[1 + bench] : NULL;
  const char *const isa = argc > 2 + bench ? argv[2 + bench] : NULL;
  const unsigned flags = usable_flags();
  for (size_t i = 0; i < n_all; i++) {
    if ((all_variants[i].flags & flags) != all_variants[i].flags)
      continue;
    runnable[n_variants] = all_variants[i];
#if ONOMA_HAVE_X86
    if (runnable[n_variants].igemm.run == onoma_igemm_bf16_32x32_amx) {
      runnable[n_variants].igemm.begin = onoma_igemm_begin_amx;
      runnable[n_variants].igemm.end = onoma_igemm_end_amx;
    }
#endif
    n_variants++;
  }

  // As the thread pool does.
  onoma_denormals_off();
  size_t n_visited = 0;
  for (size_t i = 0; i < n_variants; i++) {
    if ((field && strcmp(field, variants[i].field) != 0) ||
        (isa && strcmp(isa, variants[i].isa) != 0))
      continue;
    visit(&variants[i], bench);
    n_visited++;
  }
  printf("%zu kernels at level %s, %u failures\n", n_visited, onoma_cpu_name(flags), n_failures);
  return n_failures || !n_visited;
}
