// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// onoma picture: draws a sound's waveform and spectrogram.

#include "cli.h"

#include <onoma/analysis.h>

#include <cairo.h>
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The layout, in pixels.
enum {
  left = 56,
  right = 12,
  top = 30,
  wave_height = 64,
  gap = 8,
  bottom = 24,
  plot_width = 720,
  plot_height = 320,
  plot_top = top + wave_height + gap,
  width = left + plot_width + right,
  height = plot_top + plot_height + bottom,
};

#define MIN_HZ   40.0
#define FLOOR_DB 80.0

// Colours from silence to the loudest, linear between; dark to bright in lightness, so that they
// also print in grey.
static const double colours[][3] = {
    {0.02, 0.02, 0.06}, {0.16, 0.09, 0.36}, {0.45, 0.12, 0.45},
    {0.78, 0.24, 0.36}, {0.97, 0.55, 0.25}, {0.99, 0.95, 0.70},
};

static uint32_t colour_of(double level) {
  enum { n = sizeof(colours) / sizeof(colours[0]) };
  const double at = fmin(fmax(level, 0), 1) * (n - 1);
  const size_t i = at >= n - 1 ? n - 2 : (size_t)at;
  uint32_t pixel = 0;
  for (int c = 0; c < 3; c++) {
    const double value = colours[i][c] + (at - (double)i) * (colours[i + 1][c] - colours[i][c]);
    pixel = pixel << 8 | (uint32_t)lrint(255 * value);
  }
  return pixel;
}

static void draw_spectrogram(cairo_surface_t *surface, const OnomaSpectrogram *spectrogram) {
  cairo_surface_flush(surface);
  unsigned char *const pixels = cairo_image_surface_get_data(surface);
  const size_t stride = (size_t)cairo_image_surface_get_stride(surface);
  for (size_t y = 0; y < spectrogram->n_rows; y++) {
    unsigned char *const row = pixels + (plot_top + spectrogram->n_rows - 1 - y) * stride;
    for (size_t x = 0; x < spectrogram->n_columns; x++) {
      const double db = spectrogram->db[x * spectrogram->n_rows + y];
      const uint32_t pixel = colour_of(1 + db / FLOOR_DB);
      memcpy(row + 4 * (left + x), &pixel, 4);
    }
  }
  cairo_surface_mark_dirty(surface);
}

// Between labels of the time: 1, 2 or 5 times a power of ten, for at most a dozen of them.
static double time_step(double seconds) {
  const double least = seconds / 12;
  const double power = pow(10, floor(log10(least)));
  const double ratio = least / power;
  return power * (ratio > 5 ? 10 : ratio > 2 ? 5 : ratio > 1 ? 2 : 1);
}

static void draw_text(cairo_t *cairo, double x, double y, double align, const char *text) {
  cairo_text_extents_t extents;
  cairo_text_extents(cairo, text, &extents);
  cairo_move_to(cairo, x - align * extents.x_advance, y);
  cairo_show_text(cairo, text);
}

// Lowest and highest sample of each pixel column.
static void draw_wave(cairo_t *cairo, const OnomaClip *clip) {
  const size_t n = onoma_clip_info(clip)->n_frames;
  const float *const samples = onoma_clip_samples(clip, 0);
  const double middle = top + wave_height / 2.0;
  cairo_set_source_rgb(cairo, 0.35, 0.35, 0.45);
  cairo_set_line_width(cairo, 1);
  for (size_t x = 0; x < plot_width; x++) {
    const size_t begin = x * n / plot_width;
    const size_t end = (x + 1) * n / plot_width;
    float low = 0;
    float high = 0;
    for (size_t i = begin; i < end; i++) {
      low = fminf(low, samples[i]);
      high = fmaxf(high, samples[i]);
    }
    cairo_move_to(cairo, left + (double)x + 0.5, middle - high * wave_height / 2 - 0.5);
    cairo_line_to(cairo, left + (double)x + 0.5, middle - low * wave_height / 2 + 0.5);
  }
  cairo_stroke(cairo);
}

static void draw_axes(cairo_t *cairo, const OnomaClip *clip, const OnomaSpectrogram *spectrogram) {
  static const struct {
    double hz;
    const char *text;
  } ticks[] = {{50, "50 Hz"}, {100, "100"}, {200, "200"},  {500, "500"},     {1000, "1 kHz"},
               {2000, "2"},   {5000, "5"},  {10000, "10"}, {20000, "20 kHz"}};
  cairo_set_source_rgb(cairo, 0.2, 0.2, 0.25);
  cairo_set_font_size(cairo, 11);
  const double octaves = log2(spectrogram->max_hz / spectrogram->min_hz);
  for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
    const double at = log2(ticks[i].hz / spectrogram->min_hz) / octaves;
    if (at >= 0 && at <= 1)
      draw_text(cairo, left - 6, plot_top + plot_height * (1 - at) + 4, 1, ticks[i].text);
  }

  const OnomaClipInfo *const info = onoma_clip_info(clip);
  const double seconds = (double)info->n_frames / info->sample_rate;
  const double step = time_step(seconds);
  for (int i = 0; i * step <= seconds; i++) {
    char text[32];
    snprintf(text, sizeof(text), "%g s", i * step);
    const double at = i * step / seconds;
    // The outermost labels stay within the plot's width.
    draw_text(cairo, left + plot_width * at, height - 8, at < 0.03 ? 0 : at > 0.97 ? 1 : 0.5, text);
  }
}

