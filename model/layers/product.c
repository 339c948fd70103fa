// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The indirect matrix product behind linear layers and convolutions.
//
// Output positions are rows, output channels columns. Both are cut into tiles of the kernel's size,
// and tiles are grouped into tasks: a task goes through its row tiles, collects a tile's inputs
// once, and multiplies them with each of the task's panels of weights, which stay in the cache.
// Where not even one panel would, its taps are taken in several rounds, each over all row tiles of
// the task. How the work is cut depends on sizes only.

#include "product.h"

#include "scratch.h"

#include <stdbool.h>
#include <string.h>

enum {
  panel_budget = 512 * 1024,  // bytes of weights that a task goes over, to stay in the L2 cache
  max_panel = 768 * 1024,     // bytes of a panel that is not taken in rounds
  max_tiles_per_task = 8,     // row tiles
  min_tasks = 16,             // tasks are made smaller to have as many,
  min_task_work = 256 * 1024, // unless they had fewer multiplications
};

typedef struct {
  const OnomaProduct *product;
  OnomaScratch scratch;
  size_t n_rows; // output positions
  size_t n_tiles, tiles_per_task;
  size_t panels_per_task, n_panel_tasks;
  size_t taps_per_round; // all, or with one panel a task fewer
  bool columns_first;    // rows are numbered down the columns of the image
} Job;

// A row tile's scratch memory.
typedef struct {
  float *sums;        // [tiles_per_task,mr,nr] between rounds
  const float **rows; // [n_taps,n_rows]
  uint32_t *taps;     // [n_taps]
  float *joined;      // [mr,joined_stride], or [n_in] for bf16
  uint16_t *gathered; // [n_taps,n_in/block,mr,block]
  size_t offsets[ONOMA_MAX_MR];
  // Where the image begins, and the place of tap (0,0) in it.
  const float *image[ONOMA_MAX_MR];
  ptrdiff_t y[ONOMA_MAX_MR], x[ONOMA_MAX_MR];
} Tile;

static size_t n_taps_of(const OnomaProduct *p) {
  return p->kernel_h * p->kernel_w;
}

static size_t divide_up(size_t a, size_t b) {
  return (a + b - 1) / b;
}

static size_t min_size(size_t a, size_t b) {
  return a < b ? a : b;
}

// Floats from one joined row to the next: a cache line more than it holds, so that the rows spread
// over the cache.
static size_t joined_stride(const OnomaPackedGemm *g) {
  return g->n_in + ONOMA_ALIGN / sizeof(float);
}

static bool has_rounds(const Job *job) {
  return job->taps_per_round < n_taps_of(job->product);
}

// Lays the tile's arrays out from base, which may be NULL to count only; returns their size.
static size_t lay_out(const Job *job, Tile *tile, unsigned char *base) {
  const OnomaProduct *const p = job->product;
  size_t used = 0;
  const OnomaPackedGemm *const g = p->packed;
  const bool bf16 = g->igemm.kind == ONOMA_IGEMM_BF16;
  const size_t mr = g->igemm.mr;
  const size_t n_joined = g->joined_taps ? joined_stride(g) * (bf16 ? 1 : mr) : 0;
  const size_t n_sums = has_rounds(job) ? job->tiles_per_task * mr * g->igemm.nr : 0;
  tile->sums = onoma_scratch_cut(base, &used, n_sums, sizeof(*tile->sums));
  tile->rows = onoma_scratch_cut(base, &used, n_taps_of(p) * mr, sizeof(*tile->rows));
  tile->taps = onoma_scratch_cut(base, &used, n_taps_of(p), sizeof(*tile->taps));
  tile->joined = onoma_scratch_cut(base, &used, n_joined, sizeof(*tile->joined));
  tile->gathered =
      onoma_scratch_cut(base, &used, bf16 ? g->n_taps * g->n_in * mr : 0, sizeof(*tile->gathered));
  return used;
}

