// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// AutoencoderKL and SpeechT5HifiGan: what they say of themselves, settings and weights that can't
// be. Numbers are checked against diffusers by golden-check.

#include "test.h"

#include "base/cpu.h"
#include "model/vae/vae.h"
#include "model/vocoder/vocoder.h"
#include "part_copy.h"

#include <string.h>

#define MODEL  ONOMA_TEST_DATA "/golden/dev/audioldm-tiny"
#define MODEL2 ONOMA_TEST_DATA "/golden/variants/a/audioldm-variant"

static Scratch scratch;
static OnomaKernels kernels;

typedef struct {
  const char *key, *value;
  OnomaStatus status;
  const char *word; // in the message, besides the file
} Case;

static void assert_vae_fails(const Case *c, const char *file) {
  OnomaVae *vae = NULL;
  OnomaError error = {0};
  part_copy(&scratch, MODEL "/vae", c->key, c->value);
  const OnomaStatus status = onoma_vae_open(&vae, scratch.folder, &kernels, &error);
  if (status != c->status || vae || !strstr(error.text, c->word) || !strstr(error.text, file))
    fail_msg("%s = %s: status %d, \"%s\"", c->key, c->value, (int)status, error.text);
}

static void assert_vocoder_fails(const Case *c, const char *file) {
  OnomaVocoder *vocoder = NULL;
  OnomaError error = {0};
  part_copy(&scratch, MODEL "/vocoder", c->key, c->value);
  const OnomaStatus status = onoma_vocoder_open(&vocoder, scratch.folder, &kernels, &error);
  if (status != c->status || vocoder || !strstr(error.text, c->word) || !strstr(error.text, file))
    fail_msg("%s = %s: status %d, \"%s\"", c->key, c->value, (int)status, error.text);
}

