// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Sound files: what comes back of what was written, that the bytes are always the same, and what
// happens when things go wrong.

#include "test.h"

#include "base/memory.h"
#include "base/rng.h"
#include "dsp/soundfile.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define TWO_PI 6.283185307179586476925286766559

enum { n_frames = 10001 };

// libsndfile leaks this when it refuses a damaged Vorbis file; read by the leak sanitizer.
const char *__lsan_default_suppressions(void);  // NOLINT(bugprone-reserved-identifier)
const char *__lsan_default_suppressions(void) { // NOLINT(bugprone-reserved-identifier)
  return "leak:vorbis_info_init";
}

static char folder[] = "/tmp/onoma-soundfile-XXXXXX";
static const char recipe[] = "{\"prompt\": \"Glocke, sch\303\266n\", \"seed\": 7}";

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  return chdir("/") == 0 ? rmdir(folder) : -1;
}

// Tones and noise with a peak of about 0.9, and a full-scale sample either way.
static OnomaClip *new_clip(size_t n_channels, const char *text) {
  float *channels[2];
  for (size_t c = 0; c < 2; c++) {
    channels[c] = onoma_alloc(n_frames, sizeof(float));
    onoma_normal(c, ONOMA_STREAM_LATENT, 0, 0, n_frames, channels[c]);
    for (int i = 0; i < n_frames; i++)
      channels[c][i] = (float)(0.8 * sin(0.05 * (double)(c + 1) * i)) + 0.01F * channels[c][i];
    channels[c][100] = 1;
    channels[c][200] = -1;
  }
  const OnomaClipInfo info = {.n_channels = n_channels,
                              .n_frames = n_frames,
                              .sample_rate = 44100,
                              .root_note = 61.37,
                              .has_loop = true,
                              .loop_start = 1000,
                              .loop_end = 9000,
                              .recipe = text};
  OnomaClip *clip;
  assert_int_equal(onoma_clip_new(&clip, &info, (const float *const *)channels, NULL), ONOMA_OK);
  onoma_free(channels[0]);
  onoma_free(channels[1]);
  return clip;
}

static OnomaClip *write_and_read(const OnomaClip *clip, const OnomaFileFormat *format,
                                 OnomaFileFormat *stored) {
  OnomaError error = {0};
  OnomaClip *again = NULL;
  if (onoma_clip_write(clip, "sound", format, &error) ||
      onoma_clip_read(&again, "sound", stored, &error))
    fail_msg("%s", error.text);
  unlink("sound");
  return again;
}

static double largest_difference(const OnomaClip *a, const OnomaClip *b) {
  double largest = 0;
  for (size_t c = 0; c < onoma_clip_info(a)->n_channels; c++) {
    for (size_t i = 0; i < onoma_clip_info(a)->n_frames; i++)
      largest = fmax(largest, fabsf(onoma_clip_samples(a, c)[i] - onoma_clip_samples(b, c)[i]));
  }
  return largest;
}

static void assert_described_alike(const OnomaClip *a, const OnomaClip *b, bool has_instrument) {
  const OnomaClipInfo *const x = onoma_clip_info(a);
  const OnomaClipInfo *const y = onoma_clip_info(b);
  assert_int_equal(y->n_channels, x->n_channels);
  assert_int_equal(y->n_frames, x->n_frames);
  assert_true(y->sample_rate == x->sample_rate);
  assert_string_equal(y->recipe, x->recipe);
  if (has_instrument) {
    assert_true(fabs(y->root_note - x->root_note) < 0.0051);
    assert_true(y->has_loop);
    assert_int_equal(y->loop_start, x->loop_start);
    assert_int_equal(y->loop_end, x->loop_end);
  } else {
    assert_true(isnan(y->root_note));
    assert_false(y->has_loop);
  }
}

