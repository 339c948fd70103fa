// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// onoma: renders sounds from the command line.

#include "cli.h"
#include "usage.h"

#include <onoma/version.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupt_caught;

static void on_interrupt(int number) {
  (void)number;
  interrupt_caught = 1;
}

bool interrupted(void) {
  return interrupt_caught;
}

void catch_interrupts(void) {
  // Once only: a second Ctrl-C ends a program that does not stop by itself.
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  // A reader that goes away is an error of writing, not the end.
  action = (struct sigaction){.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &action, NULL);
}

void complain(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("onoma: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
}

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
} commands[] = {
    {"info", command_info},
    {"again", command_again},
    {"picture", command_picture},
};

// Where a standard stream is closed, the next file to be opened would take its place and get what
// is meant for the stream. Reading what is written to fails, as before.
static void fill_standard_streams(void) {
  int fd;
  do
    fd = open("/dev/null", O_RDONLY);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close(fd);
}

static int run(int argc, char **argv) {
  if (argc < 2) {
    print_usage(stderr);
    return EXIT_USAGE;
  }
  if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
    print_help();
    return EXIT_OK;
  }
  if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
    printf("onoma %s\n", onoma_version());
    return EXIT_OK;
  }
  for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
    if (!strcmp(argv[1], commands[i].name))
      return commands[i].run(argc - 2, argv + 2);
  }
  return command_render(argc - 1, argv + 1);
}

int main(int argc, char **argv) {
  fill_standard_streams();
  const int code = run(argc, argv);
  const bool failed = ferror(stdout);
  if ((fflush(stdout) || failed) && code == EXIT_OK) {
    complain("standard output: %s", failed ? "an error of writing" : strerror(errno));
    return EXIT_FILE;
  }
  return code;
}
