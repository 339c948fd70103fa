// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// U-Nets: settings and weights that can't be, inputs that can't be, and what must not matter.
// Numbers are checked against diffusers by golden-check.

#include "test.h"

#include "base/cpu.h"
#include "base/memory.h"
#include "base/rng.h"
#include "model/denoiser/unet.h"
#include "part_copy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TINY  ONOMA_TEST_DATA "/golden/dev/audioldm-tiny/unet"
#define CROSS ONOMA_TEST_DATA "/golden/dev/unet-cross-tiny"
#define MIXED ONOMA_TEST_DATA "/golden/variants/a/unet-cross"

static Scratch scratch;
static OnomaKernels kernels;

static void assert_fails(const char *source, const char *key, const char *value, OnomaStatus status,
                         const char *file, const char *word) {
  OnomaUnet *unet = NULL;
  OnomaError error = {0};
  part_copy(&scratch, source, key, value);
  const OnomaStatus got = onoma_unet_open(&unet, scratch.folder, &kernels, &error);
  if (got != status)
    fail_msg("%s = %s: status %d, \"%s\"", key, value, (int)got, error.text);
  assert_null(unet);
  if (!strstr(error.text, file) || !strstr(error.text, word))
    fail_msg("%s = %s: \"%s\" does not name %s and %s", key, value, error.text, file, word);
}

static void test_settings_that_are_not_implemented(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"act_fn", "\"gelu\""},
      {"addition_embed_type", "\"text\""},
      {"addition_time_embed_dim", "8"},
      {"attention_type", "\"gated\""},
      {"center_input_sample", "true"},
      {"class_embed_type", "\"timestep\""},
      {"conv_in_kernel", "2"},
      {"cross_attention_norm", "\"layer_norm\""},
      {"downsample_padding", "0"},
      {"dual_cross_attention", "true"},
      {"encoder_hid_dim", "12"},
      {"encoder_hid_dim_type", "\"text_proj\""},
      {"mid_block_only_cross_attention", "true"},
      {"mid_block_type", "\"UNetMidBlock2DSimpleCrossAttn\""},
      {"num_attention_heads", "3"},
      {"num_class_embeds", "10"},
      {"only_cross_attention", "true"},
      {"resnet_out_scale_factor", "2.0"},
      {"resnet_skip_time_act", "true"},
      {"resnet_time_scale_shift", "\"scale_shift\""},
      {"time_embedding_act_fn", "\"silu\""},
      {"time_embedding_type", "\"fourier\""},
      {"timestep_post_act", "\"silu\""},
      {"down_block_types", "[\"DownBlock2D\", \"KDownBlock2D\", \"DownBlock2D\", \"DownBlock2D\"]"},
      {"a_setting_of_tomorrow", "1"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
    assert_fails(TINY, cases[i][0], cases[i][1], ONOMA_ERR_UNSUPPORTED, "config.json", cases[i][0]);
}

static void test_settings_that_contradict(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"block_out_channels", NULL},
      {"block_out_channels", "[12, 24, 36]"},
      {"block_out_channels", "[12, 24, 36, 0]"},
      {"down_block_types", "[\"DownBlock2D\"]"},
      {"up_block_types", "3"},
      {"attention_head_dim", "[3, 3]"},
      {"attention_head_dim", "13000000"},
      {"layers_per_block", "[2, 2, 2, 2, 2]"},
      {"layers_per_block", "0"},
      {"norm_num_groups", "5"},
      {"norm_eps", "-1.0"},
      {"transformer_layers_per_block", "[1, 1]"},
      {"reverse_transformer_layers_per_block", "[1, 1, 1, 1]"},
      {"freq_shift", "6"},
      {"projection_class_embeddings_input_dim", NULL},
      {"class_embeddings_concat", "\"yes\""},
      {"class_embed_type", "null"}, // but the embeddings are to be concatenated
      {"sample_size", "-4"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    const char *const key = cases[i][0];
    OnomaUnet *unet = NULL;
    OnomaError error = {0};
    part_copy(&scratch, TINY, key, cases[i][1]);
    if (onoma_unet_open(&unet, scratch.folder, &kernels, &error) != ONOMA_ERR_FORMAT)
      fail_msg("%s = %s: \"%s\"", key, cases[i][1], error.text);
    // The message names the file, and a key whether or not it is the one to blame.
    assert_non_null(strstr(error.text, "config.json: "));
  }
  assert_fails(TINY, "norm_num_groups", "5", ONOMA_ERR_FORMAT, "config.json", "norm_num_groups");
  assert_fails(TINY, "class_embed_type", "null", ONOMA_ERR_FORMAT, "config.json",
               "class_embeddings_concat");
  assert_fails(TINY, "attention_head_dim", "61", ONOMA_ERR_FORMAT, "config.json",
               "attention_head_dim");
}

