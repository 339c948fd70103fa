// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The shipped model's front end, autoencoder and vocoder: that they agree with the reference is for
// golden-check to say; here are their limits, threads, and configurations that are refused.

#include "test.h"

#include "base/cpu.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/rng.h"
#include "model/files/config.h"
#include "model/files/weights.h"
#include "model/vae/front_end.h"
#include "model/vae/patch_vae.h"
#include "model/vae/vae.h"
#include "model/vocoder/pghi_vocoder.h"
#include "model/vocoder/vocoder.h"
#include "scratch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MODEL ONOMA_TEST_DATA "/onoma-tiny/model"

static Scratch scratch;
static OnomaKernels kernels;

enum { n_bands = 12, n_channels = 3, n_rows = 3, patch_frames = 6, hop = 16 };

// Runs something with as much memory as a dry run measured.
typedef void (*Action)(void *data, const OnomaExec *exec);

static void run(Action action, void *data, OnomaPool *pool) {
  OnomaArena arena;
  const OnomaExec exec = {.kernels = &kernels, .pool = pool, .arena = &arena};
  onoma_arena_init_measuring(&arena);
  action(data, &exec);
  const size_t peak = arena.peak;
  assert_true(onoma_arena_init(&arena, peak));
  action(data, &exec);
  assert_int_equal(arena.used, 0);
  assert_int_equal(arena.peak, peak);
  onoma_arena_fini(&arena);
}

typedef struct {
  OnomaFrontEnd *front_end;
  OnomaVae *vae;
  OnomaVocoder *vocoder;
  const float *in;
  size_t n;
  float *out;
} Codec;

static void codec_open(Codec *codec) {
  OnomaError error;
  *codec = (Codec){0};
  if (onoma_front_end_open(&codec->front_end, MODEL "/vocoder", &error) ||
      onoma_vocoder_open(&codec->vocoder, MODEL "/vocoder", &kernels, &error) ||
      onoma_vae_open(&codec->vae, MODEL "/vae", &kernels, &error))
    fail_msg("%s", error.text);
}

static void codec_close(Codec *codec) {
  onoma_front_end_close(&codec->front_end);
  onoma_vocoder_close(&codec->vocoder);
  onoma_vae_close(&codec->vae);
  assert_null(codec->vae);
}

static void do_front_end(void *data, const OnomaExec *exec) {
  const Codec *codec = data;
  onoma_front_end_run(codec->front_end, exec, codec->in, codec->n, codec->out);
}

static void do_decode(void *data, const OnomaExec *exec) {
  const Codec *codec = data;
  onoma_vae_decode(codec->vae, exec, codec->in, codec->n, n_rows, codec->out);
}

static void do_encode(void *data, const OnomaExec *exec) {
  const Codec *codec = data;
  onoma_vae_encode(codec->vae, exec, codec->in, codec->n, n_bands, codec->out, NULL);
}

static void do_vocoder(void *data, const OnomaExec *exec) {
  const Codec *codec = data;
  onoma_vocoder_run(codec->vocoder, exec, codec->in, codec->n, 77, codec->out);
}

static void do_comb(void *data, const OnomaExec *exec) {
  const Codec *codec = data;
  onoma_comb_latent(codec->front_end, codec->vae, exec, (double)codec->in[0], codec->out);
}

// ---- What comes out

static void test_properties(void **state) {
  (void)state;
  Codec codec;
  codec_open(&codec);
  assert_int_equal(codec.vae->n_channels, n_channels);
  assert_int_equal(codec.vae->frames_per_column, patch_frames);
  assert_int_equal(codec.vae->bands_per_row, 4);
  assert_int_equal(codec.vae->n_bands, n_bands);
  assert_false(codec.vae->has_variance);
  assert_float_equal(codec.vae->floor, -9.2103, 1e-6);
  assert_int_equal(codec.vocoder->sampling_rate_hz, 8000);
  assert_int_equal(onoma_vocoder_n_samples(codec.vocoder, 9), 9 * hop);
  assert_int_equal(onoma_front_end_n_frames(codec.front_end, 33), 3);
  assert_int_equal(onoma_front_end_n_frames(codec.front_end, 32), 2);
  codec_close(&codec);
}

