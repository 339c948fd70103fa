// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Phases from magnitudes by phase gradient heap integration.

#include "pghi.h"

#include "base/rng.h"
#include "rank_queue.h"

#include <math.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925286766559

// Added to magnitudes before their logarithm is taken.
#define MAGNITUDE_OFFSET 1e-6F

// About the logarithm of the largest float.
#define MAX_LOG 88.0F

// Rank of a cell that has its phase, or gets none by integration; of the border, too.
#define DONE UINT32_MAX

// What the integration knows of a cell, in one place of memory.
typedef struct {
  uint32_t rank; // by falling magnitude; DONE
  OnomaTurn phase;
  // Half of the phase's advance to the next frame and to the next bin. The mean of two gradients is
  // the sum of their halves, which wraps rightly.
  OnomaTurn half_time, half_bin;
} Cell;

// All that the passes share. The cells have a border, so that neighbours need no tests: cell (t, k)
// is at (t + 1) * stride + k + 1, stride = K + 1.
typedef struct {
  const OnomaPghi *pghi;
  size_t n_frames, n_bins, stride;
  uint64_t seed;
  const float *magnitudes; // [T,K]
  float *s;                // [T,K], log magnitudes
  float *peaks;            // [T], largest s of a frame
  float threshold;         // of s
  uint32_t *order;         // [T K], places of cells by rank
  Cell *cells;             // [T + 2,K + 1], and one
  OnomaTurn *out;          // [T,K]
} Work;

static size_t padded(const Work *work, size_t t, size_t k) {
  return (t + 1) * work->stride + k + 1;
}

// ---- Log magnitudes

static void take_logs(void *data, size_t t) {
  const Work *const work = data;
  const size_t n = work->n_bins;
  float peak = -INFINITY;
  for (size_t k = 0; k < n; k++) {
    // Infinity and NaN have no gradients; they stay in the magnitudes for others to find.
    const float s = fminf(logf(work->magnitudes[t * n + k] + MAGNITUDE_OFFSET), MAX_LOG);
    work->s[t * n + k] = s;
    peak = fmaxf(peak, s);
  }
  work->peaks[t] = peak;
}

// ---- Gradients, random phases, and the marks of which is which

// Central difference of x[0], x[stride], ..., one-sided at the ends.
static float slope(const float *x, size_t i, size_t n, size_t stride) {
  const size_t low = i > 0 ? i - 1 : i;
  const size_t high = i + 1 < n ? i + 1 : i;
  const float difference = x[high * stride] - x[low * stride];
  return high - low == 2 ? 0.5F * difference : difference;
}

// Turns, of which there are few, wrapped.
static OnomaTurn to_turn(double turns) {
  return (OnomaTurn)(int64_t)(turns * 0x1p32);
}

// Advances of the phase by the slopes of s, in turns, without what they are at slope 0.
typedef struct {
  float of_bins; // to the next frame, for a slope from bin to bin
  float of_time; // to the next bin, for a slope from frame to frame
} Advance;

// For a Gaussian window, the slopes times numbers.
static Advance advance_gaussian(const OnomaPghi *pghi, float in_bins, float in_time) {
  const double ratio = (double)pghi->hop / (pghi->gamma * (double)pghi->n_fft);
  return (Advance){in_bins * (float)(ratio / TWO_PI), -in_time * (float)(1.0 / (ratio * TWO_PI))};
}

// tanh(x / 2), to rounding of 1.
static float half_tanh(float x) {
  const float e = expf(fminf(fmaxf(x, -60.0F), 60.0F));
  return (e - 1.0F) / (e + 1.0F);
}