static void test_other_classes(void **state) {
  (void)state;
  assert_fails(TINY, "_class_name", "\"AudioLDM2UNet2DConditionModel\"", ONOMA_ERR_UNSUPPORTED,
               "config.json", "AudioLDM2UNet2DConditionModel");
  assert_fails(TINY, "_class_name", NULL, ONOMA_ERR_FORMAT, "config.json", "_class_name");
}

// A configuration of another network than the weights'.
static void test_weights_that_do_not_fit(void **state) {
  (void)state;
  assert_fails(TINY, "layers_per_block", "3", ONOMA_ERR_FORMAT, scratch.folder,
               "down_blocks.0.resnets.2.norm1.weight");
  assert_fails(TINY, "in_channels", "7", ONOMA_ERR_FORMAT, scratch.folder, "conv_in.weight");
  assert_fails(TINY, "time_cond_proj_dim", "5", ONOMA_ERR_FORMAT, scratch.folder,
               "time_embedding.cond_proj.weight");
  assert_fails(TINY, "class_embed_type", "\"projection\"", ONOMA_ERR_FORMAT, scratch.folder,
               "class_embedding.linear_1.weight");
  assert_fails(TINY, "time_embedding_dim", "20", ONOMA_ERR_FORMAT, scratch.folder,
               "time_embedding.linear_1.weight");
}

// ---- Running

static float *new_noise(uint32_t index, size_t n) {
  float *const noise = onoma_alloc(n, sizeof(float));
  onoma_normal(5, ONOMA_STREAM_LATENT, index, 0, n, noise);
  return noise;
}

static OnomaUnet *open_unet(const char *folder) {
  OnomaUnet *unet = NULL;
  OnomaError error = {0};
  if (onoma_unet_open(&unet, folder, &kernels, &error))
    fail_msg("%s", error.text);
  return unet;
}

// Runs it on an arena of just the size that a dry run says.
static float *run(const OnomaUnet *unet, const OnomaUnetInput *input) {
  const size_t n_out =
      input->n_batch * input->height * input->width * onoma_unet_config(unet)->n_out;
  float *const out = onoma_alloc(n_out, sizeof(float));
  OnomaArena arena;
  const OnomaExec exec = {.kernels = &kernels, .arena = &arena};
  OnomaError error = {0};
  if (onoma_unet_check(unet, input, &error))
    fail_msg("%s", error.text);
  onoma_arena_init_measuring(&arena);
  onoma_unet_run(unet, &exec, input, out);
  assert_int_equal(onoma_arena_mark(&arena), 0);
  assert_true(onoma_arena_init(&arena, arena.peak));
  onoma_unet_run(unet, &exec, input, out);
  assert_int_equal(onoma_arena_mark(&arena), 0);
  onoma_arena_fini(&arena);
  return out;
}

static void assert_same(const float *a, const float *b, size_t n) {
  double error = 0.0;
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) {
    error += pow((double)a[i] - (double)b[i], 2.0);
    sum += pow((double)b[i], 2.0);
  }
  assert_true(sqrt(error) <= 1e-6 * sqrt(sum));
}

static void assert_differ(const float *a, const float *b, size_t n) {
  double largest = 0.0;
  for (size_t i = 0; i < n; i++)
    largest = fmax(largest, fabs((double)a[i] - (double)b[i]));
  assert_true(largest > 1e-3);
}

// What is guided is one batch of two prompts: each must come out as if alone.
static void test_items_of_a_batch_are_independent(void **state) {
  (void)state;
  OnomaUnet *unet = open_unet(MIXED);
  const OnomaUnetConfig *const config = onoma_unet_config(unet);
  enum { height = 7, width = 5, n_tokens = 4, n_positions = height * width };
  const float timesteps[] = {900.0F, 20.5F};
  float *const sample = new_noise(0, 2 * n_positions * config->n_in);
  float *const labels = new_noise(1, 2 * config->n_class_labels);
  float *const condition = new_noise(2, 2 * config->n_time_condition);
  float *const states = new_noise(3, 2 * n_tokens * config->n_context[0]);
  OnomaUnetInput input = {.n_batch = 2,
                          .height = height,
                          .width = width,
                          .sample = sample,
                          .timesteps = timesteps,
                          .n_timesteps = 2,
                          .time_condition = condition,
                          .class_labels = labels,
                          .context = {states, n_tokens, NULL}};
  float *const both = run(unet, &input);
  const size_t n_out = n_positions * config->n_out;
  assert_differ(both, both + n_out, n_out);
  for (size_t i = 0; i < 2; i++) {
    input.n_batch = input.n_timesteps = 1;
    input.sample = sample + i * n_positions * config->n_in;
    input.timesteps = timesteps + i;
    input.time_condition = condition + i * config->n_time_condition;
    input.class_labels = labels + i * config->n_class_labels;
    input.context.states = states + i * n_tokens * config->n_context[0];
    float *const alone = run(unet, &input);
    assert_same(both + i * n_out, alone, n_out);
    onoma_free(alone);
  }
  onoma_free(both);
  onoma_free(states);
  onoma_free(condition);
  onoma_free(labels);
  onoma_free(sample);
  onoma_unet_close(&unet);
}

