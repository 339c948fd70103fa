// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Samplers on data whose best denoiser is known, on both paths and with all predictions; plans;
// configurations that are refused.

#include "test.h"

#include "base/memory.h"
#include "base/rng.h"
#include "model/sampler/sampler.h"
#include "model/sampler/scheduler.h"
#include "scratch.h"

#include <math.h>
#include <string.h>

static Scratch scratch;

static const char flow_json[] = "{\"_class_name\": \"OnomaFlowScheduler\"}";
static const char distilled_json[] =
    "{\"_class_name\": \"OnomaFlowScheduler\", \"prediction_type\": \"flow\", \"few_step\": "
    "{\"step_sizes\": [0.25, 0.5, 1.0], \"guidance_min\": 1.0, \"guidance_max\": 3.0}}";
static const char ddim_json[] =
    "{\"_class_name\": \"DDIMScheduler\", \"beta_schedule\": \"scaled_linear\", \"beta_start\": "
    "0.0015, \"beta_end\": 0.0195, \"clip_sample\": false, \"steps_offset\": 1, "
    "\"timestep_spacing\": \"trailing\"}";

static OnomaStatus open_text(OnomaScheduler *scheduler, const char *json, OnomaSamplerKind kind,
                             OnomaError *error) {
  OnomaConfig config;
  *error = (OnomaError){0};
  const char *path = scratch_write(&scratch, "scheduler_config.json", json, strlen(json));
  if (onoma_config_open(&config, path, error))
    fail_msg("%s", error->text);
  const OnomaStatus status = onoma_scheduler_open(scheduler, &config, kind, error);
  onoma_config_close(&config);
  return status;
}

static OnomaSampler *open_sampler(const char *json, OnomaSamplerKind kind, size_t n_steps,
                                  size_t n_values, double eta, double strength) {
  OnomaScheduler scheduler;
  OnomaSampler *sampler = NULL;
  OnomaError error;
  const OnomaSamplerSettings settings = {n_steps, n_values, eta, strength};
  if (open_text(&scheduler, json, kind, &error) ||
      onoma_sampler_open(&sampler, &scheduler, &settings, &error))
    fail_msg("%s", error.text);
  onoma_scheduler_close(&scheduler);
  return sampler;
}

// ---- Data drawn from N(0, DEVIATION^2): x_0 given x_t is known, and so is the flow

#define DEVIATION 0.6

// What a perfect network with a prediction type says.
static void perfect(OnomaPrediction prediction, OnomaNoiseLevel level, const float *x, size_t n,
                    float *output) {
  const double variance = DEVIATION * DEVIATION;
  const double total = level.alpha * level.alpha * variance + level.sigma * level.sigma;
  for (size_t i = 0; i < n; i++) {
    const float x0 = (float)(level.alpha * variance / total * (double)x[i]);
    const float noise = (float)(level.sigma / total * (double)x[i]);
    onoma_training_target(prediction, level, &x0, &noise, 1, &output[i]);
  }
}

static OnomaPrediction prediction_of(const char *json) {
  return strstr(json, "v_prediction")  ? ONOMA_PREDICTS_V
         : strstr(json, "\"sample\"")  ? ONOMA_PREDICTS_SAMPLE
         : strstr(json, "\"epsilon\"") ? ONOMA_PREDICTS_EPSILON
         : strstr(json, "Flow")        ? ONOMA_PREDICTS_FLOW
                                       : ONOMA_PREDICTS_EPSILON;
}

// From noise [n] to samples, in place.
static void run_perfect(OnomaSampler *sampler, const char *json, size_t n, float *x) {
  float *input = onoma_alloc(3 * n, sizeof(float));
  float *output = input + n;
  float *noise = output + n;
  assert_non_null(input);
  onoma_sampler_start(sampler, NULL, x, x);
  for (size_t i = 0; i < onoma_sampler_n_steps(sampler); i++) {
    onoma_sampler_scale_input(sampler, i, x, input);
    perfect(prediction_of(json), onoma_sampler_level(sampler, i), input, n, output);
    onoma_normal(3, ONOMA_STREAM_STEP, (uint32_t)i, 0, n, noise);
    onoma_sampler_step(sampler, i, x, output, noise);
  }
  onoma_free(input);
}

