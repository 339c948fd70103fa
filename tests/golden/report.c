// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// How checks against reference tensors tell what they found.

#include "report.h"

#include <math.h>

bool golden_agrees(const float *got, const float *want, size_t n, double tolerance,
                   double *relative, double *largest) {
  double sum = 0.0;
  double sum_want = 0.0;
  double max = 0.0;
  double max_want = 0.0;
  bool is_finite = true;
  for (size_t i = 0; i < n; i++) {
    const double error = (double)got[i] - (double)want[i];
    is_finite = is_finite && isfinite(error);
    sum += error * error;
    sum_want += (double)want[i] * (double)want[i];
    max = fmax(max, fabs(error));
    max_want = fmax(max_want, fabs((double)want[i]));
  }
  // Against all zeros only zeros agree.
  *relative = sum > 0.0 ? sqrt(sum / sum_want) : 0.0;
  *largest = max > 0.0 ? max / max_want : 0.0;
  if (!is_finite)
    *relative = *largest = NAN;
  return is_finite && *relative <= tolerance && *largest <= 10.0 * tolerance;
}
