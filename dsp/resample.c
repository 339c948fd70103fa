// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Changing the sample rate of whole sounds, by libsoxr.

#include "resample.h"

#include "base/error.h"

#include <math.h>
#include <soxr.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

size_t onoma_resample_length(size_t n_frames, double from_hz, double to_hz) {
  if (!n_frames)
    return 0;
  const double length = floor((double)n_frames * to_hz / from_hz + 0.5);
  if (length < 1)
    return 1;
  return length < (double)PTRDIFF_MAX ? (size_t)length : PTRDIFF_MAX;
}

static OnomaStatus fail(soxr_error_t reason, OnomaError *error) {
  return onoma_fail(error, ONOMA_ERR_SYSTEM, "cannot resample: %s", reason);
}

// Feeds all of x, then the end of input, until n_out frames have come out. Where soxr counts a
// frame less than we do, the rest is silence.
static OnomaStatus stream(soxr_t soxr, const float *const *x, size_t n_channels, size_t n_frames,
                          float *const *out, size_t n_out, OnomaError *error) {
  const float *inputs[ONOMA_RESAMPLE_MAX_CHANNELS];
  float *outputs[ONOMA_RESAMPLE_MAX_CHANNELS];
  size_t n_read = 0;
  size_t n_written = 0;
  while (n_written < n_out) {
    for (size_t c = 0; c < n_channels; c++) {
      inputs[c] = x[c] + n_read;
      outputs[c] = out[c] + n_written;
    }
    size_t n_in_done = 0;
    size_t n_out_done = 0;
    const bool at_end = n_read == n_frames;
    const soxr_error_t reason =
        soxr_process(soxr, at_end ? NULL : (soxr_in_t)inputs, n_frames - n_read, &n_in_done,
                     (soxr_out_t)outputs, n_out - n_written, &n_out_done);
    if (reason)
      return fail(reason, error);
    n_read += n_in_done;
    n_written += n_out_done;
    if (at_end && !n_out_done)
      break;
  }
  for (size_t c = 0; c < n_channels; c++)
    memset(out[c] + n_written, 0, (n_out - n_written) * sizeof(float));
  return ONOMA_OK;
}

OnomaStatus onoma_resample(const float *const *x, size_t n_channels, size_t n_frames,
                           double from_hz, double to_hz, float *const *out, OnomaError *error) {
  if (!(from_hz > 0 && to_hz > 0) || isinf(from_hz) || isinf(to_hz))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "cannot resample: a rate is not above zero");
  if (n_channels < 1 || n_channels > ONOMA_RESAMPLE_MAX_CHANNELS)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "cannot resample %zu channels", n_channels);
  const size_t n_out = onoma_resample_length(n_frames, from_hz, to_hz);
  if (from_hz == to_hz) {
    for (size_t c = 0; c < n_channels; c++)
      memcpy(out[c], x[c], n_frames * sizeof(float));
    return ONOMA_OK;
  }

  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_S, SOXR_FLOAT32_S);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  soxr_error_t reason = NULL;
  soxr_t soxr = soxr_create(from_hz, to_hz, (unsigned)n_channels, &reason, &io, &quality, &runtime);
  if (!soxr || reason) {
    soxr_delete(soxr);
    return fail(reason ? reason : "out of memory", error);
  }
  const OnomaStatus status = stream(soxr, x, n_channels, n_frames, out, n_out, error);
  soxr_delete(soxr);
  return status;
}