// Distance from where the exact flow ends, for a noise of 1: DEVIATION, since quantiles stay
// quantiles.
static double end_error(const char *json, OnomaSamplerKind kind, size_t n_steps) {
  float x = 1.0F;
  OnomaSampler *sampler = open_sampler(json, kind, n_steps, 1, 0.0, 1.0);
  run_perfect(sampler, json, 1, &x);
  onoma_sampler_close(&sampler);
  return fabs((double)x - DEVIATION);
}

static const char *const all_json[] = {
    flow_json,
    "{\"_class_name\": \"OnomaFlowScheduler\", \"prediction_type\": \"v_prediction\"}",
    "{\"_class_name\": \"OnomaFlowScheduler\", \"prediction_type\": \"sample\"}",
    "{\"_class_name\": \"OnomaFlowScheduler\", \"prediction_type\": \"epsilon\"}",
    "{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\", \"shift\": 1.5}",
    ddim_json,
    "{\"_class_name\": \"DDIMScheduler\", \"beta_schedule\": \"squaredcos_cap_v2\", "
    "\"prediction_type\": \"v_prediction\", \"timestep_spacing\": \"trailing\", "
    "\"clip_sample\": false, \"rescale_betas_zero_snr\": true}",
    "{\"_class_name\": \"DDIMScheduler\", \"prediction_type\": \"sample\", \"clip_sample\": false, "
    "\"timestep_spacing\": \"trailing\"}",
};
enum { n_json = sizeof(all_json) / sizeof(all_json[0]) };

// On the straight path: Euler's error halves with the steps, the others do better.
static void test_orders(void **state) {
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    const double euler[2] = {end_error(all_json[i], ONOMA_SAMPLER_EULER, 32),
                             end_error(all_json[i], ONOMA_SAMPLER_EULER, 64)};
    const double dpm[2] = {end_error(all_json[i], ONOMA_SAMPLER_DPM, 32),
                           end_error(all_json[i], ONOMA_SAMPLER_DPM, 64)};
    const double unipc[2] = {end_error(all_json[i], ONOMA_SAMPLER_UNIPC, 32),
                             end_error(all_json[i], ONOMA_SAMPLER_UNIPC, 64)};
    assert_true(euler[0] / euler[1] > 1.9 && euler[0] / euler[1] < 2.2);
    assert_true(dpm[0] < euler[0] / 6.0 && dpm[1] < euler[1] / 7.0);
    assert_true(unipc[0] < dpm[0] * 0.7 && unipc[1] < dpm[1] * 0.7);
  }
}

// On all paths with all predictions: every sampler nears the flow's end.
static void test_convergence(void **state) {
  static const OnomaSamplerKind kinds[] = {ONOMA_SAMPLER_DDIM, ONOMA_SAMPLER_EULER,
                                           ONOMA_SAMPLER_DPM, ONOMA_SAMPLER_UNIPC};
  (void)state;
  for (size_t i = 0; i < n_json; i++) {
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
      const double error = end_error(all_json[i], kinds[k], 250);
      if (!(error < 0.012))
        fail_msg("%s with %s is off by %g", all_json[i], onoma_sampler_name(kinds[k]), error);
    }
  }
}

