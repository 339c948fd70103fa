// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the checks of reference tensors share.

#include "golden.h"

#include "base/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void golden_fail(const Golden *golden, const char *name, const OnomaError *error) {
  golden->report.result(golden->report.data, name, false, error->text);
}

// ---- Folders

const char *golden_path(const Golden *golden, const char *name) {
  static char paths[8][1024];
  static size_t next;
  char *const path = paths[next++ % 8];
  snprintf(path, sizeof(paths[0]), "%s/%s", golden->folder, name);
  return path;
}

bool golden_folder_has(const char *folder, const char *name) {
  char path[1100];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  return !access(path, F_OK);
}

bool golden_has(const Golden *golden, const char *name) {
  const bool exists = golden_folder_has(golden->folder, name);
  if (!exists)
    golden->report.skip(golden->report.data, name, "the set has no such file");
  return exists;
}

const char *golden_find_folder(const Golden *golden, const char *beginning) {
  char first[256] = "";
  DIR *const dir = opendir(golden->folder);
  for (const struct dirent *entry; dir && (entry = readdir(dir));) {
    if (!strncmp(entry->d_name, beginning, strlen(beginning)) &&
        (!first[0] || strcmp(entry->d_name, first) < 0))
      snprintf(first, sizeof(first), "%s", entry->d_name);
  }
  if (dir)
    closedir(dir);
  return first[0] ? golden_path(golden, first) : NULL;
}

// ---- Files of expected tensors

bool golden_file_open(GoldenFile *file, const Golden *golden, const char *name) {
  char path[256];
  OnomaError error;
  *file = (GoldenFile){.golden = golden, .name = name};
  snprintf(path, sizeof(path), "expected/%s.safetensors", name);
  const OnomaStatus status =
      onoma_weights_open_file(&file->weights, golden_path(golden, path), &error);
  if (status == ONOMA_ERR_NOT_FOUND) {
    golden->report.skip(golden->report.data, name, "the set has no such file");
    return false;
  }
  if (status) {
    golden_fail(golden, name, &error);
    return false;
  }
  file->is_used = onoma_alloc_zero(onoma_weights_n_tensors(file->weights), sizeof(bool));
  return true;
}

void golden_file_close(GoldenFile *file) {
  const GoldenReport *const report = &file->golden->report;
  for (size_t i = 0; i < onoma_weights_n_tensors(file->weights); i++) {
    char name[256];
    snprintf(name, sizeof(name), "%s/%s", file->name, onoma_weights_tensor(file->weights, i)->name);
    if (!file->is_used[i])
      report->skip(report->data, name, "no check looks at it");
  }
  onoma_weights_close(&file->weights);
  onoma_free(file->is_used);
}

float *golden_read(GoldenFile *file, const char *group, const char *part,
                   const OnomaTensor **tensor) {
  char name[256];
  snprintf(name, sizeof(name), "%s%s%s", group ? group : "", group ? "/" : "", part);
  for (size_t i = 0; i < onoma_weights_n_tensors(file->weights); i++) {
    const OnomaTensor *const t = onoma_weights_tensor(file->weights, i);
    if (strcmp(t->name, name) != 0)
      continue;
    file->is_used[i] = true;
    if (tensor)
      *tensor = t;
    float *const values = onoma_alloc(t->n_items, sizeof(float));
    onoma_tensor_to_float(t, 0, t->n_items, values);
    return values;
  }
  return NULL;
}

bool golden_next_group(const GoldenFile *file, const char *part, size_t *i, char group[64]) {
  for (; *i < onoma_weights_n_tensors(file->weights); (*i)++) {
    const char *const name = onoma_weights_tensor(file->weights, *i)->name;
    const char *const slash = strrchr(name, '/');
    if (slash && !strcmp(slash + 1, part) && slash - name < 64) {
      memcpy(group, name, (size_t)(slash - name));
      group[slash - name] = '\0';
      (*i)++;
      return true;
    }
  }
  return false;
}

void golden_skip_others(const Golden *golden, const char *const *names, size_t n_names) {
  struct dirent **entries = NULL;
  const int n = scandir(golden_path(golden, "expected"), &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    const char *const name = entries[i]->d_name;
    const char *const dot = strrchr(name, '.');
    bool is_known = !dot || strcmp(dot, ".safetensors") != 0 || !strncmp(name, "pipeline_", 9);
    for (size_t j = 0; j < n_names && !is_known; j++)
      is_known = !strncmp(name, names[j], (size_t)(dot - name)) && !names[j][dot - name];
    if (!is_known)
      golden->report.skip(golden->report.data, name, "no check reads it");
    free(entries[i]);
  }
  free(entries);
}

