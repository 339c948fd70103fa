// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Writing sound files.

#include "soundfile.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "resample.h"
#include "riff_info.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define SOFTWARE "Onoma"

enum { frames_per_block = 4096, unknown_note = 60 };

// What is written: the clip, or a resampled copy of it.
typedef struct {
  const char *path; // for errors
  const OnomaFileFormat *format;
  OnomaClipInfo info;
  const float *channels[ONOMA_CLIP_MAX_CHANNELS];
  float *copies[ONOMA_CLIP_MAX_CHANNELS]; // owned, or NULL
  int rate_hz;
  SF_INFO file; // as libsndfile wants it
  bool dithered;
} Job;

bool onoma_file_type_of(const char *path, OnomaFileType *type) {
  static const struct {
    const char *ending;
    OnomaFileType type;
  } types[] = {{".wav", ONOMA_FILE_WAV},
               {".flac", ONOMA_FILE_FLAC},
               {".ogg", ONOMA_FILE_OGG},
               {".oga", ONOMA_FILE_OGG},
               {".raw", ONOMA_FILE_RAW}};
  const size_t length = strlen(path);
  for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
    const size_t n = strlen(types[i].ending);
    if (length >= n && strcasecmp(path + length - n, types[i].ending) == 0) {
      *type = types[i].type;
      return true;
    }
  }
  return false;
}

// libsndfile's word for a format, or 0 if there is none.
static int format_word(const OnomaFileFormat *format) {
  static const int samples[] = {[ONOMA_SAMPLE_S16] = SF_FORMAT_PCM_16,
                                [ONOMA_SAMPLE_S24] = SF_FORMAT_PCM_24,
                                [ONOMA_SAMPLE_S32] = SF_FORMAT_PCM_32,
                                [ONOMA_SAMPLE_F32] = SF_FORMAT_FLOAT};
  if ((unsigned)format->sample >= sizeof(samples) / sizeof(samples[0]))
    return 0;
  const int sample = samples[format->sample];
  switch (format->type) {
  case ONOMA_FILE_WAV:
    return SF_FORMAT_WAV | sample;
  case ONOMA_FILE_FLAC:
    return format->sample <= ONOMA_SAMPLE_S24 ? SF_FORMAT_FLAC | sample : 0;
  case ONOMA_FILE_OGG:
    return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
  case ONOMA_FILE_RAW:
    return SF_FORMAT_RAW | SF_ENDIAN_LITTLE | sample;
  }
  return 0;
}

// Chooses the sample rate and libsndfile's words, before anything is done.
static OnomaStatus choose_format(Job *job, OnomaError *error) {
  const double rate = job->format->rate != 0 ? job->format->rate : job->info.sample_rate;
  // Files have whole numbers of Hz.
  if (!(rate >= 1 && rate <= 10e6))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "%s: the sample rate must lie between 1 Hz and 10 MHz", job->path);
  job->rate_hz = (int)lrint(rate);
  job->file = (SF_INFO){.samplerate = job->rate_hz,
                        .channels = (int)job->info.n_channels,
                        .format = format_word(job->format)};
  if (!job->file.format || !sf_format_check(&job->file))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "%s: the file type has no such samples, channels or sample rate", job->path);
  return ONOMA_OK;
}

static float peak_of(const Job *job) {
  float peak = 0;
  for (size_t c = 0; c < job->info.n_channels; c++) {
    for (size_t i = 0; i < job->info.n_frames; i++)
      peak = fmaxf(peak, fabsf(job->channels[c][i]));
  }
  return peak;
}

// Resampling overshoots at steep edges: the copy is lowered to full scale.
static void lower_copies(Job *job) {
  const float peak = peak_of(job);
  for (size_t c = 0; c < job->info.n_channels && peak > 1; c++) {
    for (size_t i = 0; i < job->info.n_frames; i++)
      job->copies[c][i] /= peak;
  }
}