static void test_levels(void **state) {
  (void)state;
  enum { n = 20 * hop };
  float samples[n];
  float bands[20 * n_bands];
  float louder[20 * n_bands];
  Codec codec;
  codec_open(&codec);
  onoma_normal(1, ONOMA_STREAM_LATENT, 0, 0, n, samples);
  codec.in = samples;
  codec.n = n;
  codec.out = bands;
  run(do_front_end, &codec, NULL);
  float peak = -100.0F;
  for (int i = 0; i < 20 * n_bands; i++) {
    peak = fmaxf(peak, bands[i]);
    assert_true(bands[i] >= codec.vae->floor);
  }
  assert_true(peak == 0.0F);

  // The level of a clip does not count.
  for (int i = 0; i < n; i++)
    samples[i] *= 1024.0F;
  codec.out = louder;
  run(do_front_end, &codec, NULL);
  for (int i = 0; i < 20 * n_bands; i++)
    assert_float_equal(louder[i], bands[i], 1e-5);

  // Silence is the floor.
  memset(samples, 0, sizeof(samples));
  run(do_front_end, &codec, NULL);
  for (int i = 0; i < 20 * n_bands; i++)
    assert_true(louder[i] == codec.vae->floor);
  codec_close(&codec);
}

static void test_decoder_range(void **state) {
  (void)state;
  enum { n_columns = 4 };
  float latent[n_columns * n_rows * n_channels];
  float bands[n_columns * patch_frames * n_bands];
  Codec codec;
  codec_open(&codec);
  onoma_normal(2, ONOMA_STREAM_LATENT, 0, 0, sizeof(latent) / sizeof(*latent), latent);
  for (size_t i = 0; i < sizeof(latent) / sizeof(*latent); i++)
    latent[i] *= 100.0F;
  codec.in = latent;
  codec.n = n_columns;
  codec.out = bands;
  run(do_decode, &codec, NULL);
  int n_at_top = 0;
  int n_at_floor = 0;
  for (size_t i = 0; i < sizeof(bands) / sizeof(*bands); i++) {
    assert_true(bands[i] >= codec.vae->floor && bands[i] <= 0.0F);
    n_at_top += bands[i] == 0.0F;
    n_at_floor += bands[i] == codec.vae->floor;
  }
  assert_true(n_at_top > 20 && n_at_floor > 20);

  // What is not a number is not hidden by the clamp.
  latent[0] = NAN;
  run(do_decode, &codec, NULL);
  assert_true(isnan(bands[0]));
  codec_close(&codec);
}

static void test_not_finite(void **state) {
  (void)state;
  enum { n_frames = 12 };
  float bands[n_frames * n_bands];
  float samples[n_frames * hop];
  Codec codec;
  codec_open(&codec);
  for (int i = 0; i < n_frames * n_bands; i++)
    bands[i] = -3.0F;
  bands[50] = NAN;
  codec.in = bands;
  codec.n = n_frames;
  codec.out = samples;
  run(do_vocoder, &codec, NULL);
  bool found = false;
  for (int i = 0; i < n_frames * hop; i++)
    found = found || !isfinite(samples[i]);
  assert_true(found);
  codec_close(&codec);
}

// Another pitch is another latent; the same is the same.
static void test_comb(void **state) {
  (void)state;
  float latents[3][n_rows * n_channels];
  const float f0[3] = {110.0F, 220.0F, 110.0F};
  Codec codec;
  codec_open(&codec);
  for (int i = 0; i < 3; i++) {
    codec.in = &f0[i];
    codec.out = latents[i];
    run(do_comb, &codec, NULL);
  }
  assert_memory_equal(latents[0], latents[2], sizeof(latents[0]));
  double difference = 0.0;
  for (int i = 0; i < n_rows * n_channels; i++)
    difference += fabs((double)latents[0][i] - (double)latents[1][i]);
  assert_true(difference > 0.1);
  codec_close(&codec);
}