// For a Hann window, what is right for one sinusoid and for one impulse.
//
// A sinusoid at d bins from bin k has |S| ~ 1 / |d (1 - d^2)|, so half of ln |S[k+1] / S[k-1]| is
// half of ln((1 + d)(2 + d) / ((1 - d)(2 - d))); with c = tanh of that, d = 4c / (3 + sqrt(9 -
// 8c^2)). An impulse at an angle x = pi n / n_fft of the window has |S| = sin^2 x, and half of ln
// |S[t+1] / S[t-1]| is ln(sin(x - y) / sin(x + y)), y = pi hop / n_fft.
static Advance advance_hann(float ratio, float tan_y, float in_bins, float in_time) {
  const float c = half_tanh(2.0F * in_bins);
  const float offset = 4.0F * c / (3.0F + sqrtf(9.0F - 8.0F * c * c));
  const float angle = atanf(half_tanh(in_time) / tan_y);
  return (Advance){offset * ratio, angle * (float)(-2.0 / TWO_PI)};
}

static void prepare_frame(void *data, size_t t) {
  const Work *const work = data;
  const OnomaPghi *const pghi = work->pghi;
  const size_t n = work->n_bins;
  const double ratio = (double)pghi->hop / (double)pghi->n_fft;
  const float tan_y = (float)tan(TWO_PI / 2.0 * ratio);
  size_t carrier = 0; // of a bin's own frequency, a hop's phase in units of 1 / n_fft turns
  for (size_t k = 0; k < n; k++, carrier = (carrier + pghi->hop) % pghi->n_fft) {
    Cell *const cell = &work->cells[padded(work, t, k)];
    if (!(work->s[t * n + k] >= work->threshold)) {
      cell->rank = DONE;
      cell->phase =
          (OnomaTurn)(onoma_uniform_at(work->seed, ONOMA_STREAM_PHASE, (uint32_t)t, (uint32_t)k) *
                      0x1p32);
      continue;
    }
    const float in_bins = slope(work->s + t * n, k, n, 1);
    const float in_time = slope(work->s + k, t, work->n_frames, n);
    const Advance advance = pghi->gamma > 0.0 ? advance_gaussian(pghi, in_bins, in_time)
                                              : advance_hann((float)ratio, tan_y, in_bins, in_time);
    // From bin to bin, half a turn is the middle of the window.
    cell->half_time =
        to_turn(((double)carrier / (double)pghi->n_fft + (double)advance.of_bins) / 2.0);
    cell->half_bin = to_turn(((double)advance.of_time - 0.5) / 2.0);
  }
}

// ---- Ranks: a radix sort by falling magnitude, which keeps the order of equal ones

typedef struct {
  uint32_t key, cell;
} SortItem;

// A key that rises when s falls.
static uint32_t falling_key(float s) {
  uint32_t bits;
  s += 0.0F; // -0 is 0
  memcpy(&bits, &s, sizeof(bits));
  return bits & 0x80000000U ? bits : ~bits & 0x7fffffffU;
}

enum { digit_bits = 11, n_digits = 1 << digit_bits, n_passes = 3 };

static void sort_items(SortItem *items, SortItem *other, size_t n) {
  for (int pass = 0; pass < n_passes; pass++) {
    uint32_t starts[n_digits] = {0};
    const int shift = pass * digit_bits;
    for (size_t i = 0; i < n; i++)
      starts[items[i].key >> shift & (n_digits - 1)]++;
    uint32_t start = 0;
    for (int d = 0; d < n_digits; d++) {
      const uint32_t count = starts[d];
      starts[d] = start;
      start += count;
    }
    for (size_t i = 0; i < n; i++)
      other[starts[items[i].key >> shift & (n_digits - 1)]++] = items[i];
    SortItem *const swapped = items;
    items = other;
    other = swapped;
  }
}