static OnomaStatus resample(Job *job, OnomaError *error) {
  OnomaClipInfo *const info = &job->info;
  const double ratio = job->rate_hz / info->sample_rate;
  const size_t n = onoma_resample_length(info->n_frames, info->sample_rate, job->rate_hz);
  for (size_t c = 0; c < info->n_channels; c++) {
    job->copies[c] = onoma_alloc(n, sizeof(float));
    if (!job->copies[c])
      return onoma_fail_memory(error);
  }
  const OnomaStatus status = onoma_resample(job->channels, info->n_channels, info->n_frames,
                                            info->sample_rate, job->rate_hz, job->copies, error);
  if (status)
    return status;

  for (size_t c = 0; c < info->n_channels; c++)
    job->channels[c] = job->copies[c];
  info->n_frames = n;
  info->sample_rate = job->rate_hz;
  info->loop_start = (size_t)lrint((double)info->loop_start * ratio);
  info->loop_end = (size_t)lrint((double)info->loop_end * ratio);
  info->loop_end = info->loop_end < n ? info->loop_end : n;
  info->has_loop = info->has_loop && info->loop_start < info->loop_end;
  lower_copies(job);
  return ONOMA_OK;
}

// Whether some sample is not a multiple of 2^-15.
static bool needs_dither(const Job *job) {
  for (size_t c = 0; c < job->info.n_channels; c++) {
    for (size_t i = 0; i < job->info.n_frames; i++) {
      const float step = job->channels[c][i] * 32768;
      if (step != rintf(step))
        return true;
    }
  }
  return false;
}

// Triangular noise in (-1, 1), the same for the same frame and channel.
static double dither(size_t frame, size_t channel) {
  static const uint32_t key[2] = {0x6f6e6f6d, 0x61646974};
  const uint32_t counter[4] = {(uint32_t)frame, (uint32_t)((uint64_t)frame >> 32),
                               (uint32_t)channel, 0};
  uint32_t words[4];
  onoma_philox(counter, key, words);
  return ((double)words[0] - (double)words[1]) / 4294967296.0;
}

// A sample as an integer of n_bits in the upper bits of 32.
static int to_integer(const Job *job, size_t channel, size_t frame, int n_bits) {
  const double full_scale = ldexp(1, n_bits - 1);
  double step = job->channels[channel][frame] * full_scale;
  if (job->dithered)
    step += dither(frame, channel);
  step = fmin(fmax(rint(step), -full_scale), full_scale - 1);
  return (int)(step * ldexp(1, 32 - n_bits));
}

// Bits of the integer samples of a format, or 0 if it takes floats.
static int bits_of(const OnomaFileFormat *format) {
  static const int bits[] = {[ONOMA_SAMPLE_S16] = 16,
                             [ONOMA_SAMPLE_S24] = 24,
                             [ONOMA_SAMPLE_S32] = 32,
                             [ONOMA_SAMPLE_F32] = 0};
  return format->type == ONOMA_FILE_OGG ? 0 : bits[format->sample];
}

// Writes n frames from `first`; returns how many libsndfile took.
static sf_count_t write_block(const Job *job, SNDFILE *sound, size_t first, size_t n) {
  const size_t n_channels = job->info.n_channels;
  const int n_bits = bits_of(job->format);
  if (!n_bits) {
    float block[frames_per_block * ONOMA_CLIP_MAX_CHANNELS];
    for (size_t i = 0; i < n * n_channels; i++)
      block[i] = job->channels[i % n_channels][first + i / n_channels];
    return sf_writef_float(sound, block, (sf_count_t)n);
  }
  int block[frames_per_block * ONOMA_CLIP_MAX_CHANNELS];
  for (size_t i = 0; i < n * n_channels; i++)
    block[i] = to_integer(job, i % n_channels, first + i / n_channels, n_bits);
  return sf_writef_int(sound, block, (sf_count_t)n);
}

static void describe_instrument(const OnomaClipInfo *info, SF_INSTRUMENT *instrument) {
  const double note = isnan(info->root_note) ? unknown_note : info->root_note;
  // Cents count upwards, as `smpl` has no others.
  const int cents = (int)fmin(lrint(note * 100), 12799);
  *instrument = (SF_INSTRUMENT){.gain = 1,
                                .basenote = (char)(cents / 100),
                                .detune = (char)(cents % 100),
                                .velocity_hi = 127,
                                .key_hi = 127};
  if (info->has_loop) {
    instrument->loop_count = 1;
    instrument->loops[0].mode = SF_LOOP_FORWARD;
    instrument->loops[0].start = (uint32_t)info->loop_start;
    instrument->loops[0].end = (uint32_t)info->loop_end;
  }
}

