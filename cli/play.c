// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Playing a clip through PortAudio.

#include "play.h"

#include "cli.h"

#include <portaudio.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const OnomaClip *clip;
  size_t at; // frames played
} Player;

static int fill(const void *input, void *output, unsigned long n_frames,
                const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags, void *data) {
  (void)input;
  (void)time;
  (void)flags;
  Player *const player = data;
  const OnomaClipInfo *const info = onoma_clip_info(player->clip);
  float *const *const channels = output;
  const size_t left = info->n_frames - player->at;
  const size_t n = left < n_frames ? left : n_frames;
  for (size_t c = 0; c < info->n_channels; c++) {
    memcpy(channels[c], onoma_clip_samples(player->clip, c) + player->at, n * sizeof(float));
    memset(channels[c] + n, 0, (n_frames - n) * sizeof(float));
  }
  player->at += n;
  return n < n_frames ? paComplete : paContinue;
}

static PaError run(Player *player) {
  const OnomaClipInfo *const info = onoma_clip_info(player->clip);
  PaStream *stream;
  PaError result =
      Pa_OpenDefaultStream(&stream, 0, (int)info->n_channels, paFloat32 | paNonInterleaved,
                           info->sample_rate, paFramesPerBufferUnspecified, fill, player);
  if (result != paNoError)
    return result;
  result = Pa_StartStream(stream);
  while (result == paNoError && Pa_IsStreamActive(stream) == 1) {
    if (interrupted()) {
      Pa_AbortStream(stream);
      break;
    }
    Pa_Sleep(20);
  }
  Pa_CloseStream(stream);
  return result;
}

bool play_clip(const OnomaClip *clip, OnomaError *error) {
  Player player = {.clip = clip};
  PaError result = Pa_Initialize();
  if (result == paNoError) {
    result = run(&player);
    Pa_Terminate();
  }
  if (result == paNoError)
    return true;
  error->status = ONOMA_ERR_SYSTEM;
  snprintf(error->text, sizeof(error->text), "cannot play: %s", Pa_GetErrorText(result));
  return false;
}