// A straight path of straight lines: DDIM without noise is Euler's method, step by step.
static void test_ddim_is_euler(void **state) {
  (void)state;
  enum { n = 16, n_steps = 7 };
  OnomaSampler *ddim = open_sampler(flow_json, ONOMA_SAMPLER_DDIM, n_steps, n, 0.0, 1.0);
  OnomaSampler *euler = open_sampler(flow_json, ONOMA_SAMPLER_EULER, n_steps, n, 0.0, 1.0);
  float a[n];
  float b[n];
  float output[n];
  onoma_normal(1, ONOMA_STREAM_LATENT, 0, 0, n, a);
  memcpy(b, a, sizeof(a));
  for (size_t i = 0; i < n_steps; i++) {
    onoma_normal(2, ONOMA_STREAM_STEP, (uint32_t)i, 0, n, output);
    assert_float_equal(onoma_sampler_timestep(euler, i), 1000.0 * (1.0 - (double)i / n_steps),
                       1e-9);
    onoma_sampler_step(ddim, i, a, output, NULL);
    onoma_sampler_step(euler, i, b, output, NULL);
    for (int j = 0; j < n; j++)
      assert_float_equal(a[j], b[j], 2e-6);
  }
  onoma_sampler_close(&ddim);
  onoma_sampler_close(&euler);
}

// ---- Noise

static double deviation_of(const char *json, OnomaSamplerKind kind, size_t n_steps, double eta) {
  enum { n = 4096 };
  static float x[n];
  OnomaSampler *sampler = open_sampler(json, kind, n_steps, n, eta, 1.0);
  onoma_normal(11, ONOMA_STREAM_LATENT, 0, 0, n, x);
  run_perfect(sampler, json, n, x);
  onoma_sampler_close(&sampler);
  double sum = 0.0;
  for (int i = 0; i < n; i++)
    sum += (double)x[i] * (double)x[i];
  return sqrt(sum / n);
}

static void test_stochastic(void **state) {
  (void)state;
  for (size_t i = 0; i < n_json; i++) {
    const double ddpm = deviation_of(all_json[i], ONOMA_SAMPLER_DDPM, 100, 0.0);
    const double ddim = deviation_of(all_json[i], ONOMA_SAMPLER_DDIM, 100, 1.0);
    // Where both visit the same times, eta 1 is DDPM.
    assert_float_equal(ddpm, ddim, 1e-5);
    assert_float_equal(ddpm, DEVIATION, 0.05);
  }
  // All steps there are, also where steps_offset would lead out of the table.
  static const char leading[] =
      "{\"_class_name\": \"DDPMScheduler\", \"clip_sample\": false, \"steps_offset\": 1}";
  assert_float_equal(deviation_of(leading, ONOMA_SAMPLER_OWN, 1000, 0.0), DEVIATION, 0.01);
  assert_float_equal(deviation_of(flow_json, ONOMA_SAMPLER_DDPM, 1000, 0.0), DEVIATION, 0.01);
}

// Which noise is asked for: none by deterministic samplers, none for a step that ends clean.
static void test_needs_noise(void **state) {
  (void)state;
  OnomaSampler *sampler = open_sampler(flow_json, ONOMA_SAMPLER_DDPM, 4, 1, 0.0, 1.0);
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(onoma_sampler_needs_noise(sampler, i), i < 3);
  onoma_sampler_close(&sampler);
  sampler = open_sampler(ddim_json, ONOMA_SAMPLER_DDIM, 4, 1, 0.0, 1.0);
  assert_false(onoma_sampler_needs_noise(sampler, 0));
  onoma_sampler_close(&sampler);
  sampler = open_sampler(ddim_json, ONOMA_SAMPLER_DPM, 4, 1, 0.0, 1.0);
  assert_false(onoma_sampler_needs_noise(sampler, 0));
  onoma_sampler_close(&sampler);
}

// ---- Distilled models

static void expect_sizes(size_t n_steps, const double *sizes) {
  OnomaSampler *sampler =
      open_sampler(distilled_json, ONOMA_SAMPLER_FEW_STEP, n_steps, 1, 0.0, 1.0);
  double t = 1.0;
  assert_true(onoma_sampler_embeds_guidance(sampler));
  for (size_t i = 0; i < n_steps; i++) {
    assert_float_equal(onoma_sampler_step_size(sampler, i), sizes[i], 1e-12);
    assert_float_equal(onoma_sampler_timestep(sampler, i), 1000.0 * t, 1e-9);
    t -= sizes[i];
  }
  assert_float_equal(t, 0.0, 1e-12);
  onoma_sampler_close(&sampler);
}