// ---- Comparing

float *golden_channels_last(const float *x, size_t n_batch, size_t n_channels, size_t n_positions) {
  float *const out = onoma_alloc(n_batch * n_channels * n_positions, sizeof(float));
  for (size_t b = 0; b < n_batch; b++) {
    for (size_t c = 0; c < n_channels; c++) {
      for (size_t p = 0; p < n_positions; p++)
        out[(b * n_positions + p) * n_channels + c] = x[(b * n_channels + c) * n_positions + p];
    }
  }
  return out;
}

// Whether the tensor [B,C,...] has the shape [n,...,C], n being B, or 1 for an item.
static bool has_shape(const OnomaTensor *tensor, size_t rank, const size_t *shape, size_t item) {
  if (tensor->rank != rank || rank < 2)
    return false;
  bool fits =
      item == GOLDEN_ALL ? tensor->shape[0] == shape[0] : shape[0] == 1 && item < tensor->shape[0];
  fits = fits && tensor->shape[1] == shape[rank - 1];
  for (size_t i = 2; i < rank; i++)
    fits = fits && tensor->shape[i] == shape[i - 1];
  return fits;
}

void golden_compare(GoldenFile *file, const char *group, const char *part, const float *got,
                    size_t rank, const size_t *shape, size_t item, double tolerance) {
  const GoldenReport *const report = &file->golden->report;
  const OnomaTensor *tensor = NULL;
  float *const values = golden_read(file, group, part, &tensor);
  if (!values)
    return;
  char name[256];
  char suffix[32] = "";
  if (item != GOLDEN_ALL && tensor->rank && tensor->shape[0] > 1)
    snprintf(suffix, sizeof(suffix), "[%zu]", item);
  snprintf(name, sizeof(name), "%s/%s%s%s%s", file->name, group ? group : "", group ? "/" : "",
           part, suffix);
  if (!has_shape(tensor, rank, shape, item)) {
    report->result(report->data, name, false, "the shapes differ");
  } else {
    const size_t n_item = tensor->n_items / tensor->shape[0];
    float *const want = golden_channels_last(values + (item == GOLDEN_ALL ? 0 : item * n_item),
                                             shape[0], tensor->shape[1], n_item / tensor->shape[1]);
    report->compare(report->data, name, got, want, shape[0] * n_item, tolerance);
    onoma_free(want);
  }
  onoma_free(values);
}

void golden_compare_flat(GoldenFile *file, const char *name, const float *got, size_t n,
                         double tolerance) {
  const GoldenReport *const report = &file->golden->report;
  const OnomaTensor *tensor = NULL;
  float *const want = golden_read(file, NULL, name, &tensor);
  char full[160];
  snprintf(full, sizeof(full), "%s/%s", file->name, name);
  if (want && tensor->n_items != n)
    report->result(report->data, full, false, "the shapes differ");
  else if (want)
    report->compare(report->data, full, got, want, n, tolerance);
  onoma_free(want);
}

void golden_compare_first(GoldenFile *file, const char *name, const float *got, size_t n_batch,
                          size_t n_channels, size_t n_positions, double tolerance) {
  // Moving channels to the end is its own inverse with the two sizes swapped.
  float *const first = golden_channels_last(got, n_batch, n_positions, n_channels);
  golden_compare_flat(file, name, first, n_batch * n_channels * n_positions, tolerance);
  onoma_free(first);
}

// ---- Running

typedef struct {
  GoldenFile *file;
  const char *group;
  size_t item;
} Tapped;

static void compare_tapped(void *data, const char *name, const float *values, size_t rank,
                           const size_t *shape) {
  const Tapped *const tapped = data;
  golden_compare(tapped->file, tapped->group, name, values, rank, shape, tapped->item,
                 tapped->file->golden->network_tolerance);
}

void golden_run_tapped(const Golden *golden, const OnomaTap *tap, GoldenRun run, void *data) {
  OnomaArena arena;
  const OnomaExec exec = {
      .kernels = &golden->kernels, .pool = golden->pool, .arena = &arena, .tap = tap};
  onoma_arena_init_measuring(&arena);
  run(data, &exec);
  if (!onoma_arena_init(&arena, arena.peak))
    abort();
  run(data, &exec);
  onoma_arena_fini(&arena);
}

void golden_run(GoldenFile *file, const char *group, size_t item, GoldenRun run, void *data) {
  Tapped tapped = {file, group, item};
  const OnomaTap tap = {compare_tapped, &tapped};
  golden_run_tapped(file->golden, &tap, run, data);
}

void golden_run_plain(const Golden *golden, GoldenRun run, void *data) {
  golden_run_tapped(golden, NULL, run, data);
}
