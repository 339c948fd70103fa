// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// onoma picture, in a build without Cairo.

#include "cli.h"

int command_picture(int argc, char **argv) {
  (void)argc;
  (void)argv;
  complain("this build can't draw: it has no Cairo");
  return EXIT_FAILED;
}