static void test_masked_tokens_do_not_matter(void **state) {
  (void)state;
  OnomaUnet *unet = open_unet(CROSS);
  const OnomaUnetConfig *const config = onoma_unet_config(unet);
  enum { height = 6, width = 4, n_tokens = 5, n_positions = height * width };
  const float timestep = 100.0F;
  const unsigned char mask[n_tokens] = {1, 1, 0, 1, 0};
  const size_t n_context = config->n_context[0];
  const size_t n_out = n_positions * config->n_out;
  float *const sample = new_noise(0, n_positions * config->n_in);
  float *const states = new_noise(1, n_tokens * n_context);
  OnomaUnetInput input = {.n_batch = 1,
                          .height = height,
                          .width = width,
                          .sample = sample,
                          .timesteps = &timestep,
                          .n_timesteps = 1,
                          .context = {states, n_tokens, mask}};
  float *const masked = run(unet, &input);
  input.context.mask = NULL;
  float *const unmasked = run(unet, &input);
  assert_differ(masked, unmasked, n_out);
  memmove(states + 2 * n_context, states + 3 * n_context, n_context * sizeof(float));
  input.context.n_tokens = 3;
  float *const fewer = run(unet, &input);
  assert_same(masked, fewer, n_out);
  onoma_free(fewer);
  onoma_free(unmasked);
  onoma_free(masked);
  onoma_free(states);
  onoma_free(sample);
  onoma_unet_close(&unet);
}

static void test_inputs_that_are_refused(void **state) {
  (void)state;
  OnomaUnet *unet = open_unet(TINY);
  const float number = 1.0F;
  const OnomaUnetInput good = {.n_batch = 2,
                               .height = 1,
                               .width = 1,
                               .sample = &number,
                               .timesteps = &number,
                               .n_timesteps = 1,
                               .class_labels = &number};
  OnomaError error = {0};
  assert_int_equal(onoma_unet_check(unet, &good, &error), ONOMA_OK);
  OnomaUnetInput bad = good;
  bad.class_labels = NULL;
  assert_int_equal(onoma_unet_check(unet, &bad, &error), ONOMA_ERR_ARGUMENT);
  assert_non_null(strstr(error.text, "class"));
  bad = good;
  bad.n_timesteps = 3;
  assert_int_equal(onoma_unet_check(unet, &bad, &error), ONOMA_ERR_ARGUMENT);
  bad = good;
  bad.height = 0;
  assert_int_equal(onoma_unet_check(unet, &bad, &error), ONOMA_ERR_ARGUMENT);
  onoma_unet_close(&unet);

  // This one can't look at the image in the context's place.
  unet = open_unet(CROSS);
  bad = good;
  bad.class_labels = NULL;
  assert_int_equal(onoma_unet_check(unet, &bad, &error), ONOMA_ERR_ARGUMENT);
  assert_non_null(strstr(error.text, "24"));
  bad.context = (OnomaContext){&number, 1, NULL};
  assert_int_equal(onoma_unet_check(unet, &bad, &error), ONOMA_OK);
  bad.context.n_tokens = 0;
  assert_int_equal(onoma_unet_check(unet, &bad, &error), ONOMA_ERR_ARGUMENT);
  onoma_unet_close(&unet);
}

static int open_scratch(void **state) {
  (void)state;
  onoma_kernels_init(&kernels, onoma_cpu_flags() & (ONOMA_CPU_AVX2 | ONOMA_CPU_AVX512));
  return !scratch_open(&scratch);
}

static int close_scratch(void **state) {
  (void)state;
  scratch_close(&scratch);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_settings_that_are_not_implemented),
      cmocka_unit_test(test_settings_that_contradict),
      cmocka_unit_test(test_other_classes),
      cmocka_unit_test(test_weights_that_do_not_fit),
      cmocka_unit_test(test_items_of_a_batch_are_independent),
      cmocka_unit_test(test_masked_tokens_do_not_matter),
      cmocka_unit_test(test_inputs_that_are_refused),
  };
  return cmocka_run_group_tests(tests, open_scratch, close_scratch);
}
