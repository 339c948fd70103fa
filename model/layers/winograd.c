// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// 3x3 convolutions by Winograd's algorithm, see template/winograd_f32.h.
//
// First the inputs of all 4x4 tiles are transformed. Then each task multiplies a block of tiles by
// a panel of weights, for each of the 36 items of a tile, and transforms the sums to outputs.

#include "winograd.h"

#include "scratch.h"

#include "base/error.h"

enum {
  tile_size = 4,  // outputs
  patch_size = 6, // inputs
  n_items = patch_size * patch_size,
  min_channels = 32,
  max_weights = 32768, // n_in * n_out; 4.5 MiB transformed
  min_tiles = 8,       // fewer would each time go through all those weights for little
  max_row_tiles = 4,   // of the kernel, in a task
  tiles_per_task = 8,  // for inputs
  min_tasks = 16,      // tasks have fewer row tiles to get as many
};

typedef struct {
  const OnomaProduct *product;
  const OnomaKernels *kernels;
  size_t tiles_h, tiles_w, n_tiles; // 4x4 tiles; the last of all batch items
  size_t tile_step;                 // floats of a tile in `inputs`
  float *inputs;                    // [n_tiles,tile_step], of which [36,n_in]
  size_t rows_per_task;             // tiles
  OnomaScratch scratch;
} Job;

static size_t divide_up(size_t a, size_t b) {
  return (a + b - 1) / b;
}

static size_t min_size(size_t a, size_t b) {
  return a < b ? a : b;
}

bool onoma_winograd_suits(const OnomaKernels *kernels, const OnomaConvShape *s) {
  // AMX does more in bf16 without it.
  const bool pays = !kernels->igemm.begin && s->n_in >= min_channels && s->n_out >= min_channels &&
                    s->n_in * s->n_out <= max_weights;
  return pays && s->kernel_h == 3 && s->kernel_w == 3 && s->stride_h == 1 && s->stride_w == 1 &&
         s->dilation_h == 1 && s->dilation_w == 1;
}

bool onoma_winograd_pays(size_t n_batch, size_t out_h, size_t out_w) {
  const size_t n_tiles = n_batch * divide_up(out_h, tile_size) * divide_up(out_w, tile_size);
  // Tiles that hang over the border do work for nothing.
  return n_tiles >= min_tiles && 2 * n_tiles * tile_size * tile_size <= 3 * n_batch * out_h * out_w;
}

// weight [3,3] -> out [6,6]: G weight G'.
static void transform_weight(const float *weight, float *out) {
  static const double g[patch_size][3] = {
      {1, 0, 0},
      {1.0 / 3, 1.0 / 3, 1.0 / 3},
      {-1.0 / 3, 1.0 / 3, -1.0 / 3},
      {-16.0 / 15, -8.0 / 15, -4.0 / 15},
      {1.0 / 15, -2.0 / 15, 4.0 / 15},
      {0, 0, 1},
  };
  for (size_t i = 0; i < n_items; i++) {
    double sum = 0;
    for (size_t j = 0; j < 9; j++)
      sum += g[i / patch_size][j / 3] * g[i % patch_size][j % 3] * (double)weight[j];
    out[i] = (float)sum;
  }
}

OnomaStatus onoma_winograd_pack(OnomaPackedGemm **packed, const OnomaKernels *kernels,
                                const OnomaConvShape *shape, const float *weight, const float *bias,
                                OnomaError *error) {
  const size_t n_weights = shape->n_in * shape->n_out;
  float *const transformed = onoma_alloc(n_weights, n_items * sizeof(float));
  if (!transformed)
    return onoma_fail_memory(error);
  for (size_t i = 0; i < n_weights; i++)
    transform_weight(weight + i * 9, transformed + i * n_items);
  size_t items[n_items];
  for (size_t i = 0; i < n_items; i++)
    items[i] = i;
  const OnomaWeightLayout layout = {.out = shape->n_in * n_items, .in = n_items, .taps = items};
  const OnomaStatus status = onoma_pack_gemm(packed, &kernels->igemm_f32, shape->n_out, shape->n_in,
                                             n_items, transformed, &layout, bias, error);
  onoma_free(transformed);
  return status;
}

// Where tile i is: its batch item, and its first output.
static void place_tile(const Job *job, size_t i, size_t *b, size_t *y, size_t *x) {
  *b = i / (job->tiles_h * job->tiles_w);
  *y = i / job->tiles_w % job->tiles_h * tile_size;
  *x = i % job->tiles_w * tile_size;
}

static void transform_tile(const Job *job, size_t i) {
  const OnomaProduct *const p = job->product;
  const size_t n_in = p->packed->n_in;
  const unsigned shift_h = p->up_h > p->h;
  const unsigned shift_w = p->up_w > p->w;
  size_t b;
  size_t first_y;
  size_t first_x;
  place_tile(job, i, &b, &first_y, &first_x);
  const float *points[n_items];
  for (size_t j = 0; j < n_items; j++) {
    // Negative places are huge ones as unsigned numbers.
    const size_t y = first_y + j / patch_size - (size_t)p->pad_top;
    const size_t x = first_x + j % patch_size - (size_t)p->pad_left;
    points[j] = y < p->up_h && x < p->up_w
                    ? p->in + ((b * p->h + (y >> shift_h)) * p->w + (x >> shift_w)) * n_in
                    : p->packed->zeros;
  }
  job->kernels->winograd_input_f32(points, n_in, job->inputs + i * job->tile_step);
}