static void test_threads(void **state) {
  (void)state;
  enum { n_columns = 40, n_frames = n_columns * patch_frames };
  static float latent[n_columns * n_rows * n_channels];
  static float results[2][n_frames * (n_bands + n_bands + hop)];
  static float mean[2][n_columns * n_rows * n_channels];
  OnomaPool *pools[2] = {NULL, NULL};
  Codec codec;
  codec_open(&codec);
  assert_int_equal(onoma_pool_open(&pools[1], 3, NULL), ONOMA_OK);
  onoma_normal(3, ONOMA_STREAM_LATENT, 0, 0, sizeof(latent) / sizeof(*latent), latent);
  for (int i = 0; i < 2; i++) {
    float *const bands = results[i];
    float *const samples = bands + n_frames * n_bands;
    float *const again = samples + n_frames * hop;
    codec.in = latent;
    codec.n = n_columns;
    codec.out = bands;
    run(do_decode, &codec, pools[i]);
    codec.in = bands;
    codec.n = n_frames;
    codec.out = samples;
    run(do_vocoder, &codec, pools[i]);
    codec.in = samples;
    codec.n = n_frames * hop;
    codec.out = again;
    run(do_front_end, &codec, pools[i]);
    codec.in = again;
    codec.n = n_frames;
    codec.out = mean[i];
    run(do_encode, &codec, pools[i]);
  }
  assert_memory_equal(results[0], results[1], sizeof(results[0]));
  assert_memory_equal(mean[0], mean[1], sizeof(mean[0]));
  onoma_pool_close(&pools[1]);
  codec_close(&codec);
}

// AudioLDM's front end, against AudioLDM's own code: that of the reference neither levels nor
// removes the mean, which the lowest bands see.
static void test_audioldm(void **state) {
  (void)state;
  enum { n_mel = 64, first_band = 3 };
  OnomaWeights *weights = NULL;
  const OnomaTensor *tensor = NULL;
  float *wave = NULL;
  float *want = NULL;
  OnomaError error;
  Codec codec = {0};
  if (onoma_front_end_open(&codec.front_end, ONOMA_TEST_DATA "/golden/dev/audioldm-tiny/vocoder",
                           &error) ||
      onoma_weights_open_file(&weights, ONOMA_TEST_DATA "/golden/dev/expected/mel.safetensors",
                              &error) ||
      onoma_weights_read_any(weights, "16k/audioldm_original_logmel", NULL, &want, &error) ||
      onoma_weights_read_any(weights, "16k/wav", &tensor, &wave, &error))
    fail_msg("%s", error.text);
  double mean = 0.0;
  double peak = 0.0;
  for (size_t i = 0; i < tensor->n_items; i++)
    mean += (double)wave[i] / (double)tensor->n_items;
  for (size_t i = 0; i < tensor->n_items; i++)
    peak = fmax(peak, fabs((double)wave[i] - mean));
  const size_t n_frames = onoma_front_end_n_frames(codec.front_end, tensor->n_items);
  assert_int_equal(n_frames, 50); // of 160 samples
  codec.in = wave;
  codec.n = tensor->n_items;
  codec.out = onoma_alloc(n_frames * n_mel, sizeof(float));
  run(do_front_end, &codec, NULL);
  for (size_t t = 0; t < n_frames; t++) {
    for (size_t f = first_band; f < n_mel; f++) {
      const double level = (double)want[t * n_mel + f] + log(0.5 / peak);
      assert_float_equal(codec.out[t * n_mel + f], fmax(level, log(1e-5)), 2e-3);
    }
  }
  onoma_free(codec.out);
  onoma_free(wave);
  onoma_free(want);
  onoma_weights_close(&weights);
  onoma_front_end_close(&codec.front_end);
}

// ---- What is refused

// The text of a file with the first `from` in it replaced by `to`.
static const char *edited(const char *path, const char *from, const char *to, size_t *n) {
  static char text[4096];
  char original[2048];
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  const size_t length = fread(original, 1, sizeof(original) - 1, file);
  fclose(file);
  original[length] = '\0';
  char *const place = strstr(original, from);
  assert_non_null(place);
  *n = (size_t)snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - original), original, to,
                        place + strlen(from));
  return text;
}

typedef struct {
  const char *from, *to;
  const char *part; // of the message
  OnomaStatus status;
} Refusal;