static void test_few_step(void **state) {
  (void)state;
  static const double one[] = {1.0};
  static const double two[] = {0.5, 0.5};
  static const double three[] = {0.25, 0.25, 0.5};
  static const double four[] = {0.25, 0.25, 0.25, 0.25};
  expect_sizes(1, one);
  expect_sizes(2, two);
  expect_sizes(3, three);
  expect_sizes(4, four);

  // With exact average velocities every number of steps ends at the same place.
  for (size_t n_steps = 1; n_steps <= 4; n_steps++) {
    OnomaSampler *sampler =
        open_sampler(distilled_json, ONOMA_SAMPLER_FEW_STEP, n_steps, 1, 0.0, 1.0);
    float x = 1.5F;
    double t = 1.0;
    for (size_t i = 0; i < n_steps; i++) {
      // A trajectory that is a parabola in t: x = 0.5 + t^2.
      const double d = onoma_sampler_step_size(sampler, i);
      const float output = (float)((t * t - (t - d) * (t - d)) / d);
      onoma_sampler_step(sampler, i, &x, &output, NULL);
      t -= d;
    }
    assert_float_equal(x, 0.5, 1e-6);
    onoma_sampler_close(&sampler);
  }
}

static void test_few_step_lcm(void **state) {
  (void)state;
  OnomaSampler *sampler = open_sampler(distilled_json, ONOMA_SAMPLER_LCM, 2, 1, 0.0, 1.0);
  float x = 1.0F;
  float output = 0.7F;
  float noise = -1.0F;
  assert_float_equal(onoma_sampler_step_size(sampler, 0), 1.0, 0.0);
  assert_float_equal(onoma_sampler_step_size(sampler, 1), 0.5, 0.0);
  assert_true(onoma_sampler_needs_noise(sampler, 0));
  assert_false(onoma_sampler_needs_noise(sampler, 1));
  onoma_sampler_step(sampler, 0, &x, &output, &noise);
  assert_float_equal(x, 0.5 * 0.3 - 0.5, 1e-6); // x_0 = 1 - 0.7, back to t = 0.5
  onoma_sampler_step(sampler, 1, &x, &output, NULL);
  assert_float_equal(x, -0.35 - 0.5 * 0.7, 1e-6);
  onoma_sampler_close(&sampler);

  // The same model samples its flow field as any other does.
  sampler = open_sampler(distilled_json, ONOMA_SAMPLER_OWN, 12, 1, 0.0, 1.0);
  assert_false(onoma_sampler_embeds_guidance(sampler));
  onoma_sampler_close(&sampler);
}

// ---- Audio to audio

static void test_strength(void **state) {
  (void)state;
  static const char *const json[] = {flow_json, ddim_json};
  static const OnomaSamplerKind kinds[] = {ONOMA_SAMPLER_EULER, ONOMA_SAMPLER_DDIM};
  for (int p = 0; p < 2; p++) {
    for (int k = 0; k < 2; k++) {
      OnomaSampler *whole = open_sampler(json[p], kinds[k], 10, 1, 0.0, 1.0);
      OnomaSampler *part = open_sampler(json[p], kinds[k], 10, 1, 0.0, 0.7);
      assert_int_equal(onoma_sampler_n_steps(whole), 10);
      assert_int_equal(onoma_sampler_n_steps(part), 7);
      assert_true(onoma_sampler_timestep(part, 0) == onoma_sampler_timestep(whole, 3));

      // What the network gets first is the clean sample with that step's noise.
      const float clean = 2.0F;
      const float noise = -0.5F;
      float x;
      float input;
      const OnomaNoiseLevel level = onoma_sampler_level(part, 0);
      onoma_sampler_start(part, &clean, &noise, &x);
      onoma_sampler_scale_input(part, 0, &x, &input);
      assert_float_equal(input, level.alpha * 2.0 - level.sigma * 0.5, 1e-5);
      onoma_sampler_close(&whole);
      onoma_sampler_close(&part);
    }
  }
  OnomaSampler *least = open_sampler(flow_json, ONOMA_SAMPLER_EULER, 10, 1, 0.0, 0.01);
  assert_int_equal(onoma_sampler_n_steps(least), 1);
  onoma_sampler_close(&least);
}

