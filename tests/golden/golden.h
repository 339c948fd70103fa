// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What the checks of reference tensors share.
//
// A check reads files of expected tensors, runs a part of a model and compares. Reference tensors
// have the layout of PyTorch, [B,C,H,W]; ours are channels last.

#ifndef ONOMA_TESTS_GOLDEN_GOLDEN_H
#define ONOMA_TESTS_GOLDEN_GOLDEN_H

#include "report.h"

#include "model/exec.h"
#include "model/files/weights.h"

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

// How much networks may differ, by what products are of.
#define GOLDEN_F32_TOLERANCE  2e-5
#define GOLDEN_BF16_TOLERANCE 3e-2

// The settings of one program run.
typedef struct {
  const char *folder; // with `expected` and the models
  const char *model;  // folder of the model that expected/onoma.safetensors is of
  GoldenReport report;
  OnomaKernels kernels;
  OnomaPool *pool;
  bool is_bf16;
  double network_tolerance;
} Golden;

// Reports an OnomaError as a failure of `name`.
void golden_fail(const Golden *golden, const char *name, const OnomaError *error);

// ---- Folders

// "<folder>/<name>" in one of a few static buffers; whether it exists, which is reported if not;
// and the first folder whose name begins so.
const char *golden_path(const Golden *golden, const char *name);
bool golden_has(const Golden *golden, const char *name);
bool golden_folder_has(const char *folder, const char *name);
const char *golden_find_folder(const Golden *golden, const char *beginning);

// ---- Files of expected tensors

typedef struct {
  const Golden *golden;
  const char *name; // such as "unet"
  OnomaWeights *weights;
  bool *is_used; // [n_tensors]: some check looked at it
} GoldenFile;

// Opens expected/<name>.safetensors; false if it isn't there, which is reported.
bool golden_file_open(GoldenFile *file, const Golden *golden, const char *name);

// Closes it, and reports the tensors that nobody used.
void golden_file_close(GoldenFile *file);

// Reports the files of expected tensors that no check reads: the checks' own are `names`, and all
// runs of pipelines.
void golden_skip_others(const Golden *golden, const char *const *names, size_t n_names);

// The tensor "<group>/<part>" (or "<part>" for a NULL group) and its values, owned by the caller;
// NULL if there is none.
float *golden_read(GoldenFile *file, const char *group, const char *part,
                   const OnomaTensor **tensor);

// The next group from *i on that has a tensor `part`: "case0" of "case0/out". False at the end.
bool golden_next_group(const GoldenFile *file, const char *part, size_t *i, char group[64]);

// ---- Comparing

// Compares got, channels last [B,...,C], with the tensor of a group; its shape must fit. With
// `item` other than GOLDEN_ALL got is one item of the batch.
#define GOLDEN_ALL ((size_t)-1)
void golden_compare(GoldenFile *file, const char *group, const char *part, const float *got,
                    size_t rank, const size_t *shape, size_t item, double tolerance);

// Compares got, n values in the order of the tensor `name`, with it.
void golden_compare_flat(GoldenFile *file, const char *name, const float *got, size_t n,
                         double tolerance);

// The same for got [B,P,C], where the tensor is [B,C,P].
void golden_compare_first(GoldenFile *file, const char *name, const float *got, size_t n_batch,
                          size_t n_channels, size_t n_positions, double tolerance);

// x [B,C,P] -> out [B,P,C]; owned by the caller.
float *golden_channels_last(const float *x, size_t n_batch, size_t n_channels, size_t n_positions);

// ---- Running

// A run of a network on an execution. It is called twice: with a measuring arena, and with one of
// just the size that was measured. Intermediate tensors are compared as the tensors of `group` if
// that is not NULL.
typedef void (*GoldenRun)(void *data, const OnomaExec *exec);
void golden_run(GoldenFile *file, const char *group, size_t item, GoldenRun run, void *data);

// golden_run() with another tap, and without.
void golden_run_tapped(const Golden *golden, const OnomaTap *tap, GoldenRun run, void *data);
void golden_run_plain(const Golden *golden, GoldenRun run, void *data);

// ---- Checks, one per subject

void golden_check_unet(const Golden *golden);
void golden_check_unet_cross(const Golden *golden);
void golden_check_vae(const Golden *golden);
void golden_check_vocoder(const Golden *golden);
void golden_check_text(const Golden *golden);
void golden_check_bpe(const Golden *golden);
void golden_check_mel(const Golden *golden);
void golden_check_pipelines(const Golden *golden);

// Our own model against expected/onoma.safetensors, if there is such a file; and the parts of it.
void golden_check_onoma(const Golden *golden);
void golden_check_codec(GoldenFile *file);
void golden_check_generation(GoldenFile *file);

// One group of tensors: an input of a U-Net, and what came out.
struct OnomaUnet;
void golden_check_unet_case(GoldenFile *file, const struct OnomaUnet *unet, const char *group);

#endif
