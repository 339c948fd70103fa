// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Checks and benchmarks of the indirect matrix product.

#include "check.h"

#include "model/kernels/pack.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_taps = 16 };

// One problem: rows that stand apart, taps of which some are left out.
typedef struct {
  size_t n_rows, n_columns, n_taps, n_in;
  OnomaActivation activation;
  bool with_residual, with_bias; // without a bias, sums start from numbers of their own
  float scale;                   // of inputs; weights are scaled by its inverse
} Case;

// Its tensors.
typedef struct {
  float *rows[ONOMA_MAX_MR * max_taps]; // [n_taps,n_rows]
  float *weight, *bias, *residual;
  float *start; // [n_rows,n_columns], or NULL
  size_t n_out; // floats of out
} Data;

enum { row_gap = 5 };

static size_t min_size(size_t a, size_t b) {
  return a < b ? a : b;
}

static OnomaPackedGemm *pack(const OnomaIgemm *igemm, const Case *c, const Data *d) {
  size_t taps[max_taps];
  for (size_t t = 0; t < c->n_taps; t++)
    taps[t] = t;
  const OnomaWeightLayout layout = {.out = c->n_in * c->n_taps, .in = c->n_taps, .taps = taps};
  OnomaPackedGemm *packed;
  if (onoma_pack_gemm(&packed, igemm, c->n_columns, c->n_in, c->n_taps, d->weight, &layout,
                      c->with_bias ? d->bias : NULL, NULL))
    abort();
  return packed;
}

// Rows first <= r < first + n_rows as the bf16 kernels want them.
static uint16_t *gather(const OnomaPackedGemm *packed, const Case *c, const Data *d, size_t first,
                        size_t n_rows, const uint32_t *taps, size_t n_taps) {
  const size_t mr = packed->igemm.mr;
  uint16_t *const all = tensor_u16(n_taps * packed->n_in * mr);
  // Rows beyond n_rows hold what they will, NaN for example.
  memset(all, 0xFF, n_taps * packed->n_in * mr * sizeof(*all));
  for (size_t t = 0; t < n_taps; t++)
    onoma_round_bf16_c((const float *const *)d->rows + taps[t] * c->n_rows + first, n_rows, c->n_in,
                       all + t * packed->n_in * mr, mr * ONOMA_BF16_BLOCK);
  return all;
}

// Runs the kernel over the case in tiles of its size: the portable one has smaller ones.
static void run(const OnomaIgemm *igemm, const Case *c, const Data *d, const uint32_t *taps,
                size_t n_taps, float *out) {
  OnomaPackedGemm *packed = pack(igemm, c, d);
  if (igemm->begin)
    igemm->begin();
  for (size_t first = 0; first < c->n_rows; first += igemm->mr) {
    const size_t n_rows = min_size(igemm->mr, c->n_rows - first);
    const float *rows[ONOMA_MAX_MR * max_taps];
    size_t offsets[ONOMA_MAX_MR];
    for (size_t i = 0; i < n_taps * n_rows; i++)
      rows[i] = d->rows[taps[i / n_rows] * c->n_rows + first + i % n_rows];
    for (size_t r = 0; r < n_rows; r++)
      offsets[r] = (c->n_rows - 1 - first - r) * (c->n_columns + row_gap);
    OnomaIgemmTile tile = {.n_rows = n_rows,
                           .n_taps = n_taps,
                           .n_in = packed->n_in,
                           .taps = taps,
                           .out_offsets = offsets,
                           .activation = c->activation};
    if (igemm->kind == ONOMA_IGEMM_BF16)
      tile.a.gathered = gather(packed, c, d, first, n_rows, taps, n_taps);
    else
      tile.a.rows = rows;
    for (size_t panel = 0; panel < packed->n_panels; panel++) {
      const size_t column = panel * igemm->nr;
      tile.n_columns = min_size(igemm->nr, c->n_columns - column);
      tile.weights = packed->weights + panel * packed->panel_size;
      tile.bias = c->with_bias ? packed->bias + column : NULL;
      tile.out = out + column;
      tile.residual = c->with_residual ? d->residual + column : NULL;
      float start[ONOMA_MAX_MR * ONOMA_MAX_NR] = {0};
      for (size_t r = 0; r < n_rows && d->start; r++)
        memcpy(start + r * igemm->nr, d->start + (first + r) * c->n_columns + column,
               tile.n_columns * sizeof(float));
      tile.start = d->start ? start : NULL;
      igemm->run(&tile);
    }
  }
  if (igemm->end)
    igemm->end();
  onoma_pack_gemm_free(&packed);
}

