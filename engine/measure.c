// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Figures of clips.

#include <onoma/analysis.h>

#include "mono.h"

#include "base/error.h"
#include "base/memory.h"
#include "dsp/edit.h"
#include "dsp/loudness.h"
#include "dsp/pitch.h"
#include "dsp/spectrum.h"

#include <math.h>

static double to_db(double value) {
  return 20 * log10(value); // minus infinity for 0
}

static double peak_of(const OnomaClip *clip, size_t begin, size_t end) {
  double peak = 0;
  for (size_t c = 0; c < onoma_clip_info(clip)->n_channels; c++) {
    const float *const samples[] = {onoma_clip_samples(clip, c) + begin};
    peak = fmax(peak, onoma_peak(samples, 1, end - begin));
  }
  return peak;
}

double onoma_clip_level_db(const OnomaClip *clip, double start_s, double end_s) {
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  const double n = (double)info->n_frames;
  const double begin = fmin(fmax(0, start_s * info->sample_rate), n);
  const double end = fmin(fmax(begin, end_s * info->sample_rate), n);
  return to_db(peak_of(clip, (size_t)begin, (size_t)end) / peak_of(clip, 0, info->n_frames));
}

static OnomaStatus measure_spectrum(const float *mono, const OnomaClipInfo *info,
                                    OnomaAnalysis *analysis, OnomaError *error) {
  OnomaSpectrum spectrum;
  const OnomaStatus status =
      onoma_spectrum_init(&spectrum, mono, info->n_frames, info->sample_rate, error);
  if (status)
    return status;
  analysis->centroid_hz = onoma_spectrum_centroid_hz(&spectrum);
  analysis->flatness = onoma_spectrum_flatness(&spectrum);
  onoma_spectrum_fini(&spectrum);
  return ONOMA_OK;
}

static OnomaStatus measure_loudness(const OnomaClip *clip, OnomaAnalysis *analysis,
                                    OnomaError *error) {
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  const float *channels[ONOMA_CLIP_MAX_CHANNELS];
  for (size_t c = 0; c < info->n_channels; c++)
    channels[c] = onoma_clip_samples(clip, c);
  OnomaLoudness loudness;
  const OnomaStatus status = onoma_loudness(channels, info->n_channels, info->n_frames,
                                            info->sample_rate, &loudness, error);
  if (!status)
    analysis->loudness_lufs = loudness.lufs;
  return status;
}

static OnomaStatus measure_pitch(const float *mono, const OnomaClipInfo *info,
                                 OnomaAnalysis *analysis, OnomaError *error) {
  OnomaPitch pitch;
  const OnomaStatus status = onoma_pitch(mono, info->n_frames, info->sample_rate, &pitch, error);
  if (!status) {
    analysis->pitch_hz = pitch.hz;
    analysis->pitch_clarity = pitch.clarity;
  }
  return status;
}

OnomaStatus onoma_clip_analyse(const OnomaClip *clip, OnomaAnalysis *analysis, OnomaError *error) {
  const OnomaClipInfo *const info = onoma_clip_info(clip);
  float *const mono = onoma_clip_mono(clip);
  if (!mono)
    return onoma_fail_memory(error);
  *analysis = (OnomaAnalysis){.peak_db = to_db(peak_of(clip, 0, info->n_frames))};
  OnomaStatus status = measure_spectrum(mono, info, analysis, error);
  if (!status)
    status = measure_loudness(clip, analysis, error);
  if (!status)
    status = measure_pitch(mono, info, analysis, error);
  onoma_free(mono);
  return status;
}
