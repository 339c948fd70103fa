// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Scaled dot product attention.
//
// Keys and values are packed like weights; then each task takes a block of queries of one head
// through the keys, a block at a time: scores, online softmax (Milakov and Gimelshein, "Online
// normalizer calculation for softmax"), weighted sum of values, which grows in `out` itself.

#include "layers.h"

#include "scratch.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
  key_block = 256,    // keys at a time; a multiple of all tile widths
  tiles_per_task = 4, // query tiles
};

typedef struct {
  const OnomaAttention *shape;
  const OnomaKernels *kernels;
  const float *q, *k, *v;
  float *out;
  float *keys;         // [B,H,n_key_panels,D,nr]
  float *values;       // [B,H,n_value_panels,Tk,nr]
  float *mask;         // [B,Tk], what is added to scores; NULL for none
  size_t n_key_panels; // of one head
  size_t n_value_panels;
  size_t n_query_tasks; // of one head
  size_t n_key_tasks;   // of one head
  OnomaScratch scratch;
} Job;

// One task's scratch memory.
typedef struct {
  float *scores;    // [mr,key_block]
  float *max, *sum; // [tiles_per_task*mr]
} Work;

static size_t divide_up(size_t a, size_t b) {
  return (a + b - 1) / b;
}

static size_t min_size(size_t a, size_t b) {
  return a < b ? a : b;
}

// Width of a panel that has n columns left, as the f32 kernel wants it.
static size_t panel_width(size_t n_left, size_t nr) {
  return n_left <= nr / 2 ? nr / 2 : nr;
}

// k [n,D] strided -> panel [D,width], zeros behind.
static void pack_key_panel(const float *k, size_t stride, size_t n, size_t head_size, size_t width,
                           float *panel) {
  for (size_t j = 0; j < width; j++) {
    for (size_t d = 0; d < head_size; d++)
      panel[d * width + j] = j < n ? k[j * stride + d] : 0;
  }
}

// v [n,D] strided -> rows `first` and on of panels [Tk,width].
static void pack_values(const Job *job, const float *v, size_t first, size_t n, float *panels) {
  const size_t nr = job->kernels->igemm_f32.nr;
  const OnomaAttention *const s = job->shape;
  for (size_t d = 0; d < s->head_size; d += nr) {
    const size_t n_left = s->head_size - d;
    const size_t width = panel_width(n_left, nr);
    float *const panel = panels + d * s->n_keys;
    for (size_t j = first; j < first + n; j++) {
      memset(panel + j * width, 0, width * sizeof(float));
      memcpy(panel + j * width, v + j * s->kv_stride + d, min_size(n_left, nr) * sizeof(float));
    }
  }
}

// Packs block i % n_key_tasks of keys and values of head i / n_key_tasks.
static void pack_task(void *data, size_t i) {
  const Job *const job = data;
  const OnomaAttention *const s = job->shape;
  const size_t nr = job->kernels->igemm_f32.nr;
  const size_t head = i / job->n_key_tasks;
  const size_t offset =
      head / s->n_heads * s->n_keys * s->kv_stride + head % s->n_heads * s->head_size;
  const size_t first = i % job->n_key_tasks * key_block;
  const size_t last = min_size(first + key_block, s->n_keys);
  float *const keys = job->keys + head * job->n_key_panels * s->head_size * nr;
  for (size_t j = first; j < last; j += nr)
    pack_key_panel(job->k + offset + j * s->kv_stride, s->kv_stride, min_size(nr, s->n_keys - j),
                   s->head_size, panel_width(s->n_keys - j, nr), keys + j * s->head_size);
  pack_values(job, job->v + offset, first, last - first,
              job->values + head * job->n_value_panels * s->n_keys * nr);
}

// out [n_rows,n_columns] of rows a times panels of weights [n_panels,panel_rows,nr], of which rows
// `first` to first + n_in are used.
static void multiply(const Job *job, OnomaIgemmTile *tile, size_t n_columns, const float *panels,
                     size_t panel_rows, size_t first) {
  static const uint32_t tap = 0;
  const size_t nr = job->kernels->igemm_f32.nr;
  float *const out = tile->out;
  tile->n_taps = 1;
  tile->taps = &tap;
  for (size_t c = 0; c < n_columns; c += nr) {
    tile->n_columns = min_size(nr, n_columns - c);
    tile->weights = panels + c * panel_rows + first * panel_width(n_columns - c, nr);
    tile->out = out + c;
    if (tile->residual)
      tile->residual = tile->out;
    job->kernels->igemm_f32.run(tile);
  }
}

