// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Numbers from the command line.

#include "number.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>

bool parse_whole(const char *text, uint64_t min, uint64_t max, uint64_t *value) {
  // strtoull() would take blanks and signs.
  if (!isdigit((unsigned char)*text))
    return false;
  char *end;
  errno = 0;
  const unsigned long long parsed = strtoull(text, &end, 10);
  if (*end || errno || parsed < min || parsed > max)
    return false;
  *value = parsed;
  return true;
}

bool parse_real(const char *text, double min, double max, double *value) {
  if (!isdigit((unsigned char)*text) && *text != '.' && *text != '-')
    return false;
  const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!c_locale)
    return false;
  const locale_t old = uselocale(c_locale);
  char *end;
  errno = 0;
  const double parsed = strtod(text, &end);
  const bool valid = end != text && !*end && !errno && parsed >= min && parsed <= max;
  uselocale(old);
  freelocale(c_locale);
  if (valid)
    *value = parsed;
  return valid;
}