// Cuts the text, which is UTF-8, to the width, with an ellipsis at its end then.
static void fit_text(cairo_t *cairo, const char *text, double limit, char *out, size_t size) {
  static const char ellipsis[] = "\xE2\x80\xA6";
  size_t length = strlen(text);
  bool cut = length > size - sizeof(ellipsis);
  length = cut ? size - sizeof(ellipsis) : length;
  cairo_text_extents_t extents;
  for (;;) {
    while (cut && length && ((unsigned char)text[length] & 0xC0) == 0x80)
      length--;
    snprintf(out, size, "%.*s%s", (int)length, text, cut ? ellipsis : "");
    cairo_text_extents(cairo, out, &extents);
    if (extents.x_advance <= limit || !length)
      return;
    cut = true;
    length--;
  }
}

// What the sound is: its prompt, if it says so, or the file's name.
static void draw_title(cairo_t *cairo, const OnomaClip *clip, const char *path) {
  const char *title = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  const char *const recipe = onoma_clip_info(clip)->recipe;
  struct json_object *const object = recipe ? json_tokener_parse(recipe) : NULL;
  struct json_object *prompt;
  if (json_object_object_get_ex(object, "prompt", &prompt))
    title = json_object_get_string(prompt);
  cairo_set_source_rgb(cairo, 0.1, 0.1, 0.15);
  cairo_set_font_size(cairo, 15);
  char text[512];
  fit_text(cairo, title, plot_width, text, sizeof(text));
  draw_text(cairo, left, top - 10, 0, text);
  json_object_put(object);
}

static cairo_status_t write_out(void *data, const unsigned char *bytes, unsigned n_bytes) {
  (void)data;
  return fwrite(bytes, 1, n_bytes, stdout) == n_bytes && !fflush(stdout) ? CAIRO_STATUS_SUCCESS
                                                                         : CAIRO_STATUS_WRITE_ERROR;
}

// Writes the picture beside its place first, so that it appears complete or not at all; what is not
// a regular file, such as a pipe, is written to directly.
static cairo_status_t write_png(cairo_surface_t *surface, const char *output) {
  if (!strcmp(output, "-"))
    return cairo_surface_write_to_png_stream(surface, write_out, NULL);
  struct stat info;
  if (!stat(output, &info) && !S_ISREG(info.st_mode))
    return cairo_surface_write_to_png(surface, output);

  char temporary[4096];
  if (snprintf(temporary, sizeof(temporary), "%s.%ld.tmp", output, (long)getpid()) >=
      (int)sizeof(temporary)) {
    errno = ENAMETOOLONG;
    return CAIRO_STATUS_WRITE_ERROR;
  }
  cairo_status_t status = cairo_surface_write_to_png(surface, temporary);
  if (status == CAIRO_STATUS_SUCCESS && rename(temporary, output))
    status = CAIRO_STATUS_WRITE_ERROR;
  if (status != CAIRO_STATUS_SUCCESS) {
    const int problem = errno;
    unlink(temporary);
    errno = problem;
  }
  return status;
}

static cairo_status_t draw(const OnomaClip *clip, const OnomaSpectrogram *spectrogram,
                           const char *path, const char *output) {
  cairo_surface_t *const surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  cairo_t *const cairo = cairo_create(surface);
  cairo_set_source_rgb(cairo, 0.97, 0.97, 0.95);
  cairo_paint(cairo);
  draw_title(cairo, clip, path);
  draw_wave(cairo, clip);
  draw_axes(cairo, clip, spectrogram);
  cairo_status_t status = cairo_status(cairo);
  cairo_destroy(cairo);
  if (status == CAIRO_STATUS_SUCCESS) {
    draw_spectrogram(surface, spectrogram);
    status = write_png(surface, output);
  }
  cairo_surface_destroy(surface);
  return status;
}

static int picture(const char *path, const char *output) {
  OnomaClip *clip;
  OnomaError error;
  if (onoma_clip_read(&clip, path, NULL, &error)) {
    complain("%s", error.text);
    return EXIT_FILE;
  }
  OnomaSpectrogram spectrogram;
  const double max_hz = fmin(20000, onoma_clip_info(clip)->sample_rate / 2);
  int code = EXIT_OK;
  if (onoma_spectrogram_init(&spectrogram, clip, plot_width, plot_height, MIN_HZ, max_hz, FLOOR_DB,
                             &error)) {
    complain("%s: %s", path, error.text);
    code = EXIT_FAILED;
  } else {
    const cairo_status_t status = draw(clip, &spectrogram, path, output);
    onoma_spectrogram_fini(&spectrogram);
    if (status != CAIRO_STATUS_SUCCESS) {
      complain("%s: %s", output,
               status == CAIRO_STATUS_WRITE_ERROR ? strerror(errno)
                                                  : cairo_status_to_string(status));
      code = EXIT_FILE;
    }
  }
  onoma_clip_unref(clip);
  return code;
}

int command_picture(int argc, char **argv) {
  static const struct option options[] = {{"output", required_argument, NULL, 'o'},
                                          {NULL, 0, NULL, 0}};
  static char program[] = "onoma picture";
  const char *output = NULL;
  argv[-1] = program;
  optind = 1;
  int letter;
  while ((letter = getopt_long(argc + 1, argv - 1, "o:", options, NULL)) != -1) {
    if (letter == '?')
      return EXIT_USAGE;
    output = optarg;
  }
  if (argc + 1 - optind != 1 || !output) {
    complain("usage: onoma picture FILE -o FILE.png");
    return EXIT_USAGE;
  }
  return picture(argv[optind - 1], output);
}
