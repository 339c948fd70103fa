// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Sound files in memory, and what onoma/soundfile.h builds on.
//
// Samples of a clip have 24 bits. They are stored as they are in files of 24 and 32 bits and of
// floating point. In 16 bits they are dithered by triangular noise of two steps' width, whose
// numbers depend on nothing but the frame and the channel: the same clip makes the same file. A
// clip all of whose samples fit into 16 bits, such as one read from a 16-bit file, is not dithered.
// Clips that were resampled for the file are lowered first if they would pass full scale.
//
// Where what a clip says about itself goes:
//   WAV        recipe: ICMT of a LIST INFO chunk behind the samples; root note, as MIDI note and
//              cents upwards, and loop: `smpl`. A loop without a known root note gets note 60.
//   FLAC, OGG  recipe: Vorbis comment COMMENT
//   raw        nothing

#ifndef ONOMA_DSP_SOUNDFILE_H
#define ONOMA_DSP_SOUNDFILE_H

#include "memfile.h"

#include <onoma/soundfile.h>

// Encodes the clip as a whole file, in memory; a file that goes down a pipe is then no different
// from any other. `path` is for the error alone. file belongs to the caller, onoma_memfile_fini(),
// also after a failure. [any but audio]
OnomaStatus onoma_soundfile_encode(const OnomaClip *clip, const char *path,
                                   const OnomaFileFormat *format, OnomaMemfile *file,
                                   OnomaError *error);

#endif