static void check_case(const Variant *variant, const Case *given) {
  Case whole = *given;
  // Several taps of odd lengths are joined before they get to the kernel.
  if (variant->igemm.kind == ONOMA_IGEMM_BF16 && whole.n_taps > 1)
    whole.n_in = (whole.n_in + ONOMA_BF16_BLOCK - 1) / ONOMA_BF16_BLOCK * ONOMA_BF16_BLOCK;
  const Case *const c = &whole;
  begin_case(variant, "%zux%zu, %zu taps of %zu, activation %d, residual %d, bias %d, scale %g",
             c->n_rows, c->n_columns, c->n_taps, c->n_in, (int)c->activation, c->with_residual,
             c->with_bias, (double)c->scale);
  Data d = {.n_out = c->n_rows * (c->n_columns + row_gap) - row_gap};
  float *const in = uniform(c->n_taps * c->n_rows * c->n_in, c->scale);
  for (size_t i = 0; i < c->n_taps * c->n_rows; i++)
    d.rows[i] = in + i * c->n_in;
  d.weight = uniform(c->n_columns * c->n_in * c->n_taps, 1 / c->scale);
  d.bias = uniform(c->n_columns, 1);
  d.residual = uniform(d.n_out, 1);
  if (!c->with_bias)
    d.start = uniform(c->n_rows * c->n_columns, 1);

  // The middle tap is left out, and the order is turned round.
  uint32_t taps[max_taps];
  size_t n_taps = 0;
  for (size_t t = c->n_taps; t--;) {
    if (c->n_taps < 3 || t != c->n_taps / 2)
      taps[n_taps++] = (uint32_t)t;
  }
  float *const out = uniform(d.n_out, 1);
  float *const expected = copy_of(out, d.n_out);
  run(&reference_of(variant)->igemm, c, &d, taps, n_taps, expected);
  run(&variant->igemm, c, &d, taps, n_taps, out);

  // Partial sums of n products of uniform numbers have a deviation of sqrt(n) / 3; n roundings of
  // those to 24 bits add up to a deviation of 2^-25 n / 3. Allowed is ten times that.
  const double n = (double)(n_taps * c->n_in);
  compare(out, expected, d.n_out, 0x1p-25 * (n + 10) * 10 / 3, 1e-6);

  if (c->with_residual) {
    // In place, to the same bits.
    float *const again = copy_of(d.residual, d.n_out);
    d.residual = again;
    run(&variant->igemm, c, &d, taps, n_taps, again);
    for (size_t r = 0; r < c->n_rows; r++) {
      const size_t row = r * (c->n_columns + row_gap);
      compare(again + row, out + row, c->n_columns, 0, 0);
    }
  }
  release_tensors();
}

