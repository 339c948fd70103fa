// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Noise schedules, the forward process, predictions, the training loss, and guidance.

#include "test.h"

#include "base/rng.h"
#include "model/sampler/diffusion.h"
#include "model/sampler/guidance.h"
#include "model/sampler/schedule.h"

#include <math.h>

enum { n_train = 1000, n_values = 64 };

static const OnomaPrediction predictions[] = {ONOMA_PREDICTS_EPSILON, ONOMA_PREDICTS_V,
                                              ONOMA_PREDICTS_SAMPLE, ONOMA_PREDICTS_FLOW};
enum { n_predictions = 4 };

static void test_betas(void **state) {
  (void)state;
  float betas[n_train];
  onoma_betas(ONOMA_BETAS_LINEAR, 1e-4, 0.02, n_train, betas);
  assert_float_equal(betas[0], 1e-4, 1e-10);
  assert_float_equal(betas[499], 1e-4 + 499.0 * (0.02 - 1e-4) / 999.0, 1e-8);
  assert_float_equal(betas[999], 0.02, 1e-9);

  onoma_betas(ONOMA_BETAS_SCALED_LINEAR, 0.0015, 0.0195, n_train, betas);
  const double root = sqrt(0.0015) + 300.0 * (sqrt(0.0195) - sqrt(0.0015)) / 999.0;
  assert_float_equal(betas[300], root * root, 1e-8);

  // Of the cosine schedule, alpha_bar(t) is known in closed form up to the cap.
  float bars[n_train];
  onoma_betas(ONOMA_BETAS_COSINE, 0.0, 0.0, n_train, betas);
  onoma_alphas_cumprod(betas, n_train, bars);
  const double turn = 3.14159265358979323846 / 2.0 / 1.008;
  const double start = cos(0.008 * turn);
  const double middle = cos((0.5 + 0.008) * turn);
  assert_float_equal(bars[499], middle * middle / (start * start), 1e-5);
  assert_float_equal(betas[999], 0.999, 1e-6);
}

static void test_zero_snr(void **state) {
  (void)state;
  float betas[n_train];
  float before[n_train];
  float after[n_train];
  onoma_betas(ONOMA_BETAS_SCALED_LINEAR, 0.0015, 0.0195, n_train, betas);
  onoma_alphas_cumprod(betas, n_train, before);
  onoma_betas_rescale_zero_snr(betas, n_train);
  onoma_alphas_cumprod(betas, n_train, after);
  assert_float_equal(after[0], before[0], 1e-6);
  assert_true(after[n_train - 1] == 0.0F);
  for (int i = 1; i < n_train; i++)
    assert_true(after[i] < after[i - 1]);
}

static void test_levels(void **state) {
  (void)state;
  const OnomaNoiseLevel level = onoma_level_preserving(0.3);
  assert_float_equal(level.alpha * level.alpha + level.sigma * level.sigma, 1.0, 1e-12);
  const OnomaNoiseLevel same = onoma_level_from_ratio(level.sigma / level.alpha);
  assert_float_equal(same.alpha, level.alpha, 1e-12);
  assert_float_equal(same.sigma, level.sigma, 1e-12);
  assert_float_equal(onoma_level_straight(0.25).alpha, 0.75, 0.0);
  assert_float_equal(onoma_level_straight(0.25).sigma, 0.25, 0.0);
  assert_true(onoma_level_lambda(onoma_level_straight(1.0)) == -INFINITY);
  assert_true(onoma_level_lambda(onoma_level_straight(0.0)) == INFINITY);
  assert_float_equal(onoma_level_lambda(level), 0.5 * log(0.3 / 0.7), 1e-12);
}

// x_0, e, x_t and the exact output of a network at a level.
typedef struct {
  float x0[n_values], noise[n_values], xt[n_values], output[n_values];
} Draw;

static void draw(Draw *d, OnomaPrediction prediction, OnomaNoiseLevel level) {
  onoma_normal(7, ONOMA_STREAM_LATENT, 0, 0, n_values, d->x0);
  onoma_normal(7, ONOMA_STREAM_STEP, 0, 0, n_values, d->noise);
  onoma_add_noise(level, d->x0, d->noise, n_values, d->xt);
  onoma_training_target(prediction, level, d->x0, d->noise, n_values, d->output);
}

static void test_predictions(void **state) {
  (void)state;
  const OnomaNoiseLevel levels[] = {onoma_level_preserving(0.3), onoma_level_preserving(0.999),
                                    onoma_level_straight(0.9), onoma_level_straight(0.05)};
  for (size_t l = 0; l < sizeof(levels) / sizeof(levels[0]); l++) {
    for (int p = 0; p < n_predictions; p++) {
      Draw d;
      draw(&d, predictions[p], levels[l]);
      const OnomaMix to_sample = onoma_mix_to_sample(predictions[p], levels[l]);
      const OnomaMix to_noise = onoma_mix_to_noise(predictions[p], levels[l]);
      for (int i = 0; i < n_values; i++) {
        const double x = (double)d.xt[i];
        const double out = (double)d.output[i];
        assert_float_equal(to_sample.of_x * x + to_sample.of_output * out, d.x0[i], 2e-5);
        assert_float_equal(to_noise.of_x * x + to_noise.of_output * out, d.noise[i], 2e-5);
      }
    }
  }
}

