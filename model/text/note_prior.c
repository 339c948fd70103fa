// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The notes that a prompt suggests when it names none.

#include "note_prior.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/layers/layers.h"
#include "model/nn/load.h"
#include "model/nn/part.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// Probability that the classes drawn from have together, at least.
#define KEPT 0.5

struct OnomaNotePrior {
  size_t n_pooled, n_hidden;
  OnomaLinear fc1, fc2;
};

static OnomaStatus read_settings(OnomaNotePrior *prior, const OnomaConfig *config,
                                 OnomaError *error) {
  static const char *const known[] = {"_class_name", "input_size", "hidden_size"};
  OnomaStatus status =
      onoma_config_check_keys(config, known, sizeof(known) / sizeof(*known), error);
  if (!status)
    status = onoma_config_size(config, "input_size", 1, 1 << 16, &prior->n_pooled, error);
  if (!status)
    status = onoma_config_size(config, "hidden_size", 1, 1 << 16, &prior->n_hidden, error);
  return status;
}

static OnomaStatus load(OnomaNotePrior *prior, const OnomaPart *part, const OnomaKernels *kernels,
                        OnomaError *error) {
  if (strcmp(part->class_name, "OnomaNotePrior") != 0)
    return onoma_part_fail_class(part, error);
  const OnomaStatus status = read_settings(prior, &part->config, error);
  if (status)
    return status;
  OnomaLoader loader = {.weights = part->weights, .kernels = kernels, .error = error};
  const OnomaScope root = onoma_scope(&loader);
  onoma_load_linear(&root, "fc1", prior->n_pooled, prior->n_hidden, true, &prior->fc1);
  onoma_load_linear(&root, "fc2", prior->n_hidden, ONOMA_N_NOTE_CLASSES, true, &prior->fc2);
  return loader.status;
}

OnomaStatus onoma_note_prior_open(OnomaNotePrior **prior, const char *folder,
                                  const OnomaKernels *kernels, OnomaError *error) {
  *prior = NULL;
  OnomaPart part;
  OnomaStatus status = onoma_part_open(&part, folder, error);
  if (status)
    return status;
  OnomaNotePrior *p = onoma_alloc_zero(1, sizeof(*p));
  status = p ? load(p, &part, kernels, error) : onoma_fail_memory(error);
  onoma_part_close(&part);
  if (status)
    onoma_note_prior_close(&p);
  *prior = p;
  return status;
}

void onoma_note_prior_close(OnomaNotePrior **prior) {
  OnomaNotePrior *const p = *prior;
  *prior = NULL;
  if (!p)
    return;
  onoma_linear_fini(&p->fc1);
  onoma_linear_fini(&p->fc2);
  onoma_free(p);
}

size_t onoma_note_prior_n_pooled(const OnomaNotePrior *prior) {
  return prior->n_pooled;
}

void onoma_note_prior_run(const OnomaNotePrior *prior, const OnomaExec *exec, const float *pooled,
                          float *logits) {
  const size_t mark = onoma_arena_mark(exec->arena);
  float *const hidden = onoma_arena_floats(exec->arena, prior->n_hidden);
  const OnomaEpilogue gelu = {.activation = ONOMA_ACT_GELU};
  onoma_linear_run(&prior->fc1, exec, pooled, 1, hidden, &gelu);
  onoma_linear_run(&prior->fc2, exec, hidden, 1, logits, NULL);
  onoma_arena_release(exec->arena, mark);
}

// The likeliest class that is not yet taken; the lower one of equals.
static size_t likeliest(const double *weights, const bool *taken) {
  size_t best = ONOMA_N_NOTE_CLASSES;
  for (size_t i = 0; i < ONOMA_N_NOTE_CLASSES; i++) {
    if (!taken[i] && (best == ONOMA_N_NOTE_CLASSES || weights[i] > weights[best]))
      best = i;
  }
  return best;
}

size_t onoma_note_prior_draw(const float logits[ONOMA_N_NOTE_CLASSES], double u) {
  double weights[ONOMA_N_NOTE_CLASSES];
  bool taken[ONOMA_N_NOTE_CLASSES] = {false};
  float largest = logits[0];
  for (size_t i = 1; i < ONOMA_N_NOTE_CLASSES; i++)
    largest = fmaxf(largest, logits[i]);
  double sum = 0;
  for (size_t i = 0; i < ONOMA_N_NOTE_CLASSES; i++)
    sum += weights[i] = exp((double)logits[i] - (double)largest);

  double kept = 0;
  while (kept < KEPT * sum) {
    const size_t i = likeliest(weights, taken);
    taken[i] = true;
    kept += weights[i];
  }
  double left = u * kept;
  size_t last = ONOMA_NO_NOTE;
  for (size_t i = 0; i < ONOMA_N_NOTE_CLASSES; i++) {
    if (!taken[i])
      continue;
    last = i;
    left -= weights[i];
    if (left < 0)
      break;
  }
  return last;
}
