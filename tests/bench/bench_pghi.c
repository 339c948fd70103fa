// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Times phase integration on sounds whose magnitudes fill more or less of the plane.

#include "peak.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/stft.h"
#include "model/vocoder/pghi.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 44100.0
#define TURN 6.283185307179586476925286766559

enum { n_seconds = 3, n_samples = n_seconds * 44100, n_bins = 1025 };

typedef enum { NOISE, PAD, PLUCK, n_sounds } Sound;

static const char *const names[n_sounds] = {"noise", "saw, steady", "saw, plucked, with noise"};

static void make_sound(Sound sound, float *x) {
  onoma_normal(1, ONOMA_STREAM_LATENT, 0, 0, n_samples, x);
  for (int i = 0; i < n_samples && sound != NOISE; i++) {
    const double t = i / RATE;
    double saw = 0.0;
    for (int h = 1; h < 40; h++)
      saw += sin(TURN * h * 110.0 * t) / h;
    x[i] = sound == PAD ? (float)saw : (float)(saw * exp(-3.0 * t)) + 0.001F * x[i];
  }
}

typedef struct {
  OnomaPghi pghi;
  OnomaArena arena;
  const float *magnitudes;
  size_t n_frames;
  OnomaTurn *phases;
} Bench;

static void integrate(void *data) {
  Bench *const bench = data;
  onoma_pghi_run(&bench->pghi, NULL, &bench->arena, bench->magnitudes, bench->n_frames, 1,
                 bench->phases);
}

int main(void) {
  const OnomaStftSettings settings = {2048, 256, ONOMA_STFT_FRAMED};
  OnomaStft *stft = NULL;
  if (onoma_stft_open(&stft, &settings, NULL))
    return 1;
  const size_t n_frames = onoma_stft_n_frames(stft, n_samples);
  float *const x = onoma_alloc(n_samples, sizeof(float));
  float *const magnitudes = onoma_alloc(n_frames * n_bins, sizeof(float));
  OnomaTurn *const phases = onoma_alloc(n_frames * n_bins, sizeof(OnomaTurn));
  Bench bench = {
      .pghi = {.n_fft = 2048, .hop = 256, .tolerance = -11.0},
      .magnitudes = magnitudes,
      .n_frames = n_frames,
      .phases = phases,
  };
  if (!x || !magnitudes || !phases || !onoma_arena_init(&bench.arena, (size_t)64 << 20))
    return 1;
  printf("Milliseconds of one thread for a second of sound, 2048 samples every 256\n");
  for (int sound = 0; sound < n_sounds; sound++) {
    float peak = 0.0F;
    make_sound((Sound)sound, x);
    onoma_stft_magnitudes(stft, NULL, &bench.arena, x, n_samples, magnitudes);
    for (size_t i = 0; i < n_frames * n_bins; i++)
      peak = fmaxf(peak, magnitudes[i]);
    for (size_t i = 0; i < n_frames * n_bins; i++)
      magnitudes[i] /= peak;
    printf("%-26s %6.2f\n", names[sound], 1e3 / n_seconds * seconds_per_call(integrate, &bench));
  }
  onoma_arena_fini(&bench.arena);
  onoma_free(phases);
  onoma_free(magnitudes);
  onoma_free(x);
  onoma_stft_close(&stft);
  return 0;
}