static void input_task(void *data, size_t i) {
  const Job *const job = data;
  const size_t end = min_size((i + 1) * tiles_per_task, job->n_tiles);
  for (size_t tile = i * tiles_per_task; tile < end; tile++)
    transform_tile(job, tile);
}

// sums [36,n_rows,nr] of tiles first <= i < first + n_rows and a panel.
static void multiply(const Job *job, size_t first, size_t n_rows, size_t panel, float *sums) {
  const OnomaPackedGemm *const g = job->product->packed;
  const size_t nr = g->igemm.nr;
  const float *rows[ONOMA_MAX_MR];
  size_t offsets[ONOMA_MAX_MR];
  OnomaIgemmTile tile = {.n_columns = min_size(g->n_out - panel * nr, nr),
                         .n_taps = 1,
                         .n_in = g->n_in,
                         .a.rows = rows,
                         .weights = g->weights + panel * g->panel_size,
                         .out_offsets = offsets};
  for (size_t r = 0; r < g->igemm.mr; r++)
    offsets[r] = r * nr;
  // An item's weights stay in the first cache for all rows.
  for (uint32_t item = 0; item < n_items; item++) {
    tile.taps = &item;
    for (size_t row = 0; row < n_rows; row += tile.n_rows) {
      tile.n_rows = min_size(g->igemm.mr, n_rows - row);
      for (size_t r = 0; r < tile.n_rows; r++)
        rows[r] = job->inputs + (first + row + r) * job->tile_step + item * g->n_in;
      tile.out = sums + (item * n_rows + row) * nr;
      g->igemm.run(&tile);
    }
  }
}

static void finish_tile(const Job *job, size_t i, size_t panel, const float *sums, size_t step) {
  const OnomaProduct *const p = job->product;
  const size_t column = panel * p->packed->igemm.nr;
  size_t b;
  size_t y;
  size_t x;
  place_tile(job, i, &b, &y, &x);
  const size_t at = b * p->out_batch_step + y * p->out_y_step + x * p->out_x_step + column;
  const OnomaWinogradOutput output = {
      .sums = sums,
      .sums_step = step,
      .n_columns = min_size(p->packed->n_out - column, p->packed->igemm.nr),
      .bias = p->packed->bias + column,
      .n_y = min_size(tile_size, p->out_h - y),
      .n_x = min_size(tile_size, p->out_w - x),
      .out = p->out + at,
      .residual = p->epilogue.residual ? p->epilogue.residual + at : NULL,
      .y_step = p->out_y_step,
      .x_step = p->out_x_step,
      .activation = p->epilogue.activation,
  };
  job->kernels->winograd_output_f32(&output);
}

static void output_task(void *data, size_t i) {
  const Job *const job = data;
  const OnomaPackedGemm *const g = job->product->packed;
  const size_t panel = i % g->n_panels;
  const size_t first = i / g->n_panels * job->rows_per_task;
  const size_t n_rows = min_size(job->rows_per_task, job->n_tiles - first);

  const size_t slot = onoma_scratch_take(&job->scratch);
  float *const sums = (float *)(job->scratch.memory + slot * job->scratch.slot_size);
  multiply(job, first, n_rows, panel, sums);
  for (size_t r = 0; r < n_rows; r++)
    finish_tile(job, first + r, panel, sums + r * g->igemm.nr, n_rows * g->igemm.nr);
  onoma_scratch_give(&job->scratch, slot);
}

void onoma_winograd_run(const OnomaProduct *p, const OnomaExec *exec) {
  const OnomaPackedGemm *const g = p->packed;
  Job job = {
      .product = p,
      .kernels = exec->kernels,
      .tiles_h = divide_up(p->out_h, tile_size),
      .tiles_w = divide_up(p->out_w, tile_size),
      // A cache line more than it holds, so that tiles spread over the cache.
      .tile_step = n_items * g->n_in + ONOMA_ALIGN / sizeof(float),
  };
  job.n_tiles = p->n_batch * job.tiles_h * job.tiles_w;
  size_t n_row_tiles = max_row_tiles;
  while (n_row_tiles > 1 &&
         divide_up(job.n_tiles, n_row_tiles * g->igemm.mr) * g->n_panels < min_tasks)
    n_row_tiles--;
  // Of even sizes.
  const size_t n_blocks = divide_up(job.n_tiles, n_row_tiles * g->igemm.mr);
  job.rows_per_task = divide_up(job.n_tiles, n_blocks);

  const size_t mark = onoma_arena_mark(exec->arena);
  job.inputs = onoma_arena_floats(exec->arena, job.n_tiles * job.tile_step);
  job.scratch =
      onoma_scratch_alloc(exec, n_items * job.rows_per_task * g->igemm.nr * sizeof(float));
  if (!exec->arena->measuring) {
    onoma_pool_run(exec->pool, divide_up(job.n_tiles, tiles_per_task), input_task, &job);
    onoma_pool_run(exec->pool, divide_up(job.n_tiles, job.rows_per_task) * g->n_panels, output_task,
                   &job);
  }
  onoma_arena_release(exec->arena, mark);
}
