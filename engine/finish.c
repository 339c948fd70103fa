// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// From raw samples to a clip.

#include "finish.h"

#include "base/error.h"
#include "dsp/edit.h"
#include "dsp/loop.h"
#include "dsp/loudness.h"
#include "dsp/pitch.h"

#include <math.h>

// The largest sample of a finished sound, -1 dBFS, and its loudness where that is asked for.
#define PEAK          0.8912509381337456
#define LOUDNESS_LUFS (-16.0)

// Under this peak, -100 dBFS, a raw sound is silence.
#define SILENT_PEAK 1e-5

// An offset of less than this share of the peak, -60 dB, is left alone: taking it off lifts silence
// off zero.
#define DC_LEFT_ALONE 1e-3

// What --trim calls silence, and the milliseconds of it that it leaves.
#define TRIM_DB      (-60.0)
#define TRIM_KEEP_MS 5

// A sound that was cut at its length ends in a fade.
#define FADE_MS 5

// A pitch is a root note only when the sound is as periodic as this.
#define MIN_CLARITY 0.8

// The sound while it is being finished.
typedef struct {
  float *samples;
  size_t n;
  double rate;
  OnomaClipInfo info;
} Sound;

static size_t frames_of_ms(const Sound *sound, double ms) {
  return (size_t)(ms * 1e-3 * sound->rate);
}

static OnomaStatus check(const Sound *sound, OnomaReport *report, OnomaError *error) {
  size_t n_full = 0;
  double sum = 0;
  for (size_t i = 0; i < sound->n; i++) {
    const float x = sound->samples[i];
    if (!isfinite(x))
      return onoma_fail(error, ONOMA_ERR_NUMERIC, "the vocoder gave a number that is not finite");
    n_full += fabsf(x) >= 0.9999F;
    sum += x;
  }
  const double peak = onoma_peak((const float *const[]){sound->samples}, 1, sound->n);
  const double mean = sum / (double)sound->n;
  // What does not move is silent, too.
  double swing = 0;
  for (size_t i = 0; i < sound->n; i++)
    swing = fmax(swing, fabs(sound->samples[i] - mean));
  if (swing < SILENT_PEAK)
    return onoma_fail(error, ONOMA_ERR_SILENT,
                      "the model made silence: try another seed or other words");
  report->clipped = (double)n_full / (double)sound->n;
  report->dc = fabs(mean) / peak;
  return ONOMA_OK;
}

static void trim(Sound *sound) {
  const size_t n_keep = frames_of_ms(sound, TRIM_KEEP_MS);
  const OnomaRange range =
      onoma_trim((const float *const[]){sound->samples}, 1, sound->n, TRIM_DB, n_keep, n_keep);
  sound->samples += range.first;
  sound->n = range.n_frames;
}

static OnomaStatus make_loop(Sound *sound, OnomaError *error) {
  OnomaLoopSettings settings;
  onoma_loop_settings_default(&settings, sound->n, sound->rate);
  OnomaLoop loop;
  const OnomaStatus status =
      onoma_loop_make((float *const[]){sound->samples}, 1, sound->n, &settings, &loop, error);
  if (status)
    return status;
  sound->n = loop.end;
  sound->info.has_loop = true;
  sound->info.loop_start = loop.start;
  sound->info.loop_end = loop.end;
  return ONOMA_OK;
}

static OnomaStatus normalize(const Sound *sound, OnomaNormalize mode, OnomaError *error) {
  float *const channels[] = {sound->samples};
  const double peak = onoma_peak((const float *const *)channels, 1, sound->n);
  switch (mode) {
  case ONOMA_NORMALIZE_PEAK:
    onoma_normalise_peak(channels, 1, sound->n, PEAK);
    return ONOMA_OK;
  case ONOMA_NORMALIZE_LOUDNESS:
    return onoma_normalise_loudness(channels, 1, sound->n, sound->rate, LOUDNESS_LUFS, PEAK, NULL,
                                    error);
  case ONOMA_NORMALIZE_NONE:
    if (peak > 1)
      onoma_gain(channels, 1, sound->n, 1 / peak);
    return ONOMA_OK;
  }
  return ONOMA_OK;
}

// The measured pitch of a sound that has one; else the note that was asked for, if any.
static OnomaStatus find_root_note(Sound *sound, double note, OnomaError *error) {
  OnomaPitch pitch;
  const OnomaStatus status = onoma_pitch(sound->samples, sound->n, sound->rate, &pitch, error);
  if (status)
    return status;
  // False for NaN, which means no pitch.
  const double measured = pitch.clarity >= MIN_CLARITY ? onoma_hz_to_note(pitch.hz) : NAN;
  sound->info.root_note = measured >= 0 && measured <= 127 ? measured : note;
  return ONOMA_OK;
}

static OnomaStatus edit(Sound *sound, const OnomaRecipe *recipe, double dc, OnomaError *error) {
  float *channels[] = {sound->samples};
  OnomaStatus status = ONOMA_OK;
  if (dc > DC_LEFT_ALONE)
    onoma_remove_dc(channels, 1, sound->n);
  if (recipe->trim)
    trim(sound);
  channels[0] = sound->samples;
  if (recipe->loop)
    status = make_loop(sound, error);
  else
    onoma_fade_out(channels, 1, sound->n, frames_of_ms(sound, FADE_MS));
  if (!status)
    status = normalize(sound, recipe->normalize, error);
  return status ? status : find_root_note(sound, recipe->note, error);
}

OnomaStatus onoma_finish(float *samples, size_t n_samples, double sample_rate,
                         const OnomaRecipe *recipe, OnomaClip **clip, OnomaReport *report,
                         OnomaError *error) {
  *clip = NULL;
  const size_t n_asked = (size_t)(recipe->length_s * sample_rate);
  Sound sound = {.samples = samples,
                 .n = n_asked && n_asked < n_samples ? n_asked : n_samples,
                 .rate = sample_rate};
  OnomaStatus status = check(&sound, report, error);
  if (!status)
    status = edit(&sound, recipe, report->dc, error);
  if (status)
    return status;

  char *const json = onoma_recipe_to_json(recipe);
  if (!json)
    return onoma_fail_memory(error);
  sound.info.n_channels = 1;
  sound.info.n_frames = sound.n;
  sound.info.sample_rate = sample_rate;
  sound.info.recipe = json;
  status = onoma_clip_new(clip, &sound.info, (const float *const[]){sound.samples}, error);
  onoma_string_free(json);
  return status;
}