// Tells libsndfile what goes before the samples. False if it can't be stored.
static bool describe(const Job *job, SNDFILE *sound) {
  const OnomaClipInfo *const info = &job->info;
  switch (job->format->type) {
  case ONOMA_FILE_WAV: {
    // The PEAK chunk holds the time of day.
    sf_command(sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    if (isnan(info->root_note) && !info->has_loop)
      return true;
    SF_INSTRUMENT instrument;
    describe_instrument(info, &instrument);
    return sf_command(sound, SFC_SET_INSTRUMENT, &instrument, sizeof(instrument)) == SF_TRUE;
  }
  case ONOMA_FILE_OGG: {
    double quality = 0.7;
    sf_command(sound, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof(quality));
  } // fall through
  case ONOMA_FILE_FLAC:
    return !sf_set_string(sound, SF_STR_SOFTWARE, SOFTWARE) &&
           (!info->recipe || !sf_set_string(sound, SF_STR_COMMENT, info->recipe));
  case ONOMA_FILE_RAW:
    break;
  }
  return true;
}

static OnomaStatus fail(const Job *job, const OnomaMemfile *file, const char *reason,
                        OnomaError *error) {
  if (file->failed)
    return onoma_fail_memory(error);
  return onoma_fail(error, ONOMA_ERR_IO, "%s: cannot encode: %s", job->path, reason);
}

// Opens, describes, writes and closes the file. Everything libsndfile says is checked.
static OnomaStatus encode(const Job *job, OnomaMemfile *file, OnomaError *error) {
  SF_VIRTUAL_IO io = onoma_memfile_io();
  SF_INFO info = job->file;
  SNDFILE *const sound = sf_open_virtual(&io, SFM_WRITE, &info, file);
  if (!sound)
    return fail(job, file, sf_strerror(NULL), error);

  OnomaStatus status = ONOMA_OK;
  if (!describe(job, sound))
    status = fail(job, file, "its description can't be stored", error);
  for (size_t at = 0; at < job->info.n_frames && !status; at += frames_per_block) {
    const size_t left = job->info.n_frames - at;
    const size_t n = left < frames_per_block ? left : frames_per_block;
    if (write_block(job, sound, at, n) != (sf_count_t)n)
      status = fail(job, file, sf_strerror(sound), error);
  }
  if (!status && sf_error(sound))
    status = fail(job, file, sf_strerror(sound), error);
  const int reason = sf_close(sound);
  if (!status && (reason || file->failed))
    status = fail(job, file, sf_error_number(reason), error);
  return status;
}

// libsndfile has ways to write a file that nobody can read without an error: look at the result.
static OnomaStatus verify(const Job *job, OnomaMemfile *file, OnomaError *error) {
  if (job->format->type == ONOMA_FILE_RAW)
    return ONOMA_OK;
  SF_VIRTUAL_IO io = onoma_memfile_io();
  SF_INFO info = {0};
  file->position = 0;
  SNDFILE *const sound = sf_open_virtual(&io, SFM_READ, &info, file);
  const bool good = sound && info.frames == (sf_count_t)job->info.n_frames;
  if (sound)
    sf_close(sound);
  return good ? ONOMA_OK : fail(job, file, "the result is not complete", error);
}

OnomaStatus onoma_soundfile_encode(const OnomaClip *clip, const char *path,
                                   const OnomaFileFormat *format, OnomaMemfile *file,
                                   OnomaError *error) {
  Job job = {.path = path, .format = format, .info = *onoma_clip_info(clip)};
  *file = (OnomaMemfile){0};
  for (size_t c = 0; c < ONOMA_CLIP_MAX_CHANNELS; c++)
    job.channels[c] = onoma_clip_samples(clip, c);

  OnomaStatus status = choose_format(&job, error);
  if (!status && format->rate != 0 && job.rate_hz != job.info.sample_rate)
    status = resample(&job, error);
  job.dithered = !status && bits_of(format) == 16 && needs_dither(&job);
  if (!status)
    status = encode(&job, file, error);
  if (!status && format->type == ONOMA_FILE_WAV &&
      !onoma_riff_append_info(file, SOFTWARE, job.info.recipe))
    status = fail(&job, file, "too large for a WAV file", error);
  if (!status)
    status = verify(&job, file, error);
  for (size_t c = 0; c < job.info.n_channels; c++)
    onoma_free(job.copies[c]);
  return status;
}

OnomaStatus onoma_clip_write(const OnomaClip *clip, const char *path, const OnomaFileFormat *format,
                             OnomaError *error) {
  OnomaMemfile file;
  OnomaStatus status = onoma_soundfile_encode(
      clip, strcmp(path, "-") == 0 ? "standard output" : path, format, &file, error);
  if (!status)
    status = onoma_outfile_write(path, file.data, file.size, error);
  onoma_memfile_fini(&file);
  return status;
}
