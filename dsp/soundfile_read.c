// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Reading sound files.

#include "base/error.h"
#include "base/memory.h"
#include "riff_info.h"

#include <onoma/soundfile.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { frames_per_block = 4096 };

// A sound being read.
typedef struct {
  const char *path;
  SNDFILE *sound;
  SF_INFO file;
  size_t n_frames; // read so far
  size_t capacity; // frames
  float *channels[ONOMA_CLIP_MAX_CHANNELS];
  char *recipe; // or NULL
} Job;

static OnomaStatus fail(const Job *job, OnomaStatus status, const char *reason, OnomaError *error) {
  return onoma_fail(error, status, "%s: cannot read: %s", job->path, reason);
}

static OnomaStatus open_sound(Job *job, OnomaError *error) {
  const int fd = open(job->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return fail(job, errno == ENOENT || errno == ENOTDIR ? ONOMA_ERR_NOT_FOUND : ONOMA_ERR_IO,
                strerror(errno), error);
  // The descriptor is libsndfile's now, whether this fails or not.
  job->sound = sf_open_fd(fd, SFM_READ, &job->file, SF_TRUE);
  if (!job->sound)
    return fail(job, ONOMA_ERR_FORMAT, sf_strerror(NULL), error);
  if (job->file.channels < 1 || job->file.channels > ONOMA_CLIP_MAX_CHANNELS)
    return onoma_fail(error, ONOMA_ERR_UNSUPPORTED, "%s: cannot read: it has %d channels",
                      job->path, job->file.channels);
  if (job->file.samplerate < 1)
    return fail(job, ONOMA_ERR_FORMAT, "it has no sample rate", error);
  return ONOMA_OK;
}

// Makes room for a block more. What the header says about the length is not to be trusted.
static bool grow(Job *job) {
  if (job->capacity - job->n_frames >= frames_per_block)
    return true;
  const size_t capacity = job->capacity ? job->capacity * 2 : (size_t)16 * frames_per_block;
  for (int c = 0; c < job->file.channels; c++) {
    float *const larger = onoma_alloc(capacity, sizeof(float));
    if (!larger)
      return false;
    if (job->n_frames)
      memcpy(larger, job->channels[c], job->n_frames * sizeof(float));
    onoma_free(job->channels[c]);
    job->channels[c] = larger;
  }
  job->capacity = capacity;
  return true;
}

static OnomaStatus read_samples(Job *job, OnomaError *error) {
  const size_t n_channels = (size_t)job->file.channels;
  float block[frames_per_block * ONOMA_CLIP_MAX_CHANNELS];
  for (;;) {
    const sf_count_t n = sf_readf_float(job->sound, block, frames_per_block);
    if (n <= 0)
      break;
    if (!grow(job))
      return onoma_fail_memory(error);
    for (size_t i = 0; i < (size_t)n; i++) {
      for (size_t c = 0; c < n_channels; c++)
        job->channels[c][job->n_frames + i] = block[i * n_channels + c];
    }
    job->n_frames += (size_t)n;
  }
  if (sf_error(job->sound))
    return fail(job, ONOMA_ERR_FORMAT, sf_strerror(job->sound), error);
  if (!job->n_frames)
    return fail(job, ONOMA_ERR_FORMAT, "it has no samples", error);
  return ONOMA_OK;
}

// Lowers a sound that passes full scale, as floats and lossy files may, to full scale.
static OnomaStatus fit(const Job *job, OnomaError *error) {
  float peak = 1;
  for (int c = 0; c < job->file.channels; c++) {
    for (size_t i = 0; i < job->n_frames; i++) {
      if (!isfinite(job->channels[c][i]))
        return fail(job, ONOMA_ERR_FORMAT, "a sample is not a finite number", error);
      peak = fmaxf(peak, fabsf(job->channels[c][i]));
    }
  }
  for (int c = 0; c < job->file.channels && peak > 1; c++) {
    for (size_t i = 0; i < job->n_frames; i++)
      job->channels[c][i] /= peak;
  }
  return ONOMA_OK;
}

// Keeps the comment if it looks like a recipe.
static void read_recipe(Job *job) {
  if ((job->file.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV) {
    job->recipe = onoma_riff_read_comment(job->sound);
  } else {
    const char *const comment = sf_get_string(job->sound, SF_STR_COMMENT);
    const size_t size = comment ? strlen(comment) + 1 : 0;
    job->recipe = size ? onoma_alloc(size, 1) : NULL;
    if (job->recipe)
      memcpy(job->recipe, comment, size);
  }
  const size_t length = job->recipe ? strlen(job->recipe) : 0;
  if (length < 2 || job->recipe[0] != '{' || job->recipe[length - 1] != '}') {
    onoma_free(job->recipe);
    job->recipe = NULL;
  }
}

static void read_instrument(const Job *job, OnomaClipInfo *info) {
  info->root_note = NAN;
  SF_INSTRUMENT instrument;
  if (sf_command(job->sound, SFC_GET_INSTRUMENT, &instrument, sizeof(instrument)) != SF_TRUE)
    return;
  // Plain char, which is unsigned on some machines.
  const double note = (signed char)instrument.basenote + (signed char)instrument.detune / 100.0;
  if (note >= 0 && note < 128)
    info->root_note = note;
  info->loop_start = instrument.loops[0].start;
  info->loop_end = instrument.loops[0].end;
  info->has_loop = instrument.loop_count > 0 && info->loop_start < info->loop_end &&
                   info->loop_end <= info->n_frames;
}

// How the file was stored, or what comes nearest of the formats that Onoma writes.
static OnomaFileFormat describe(const SF_INFO *file) {
  OnomaFileFormat format = {.type = ONOMA_FILE_WAV, .rate = file->samplerate};
  switch (file->format & SF_FORMAT_TYPEMASK) {
  case SF_FORMAT_FLAC:
    format.type = ONOMA_FILE_FLAC;
    break;
  case SF_FORMAT_OGG:
    format.type = ONOMA_FILE_OGG;
    break;
  default:
    break;
  }
  switch (file->format & SF_FORMAT_SUBMASK) {
  case SF_FORMAT_PCM_24:
    format.sample = ONOMA_SAMPLE_S24;
    break;
  case SF_FORMAT_PCM_32:
    format.sample = ONOMA_SAMPLE_S32;
    break;
  case SF_FORMAT_FLOAT:
  case SF_FORMAT_DOUBLE:
  case SF_FORMAT_VORBIS:
    format.sample = ONOMA_SAMPLE_F32;
    break;
  default:
    format.sample = ONOMA_SAMPLE_S16;
    break;
  }
  return format;
}

static OnomaStatus read_clip(Job *job, OnomaClip **clip, OnomaError *error) {
  OnomaStatus status = open_sound(job, error);
  if (!status)
    status = read_samples(job, error);
  if (!status)
    status = fit(job, error);
  if (status)
    return status;
  read_recipe(job);
  OnomaClipInfo info = {.n_channels = (size_t)job->file.channels,
                        .n_frames = job->n_frames,
                        .sample_rate = job->file.samplerate,
                        .recipe = job->recipe};
  read_instrument(job, &info);
  return onoma_clip_new(clip, &info, (const float *const *)job->channels, error);
}

OnomaStatus onoma_clip_read(OnomaClip **clip, const char *path, OnomaFileFormat *format,
                            OnomaError *error) {
  Job job = {.path = path};
  *clip = NULL;
  const OnomaStatus status = read_clip(&job, clip, error);
  if (!status && format)
    *format = describe(&job.file);
  if (job.sound)
    sf_close(job.sound);
  for (int c = 0; c < ONOMA_CLIP_MAX_CHANNELS; c++)
    onoma_free(job.channels[c]);
  onoma_free(job.recipe);
  return status;
}