// Finds the output and input places of rows first <= row < first + n.
static void place_rows(const Job *job, Tile *tile, size_t first, size_t n) {
  const OnomaProduct *const p = job->product;
  // Rows count (x, b, y) up, or (b, y, x); the last one fastest.
  const size_t n_inner = job->columns_first ? p->out_h : p->out_w;
  const size_t n_middle = job->columns_first ? p->n_batch : p->out_h;
  size_t inner = first % n_inner;
  size_t middle = first / n_inner % n_middle;
  size_t outer = first / n_inner / n_middle;
  for (size_t r = 0; r < n; r++) {
    const size_t b = job->columns_first ? middle : outer;
    const size_t y = job->columns_first ? inner : middle;
    const size_t x = job->columns_first ? outer : inner;
    tile->offsets[r] = b * p->out_batch_step + y * p->out_y_step + x * p->out_x_step;
    tile->image[r] = p->in + b * p->h * p->w * p->packed->tap_n_in;
    tile->y[r] = (ptrdiff_t)(y * p->stride_h) - p->pad_top;
    tile->x[r] = (ptrdiff_t)(x * p->stride_w) - p->pad_left;
    if (++inner == n_inner) {
      inner = 0;
      if (++middle == n_middle) {
        middle = 0;
        outer++;
      }
    }
  }
}

// Whether all taps of all rows see input, and that as it is stored.
static bool is_inside(const OnomaProduct *p, const Tile *tile, size_t n_rows) {
  const size_t reach_h = (p->kernel_h - 1) * p->dilation_h;
  const size_t reach_w = (p->kernel_w - 1) * p->dilation_w;
  bool inside = p->up_h == p->h && p->up_w == p->w && reach_h < p->h && reach_w < p->w;
  for (size_t r = 0; r < n_rows; r++)
    inside &= (size_t)tile->y[r] < p->h - reach_h && (size_t)tile->x[r] < p->w - reach_w;
  return inside;
}

// point_taps() where is_inside().
static size_t point_taps_inside(const OnomaProduct *p, Tile *tile, size_t n_rows, size_t first_tap,
                                size_t last_tap) {
  const size_t n_in = p->packed->tap_n_in;
  const float *origin[ONOMA_MAX_MR];
  for (size_t r = 0; r < n_rows; r++)
    origin[r] = tile->image[r] + ((size_t)tile->y[r] * p->w + (size_t)tile->x[r]) * n_in;
  for (size_t tap = first_tap; tap < last_tap; tap++) {
    const size_t y = tap / p->kernel_w * p->dilation_h;
    const size_t x = tap % p->kernel_w * p->dilation_w;
    const float **const rows = tile->rows + (tap - first_tap) * n_rows;
    for (size_t r = 0; r < n_rows; r++)
      rows[r] = origin[r] + (y * p->w + x) * n_in;
    tile->taps[tap - first_tap] = (uint32_t)tap;
  }
  return last_tap - first_tap;
}

// Points to what each tap of each row sees, first_tap <= tap < last_tap; returns the number of taps
// that see any input, or of all.
static size_t point_taps(const OnomaProduct *p, Tile *tile, size_t n_rows, size_t first_tap,
                         size_t last_tap) {
  if (is_inside(p, tile, n_rows))
    return point_taps_inside(p, tile, n_rows, first_tap, last_tap);

  const unsigned shift_h = p->up_h > p->h;
  const unsigned shift_w = p->up_w > p->w;
  const size_t n_in = p->packed->tap_n_in;
  size_t n_taps = 0;
  for (size_t tap = first_tap; tap < last_tap; tap++) {
    const ptrdiff_t dy = (ptrdiff_t)(tap / p->kernel_w * p->dilation_h);
    const ptrdiff_t dx = (ptrdiff_t)(tap % p->kernel_w * p->dilation_w);
    const float **const rows = tile->rows + n_taps * n_rows;
    bool used = p->packed->joined_taps;
    for (size_t r = 0; r < n_rows; r++) {
      // Negative places are huge ones as unsigned numbers.
      const size_t y = (size_t)(tile->y[r] + dy);
      const size_t x = (size_t)(tile->x[r] + dx);
      const bool inside = y < p->up_h && x < p->up_w;
      used |= inside;
      rows[r] = inside ? tile->image[r] + ((y >> shift_h) * p->w + (x >> shift_w)) * n_in
                       : p->packed->zeros;
    }
    if (used)
      tile->taps[n_taps++] = (uint32_t)tap;
  }
  return n_taps;
}

// Copies the taps of row r, one after the other, to a long row. Neighbours in memory, as most taps
// of a line are, go in one piece.
static void join_taps(const OnomaProduct *p, const Tile *tile, size_t r, size_t n_rows,
                      float *joined) {
  const size_t n_in = p->packed->tap_n_in;
  const size_t n_taps = p->packed->joined_taps;
  for (size_t tap = 0; tap < n_taps;) {
    const float *const from = tile->rows[tap * n_rows + r];
    size_t n = 1;
    while (tap + n < n_taps && tile->rows[(tap + n) * n_rows + r] == from + n * n_in)
      n++;
    float *const to = joined + tap * n_in;
    if (n * n_in > 16)
      memcpy(to, from, n * n_in * sizeof(float));
    else
      for (size_t k = 0; k < n * n_in; k++)
        to[k] = from[k];
    tap += n;
  }
}

