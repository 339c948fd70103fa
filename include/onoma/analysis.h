// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Looking at clips: spectrograms for pictures, and a few figures.

#ifndef ONOMA_ANALYSIS_H
#define ONOMA_ANALYSIS_H

#include <onoma/attributes.h>
#include <onoma/clip.h>
#include <onoma/status.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Figures of a clip, of the mean of its channels.
typedef struct {
  double peak_db;       // dBFS of the largest sample
  double loudness_lufs; // integrated by EBU R128, or minus infinity under -70
  double centroid_hz;   // mean frequency of the power spectrum over the whole clip
  double
      flatness; // geometric over arithmetic mean of the power spectrum, 0 (tone) to 1 (white noise)
  double pitch_hz;      // fundamental, or NaN if there is none to speak of
  double pitch_clarity; // 0 to 1: how periodic the clip is
} OnomaAnalysis;

// [any but audio]
ONOMA_API OnomaStatus onoma_clip_analyse(const OnomaClip *clip, OnomaAnalysis *analysis,
                                         OnomaError *error);

// Level of a stretch of the clip, in dB relative to the largest sample of the whole clip: the
// largest sample between start_s and end_s. Minus infinity where there is none or silence. [any]
ONOMA_API double onoma_clip_level_db(const OnomaClip *clip, double start_s, double end_s);

// A spectrogram on logarithmic frequency, for pictures.
typedef struct {
  size_t n_columns, n_rows;
  double min_hz, max_hz; // centres of the first and the last row
  float
      *db; // [n_columns, n_rows], relative to the largest, at least -floor_db; row 0 is the lowest
} OnomaSpectrogram;

// Computes n_columns x n_rows cells that span the whole clip and min_hz to max_hz (at most half the
// sample rate), down to floor_db (positive) under the maximum. Free with onoma_spectrogram_fini().
// [any but audio]
ONOMA_API OnomaStatus onoma_spectrogram_init(OnomaSpectrogram *spectrogram, const OnomaClip *clip,
                                             size_t n_columns, size_t n_rows, double min_hz,
                                             double max_hz, double floor_db, OnomaError *error);
ONOMA_API void onoma_spectrogram_fini(OnomaSpectrogram *spectrogram);

#ifdef __cplusplus
}
#endif

#endif