static void test_round_trips(void **state) {
  (void)state;
  static const struct {
    OnomaFileFormat format;
    double tolerance;
  } cases[] = {
      {{ONOMA_FILE_WAV, ONOMA_SAMPLE_S16, 0}, 1.5 / 32768},
      {{ONOMA_FILE_WAV, ONOMA_SAMPLE_S24, 0}, 0},
      {{ONOMA_FILE_WAV, ONOMA_SAMPLE_S32, 0}, 0},
      {{ONOMA_FILE_WAV, ONOMA_SAMPLE_F32, 0}, 0},
      {{ONOMA_FILE_FLAC, ONOMA_SAMPLE_S16, 0}, 1.5 / 32768},
      {{ONOMA_FILE_FLAC, ONOMA_SAMPLE_S24, 0}, 0},
      {{ONOMA_FILE_OGG, ONOMA_SAMPLE_F32, 0}, 0.3},
  };
  for (size_t n_channels = 1; n_channels <= 2; n_channels++) {
    OnomaClip *clip = new_clip(n_channels, recipe);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
      const OnomaFileFormat *const format = &cases[i].format;
      OnomaFileFormat stored;
      OnomaClip *again = write_and_read(clip, format, &stored);
      assert_int_equal(stored.type, format->type);
      assert_int_equal(stored.sample, format->sample);
      assert_true(stored.rate == 44100);
      assert_described_alike(clip, again, format->type == ONOMA_FILE_WAV);
      assert_true(largest_difference(clip, again) <= cases[i].tolerance);
      onoma_clip_unref(again);
    }
    onoma_clip_unref(clip);
  }
}

static void test_notes(void **state) {
  (void)state;
  static const double notes[] = {0, 59.999, 60, 60.5, 60.99, 127.99, 127.999};
  const float samples[] = {0.25F, 0.5F};
  for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
    const OnomaClipInfo info = {
        .n_channels = 1, .n_frames = 2, .sample_rate = 8000, .root_note = notes[i]};
    OnomaClip *clip;
    assert_int_equal(onoma_clip_new(&clip, &info, (const float *[]){samples}, NULL), ONOMA_OK);
    OnomaClip *again = write_and_read(clip, &(OnomaFileFormat){0}, NULL);
    assert_true(fabs(onoma_clip_info(again)->root_note - notes[i]) < 0.01);
    assert_false(onoma_clip_info(again)->has_loop);
    assert_null(onoma_clip_info(again)->recipe);
    onoma_clip_unref(again);
    onoma_clip_unref(clip);
  }
}

static void test_long_recipes(void **state) {
  (void)state;
  for (size_t length = 2000; length < 500000; length = length * 3 + 1) {
    char *text = malloc(length + 1);
    memset(text, 'x', length);
    text[0] = '{';
    text[length - 1] = '}';
    text[length] = 0;
    OnomaClip *clip = new_clip(1, text);
    for (int type = ONOMA_FILE_WAV; type <= ONOMA_FILE_OGG; type++) {
      const OnomaFileFormat format = {.type = (OnomaFileType)type, .sample = ONOMA_SAMPLE_S24};
      OnomaClip *again = write_and_read(clip, &format, NULL);
      assert_string_equal(onoma_clip_info(again)->recipe, text);
      onoma_clip_unref(again);
    }
    onoma_clip_unref(clip);
    free(text);
  }
}

static void test_same_bytes_every_time(void **state) {
  (void)state;
  OnomaClip *clip = new_clip(2, recipe);
  for (int type = ONOMA_FILE_WAV; type <= ONOMA_FILE_FLAC; type++) {
    for (int sample = 0; sample <= (type ? ONOMA_SAMPLE_S24 : ONOMA_SAMPLE_F32); sample++) {
      const OnomaFileFormat format = {.type = (OnomaFileType)type,
                                      .sample = (OnomaSampleFormat)sample};
      OnomaMemfile a;
      OnomaMemfile b;
      assert_int_equal(onoma_soundfile_encode(clip, "a", &format, &a, NULL), ONOMA_OK);
      assert_int_equal(onoma_soundfile_encode(clip, "b", &format, &b, NULL), ONOMA_OK);
      assert_int_equal(a.size, b.size);
      assert_memory_equal(a.data, b.data, a.size);
      onoma_memfile_fini(&a);
      onoma_memfile_fini(&b);
    }
  }
  onoma_clip_unref(clip);
}

