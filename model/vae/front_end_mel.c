// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// AudioLDM's front end: the log mel spectrogram that its autoencoder was trained on.
//
// The vocoder's configuration gives rate, hop and bands. The rest is as in AudioLDM's own code:
// the mean removed and the peak at one half, centred frames of 1024 samples, magnitudes, Slaney's
// filters of equal area up to 8000 Hz, and ln(max(x, 1e-5)).

#include "front_end_impl.h"

#include "base/error.h"
#include "base/memory.h"
#include "dsp/mel.h"

#include <math.h>

#define N_FFT     1024
#define MAX_HZ    8000.0
#define LOG_FLOOR 1e-5F
#define PEAK      0.5F

typedef struct {
  OnomaFrontEnd base;
  OnomaMel *mel; // owned
} MelFrontEnd;

static OnomaStatus read_settings(MelFrontEnd *front_end, const OnomaConfig *config,
                                 OnomaError *error) {
  enum { max_stages = 16 };
  OnomaFrontEnd *const base = &front_end->base;
  size_t rates[max_stages];
  size_t n_rates = 0;
  OnomaStftSettings stft = {.n_fft = N_FFT, .hop = 1, .padding = ONOMA_STFT_CENTRED};
  OnomaStatus status =
      onoma_config_size_or(config, "sampling_rate", 2, 1 << 24, 16000, &base->rate_hz, error);
  if (!status)
    status = onoma_config_size_or(config, "model_in_dim", 1, 1 << 16, 80, &base->n_bands, error);
  if (!status)
    status = onoma_config_sizes(config, "upsample_rates", 1, N_FFT, 0, max_stages, rates, &n_rates,
                                error);
  for (size_t i = 0; i < n_rates && !status; i++) {
    stft.hop *= rates[i];
    if (stft.hop > N_FFT)
      status = onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "upsample_rates", error,
                                 "a hop of more than %d samples", N_FFT);
  }
  if (!status)
    status = onoma_stft_open(&base->stft, &stft, error);
  return status;
}

static OnomaStatus open_mel(OnomaFrontEnd **base, const OnomaConfig *config,
                            const OnomaWeights *weights, OnomaError *error) {
  (void)weights;
  MelFrontEnd *const front_end = onoma_alloc_zero(1, sizeof(*front_end));
  if (!front_end)
    return onoma_fail_memory(error);
  *base = &front_end->base;
  const OnomaStatus status = read_settings(front_end, config, error);
  if (status)
    return status;
  const double rate = (double)front_end->base.rate_hz;
  const OnomaMelSettings mel = {
      .sample_rate = rate,
      .n_fft = N_FFT,
      .n_bands = front_end->base.n_bands,
      .max_hz = fmin(MAX_HZ, rate / 2.0),
      .scale = ONOMA_MEL_SLANEY,
      .norm = ONOMA_MEL_NORM_AREA,
  };
  return onoma_mel_open(&front_end->mel, &mel, error);
}

static void close_mel(OnomaFrontEnd *base) {
  MelFrontEnd *const front_end = (MelFrontEnd *)base;
  onoma_mel_close(&front_end->mel);
}

static void level(const float *samples, size_t n_samples, float *out) {
  double sum = 0.0;
  float peak = 0.0F;
  for (size_t i = 0; i < n_samples; i++)
    sum += (double)samples[i];
  const float mean = n_samples ? (float)(sum / (double)n_samples) : 0.0F;
  for (size_t i = 0; i < n_samples; i++)
    peak = fmaxf(peak, fabsf(samples[i] - mean));
  for (size_t i = 0; i < n_samples; i++)
    out[i] = (samples[i] - mean) / (peak + 1e-8F) * PEAK;
}

static void apply_mel(const OnomaFrontEnd *base, const OnomaExec *exec, const float *magnitudes,
                      size_t first, size_t n_frames, float *bands) {
  const MelFrontEnd *const front_end = (const MelFrontEnd *)base;
  onoma_mel_apply(front_end->mel, exec->pool, ONOMA_MEL_MAGNITUDE,
                  magnitudes + first * onoma_mel_n_bins(front_end->mel), n_frames, bands);
  onoma_log_floor(bands, n_frames * base->n_bands, LOG_FLOOR, bands);
}

const OnomaFrontEndClass onoma_front_end_mel = {
    .vocoder = "SpeechT5HifiGan",
    .open = open_mel,
    .close = close_mel,
    .prepare = level,
    .apply = apply_mel,
};
