// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Writing whole files, so that they appear complete or not at all.

#include "outfile.h"

#include "error.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// Writes everything. False, with errno set, if that fails.
static bool write_bytes(int fd, const unsigned char *data, size_t n_bytes) {
  while (n_bytes) {
    const ssize_t n = write(fd, data, n_bytes);
    if (n > 0) {
      data += n;
      n_bytes -= (size_t)n;
    } else if (n < 0 && errno == EAGAIN) {
      // Somebody made this pipe or terminal non-blocking; wait until it takes more.
      poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
    } else if (n == 0 || errno != EINTR) {
      if (n == 0)
        errno = EIO;
      return false;
    }
  }
  return true;
}

// write_bytes() with the signals held back that would end the process: SIGXFSZ and SIGPIPE are sent
// to the thread that writes, which sees the error as well.
static bool write_all(int fd, const void *data, size_t n_bytes) {
  sigset_t ours;
  sigset_t before;
  sigset_t pending;
  sigemptyset(&ours);
  sigaddset(&ours, SIGXFSZ);
  sigaddset(&ours, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &ours, &before);

  const bool good = write_bytes(fd, data, n_bytes);
  const int reason = errno;

  // Take the ones that this has caused.
  if (sigismember(&pending, SIGXFSZ))
    sigdelset(&ours, SIGXFSZ);
  if (sigismember(&pending, SIGPIPE))
    sigdelset(&ours, SIGPIPE);
  while (sigtimedwait(&ours, NULL, &(struct timespec){0}) > 0)
    continue;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = reason;
  return good;
}

static OnomaStatus fail(const char *path, int reason, OnomaError *error) {
  const bool missing = reason == ENOENT || reason == ENOTDIR;
  return onoma_fail(error, missing ? ONOMA_ERR_NOT_FOUND : ONOMA_ERR_IO, "%s: cannot write: %s",
                    path, strerror(reason));
}

// Writes to a device, a pipe or a socket.
static OnomaStatus write_special(const char *path, const void *data, size_t n_bytes,
                                 OnomaError *error) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return fail(path, errno, error);
  const bool written = write_all(fd, data, n_bytes);
  const int reason = errno;
  if (close(fd) && written)
    return fail(path, errno, error);
  return written ? ONOMA_OK : fail(path, reason, error);
}

// Opens a new file in the folder of path, and stores its name.
static int open_temporary(const char *path, char *name, size_t size) {
  const char *const slash = strrchr(path, '/');
  const int n_folder = slash ? (int)(slash + 1 - path) : 0;
  for (int attempt = 0; attempt < 100; attempt++) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const int n = snprintf(name, size, "%.*s.onoma-%lx-%lx%lx-%d.tmp", n_folder, path,
                           (long)getpid(), (long)now.tv_sec, now.tv_nsec, attempt);
    if (n < 0 || (size_t)n >= size) {
      errno = ENAMETOOLONG;
      return -1;
    }
    const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST)
      return fd;
  }
  return -1;
}

// Fills a new file; false, with errno set, if that fails.
static bool fill(int fd, const struct stat *old, const void *data, size_t n_bytes) {
  if (old && fchmod(fd, old->st_mode & 07777))
    return false;
  return write_all(fd, data, n_bytes) && !fsync(fd);
}

// Writes a regular file; old describes the one that is there, if any.
static OnomaStatus replace(const char *path, const struct stat *old, const void *data,
                           size_t n_bytes, OnomaError *error) {
  enum { longest_name = 100 };
  const size_t size = strlen(path) + longest_name;
  char *const name = size < INT_MAX ? onoma_alloc(size, 1) : NULL;
  if (!name)
    return onoma_fail_memory(error);

  OnomaStatus status = ONOMA_OK;
  const int fd = open_temporary(path, name, size);
  if (fd < 0) {
    status = fail(path, errno, error);
  } else {
    bool good = fill(fd, old, data, n_bytes);
    int reason = errno;
    if (close(fd) && good) {
      good = false;
      reason = errno;
    }
    if (good && rename(name, path)) {
      good = false;
      reason = errno;
    }
    if (!good) {
      unlink(name);
      status = fail(path, reason, error);
    }
  }
  onoma_free(name);
  return status;
}

// Replaces the file that exists at path, through a symbolic link where it is one.
static OnomaStatus replace_existing(const char *path, const struct stat *old, const void *data,
                                    size_t n_bytes, OnomaError *error) {
  // Renaming over it would not ask for this.
  if (access(path, W_OK))
    return fail(path, errno, error);
  char *const target = realpath(path, NULL);
  if (!target)
    return fail(path, errno, error);
  const OnomaStatus status = replace(target, old, data, n_bytes, error);
  free(target);
  return status;
}

OnomaStatus onoma_outfile_write(const char *path, const void *data, size_t n_bytes,
                                OnomaError *error) {
  if (strcmp(path, "-") == 0) {
    if (!write_all(STDOUT_FILENO, data, n_bytes))
      return fail("standard output", errno, error);
    return ONOMA_OK;
  }
  struct stat old;
  if (stat(path, &old))
    return errno == ENOENT && *path ? replace(path, NULL, data, n_bytes, error)
                                    : fail(path, errno, error);
  if (S_ISDIR(old.st_mode))
    return fail(path, EISDIR, error);
  if (!S_ISREG(old.st_mode))
    return write_special(path, data, n_bytes, error);
  return replace_existing(path, &old, data, n_bytes, error);
}