static uint32_t u32_at(const OnomaMemfile *file, size_t at) {
  const unsigned char *const bytes = file->data + at;
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

// The file is a well-formed RIFF file whose loop ends, as `smpl` wants it, with its last sample.
static void test_chunks_of_a_wav_file(void **state) {
  (void)state;
  OnomaClip *clip = new_clip(1, recipe);
  OnomaMemfile file;
  const OnomaFileFormat format = {.sample = ONOMA_SAMPLE_S24}; // an odd number of bytes
  assert_int_equal(onoma_soundfile_encode(clip, "a", &format, &file, NULL), ONOMA_OK);
  assert_memory_equal(file.data, "RIFF", 4);
  assert_int_equal(u32_at(&file, 4), file.size - 8);
  char names[100] = "";
  size_t at = 12;
  while (at + 8 <= file.size) {
    strncat(names, (const char *)file.data + at, 4);
    if (memcmp(file.data + at, "smpl", 4) == 0) {
      assert_int_equal(u32_at(&file, at + 8 + 12), 61);                           // unity note
      assert_true(fabs(u32_at(&file, at + 8 + 16) / 4294967296.0 - 0.37) < 1e-6); // its fraction
      assert_int_equal(u32_at(&file, at + 8 + 28), 1);                            // loops
      assert_int_equal(u32_at(&file, at + 8 + 36 + 8), 1000);
      assert_int_equal(u32_at(&file, at + 8 + 36 + 12), 8999);
      assert_int_equal(u32_at(&file, at + 8 + 36 + 20), 0); // for ever
    }
    const uint32_t size = u32_at(&file, at + 4);
    at += 8 + size + size % 2;
  }
  assert_int_equal(at, file.size);
  assert_string_equal(names, "fmt smpldataLIST");
  onoma_memfile_fini(&file);
  onoma_clip_unref(clip);
}

static void test_raw_samples(void **state) {
  (void)state;
  const float left[] = {0.5F, -1};
  const float right[] = {1.0F / 32768, 0};
  const OnomaClipInfo info = {
      .n_channels = 2, .n_frames = 2, .sample_rate = 8000, .root_note = NAN};
  OnomaClip *clip;
  assert_int_equal(onoma_clip_new(&clip, &info, (const float *[]){left, right}, NULL), ONOMA_OK);
  static const struct {
    OnomaSampleFormat sample;
    size_t size;
    unsigned char bytes[16];
  } cases[] = {
      {ONOMA_SAMPLE_S16, 8, {0, 0x40, 1, 0, 0, 0x80, 0, 0}},
      {ONOMA_SAMPLE_S24, 12, {0, 0, 0x40, 0, 1, 0, 0, 0, 0x80, 0, 0, 0}},
      {ONOMA_SAMPLE_S32, 16, {0, 0, 0, 0x40, 0, 0, 1, 0, 0, 0, 0, 0x80, 0, 0, 0, 0}},
      {ONOMA_SAMPLE_F32, 16, {0, 0, 0, 0x3f, 0, 0, 0, 0x38, 0, 0, 0x80, 0xbf, 0, 0, 0, 0}},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    OnomaMemfile file;
    const OnomaFileFormat format = {.type = ONOMA_FILE_RAW, .sample = cases[i].sample};
    assert_int_equal(onoma_soundfile_encode(clip, "a", &format, &file, NULL), ONOMA_OK);
    assert_int_equal(file.size, cases[i].size);
    assert_memory_equal(file.data, cases[i].bytes, file.size);
    onoma_memfile_fini(&file);
  }
  onoma_clip_unref(clip);
}

// The rounding error of a quiet tone in 16 bits is noise of the right power and not related to the
// tone; 16-bit sounds and silence are left alone.
static void test_dither(void **state) {
  (void)state;
  float *x = onoma_alloc(n_frames, sizeof(float));
  for (int i = 0; i < n_frames; i++)
    x[i] = (float)(0.7 / 32768 * sin(TWO_PI * i / 100));
  const OnomaClipInfo info = {
      .n_channels = 1, .n_frames = n_frames, .sample_rate = 44100, .root_note = NAN};
  OnomaClip *clip;
  assert_int_equal(onoma_clip_new(&clip, &info, (const float *const *)&x, NULL), ONOMA_OK);
  const OnomaFileFormat format = {.sample = ONOMA_SAMPLE_S16};
  OnomaClip *coarse = write_and_read(clip, &format, NULL);
  double power = 0;
  double third = 0;
  double first = 0;
  for (int i = 0; i < n_frames; i++) {
    const double y = onoma_clip_samples(coarse, 0)[i] * 32768.0;
    power += pow(y - x[i] * 32768.0, 2) / n_frames;
    first += 2 * y * sin(TWO_PI * i / 100) / n_frames;
    third += 2 * y * sin(TWO_PI * 3 * i / 100) / n_frames;
  }
  // Triangular noise has 1/6 of a squared step, rounding 1/12.
  assert_true(fabs(power - 0.25) < 0.02);
  assert_true(fabs(first - 0.7) < 0.03);
  assert_true(fabs(third) < 0.03);

  OnomaClip *again = write_and_read(coarse, &format, NULL);
  assert_true(largest_difference(coarse, again) == 0);
  onoma_clip_unref(again);
  onoma_clip_unref(coarse);
  onoma_clip_unref(clip);
  onoma_free(x);
}

static void test_resampled(void **state) {
  (void)state;
  OnomaClip *clip = new_clip(2, recipe);
  const OnomaFileFormat format = {.sample = ONOMA_SAMPLE_S24, .rate = 22050};
  OnomaFileFormat stored;
  OnomaClip *again = write_and_read(clip, &format, &stored);
  const OnomaClipInfo *const info = onoma_clip_info(again);
  assert_true(stored.rate == 22050 && info->sample_rate == 22050);
  assert_int_equal(info->n_frames, (n_frames + 1) / 2);
  assert_int_equal(info->loop_start, 500);
  assert_int_equal(info->loop_end, 4500);
  assert_string_equal(info->recipe, recipe);
  double difference = 0;
  for (size_t i = 1000; i < 4000; i++)
    difference =
        fmax(difference, fabs(onoma_clip_samples(again, 0)[i] - 0.8 * sin(0.1 * (double)i)));
  assert_true(difference < 0.06); // the noise
  onoma_clip_unref(again);
  onoma_clip_unref(clip);
}

// A square wave at full scale overshoots when resampled, and is lowered instead of clipped.
static void test_overshoot_is_lowered(void **state) {
  (void)state;
  float *x = onoma_alloc(n_frames, sizeof(float));
  for (int i = 0; i < n_frames; i++)
    x[i] = i / 50 % 2 ? 1 : -1;
  const OnomaClipInfo info = {
      .n_channels = 1, .n_frames = n_frames, .sample_rate = 44100, .root_note = NAN};
  OnomaClip *clip;
  assert_int_equal(onoma_clip_new(&clip, &info, (const float *const *)&x, NULL), ONOMA_OK);
  OnomaClip *again =
      write_and_read(clip, &(OnomaFileFormat){.sample = ONOMA_SAMPLE_F32, .rate = 48000}, NULL);
  int n_full = 0;
  for (size_t i = 0; i < onoma_clip_info(again)->n_frames; i++)
    n_full += fabsf(onoma_clip_samples(again, 0)[i]) > 0.999F;
  assert_true(n_full > 0 && n_full < 50);
  onoma_clip_unref(again);
  onoma_clip_unref(clip);
  onoma_free(x);
}

static void test_types_by_ending(void **state) {
  (void)state;
  OnomaFileType type;
  assert_true(onoma_file_type_of("a.wav", &type) && type == ONOMA_FILE_WAV);
  assert_true(onoma_file_type_of("x/b.FLAC", &type) && type == ONOMA_FILE_FLAC);
  assert_true(onoma_file_type_of("a.b.ogg", &type) && type == ONOMA_FILE_OGG);
  assert_true(onoma_file_type_of("a.oga", &type) && type == ONOMA_FILE_OGG);
  assert_true(onoma_file_type_of(".raw", &type) && type == ONOMA_FILE_RAW);
  type = ONOMA_FILE_OGG;
  assert_false(onoma_file_type_of("wav", &type));
  assert_false(onoma_file_type_of("a.wav.mp3", &type));
  assert_false(onoma_file_type_of("", &type));
  assert_int_equal(type, ONOMA_FILE_OGG);
}

static size_t n_entries(const char *path) {
  DIR *dir = opendir(path);
  assert_non_null(dir);
  size_t n = 0;
  while (readdir(dir))
    n++;
  closedir(dir);
  return n;
}

static void assert_write_fails(const OnomaClip *clip, const char *path, OnomaFileFormat format,
                               OnomaStatus status, const char *reason) {
  OnomaError error = {0};
  const size_t n_files = n_entries(folder);
  assert_int_equal(onoma_clip_write(clip, path, &format, &error), status);
  assert_ptr_equal(strstr(error.text, path), error.text);
  assert_non_null(strstr(error.text, reason));
  assert_int_equal(n_entries(folder), n_files);
}

static void test_failing_to_write(void **state) {
  (void)state;
  OnomaClip *clip = new_clip(1, recipe);
  const OnomaFileFormat plain = {0};
  assert_write_fails(clip, "/dev/full", plain, ONOMA_ERR_IO, "No space left");
  assert_write_fails(clip, "missing/a.wav", plain, ONOMA_ERR_NOT_FOUND, "No such file");
  assert_write_fails(clip, folder, plain, ONOMA_ERR_IO, "Is a directory");
  static const OnomaFileFormat bad[] = {
      {ONOMA_FILE_FLAC, ONOMA_SAMPLE_S32, 0},    {ONOMA_FILE_FLAC, ONOMA_SAMPLE_F32, 0},
      {ONOMA_FILE_WAV, (OnomaSampleFormat)9, 0}, {(OnomaFileType)9, ONOMA_SAMPLE_S16, 0},
      {ONOMA_FILE_WAV, ONOMA_SAMPLE_S16, -1},    {ONOMA_FILE_WAV, ONOMA_SAMPLE_S16, NAN},
      {ONOMA_FILE_WAV, ONOMA_SAMPLE_S16, 1e12},  {ONOMA_FILE_FLAC, ONOMA_SAMPLE_S16, 5e6},
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    OnomaError error = {0};
    assert_int_not_equal(onoma_clip_write(clip, "a", &bad[i], &error), ONOMA_OK);
    assert_ptr_equal(strstr(error.text, "a: "), error.text);
    assert_int_equal(access("a", F_OK), -1);
  }
  onoma_clip_unref(clip);
}

static void test_limit_on_the_size(void **state) {
  (void)state;
  OnomaClip *clip = new_clip(1, recipe);
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const struct rlimit limit = {.rlim_cur = 5000, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  assert_write_fails(clip, "a.wav", (OnomaFileFormat){0}, ONOMA_ERR_IO, "File too large");
  setrlimit(RLIMIT_FSIZE, &before);
  onoma_clip_unref(clip);
}

static void write_bytes(const char *path, const void *bytes, size_t n_bytes) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
  assert_int_equal(fclose(file), 0);
}

static void assert_read_fails(const char *path, OnomaStatus status, const char *reason) {
  OnomaError error = {0};
  OnomaClip *clip = (OnomaClip *)1;
  OnomaFileFormat format;
  assert_int_equal(onoma_clip_read(&clip, path, &format, &error), status);
  assert_null(clip);
  assert_ptr_equal(strstr(error.text, path), error.text);
  assert_non_null(strstr(error.text, reason));
}

static void write_floats(const char *path, int n_channels, const float *samples, int n) {
  SF_INFO info = {
      .samplerate = 8000, .channels = n_channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
  SNDFILE *sound = sf_open(path, SFM_WRITE, &info);
  assert_non_null(sound);
  assert_int_equal(sf_writef_float(sound, samples, n), n);
  assert_int_equal(sf_close(sound), 0);
}

static void test_failing_to_read(void **state) {
  (void)state;
  const size_t n_descriptors = n_entries("/proc/self/fd");
  assert_read_fails("missing", ONOMA_ERR_NOT_FOUND, "No such file");
  assert_read_fails(folder, ONOMA_ERR_FORMAT, "cannot read");
  write_bytes("a", "", 0);
  assert_read_fails("a", ONOMA_ERR_FORMAT, "cannot read");
  write_bytes("a", "certainly not a sound file, but a text", 38);
  assert_read_fails("a", ONOMA_ERR_FORMAT, "cannot read");
  const float samples[] = {0.5F, NAN, 1, 2, 4, -8};
  write_floats("a", 3, samples, 2);
  assert_read_fails("a", ONOMA_ERR_UNSUPPORTED, "3 channels");
  write_floats("a", 1, samples, 6);
  assert_read_fails("a", ONOMA_ERR_FORMAT, "not a finite number");
  write_floats("a", 1, samples, 0);
  assert_read_fails("a", ONOMA_ERR_FORMAT, "no samples");

  // Beyond full scale is lowered.
  write_floats("a", 2, samples + 2, 2);
  OnomaClip *clip;
  assert_int_equal(onoma_clip_read(&clip, "a", NULL, NULL), ONOMA_OK);
  assert_true(onoma_clip_samples(clip, 0)[0] == 0.125F && onoma_clip_samples(clip, 1)[1] == -1);
  onoma_clip_unref(clip);
  unlink("a");
  assert_int_equal(n_entries("/proc/self/fd"), n_descriptors);
}

// Files cut anywhere, and files with any byte changed, are read or refused, but nothing worse.
static void test_damaged_files(void **state) {
  (void)state;
  OnomaClip *clip = new_clip(1, recipe);
  for (int type = ONOMA_FILE_WAV; type <= ONOMA_FILE_OGG; type++) {
    OnomaMemfile file;
    const OnomaFileFormat format = {.type = (OnomaFileType)type, .sample = ONOMA_SAMPLE_S16};
    assert_int_equal(onoma_soundfile_encode(clip, "a", &format, &file, NULL), ONOMA_OK);
    for (size_t i = 0; i < 60; i++) {
      uint32_t words[4];
      onoma_philox((const uint32_t[4]){(uint32_t)i}, (const uint32_t[2]){(uint32_t)type}, words);
      // The interesting parts are the beginning and, in WAV files, the end.
      const size_t near = words[1] % 3 ? 200 : file.size;
      const size_t at = words[1] % 2 ? words[0] % near : file.size - 1 - words[0] % near;
      const bool cut = i % 2;
      const unsigned char byte = file.data[at];
      file.data[at] = cut ? byte : (unsigned char)words[2];
      write_bytes("a", file.data, cut ? at : file.size);
      file.data[at] = byte;
      OnomaClip *again;
      OnomaError error = {0};
      if (onoma_clip_read(&again, "a", NULL, &error))
        assert_true(strlen(error.text) > 0);
      onoma_clip_unref(again);
    }
    onoma_memfile_fini(&file);
  }
  unlink("a");
  onoma_clip_unref(clip);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trips),
      cmocka_unit_test(test_notes),
      cmocka_unit_test(test_long_recipes),
      cmocka_unit_test(test_same_bytes_every_time),
      cmocka_unit_test(test_chunks_of_a_wav_file),
      cmocka_unit_test(test_raw_samples),
      cmocka_unit_test(test_dither),
      cmocka_unit_test(test_resampled),
      cmocka_unit_test(test_overshoot_is_lowered),
      cmocka_unit_test(test_types_by_ending),
      cmocka_unit_test(test_failing_to_write),
      cmocka_unit_test(test_limit_on_the_size),
      cmocka_unit_test(test_failing_to_read),
      cmocka_unit_test(test_damaged_files),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