// Takes queries [n_rows] at q through keys `first` to first + n.
static void run_block(const Job *job, size_t head, const float *q, float *out, size_t n_rows,
                      size_t first, size_t n, const Work *work) {
  const OnomaAttention *const s = job->shape;
  const size_t nr = job->kernels->igemm_f32.nr;
  const float *rows[ONOMA_MAX_MR];
  size_t offsets[ONOMA_MAX_MR];
  for (size_t r = 0; r < n_rows; r++) {
    rows[r] = q + r * s->q_stride;
    offsets[r] = r * key_block;
  }
  OnomaIgemmTile scores = {.n_rows = n_rows,
                           .n_in = s->head_size,
                           .a.rows = rows,
                           .out = work->scores,
                           .out_offsets = offsets};
  const size_t head_keys = head * job->n_key_panels * nr;
  multiply(job, &scores, n, job->keys + (head_keys + first) * s->head_size, s->head_size, 0);

  const OnomaSoftmaxBlock softmax = {
      .n_rows = n_rows,
      .n_keys = n,
      .stride = key_block,
      .n_out = s->head_size,
      .out_stride = s->out_stride,
      .scale = s->scale,
      .mask = job->mask ? job->mask + head / s->n_heads * s->n_keys + first : NULL,
      .scores = work->scores,
      .max = work->max,
      .sum = work->sum,
      .out = out};
  job->kernels->softmax_f32(&softmax);

  for (size_t r = 0; r < n_rows; r++) {
    rows[r] = work->scores + r * key_block;
    offsets[r] = r * s->out_stride;
  }
  OnomaIgemmTile sum = {.n_rows = n_rows,
                        .n_in = n,
                        .a.rows = rows,
                        .out = out,
                        .residual = first ? out : NULL,
                        .out_offsets = offsets};
  multiply(job, &sum, s->head_size, job->values + head * job->n_value_panels * nr * s->n_keys,
           s->n_keys, first);
}

static void begin_rows(size_t n_rows, const Work *work) {
  for (size_t r = 0; r < n_rows; r++) {
    work->max[r] = -INFINITY;
    work->sum[r] = 0;
  }
}

static void end_rows(const OnomaAttention *s, float *out, size_t n_rows, const Work *work) {
  for (size_t r = 0; r < n_rows; r++) {
    const float factor = 1 / work->sum[r];
    for (size_t d = 0; d < s->head_size; d++)
      out[r * s->out_stride + d] *= factor;
  }
}

// Lays the arrays out from base, which may be NULL to count only; returns their size.
static size_t lay_out(size_t mr, Work *work, unsigned char *base) {
  size_t used = 0;
  work->scores = onoma_scratch_cut(base, &used, mr * key_block, sizeof(float));
  work->max = onoma_scratch_cut(base, &used, tiles_per_task * mr, sizeof(float));
  work->sum = onoma_scratch_cut(base, &used, tiles_per_task * mr, sizeof(float));
  return used;
}

// Attends with block i % n_query_tasks of queries of head i / n_query_tasks.
static void query_task(void *data, size_t i) {
  const Job *const job = data;
  const OnomaAttention *const s = job->shape;
  const size_t mr = job->kernels->igemm_f32.mr;
  const size_t head = i / job->n_query_tasks;
  const size_t b = head / s->n_heads;
  const size_t column = head % s->n_heads * s->head_size;
  const size_t first = i % job->n_query_tasks * tiles_per_task * mr;
  const size_t n_rows = min_size(s->n_queries - first, tiles_per_task * mr);
  const float *const q = job->q + (b * s->n_queries + first) * s->q_stride + column;
  float *const out = job->out + (b * s->n_queries + first) * s->out_stride + column;

  const size_t slot = onoma_scratch_take(&job->scratch);
  Work work;
  lay_out(mr, &work, job->scratch.memory + slot * job->scratch.slot_size);
  begin_rows(n_rows, &work);
  for (size_t key = 0; key < s->n_keys; key += key_block) {
    for (size_t r = 0; r < n_rows; r += mr) {
      const Work tile = {work.scores, work.max + r, work.sum + r};
      run_block(job, head, q + r * s->q_stride, out + r * s->out_stride, min_size(mr, n_rows - r),
                key, min_size(key_block, s->n_keys - key), &tile);
    }
  }
  end_rows(s, out, n_rows, &work);
  onoma_scratch_give(&job->scratch, slot);
}

// A masked key's score drowns in a number so low that its weight is 0; where all are masked, all
// drown alike, and weigh the same.
static void fill_mask(const OnomaAttention *s, float *mask) {
  for (size_t i = 0; i < s->n_batch * s->n_keys; i++)
    mask[i] = s->key_mask[i] ? 0 : -FLT_MAX / 2;
}

void onoma_attention_run(const OnomaAttention *attention, const OnomaExec *exec, const float *q,
                         const float *k, const float *v, float *out) {
  const OnomaAttention *const s = attention;
  const OnomaIgemm *const igemm = &exec->kernels->igemm_f32;
  const size_t n_heads = s->n_batch * s->n_heads;
  const size_t mark = onoma_arena_mark(exec->arena);
  Job job = {.shape = s,
             .kernels = exec->kernels,
             .q = q,
             .k = k,
             .v = v,
             .out = out,
             .n_key_panels = divide_up(s->n_keys, igemm->nr),
             .n_value_panels = divide_up(s->head_size, igemm->nr),
             .n_query_tasks = divide_up(s->n_queries, tiles_per_task * igemm->mr),
             .n_key_tasks = divide_up(s->n_keys, key_block)};
  job.keys = onoma_arena_floats(exec->arena, n_heads * job.n_key_panels * s->head_size * igemm->nr);
  job.values =
      onoma_arena_floats(exec->arena, n_heads * job.n_value_panels * s->n_keys * igemm->nr);
  if (s->key_mask)
    job.mask = onoma_arena_floats(exec->arena, s->n_batch * s->n_keys);
  Work measure;
  job.scratch = onoma_scratch_alloc(exec, lay_out(igemm->mr, &measure, NULL));
  if (!exec->arena->measuring) {
    if (s->key_mask)
      fill_mask(s, job.mask);
    onoma_pool_run(exec->pool, n_heads * job.n_key_tasks, pack_task, &job);
    onoma_pool_run(exec->pool, n_heads * job.n_query_tasks, query_task, &job);
  }
  onoma_arena_release(exec->arena, mark);
}
