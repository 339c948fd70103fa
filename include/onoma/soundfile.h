// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Sound files.

#ifndef ONOMA_SOUNDFILE_H
#define ONOMA_SOUNDFILE_H

#include <onoma/attributes.h>
#include <onoma/clip.h>
#include <onoma/status.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  ONOMA_FILE_WAV = 0, // RIFF
  ONOMA_FILE_FLAC,
  ONOMA_FILE_OGG, // Vorbis
  ONOMA_FILE_RAW, // samples alone, little-endian, interleaved
} OnomaFileType;

typedef enum {
  ONOMA_SAMPLE_S16 = 0, // dithered
  ONOMA_SAMPLE_S24,
  ONOMA_SAMPLE_S32,  // not in FLAC
  ONOMA_SAMPLE_F32,  // not in FLAC
} OnomaSampleFormat; // Vorbis has none and takes any

typedef struct {
  OnomaFileType type;
  OnomaSampleFormat sample;
  double rate; // Hz, to which the clip is resampled; 0 for the clip's own
} OnomaFileFormat;

// The type that a path's ending stands for, into *type; false if it is none of ".wav", ".flac",
// ".ogg", ".oga", ".raw". [any]
ONOMA_API bool onoma_file_type_of(const char *path, OnomaFileType *type);

// Writes a clip with its recipe, root note and loop, where the type has room for them. The file
// appears complete or not at all, by way of a temporary file beside it; "-" is the standard output.
// The error names the path. [any but audio]
ONOMA_API OnomaStatus onoma_clip_write(const OnomaClip *clip, const char *path,
                                       const OnomaFileFormat *format, OnomaError *error);

// Reads any sound file that libsndfile knows, of up to two channels, with its recipe, root note and
// loop. A sound that passes full scale is lowered to it. *format (may be NULL) tells how it was
// stored; for types other than these, ONOMA_FILE_WAV and the nearest samples. [any but audio]
ONOMA_API OnomaStatus onoma_clip_read(OnomaClip **clip, const char *path, OnomaFileFormat *format,
                                      OnomaError *error);

#ifdef __cplusplus
}
#endif

#endif