// Ranks all cells from the threshold up; returns how many there are.
static size_t rank_cells(const Work *work, SortItem *items, SortItem *other) {
  size_t n = 0;
  for (size_t t = 0; t < work->n_frames; t++) {
    for (size_t k = 0; k < work->n_bins; k++) {
      const float s = work->s[t * work->n_bins + k];
      if (s >= work->threshold)
        items[n++] = (SortItem){falling_key(s), (uint32_t)padded(work, t, k)};
    }
  }
  sort_items(items, other, n);
  for (size_t i = 0; i < n; i++) { // the last pass of an odd number leaves them in `other`
    work->order[i] = other[i].cell;
    work->cells[other[i].cell].rank = (uint32_t)i;
  }
  return n;
}

// ---- Integration

// Gives a cell its phase, unless it has one.
static void reach(Cell *cell, OnomaRankQueue *queue, OnomaTurn phase) {
  const uint32_t rank = cell->rank;
  if (rank == DONE)
    return;
  cell->rank = DONE;
  cell->phase = phase;
  onoma_rank_queue_put(queue, rank);
}

static void integrate(const Work *work, OnomaRankQueue *queue, size_t n_ranked) {
  for (size_t i = 0; i < n_ranked; i++) {
    reach(&work->cells[work->order[i]], queue, 0); // the loudest of an island
    while (!onoma_rank_queue_is_empty(queue)) {
      Cell *const from = &work->cells[work->order[onoma_rank_queue_take(queue)]];
      Cell *const next = from + work->stride;
      Cell *const previous = from - work->stride;
      reach(next, queue, from->phase + (from->half_time + next->half_time));
      reach(previous, queue, from->phase - (from->half_time + previous->half_time));
      reach(from + 1, queue, from->phase + (from->half_bin + from[1].half_bin));
      reach(from - 1, queue, from->phase - (from->half_bin + from[-1].half_bin));
    }
  }
}

static void copy_frame(void *data, size_t t) {
  const Work *const work = data;
  const Cell *const cells = &work->cells[padded(work, t, 0)];
  for (size_t k = 0; k < work->n_bins; k++)
    work->out[t * work->n_bins + k] = cells[k].phase;
}

void onoma_pghi_run(const OnomaPghi *pghi, OnomaPool *pool, OnomaArena *arena,
                    const float *magnitudes, size_t n_frames, uint64_t seed, OnomaTurn *phases) {
  const size_t mark = onoma_arena_mark(arena);
  const size_t n_bins = pghi->n_fft / 2 + 1;
  const size_t n = n_frames * n_bins;
  const size_t n_padded = (n_frames + 2) * (n_bins + 1) + 1;
  Work work = {
      .pghi = pghi,
      .n_frames = n_frames,
      .n_bins = n_bins,
      .stride = n_bins + 1,
      .seed = seed,
      .magnitudes = magnitudes,
      .s = onoma_arena_floats(arena, n),
      .peaks = onoma_arena_floats(arena, n_frames),
      .order = onoma_arena_alloc(arena, n, sizeof(uint32_t)),
      .cells = onoma_arena_alloc(arena, n_padded, sizeof(Cell)),
      .out = phases,
  };
  OnomaRankQueue queue;
  onoma_rank_queue_init(&queue, arena, n);
  SortItem *const items = onoma_arena_alloc(arena, n, sizeof(SortItem));
  SortItem *const other = onoma_arena_alloc(arena, n, sizeof(SortItem));
  if (!arena->measuring && n) {
    float peak = -INFINITY;
    onoma_pool_run(pool, n_frames, take_logs, &work);
    for (size_t t = 0; t < n_frames; t++)
      peak = fmaxf(peak, work.peaks[t]);
    work.threshold = peak + (float)pghi->tolerance;
    memset(work.cells, 0xff, n_padded * sizeof(Cell)); // DONE, the border above all
    onoma_pool_run(pool, n_frames, prepare_frame, &work);
    integrate(&work, &queue, rank_cells(&work, items, other));
    onoma_pool_run(pool, n_frames, copy_frame, &work);
  }
  onoma_arena_release(arena, mark);
}

float onoma_turn_radians(OnomaTurn phase) {
  return (float)((double)phase * (TWO_PI * 0x1p-32));
}