// Shifted times by hand: diffusers shifts the ends of its table, and then all times.
static void test_shift(void **state) {
  (void)state;
  static const char json[] =
      "{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\", \"shift\": 3.0}";
  OnomaSampler *sampler = open_sampler(json, ONOMA_SAMPLER_OWN, 3, 1, 0.0, 1.0);
  const double end = 3.0 * 0.001 / (1.0 + 2.0 * 0.001);
  const double middle = 0.5 * (1.0 + end);
  assert_float_equal(onoma_sampler_timestep(sampler, 0), 1000.0, 1e-9);
  assert_float_equal(onoma_sampler_timestep(sampler, 1), 3000.0 * middle / (1.0 + 2.0 * middle),
                     1e-9);
  assert_float_equal(onoma_sampler_timestep(sampler, 2), 3000.0 * end / (1.0 + 2.0 * end), 1e-9);
  onoma_sampler_close(&sampler);
}

// Lambda clipped where the cosine schedule has next to no signal.
static void test_clipped_lambda(void **state) {
  (void)state;
  static const char json[] = "{\"_class_name\": \"DPMSolverMultistepScheduler\", "
                             "\"beta_schedule\": \"squaredcos_cap_v2\", "
                             "\"lambda_min_clipped\": -3.0}";
  OnomaSampler *sampler = open_sampler(json, ONOMA_SAMPLER_OWN, 10, 1, 0.0, 1.0);
  const double least = onoma_level_lambda(onoma_sampler_level(sampler, 0));
  assert_true(least >= -3.0 && least < -2.9);
  onoma_sampler_close(&sampler);
}

// A sampler that is used twice forgets the first run.
static void test_restart(void **state) {
  (void)state;
  static const OnomaSamplerKind kinds[] = {ONOMA_SAMPLER_DPM, ONOMA_SAMPLER_UNIPC};
  for (int k = 0; k < 2; k++) {
    OnomaSampler *sampler = open_sampler(ddim_json, kinds[k], 6, 1, 0.0, 1.0);
    float first = 0.5F;
    float second = -1.0F;
    float third = 0.5F;
    run_perfect(sampler, ddim_json, 1, &first);
    run_perfect(sampler, ddim_json, 1, &second);
    run_perfect(sampler, ddim_json, 1, &third);
    assert_true(first == third && first != second);
    onoma_sampler_close(&sampler);
  }
}

// ---- Names and configurations

static void test_names(void **state) {
  (void)state;
  for (int i = 0; i < ONOMA_N_SAMPLERS; i++) {
    OnomaSamplerKind kind;
    assert_true(onoma_sampler_find(onoma_sampler_name((OnomaSamplerKind)i), &kind));
    assert_int_equal(kind, i);
  }
  OnomaSamplerKind kind;
  assert_false(onoma_sampler_find("dpm", &kind));
  assert_null(onoma_sampler_name((OnomaSamplerKind)99));
}

static void expect_refusal(const char *json, OnomaSamplerKind kind, OnomaStatus status,
                           const char *part) {
  OnomaScheduler scheduler;
  OnomaError error;
  const OnomaStatus got = open_text(&scheduler, json, kind, &error);
  if (got != status || !strstr(error.text, part))
    fail_msg("%s: status %d, \"%s\"", json, (int)got, error.text);
  assert_null(scheduler.alphas_cumprod);
}

#define CLASS(name) "{\"_class_name\": \"" name "\", "