void check_igemm(const Variant *variant) {
  const size_t mr = variant->igemm.mr;
  const size_t nr = variant->igemm.nr;
  for (size_t n_rows = 1; n_rows <= mr; n_rows++) {
    for (size_t n_columns = 1; n_columns <= nr; n_columns++) {
      const bool odd = (n_rows + n_columns) % 2;
      check_case(variant, &(Case){n_rows, n_columns, 1, 17, ONOMA_ACT_NONE, odd, !odd, 1});
    }
    check_case(variant, &(Case){n_rows, nr, 9, 40, ONOMA_ACT_NONE, true, true, 1});
    check_case(variant, &(Case){n_rows, nr / 2, 3, 64, ONOMA_ACT_SILU, false, true, 1});
  }
  for (size_t n_in = 16; n_in < 600; n_in = n_in * 3 / 2 + 1)
    check_case(variant, &(Case){mr, nr, 2, n_in, ONOMA_ACT_NONE, false, false, 1});
  for (int activation = ONOMA_ACT_NONE; activation <= ONOMA_ACT_TANH; activation++) {
    for (int with_residual = 0; with_residual < 2; with_residual++)
      check_case(variant, &(Case){mr - 1, nr - 3, 1, 33, (OnomaActivation)activation, with_residual,
                                  true, 1});
  }
  check_case(variant, &(Case){mr, nr, 5, 32, ONOMA_ACT_NONE, false, false, 1e18F});
  check_case(variant, &(Case){mr, nr, 5, 32, ONOMA_ACT_NONE, false, false, 1e-18F});
}

// ---- Benchmark

typedef struct {
  OnomaIgemmFunction *run;
  OnomaIgemmTile tile;
} Bench;

static void call(void *data) {
  const Bench *const bench = data;
  bench->run(&bench->tile);
}

// A full tile, from rows of n_in numbers that the first cache holds.
static void bench_case(const Variant *variant, size_t n_taps, size_t n_in) {
  const OnomaIgemm *const igemm = &variant->igemm;
  const Case c = {igemm->mr, igemm->nr, n_taps, n_in, ONOMA_ACT_NONE, false, true, 1};
  Data d = {0};
  float *const in = uniform(n_taps * c.n_rows * n_in, 1);
  for (size_t i = 0; i < n_taps * c.n_rows; i++)
    d.rows[i] = in + i * n_in;
  d.weight = uniform(c.n_columns * n_in * n_taps, 1);
  d.bias = uniform(c.n_columns, 1);
  uint32_t taps[max_taps];
  size_t offsets[ONOMA_MAX_MR];
  for (size_t t = 0; t < n_taps; t++)
    taps[t] = (uint32_t)t;
  for (size_t r = 0; r < c.n_rows; r++)
    offsets[r] = r * c.n_columns;
  OnomaPackedGemm *packed = pack(igemm, &c, &d);
  Bench bench = {.run = igemm->run,
                 .tile = {.n_rows = c.n_rows,
                          .n_columns = c.n_columns,
                          .n_taps = n_taps,
                          .n_in = packed->n_in,
                          .taps = taps,
                          .weights = packed->weights,
                          .bias = packed->bias,
                          .out = tensor(c.n_rows * c.n_columns),
                          .out_offsets = offsets}};
  if (igemm->kind == ONOMA_IGEMM_BF16)
    bench.tile.a.gathered = gather(packed, &c, &d, 0, c.n_rows, taps, n_taps);
  else
    bench.tile.a.rows = (const float *const *)d.rows;
  const double work = 2.0 * (double)(c.n_rows * c.n_columns * n_taps * n_in);
  if (igemm->begin)
    igemm->begin();
  const double gflops = work / seconds_per_call(call, &bench) * 1e-9;
  if (igemm->end)
    igemm->end();
  const double peak = peak_gflops(variant->isa);
  printf("%-12s %-11s %2zux%zu, %zu x %4zu %8.1f GFLOP/s", variant->field, variant->isa, igemm->mr,
         igemm->nr, n_taps, n_in, gflops);
  if (peak > 0)
    printf(" %5.1f %% of %.1f", 100 * gflops / peak, peak);
  printf("\n");
  onoma_pack_gemm_free(&packed);
  release_tensors();
}

void bench_igemm(const Variant *variant) {
  bench_case(variant, 1, 64);
  bench_case(variant, 1, 256);
  bench_case(variant, 1, 512);
  bench_case(variant, 1, 768);
  bench_case(variant, 1, 1024);
  bench_case(variant, 1, 1040);
  bench_case(variant, 9, 32);
  bench_case(variant, 9, 128);
}