// What the outputs are, written out by hand at one point.
static void test_targets(void **state) {
  (void)state;
  const OnomaNoiseLevel level = {.alpha = 0.8, .sigma = 0.6};
  const float x0 = 2.0F;
  const float noise = -1.0F;
  const float want[n_predictions] = {-1.0F, 0.8F * -1.0F - 0.6F * 2.0F, 2.0F, -3.0F};
  for (int p = 0; p < n_predictions; p++) {
    float got;
    onoma_training_target(predictions[p], level, &x0, &noise, 1, &got);
    assert_float_equal(got, want[p], 1e-6);
  }
}

static void test_ends(void **state) {
  (void)state;
  // Each prediction that can say anything at an end of the path does.
  const OnomaNoiseLevel pure = onoma_level_straight(1.0);
  const OnomaNoiseLevel clean = onoma_level_straight(0.0);
  for (int p = 0; p < n_predictions; p++) {
    const OnomaMix to_sample = onoma_mix_to_sample(predictions[p], pure);
    const OnomaMix to_noise = onoma_mix_to_noise(predictions[p], clean);
    const bool knows_sample = predictions[p] != ONOMA_PREDICTS_EPSILON;
    const bool knows_noise = predictions[p] != ONOMA_PREDICTS_SAMPLE;
    assert_int_equal(isfinite(to_sample.of_x) && isfinite(to_sample.of_output), knows_sample);
    assert_int_equal(isfinite(to_noise.of_x) && isfinite(to_noise.of_output), knows_noise);
  }
}

static void test_loss(void **state) {
  (void)state;
  const OnomaNoiseLevel levels[] = {onoma_level_preserving(0.3), onoma_level_straight(0.7)};
  for (int l = 0; l < 2; l++) {
    for (int p = 0; p < n_predictions; p++) {
      Draw d;
      draw(&d, predictions[p], levels[l]);
      assert_true(onoma_training_loss(predictions[p], levels[l], d.x0, d.noise, d.output,
                                      n_values) < 1e-12);
      // An error in the output, and the error of x_0 that it implies.
      const OnomaMix to_sample = onoma_mix_to_sample(predictions[p], levels[l]);
      double error = 0.0;
      for (int i = 0; i < n_values; i++) {
        d.output[i] += 0.25F * (float)(i % 3);
        const double x0 =
            to_sample.of_x * (double)d.xt[i] + to_sample.of_output * (double)d.output[i];
        error += (x0 - (double)d.x0[i]) * (x0 - (double)d.x0[i]) / n_values;
      }
      const double loss =
          onoma_training_loss(predictions[p], levels[l], d.x0, d.noise, d.output, n_values);
      assert_float_equal(loss, 0.0625 * (21.0 * 5.0) / 64.0, 1e-5);
      assert_float_equal(loss, onoma_training_weight(predictions[p], levels[l]) * error, 1e-5);
    }
  }
  const double snr = 0.3 / 0.7;
  assert_float_equal(onoma_training_weight(ONOMA_PREDICTS_EPSILON, levels[0]), snr, 1e-9);
  assert_float_equal(onoma_training_weight(ONOMA_PREDICTS_V, levels[0]), snr + 1.0, 1e-9);
  assert_float_equal(onoma_training_weight(ONOMA_PREDICTS_SAMPLE, levels[0]), 1.0, 1e-12);
  assert_float_equal(onoma_training_weight(ONOMA_PREDICTS_FLOW, levels[1]), 1.0 / 0.49, 1e-9);
}

static void test_guidance(void **state) {
  (void)state;
  const float unconditional[2] = {1.0F, -1.0F};
  float conditional[2] = {2.0F, 1.0F};
  onoma_guidance_combine(2.5, unconditional, conditional, 2, conditional);
  assert_float_equal(conditional[0], 3.5, 1e-6);
  assert_float_equal(conditional[1], 4.0, 1e-6);
  assert_true(onoma_guidance_is_needed(2.5, false));
  assert_false(onoma_guidance_is_needed(2.5, true));
  assert_false(onoma_guidance_is_needed(1.0, false));
  assert_false(onoma_guidance_is_needed(0.0, false));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_betas),   cmocka_unit_test(test_zero_snr),
      cmocka_unit_test(test_levels),  cmocka_unit_test(test_predictions),
      cmocka_unit_test(test_targets), cmocka_unit_test(test_ends),
      cmocka_unit_test(test_loss),    cmocka_unit_test(test_guidance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