static void test_refused_keys(void **state) {
  (void)state;
  static const struct {
    const char *json, *part;
  } refused[] = {
      {CLASS("DDIMScheduler") "\"thresholding\": true}", "thresholding"},
      {CLASS("DDIMScheduler") "\"beta_schedule\": \"sigmoid\"}", "beta_schedule"},
      {CLASS("DDIMScheduler") "\"timestep_spacing\": \"random\"}", "timestep_spacing"},
      {CLASS("DDIMScheduler") "\"rescale_betas_zero_snr\": true}", "rescale_betas_zero_snr"},
      {CLASS("DDIMScheduler") "\"new_key\": 1}", "new_key"},
      {CLASS("DDPMScheduler") "\"variance_type\": \"learned\"}", "variance_type"},
      {CLASS("EulerDiscreteScheduler") "\"timestep_type\": \"continuous\"}", "timestep_type"},
      {CLASS("EulerDiscreteScheduler") "\"use_beta_sigmas\": true}", "use_beta_sigmas"},
      {CLASS("DPMSolverMultistepScheduler") "\"use_lu_lambdas\": true}", "use_lu_lambdas"},
      {CLASS("DPMSolverMultistepScheduler") "\"algorithm_type\": \"dpmsolver\"}",
       "final_sigmas_type"},
      {CLASS("UniPCMultistepScheduler") "\"predict_x0\": false}", "predict_x0"},
      {CLASS("UniPCMultistepScheduler") "\"disable_corrector\": [0]}", "disable_corrector"},
      {CLASS("FlowMatchEulerDiscreteScheduler") "\"invert_sigmas\": true}", "invert_sigmas"},
      {CLASS("PNDMScheduler") "\"skip_prk_steps\": true}", "choose a sampler"},
      {CLASS("ScoreSdeVeScheduler") "\"snr\": 0.15}", "_class_name"},
  };
  for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
    expect_refusal(refused[i].json, ONOMA_SAMPLER_OWN, ONOMA_ERR_UNSUPPORTED, refused[i].part);
  expect_refusal(CLASS("DDIMScheduler") "\"trained_betas\": [0.1, 0.2]}", ONOMA_SAMPLER_OWN,
                 ONOMA_ERR_FORMAT, "trained_betas");
  expect_refusal(CLASS("OnomaFlowScheduler") "\"few_step\": {\"step_sizes\": [0.3], "
                                             "\"guidance_min\": 1, \"guidance_max\": 3}}",
                 ONOMA_SAMPLER_OWN, ONOMA_ERR_FORMAT, "step_sizes");
}

static void test_accepted_keys(void **state) {
  (void)state;
  OnomaScheduler scheduler;
  OnomaError error;
  // What diffusers writes, and keys of other classes that came along.
  assert_int_equal(
      open_text(
          &scheduler,
          CLASS("DPMSolverMultistepScheduler") "\"lambda_min_clipped\": -Infinity, "
                                               "\"clip_sample\": true, "
                                               "\"trained_betas\": null, \"skip_prk_steps\": true}",
          ONOMA_SAMPLER_OWN, &error),
      ONOMA_OK);
  assert_int_equal(scheduler.kind, ONOMA_SAMPLER_DPM);
  assert_false(scheduler.clip_sample);
  onoma_scheduler_close(&scheduler);

  // Each class has its own defaults, but samples are clipped only where the file says so.
  assert_int_equal(open_text(&scheduler, CLASS("PNDMScheduler") "\"beta_end\": 0.01}",
                             ONOMA_SAMPLER_DDIM, &error),
                   ONOMA_OK);
  assert_false(scheduler.clip_sample);
  assert_int_equal(scheduler.timestep_spacing, ONOMA_SPACING_LEADING);
  onoma_scheduler_close(&scheduler);
  assert_int_equal(open_text(&scheduler, CLASS("DDIMScheduler") "\"beta_end\": 0.01}",
                             ONOMA_SAMPLER_EULER, &error),
                   ONOMA_OK);
  assert_int_equal(scheduler.timestep_spacing, ONOMA_SPACING_LINSPACE);
  onoma_scheduler_close(&scheduler);
  assert_int_equal(open_text(&scheduler,
                             CLASS("DDIMScheduler") "\"num_train_timesteps\": 2, "
                                                    "\"trained_betas\": [0.25, 0.5]}",
                             ONOMA_SAMPLER_OWN, &error),
                   ONOMA_OK);
  assert_true(scheduler.clip_sample);
  assert_float_equal(scheduler.alphas_cumprod[1], 0.375, 1e-7);
  onoma_scheduler_close(&scheduler);
}

