// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The shipped note prior against plain loops, and drawing notes: only likely ones, each as often as
// it is likely.

#include "test.h"

#include "base/memory.h"
#include "model/files/weights.h"
#include "model/text/note_prior.h"

#include <math.h>

#define PRIOR DEFAULT_MODEL "/note_prior"

// out[n] = sum_k weight[n,k] in[k] + bias[n]
static void multiply(const OnomaWeights *weights, const char *weight_name, const char *bias_name,
                     size_t n_in, size_t n_out, const double *in, double *out) {
  float *weight;
  float *bias;
  assert_int_equal(
      onoma_weights_read(weights, weight_name, 2, (const size_t[]){n_out, n_in}, &weight, NULL),
      ONOMA_OK);
  assert_int_equal(onoma_weights_read(weights, bias_name, 1, &n_out, &bias, NULL), ONOMA_OK);
  for (size_t n = 0; n < n_out; n++) {
    out[n] = bias[n];
    for (size_t k = 0; k < n_in; k++)
      out[n] += (double)weight[n * n_in + k] * in[k];
  }
  onoma_free(weight);
  onoma_free(bias);
}

static void test_logits(void **state) {
  (void)state;
  enum { n_pooled = 192, n_hidden = 256 };
  OnomaWeights *weights;
  assert_int_equal(onoma_weights_open(&weights, PRIOR, NULL), ONOMA_OK);
  double in[n_pooled];
  double hidden[n_hidden];
  double wanted[ONOMA_N_NOTE_CLASSES];
  float pooled[n_pooled];
  for (size_t i = 0; i < n_pooled; i++)
    in[i] = pooled[i] = sinf((float)i);
  multiply(weights, "fc1.weight", "fc1.bias", n_pooled, n_hidden, in, hidden);
  for (size_t i = 0; i < n_hidden; i++)
    hidden[i] *= 0.5 * (1 + erf(hidden[i] / sqrt(2)));
  multiply(weights, "fc2.weight", "fc2.bias", n_hidden, ONOMA_N_NOTE_CLASSES, hidden, wanted);
  onoma_weights_close(&weights);

  OnomaKernels kernels;
  onoma_kernels_init(&kernels, 0);
  OnomaNotePrior *prior;
  assert_int_equal(onoma_note_prior_open(&prior, PRIOR, &kernels, NULL), ONOMA_OK);
  assert_int_equal(onoma_note_prior_n_pooled(prior), n_pooled);
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  OnomaExec exec = {.kernels = &kernels, .arena = &arena};
  float logits[ONOMA_N_NOTE_CLASSES];
  onoma_note_prior_run(prior, &exec, pooled, logits);
  assert_true(onoma_arena_init(&arena, arena.peak));
  onoma_note_prior_run(prior, &exec, pooled, logits);
  for (size_t i = 0; i < ONOMA_N_NOTE_CLASSES; i++)
    assert_true(fabs((double)logits[i] - wanted[i]) < 1e-4 * (1 + fabs(wanted[i])));
  onoma_arena_fini(&arena);
  onoma_note_prior_close(&prior);
}

static void test_only_likely_notes_are_drawn(void **state) {
  (void)state;
  float logits[ONOMA_N_NOTE_CLASSES];
  for (size_t i = 0; i < ONOMA_N_NOTE_CLASSES; i++)
    logits[i] = -20;
  logits[40] = logf(0.3F);
  logits[52] = logf(0.3F);
  logits[90] = logf(0.2F);
  logits[ONOMA_NO_NOTE] = logf(0.2F);
  size_t counts[ONOMA_N_NOTE_CLASSES] = {0};
  for (int i = 0; i < 1000; i++)
    counts[onoma_note_prior_draw(logits, i / 1000.0)]++;
  assert_true(counts[40] >= 499 && counts[40] <= 501);
  assert_int_equal(counts[40] + counts[52], 1000);
}

static void test_certainty(void **state) {
  (void)state;
  float logits[ONOMA_N_NOTE_CLASSES] = {0};
  logits[ONOMA_NO_NOTE] = 1000;
  assert_int_equal(onoma_note_prior_draw(logits, 0), ONOMA_NO_NOTE);
  assert_int_equal(onoma_note_prior_draw(logits, 0.999999), ONOMA_NO_NOTE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_logits),
      cmocka_unit_test(test_only_likely_notes_are_drawn),
      cmocka_unit_test(test_certainty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
