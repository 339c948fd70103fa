// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The pitch conditioning of the shipped model: the latent of a harmonic comb. doc/model-format.md,
// "Input channels".

#include "front_end_impl.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

// Harmonics of the comb lie below this.
#define COMB_LIMIT_HZ 16000.0

#define TWO_PI 6.283185307179586476925286766559

// n samples of sum_h sin(2 pi h f0 i / rate) / h from i = first on.
static void make_comb(double rate_hz, double f0_hz, size_t first, size_t n, double *sum,
                      float *samples) {
  memset(sum, 0, n * sizeof(*sum));
  for (size_t h = 1; (double)h * f0_hz < COMB_LIMIT_HZ; h++) {
    // A rotating pointer instead of n sines.
    const double turns = (double)h * f0_hz / rate_hz;
    const double start = turns * (double)first;
    const double step_cos = cos(TWO_PI * turns);
    const double step_sin = sin(TWO_PI * turns);
    double re = cos(TWO_PI * (start - floor(start))) / (double)h;
    double im = sin(TWO_PI * (start - floor(start))) / (double)h;
    for (size_t i = 0; i < n; i++) {
      sum[i] += im;
      const double next = re * step_cos - im * step_sin;
      im = re * step_sin + im * step_cos;
      re = next;
    }
  }
  for (size_t i = 0; i < n; i++)
    samples[i] = (float)sum[i];
}

void onoma_comb_latent(const OnomaFrontEnd *front_end, const OnomaVae *vae, const OnomaExec *exec,
                       double f0_hz, float *latent) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const OnomaStftSettings *const stft = onoma_stft_settings(front_end->stft);
  const size_t n_frames = vae->frames_per_column;
  // The comb sounds long before and after the patch: enough of it for whole frames will do.
  const size_t n_patch = n_frames * stft->hop;
  const size_t n_sides = (stft->n_fft / 2 / stft->hop + 1) * stft->hop;
  const size_t n_samples = n_patch + 2 * n_sides;
  const size_t first = stft->n_fft + n_patch - n_sides;
  float *const samples = onoma_arena_floats(arena, n_samples);
  double *const sum = onoma_arena_alloc(arena, n_samples, sizeof(double));
  float *const bands = onoma_arena_floats(arena, n_frames * front_end->n_bands);
  if (!arena->measuring)
    make_comb((double)front_end->rate_hz, f0_hz, first, n_samples, sum, samples);
  onoma_front_end_run_frames(front_end, exec, samples, n_samples, n_sides / stft->hop, n_frames,
                             bands);
  onoma_vae_encode(vae, exec, bands, n_frames, front_end->n_bands, latent, NULL);
  const size_t n_latent = front_end->n_bands / vae->bands_per_row * vae->n_channels;
  for (size_t i = 0; i < n_latent && !arena->measuring; i++)
    latent[i] *= (float)vae->scaling_factor;
  onoma_arena_release(arena, mark);
}