static void test_refused_samplers(void **state) {
  (void)state;
  expect_refusal(flow_json, ONOMA_SAMPLER_FEW_STEP, ONOMA_ERR_ARGUMENT, "distilled");
  expect_refusal(flow_json, ONOMA_SAMPLER_LCM, ONOMA_ERR_ARGUMENT, "distilled");
  expect_refusal(ddim_json, ONOMA_SAMPLER_FEW_STEP, ONOMA_ERR_ARGUMENT, "few-step");

  static const struct {
    const char *json;
    OnomaSamplerKind kind;
    OnomaSamplerSettings settings;
    const char *part;
  } refused[] = {
      {flow_json, ONOMA_SAMPLER_EULER, {0, 1, 0.0, 1.0}, "steps"},
      {flow_json, ONOMA_SAMPLER_EULER, {1001, 1, 0.0, 1.0}, "1000"},
      {flow_json, ONOMA_SAMPLER_EULER, {4, 1, 0.5, 1.0}, "eta"},
      {flow_json, ONOMA_SAMPLER_DDIM, {4, 1, 1.5, 1.0}, "eta"},
      {flow_json, ONOMA_SAMPLER_DDIM, {4, 1, 0.0, 0.0}, "strength"},
      {flow_json, ONOMA_SAMPLER_DDIM, {4, 1, 0.0, 1.5}, "strength"},
      {distilled_json, ONOMA_SAMPLER_FEW_STEP, {5, 1, 0.0, 1.0}, "5 steps"},
      {distilled_json, ONOMA_SAMPLER_LCM, {4, 1, 0.0, 1.0}, "3 steps"},
      {ddim_json, ONOMA_SAMPLER_LCM, {51, 1, 0.0, 1.0}, "50 steps"},
      {ddim_json, ONOMA_SAMPLER_DPM, {1000, 1, 0.0, 1.0}, "999 steps"},
  };
  for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
    OnomaScheduler scheduler;
    OnomaSampler *sampler;
    OnomaError error;
    assert_int_equal(open_text(&scheduler, refused[i].json, refused[i].kind, &error), ONOMA_OK);
    assert_int_equal(onoma_sampler_open(&sampler, &scheduler, &refused[i].settings, &error),
                     ONOMA_ERR_ARGUMENT);
    assert_null(sampler);
    if (!strstr(error.text, refused[i].part))
      fail_msg("\"%s\" does not contain \"%s\"", error.text, refused[i].part);
    onoma_scheduler_close(&scheduler);
  }
}

static int setup(void **state) {
  (void)state;
  return !scratch_open(&scratch);
}

static int teardown(void **state) {
  (void)state;
  scratch_close(&scratch);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_orders),
      cmocka_unit_test(test_convergence),
      cmocka_unit_test(test_ddim_is_euler),
      cmocka_unit_test(test_stochastic),
      cmocka_unit_test(test_needs_noise),
      cmocka_unit_test(test_few_step),
      cmocka_unit_test(test_few_step_lcm),
      cmocka_unit_test(test_strength),
      cmocka_unit_test(test_shift),
      cmocka_unit_test(test_clipped_lambda),
      cmocka_unit_test(test_restart),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_refused_keys),
      cmocka_unit_test(test_accepted_keys),
      cmocka_unit_test(test_refused_samplers),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