static void test_vae_settings(void **state) {
  (void)state;
  static const Case cases[] = {
      {"act_fn", "\"gelu\"", ONOMA_ERR_UNSUPPORTED, "act_fn"},
      {"in_channels", "3", ONOMA_ERR_UNSUPPORTED, "in_channels"},
      {"in_channels", NULL, ONOMA_ERR_UNSUPPORTED, "in_channels"},
      {"out_channels", "2", ONOMA_ERR_UNSUPPORTED, "out_channels"},
      {"latents_mean", "[0.0]", ONOMA_ERR_UNSUPPORTED, "latents_mean"},
      {"shift_factor", "0.1", ONOMA_ERR_UNSUPPORTED, "shift_factor"},
      {"down_block_types", "[\"DownEncoderBlock2D\", \"AttnDownEncoderBlock2D\", \"x\"]",
       ONOMA_ERR_UNSUPPORTED, "AttnDownEncoderBlock2D"},
      {"up_block_types", "[\"UpDecoderBlock2D\"]", ONOMA_ERR_FORMAT, "up_block_types"},
      {"block_out_channels", "[]", ONOMA_ERR_FORMAT, "block_out_channels"},
      {"norm_num_groups", "3", ONOMA_ERR_FORMAT, "norm_num_groups"},
      {"scaling_factor", "0", ONOMA_ERR_FORMAT, "scaling_factor"},
      {"unheard_of", "[1]", ONOMA_ERR_UNSUPPORTED, "unheard_of"},
      {"_class_name", "\"AutoencoderTiny\"", ONOMA_ERR_UNSUPPORTED, "AutoencoderTiny"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
    assert_vae_fails(&cases[i], "config.json");
}

static void test_vae_weights(void **state) {
  (void)state;
  static const Case cases[] = {
      {"layers_per_block", "3", ONOMA_ERR_FORMAT, "encoder.down_blocks.0.resnets.2.norm1.weight"},
      {"latent_channels", "4", ONOMA_ERR_FORMAT, "quant_conv.weight"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
    assert_vae_fails(&cases[i], scratch.folder);
}

static void test_vae_sizes(void **state) {
  (void)state;
  OnomaVae *vae = NULL;
  assert_int_equal(onoma_vae_open(&vae, MODEL "/vae", &kernels, NULL), ONOMA_OK);
  assert_int_equal(vae->n_channels, 8);
  assert_int_equal(vae->frames_per_column, 4);
  assert_int_equal(vae->bands_per_row, 4);
  assert_int_equal(vae->n_bands, 0);
  assert_true(vae->has_variance);
  assert_true(vae->scaling_factor == 0.9392935633659363);
  onoma_vae_close(&vae);
  assert_null(vae);
  onoma_vae_close(&vae);
}

static void test_vocoder_settings(void **state) {
  (void)state;
  static const Case cases[] = {
      {"upsample_rates", "[5, 4, 2, 2]", ONOMA_ERR_FORMAT, "upsample_kernel_sizes"},
      {"upsample_rates", "[5, 4, 2, 2, 5]", ONOMA_ERR_FORMAT, "upsample_kernel_sizes"},
      {"upsample_rates", NULL, ONOMA_ERR_FORMAT, "upsample_rates"},
      {"upsample_initial_channel", "16", ONOMA_ERR_FORMAT, "upsample_initial_channel"},
      {"resblock_kernel_sizes", "[3, 6, 11]", ONOMA_ERR_FORMAT, "resblock_kernel_sizes"},
      {"resblock_kernel_sizes", "[3, 7]", ONOMA_ERR_FORMAT, "resblock_dilation_sizes"},
      {"resblock_dilation_sizes", "[[1], [1], 1]", ONOMA_ERR_FORMAT, "resblock_dilation_sizes"},
      {"normalize_before", "1", ONOMA_ERR_FORMAT, "normalize_before"},
      {"model_in_dim", "0", ONOMA_ERR_FORMAT, "model_in_dim"},
      {"num_mels", "64", ONOMA_ERR_UNSUPPORTED, "num_mels"},
      {"architectures", "[\"BigVGAN\"]", ONOMA_ERR_UNSUPPORTED, "BigVGAN"},
      {"architectures", NULL, ONOMA_ERR_FORMAT, "_class_name"},
      {"architectures", "[]", ONOMA_ERR_FORMAT, "architectures"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
    assert_vocoder_fails(&cases[i], "config.json");
}

static void test_vocoder_weights(void **state) {
  (void)state;
  static const Case cases[] = {
      {"model_in_dim", "80", ONOMA_ERR_FORMAT, "conv_pre.weight"},
      {"resblock_dilation_sizes", "[[1, 3, 5, 7], [1], [1]]", ONOMA_ERR_FORMAT,
       "resblocks.0.convs1.3.weight"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
    assert_vocoder_fails(&cases[i], scratch.folder);
}

static void test_vocoder_sizes(void **state) {
  (void)state;
  OnomaVocoder *vocoder = NULL;
  assert_int_equal(onoma_vocoder_open(&vocoder, MODEL "/vocoder", &kernels, NULL), ONOMA_OK);
  assert_int_equal(vocoder->sampling_rate_hz, 16000);
  assert_int_equal(vocoder->hop_length, 160);
  assert_int_equal(vocoder->n_bands, 64);
  // The first stage makes a frame too many.
  assert_int_equal(onoma_vocoder_n_samples(vocoder, 1), 192);
  assert_int_equal(onoma_vocoder_n_samples(vocoder, 1024), 160 * 1024 + 32);
  onoma_vocoder_close(&vocoder);
  assert_null(vocoder);

  assert_int_equal(onoma_vocoder_open(&vocoder, MODEL2 "/vocoder", &kernels, NULL), ONOMA_OK);
  assert_int_equal(vocoder->hop_length, 36);
  onoma_vocoder_close(&vocoder);
}

static void test_folders_that_are_not_there(void **state) {
  (void)state;
  OnomaVae *vae = NULL;
  OnomaError error = {0};
  assert_int_equal(onoma_vae_open(&vae, MODEL "/vaes", &kernels, &error), ONOMA_ERR_NOT_FOUND);
  assert_non_null(strstr(error.text, "vaes/config.json"));
  // A configuration alone.
  static const char config[] = "{\"_class_name\": \"AutoencoderKL\"}";
  Scratch folder;
  assert_true(scratch_open(&folder));
  assert_non_null(scratch_write(&folder, "config.json", config, sizeof(config) - 1));
  assert_int_equal(onoma_vae_open(&vae, folder.folder, &kernels, &error), ONOMA_ERR_NOT_FOUND);
  assert_non_null(strstr(error.text, folder.folder));
  scratch_close(&folder);
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
      cmocka_unit_test(test_vae_settings),
      cmocka_unit_test(test_vae_weights),
      cmocka_unit_test(test_vae_sizes),
      cmocka_unit_test(test_vocoder_settings),
      cmocka_unit_test(test_vocoder_weights),
      cmocka_unit_test(test_vocoder_sizes),
      cmocka_unit_test(test_folders_that_are_not_there),
  };
  return cmocka_run_group_tests(tests, open_scratch, close_scratch);
}