// Rounds the tile's inputs to bf16, into the layout that the kernel wants.
static void gather_bf16(const OnomaKernels *kernels, const OnomaProduct *p, Tile *tile,
                        size_t n_rows, size_t n_taps) {
  const OnomaPackedGemm *const g = p->packed;
  const size_t mr = g->igemm.mr;
  if (!g->joined_taps) {
    for (size_t t = 0; t < n_taps; t++)
      kernels->round_bf16(tile->rows + t * n_rows, n_rows, g->tap_n_in,
                          tile->gathered + t * g->n_in * mr, mr * ONOMA_BF16_BLOCK);
    return;
  }
  for (size_t r = 0; r < n_rows; r++) {
    const float *const joined = tile->joined;
    join_taps(p, tile, r, n_rows, tile->joined);
    kernels->round_bf16(&joined, 1, g->joined_taps * g->tap_n_in,
                        tile->gathered + r * ONOMA_BF16_BLOCK, mr * ONOMA_BF16_BLOCK);
  }
}

typedef struct {
  Job job;
  const OnomaKernels *kernels;
} Task;

// Collects the inputs of rows first <= row < first + n_rows and some taps, as the kernel wants
// them.
static OnomaIgemmTile collect(const Task *task, Tile *tile, size_t first, size_t n_rows,
                              size_t first_tap, size_t last_tap) {
  const OnomaProduct *const p = task->job.product;
  const OnomaPackedGemm *const g = p->packed;
  place_rows(&task->job, tile, first, n_rows);
  OnomaIgemmTile t = {
      .n_rows = n_rows,
      .n_taps = point_taps(p, tile, n_rows, first_tap, last_tap),
      .n_in = g->n_in,
      .taps = tile->taps,
      .out_offsets = tile->offsets,
      .activation = p->epilogue.activation,
  };
  if (g->igemm.kind == ONOMA_IGEMM_BF16) {
    gather_bf16(task->kernels, p, tile, n_rows, t.n_taps);
    t.a.gathered = tile->gathered;
  } else {
    for (size_t r = 0; r < n_rows && g->joined_taps; r++)
      join_taps(p, tile, r, n_rows, tile->joined + r * joined_stride(g));
    for (size_t r = 0; r < n_rows && g->joined_taps; r++)
      tile->rows[r] = tile->joined + r * joined_stride(g);
    t.a.rows = tile->rows;
  }
  if (g->joined_taps)
    t.n_taps = 1;
  return t;
}

static void run_panels(const OnomaProduct *p, OnomaIgemmTile *t, size_t first_panel,
                       size_t last_panel) {
  const OnomaPackedGemm *const g = p->packed;
  for (size_t panel = first_panel; panel < last_panel; panel++) {
    const size_t column = panel * g->igemm.nr;
    t->n_columns = min_size(g->n_out - column, g->igemm.nr);
    t->weights = g->weights + panel * g->panel_size;
    t->bias = g->bias + column;
    t->out = p->out + column;
    t->residual = p->epilogue.residual ? p->epilogue.residual + column : NULL;
    g->igemm.run(t);
  }
}

// One of several rounds, on one panel: sums go to `sums` but in the last round.
static void run_round(const OnomaProduct *p, OnomaIgemmTile *t, size_t panel, float *sums,
                      bool is_first, bool is_last) {
  const OnomaPackedGemm *const g = p->packed;
  t->start = is_first ? NULL : sums;
  if (is_last) {
    run_panels(p, t, panel, panel + 1);
    return;
  }
  size_t offsets[ONOMA_MAX_MR];
  for (size_t r = 0; r < t->n_rows; r++)
    offsets[r] = r * g->igemm.nr;
  t->n_columns = min_size(g->n_out - panel * g->igemm.nr, g->igemm.nr);
  t->weights = g->weights + panel * g->panel_size;
  t->bias = g->bias + panel * g->igemm.nr;
  t->out = sums;
  t->out_offsets = offsets;
  t->activation = ONOMA_ACT_NONE;
  g->igemm.run(t);
}