static void check_refusal(const char *part, const char *weights_name, const Refusal *refusal) {
  OnomaConfig config;
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  char path[600];
  size_t n;
  snprintf(path, sizeof(path), MODEL "/%s/config.json", part);
  const char *text = edited(path, refusal->from, refusal->to, &n);
  if (onoma_config_open(&config, scratch_write(&scratch, "config.json", text, n), &error))
    fail_msg("%s", error.text);
  snprintf(path, sizeof(path), MODEL "/%s/%s", part, weights_name);
  assert_int_equal(onoma_weights_open_file(&weights, path, &error), ONOMA_OK);
  OnomaVae *vae = NULL;
  OnomaVocoder *vocoder = NULL;
  const OnomaStatus status =
      strcmp(part, "vae") == 0
          ? onoma_patch_vae.open(&vae, &config, weights, &kernels, &error)
          : onoma_pghi_vocoder.open(&vocoder, &config, weights, &kernels, &error);
  if (status != refusal->status || !strstr(error.text, refusal->part))
    fail_msg("%s: status %d, \"%s\"", refusal->to, (int)status, error.text);
  assert_null(vae);
  assert_null(vocoder);
  onoma_weights_close(&weights);
  onoma_config_close(&config);
}

static void test_refused_vae(void **state) {
  (void)state;
  static const Refusal refusals[] = {
      {"\"patch_bands\": 4", "\"patch_bands\": 5", "patch_bands", ONOMA_ERR_FORMAT},
      {"\"patch_bands\": 4,", "", "patch_bands", ONOMA_ERR_FORMAT},
      {"\"latent_channels\": 3", "\"latent_channels\": 4", "encoder.weight", ONOMA_ERR_FORMAT},
      {"\"up_frames\": 3", "\"up_frames\": 4", "decoder[0].up_frames", ONOMA_ERR_FORMAT},
      {"\"up_frames\": 3", "\"up_frames\": 1", "decoder: leaves cells", ONOMA_ERR_FORMAT},
      {"\"blocks\": 1", "\"blocks\": 2", "decoder.0.blocks.1.ln", ONOMA_ERR_FORMAT},
      {"\"channels\": 7", "\"channels\": 0", "decoder[0].channels", ONOMA_ERR_FORMAT},
      {"\"blocks\": 1", "\"blocks\": 1, \"dropout\": 0.1", "dropout", ONOMA_ERR_UNSUPPORTED},
      {"\"log_floor\": -9.2103", "\"log_floor\": 1", "log_floor", ONOMA_ERR_FORMAT},
      {"\"n_bands\"", "\"n_mels\": 3, \"n_bands\"", "n_mels", ONOMA_ERR_UNSUPPORTED},
  };
  for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
    check_refusal("vae", "diffusion_pytorch_model.safetensors", &refusals[i]);
}

static void test_refused_vocoder(void **state) {
  (void)state;
  static const Refusal refusals[] = {
      {"\"kernel_size\": 5", "\"kernel_size\": 4", "kernel_size", ONOMA_ERR_FORMAT},
      {"\"kernel_size\": 5", "\"kernel_size\": 7", "conv_in.weight", ONOMA_ERR_FORMAT},
      {"\"hop_length\": 16", "\"hop_length\": 65", "hop_length", ONOMA_ERR_FORMAT},
      {"\"n_fft\": 64", "\"n_fft\": 128", "head.weight", ONOMA_ERR_FORMAT},
      {"\"num_layers\": 2", "\"num_layers\": 3", "layers.2", ONOMA_ERR_FORMAT},
      {"\"input_std\": 3.0", "\"input_std\": 0.0", "input_std", ONOMA_ERR_FORMAT},
      {"\"pghi_tolerance\": -2.0", "\"pghi_tolerance\": 1.0", "pghi_tolerance", ONOMA_ERR_FORMAT},
      {"\"n_fft\"", "\"window\": \"kaiser\", \"n_fft\"", "window", ONOMA_ERR_UNSUPPORTED},
  };
  for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
    check_refusal("vocoder", "model.safetensors", &refusals[i]);
}

static int setup(void **state) {
  (void)state;
  onoma_kernels_init(&kernels, 0);
  return !scratch_open(&scratch);
}

static int teardown(void **state) {
  (void)state;
  scratch_close(&scratch);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_properties),
      cmocka_unit_test(test_levels),
      cmocka_unit_test(test_decoder_range),
      cmocka_unit_test(test_not_finite),
      cmocka_unit_test(test_comb),
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_audioldm),
      cmocka_unit_test(test_refused_vae),
      cmocka_unit_test(test_refused_vocoder),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
