// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Autoencoders against AutoencoderKL, with weights of several types and names.

#include "golden.h"

#include "base/memory.h"
#include "model/files/config.h"
#include "model/vae/autoencoder_kl.h"
#include "model/vae/vae.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const OnomaVae *vae;
  const float *in;
  size_t h, w;
  float *out;
  float *log_variance;
} Run;

static void run_decode(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_vae_decode(run->vae, exec, run->in, run->h, run->w, run->out);
}

static void run_encode(void *data, const OnomaExec *exec) {
  const Run *const run = data;
  onoma_vae_encode(run->vae, exec, run->in, run->h, run->w, run->out, run->log_variance);
}

// Decodes the latents of `group` and compares with those of `other`.
static void check_decode(GoldenFile *file, const OnomaVae *vae, const char *group,
                         const char *other) {
  const Golden *const golden = file->golden;
  const OnomaTensor *latent = NULL;
  float *const values = golden_read(file, group, "z", &latent);
  if (!values || latent->rank != 4 || latent->shape[1] != vae->n_channels) {
    golden->report.result(golden->report.data, group, false, "not a latent of this autoencoder");
    onoma_free(values);
    return;
  }
  const size_t h = latent->shape[2];
  const size_t w = latent->shape[3];
  const size_t shape[] = {1, h * vae->frames_per_column, w * vae->bands_per_row, 1};
  float *const image = golden_channels_last(values, latent->shape[0], vae->n_channels, h * w);
  float *const out = onoma_alloc(shape[1] * shape[2], sizeof(float));
  for (size_t i = 0; i < latent->shape[0]; i++) {
    Run run = {.vae = vae, .in = image + i * h * w * vae->n_channels, .h = h, .w = w, .out = out};
    if (!strcmp(group, other))
      golden_run(file, group, i, run_decode, &run);
    else
      golden_run_plain(golden, run_decode, &run);
    golden_compare(file, other, "sample", out, 4, shape, i, golden->network_tolerance);
  }
  onoma_free(out);
  onoma_free(image);
  onoma_free(values);
}

static void check_encode(GoldenFile *file, const OnomaVae *vae) {
  const double tolerance = file->golden->network_tolerance;
  const OnomaTensor *mel = NULL;
  float *const values = golden_read(file, "encode", "mel", &mel);
  if (!values || mel->rank != 4 || mel->shape[1] != 1) {
    onoma_free(values);
    return;
  }
  const size_t h = mel->shape[2];
  const size_t w = mel->shape[3];
  const size_t shape[] = {1, h / vae->frames_per_column, w / vae->bands_per_row, vae->n_channels};
  const size_t n = shape[1] * shape[2] * shape[3];
  float *const mean = onoma_alloc(n, sizeof(float));
  float *const log_variance = onoma_alloc(n, sizeof(float));
  for (size_t i = 0; i < mel->shape[0]; i++) {
    Run run = {.vae = vae,
               .in = values + i * h * w,
               .h = h,
               .w = w,
               .out = mean,
               .log_variance = log_variance};
    golden_run(file, "encode", i, run_encode, &run);
    golden_compare(file, "encode", "mean", mean, 4, shape, i, tolerance);
    golden_compare(file, "encode", "logvar", log_variance, 4, shape, i, tolerance);
    for (size_t j = 0; j < n; j++)
      log_variance[j] = expf(0.5F * log_variance[j]);
    golden_compare(file, "encode", "std", log_variance, 4, shape, i, tolerance);
  }
  onoma_free(log_variance);
  onoma_free(mean);
  onoma_free(values);
}

// The file in the folder vae-variants with ".<variant>." in its name.
static bool find_variant(const Golden *golden, const char *variant, char path[1500]) {
  const char *const folder = golden_path(golden, "vae-variants");
  char part[80];
  bool found = false;
  snprintf(part, sizeof(part), ".%s.", variant);
  DIR *const dir = opendir(folder);
  for (const struct dirent *entry; dir && (entry = readdir(dir));) {
    if (strstr(entry->d_name, part)) {
      snprintf(path, 1500, "%s/%s", folder, entry->d_name);
      found = true;
    }
  }
  if (dir)
    closedir(dir);
  return found;
}

// The same network, its weights rounded to another type or under old names: "variant_f16" and so
// on.
static void check_variant(GoldenFile *file, const char *config_path, const char *group) {
  const Golden *const golden = file->golden;
  char path[1500];
  OnomaConfig config = {0};
  OnomaWeights *weights = NULL;
  OnomaVae *vae = NULL;
  OnomaError error;
  if (strncmp(group, "variant_", 8) != 0 || !find_variant(golden, group + 8, path))
    return;
  OnomaStatus status = onoma_config_open(&config, config_path, &error);
  if (!status)
    status = onoma_weights_open_file(&weights, path, &error);
  if (!status)
    status = onoma_autoencoder_kl.open(&vae, &config, weights, &golden->kernels, &error);
  if (status)
    golden_fail(golden, group, &error);
  else
    check_decode(file, vae, "case0", group);
  onoma_vae_close(&vae);
  onoma_weights_close(&weights);
  onoma_config_close(&config);
}

void golden_check_vae(const Golden *golden) {
  GoldenFile file;
  OnomaVae *vae = NULL;
  OnomaError error;
  const char *const folder = golden_find_folder(golden, "audioldm-");
  char path[1100];
  char config[1200];
  if (!golden_file_open(&file, golden, "vae"))
    return;
  snprintf(path, sizeof(path), "%s/vae", folder ? folder : "");
  snprintf(config, sizeof(config), "%s/config.json", path);
  if (onoma_vae_open(&vae, path, &golden->kernels, &error)) {
    golden_fail(golden, "vae", &error);
  } else {
    char group[64];
    for (size_t i = 0; golden_next_group(&file, "z", &i, group);)
      check_decode(&file, vae, group, group);
    check_encode(&file, vae);
    for (size_t i = 0; golden_next_group(&file, "sample", &i, group);)
      check_variant(&file, config, group);
  }
  onoma_vae_close(&vae);
  golden_file_close(&file);
}