// Runs row tiles first_tile <= t < last_tile on the panels.
static void run_tiles(const Task *task, Tile *tile, size_t first_tile, size_t last_tile,
                      size_t first_panel, size_t last_panel) {
  const Job *const job = &task->job;
  const OnomaProduct *const p = job->product;
  const size_t n_taps = n_taps_of(p);
  const size_t n_sums = p->packed->igemm.mr * p->packed->igemm.nr;
  size_t tap = 0;
  // At least once: a convolution without taps is its bias.
  do {
    const size_t last_tap = min_size(tap + job->taps_per_round, n_taps);
    for (size_t i = first_tile; i < last_tile; i++) {
      // Tiles of even heights: 8 and 8 rows take less time than 14 and 2.
      const size_t first = i * job->n_rows / job->n_tiles;
      const size_t last = (i + 1) * job->n_rows / job->n_tiles;
      OnomaIgemmTile t = collect(task, tile, first, last - first, tap, last_tap);
      if (has_rounds(job))
        run_round(p, &t, first_panel, tile->sums + (i - first_tile) * n_sums, tap == 0,
                  last_tap == n_taps);
      else
        run_panels(p, &t, first_panel, last_panel);
    }
    tap = last_tap;
  } while (tap < n_taps);
}

static void run_task(void *data, size_t i) {
  const Task *const task = data;
  const Job *const job = &task->job;
  const OnomaIgemm *const igemm = &job->product->packed->igemm;
  const size_t first_panel = i % job->n_panel_tasks * job->panels_per_task;
  const size_t last_panel =
      min_size(first_panel + job->panels_per_task, job->product->packed->n_panels);
  const size_t first_tile = i / job->n_panel_tasks * job->tiles_per_task;
  const size_t last_tile = min_size(first_tile + job->tiles_per_task, job->n_tiles);

  const size_t slot = onoma_scratch_take(&job->scratch);
  Tile tile;
  lay_out(job, &tile, job->scratch.memory + slot * job->scratch.slot_size);
  if (igemm->begin)
    igemm->begin();
  run_tiles(task, &tile, first_tile, last_tile, first_panel, last_panel);
  if (igemm->end)
    igemm->end();
  onoma_scratch_give(&job->scratch, slot);
}

// Chooses how many tiles a task has.
static void cut_tasks(Job *job) {
  const OnomaPackedGemm *const g = job->product->packed;
  const size_t tile_work = g->n_taps * g->n_in * g->igemm.nr * g->igemm.mr;
  size_t tiles = min_size(job->n_tiles, max_tiles_per_task);
  size_t panels = min_size(g->n_panels, 1 + panel_budget / (g->panel_size + 1));
  while (tiles * panels > 1 && tiles * panels * tile_work > min_task_work &&
         divide_up(job->n_tiles, tiles) * divide_up(g->n_panels, panels) < min_tasks) {
    if (tiles >= panels)
      tiles = divide_up(tiles, 2);
    else
      panels = divide_up(panels, 2);
  }
  // Several rounds are for a single panel over several row tiles.
  job->taps_per_round = n_taps_of(job->product);
  if (!g->joined_taps && g->panel_size > max_panel && tiles > 1)
    job->taps_per_round = 1 + panel_budget / (g->panel_size / g->n_taps + 1);
  job->tiles_per_task = tiles;
  job->panels_per_task = panels;
  job->n_panel_tasks = divide_up(g->n_panels, panels);
}

void onoma_product_run(const OnomaProduct *p, const OnomaExec *exec) {
  Task task = {.kernels = exec->kernels};
  Job *const job = &task.job;
  job->product = p;
  job->n_rows = p->n_batch * p->out_h * p->out_w;
  if (!job->n_rows)
    return;
  job->n_tiles = divide_up(job->n_rows, p->packed->igemm.mr);
  // On a narrow image, tiles that keep to a column have taps that see padding only.
  job->columns_first = p->kernel_w > 1 && p->out_w <= 8 && p->out_w < p->out_h;
  cut_tasks(job);

  const size_t mark = onoma_arena_mark(exec->arena);
  Tile measure;
  job->scratch = onoma_scratch_alloc(exec, lay_out(job, &measure, NULL));
  if (!exec->arena->measuring)
    onoma_pool_run(exec->pool, divide_up(job->n_tiles, job->tiles_per_task) * job->n_panel_tasks,
                   run_task, &task);
  onoma_arena_release(exec->arena, mark);
}
