// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Writing whole files: all or nothing, whatever goes wrong.

#include "test.h"

#include "base/outfile.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/onoma-outfile-XXXXXX";

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  return chdir("/") == 0 ? rmdir(folder) : -1;
}

static size_t n_files(void) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  size_t n = 0;
  while (readdir(dir))
    n++;
  closedir(dir);
  return n - 2; // "." and ".."
}

static void assert_content(const char *path, const char *text) {
  char read_back[200] = {0};
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  assert_int_equal(fread(read_back, 1, sizeof(read_back) - 1, file), strlen(text));
  fclose(file);
  assert_string_equal(read_back, text);
}

static OnomaStatus write_text(const char *path, const char *text, OnomaError *error) {
  return onoma_outfile_write(path, text, strlen(text), error);
}

static void test_writes_and_replaces(void **state) {
  (void)state;
  char absolute[100];
  snprintf(absolute, sizeof(absolute), "%s/a", folder);
  assert_int_equal(write_text("a", "first", NULL), ONOMA_OK);
  assert_content("a", "first");
  assert_int_equal(chmod("a", 0640), 0);
  assert_int_equal(write_text(absolute, "second", NULL), ONOMA_OK);
  assert_content("a", "second");
  struct stat info;
  assert_int_equal(stat("a", &info), 0);
  assert_int_equal(info.st_mode & 07777, 0640);
  assert_int_equal(write_text("./a", "", NULL), ONOMA_OK);
  assert_content("a", "");
  assert_int_equal(n_files(), 1);
  unlink("a");
}

static void test_new_files_obey_the_mask(void **state) {
  (void)state;
  const mode_t before = umask(027);
  assert_int_equal(write_text("a", "x", NULL), ONOMA_OK);
  umask(before);
  struct stat info;
  assert_int_equal(stat("a", &info), 0);
  assert_int_equal(info.st_mode & 07777, 0640);
  unlink("a");
}

static void test_through_a_link(void **state) {
  (void)state;
  assert_int_equal(write_text("a", "x", NULL), ONOMA_OK);
  assert_int_equal(symlink("a", "link"), 0);
  assert_int_equal(write_text("link", "y", NULL), ONOMA_OK);
  assert_content("a", "y");
  struct stat info;
  assert_int_equal(lstat("link", &info), 0);
  assert_true(S_ISLNK(info.st_mode));
  unlink("link");
  unlink("a");
}

static void assert_fails(const char *path, OnomaStatus status, const char *reason) {
  OnomaError error = {0};
  const size_t n_before = n_files();
  assert_int_equal(write_text(path, "text", &error), status);
  assert_int_equal(error.status, status);
  assert_non_null(strstr(error.text, path));
  assert_non_null(strstr(error.text, reason));
  assert_int_equal(n_files(), n_before);
}

static void test_failures_name_the_path(void **state) {
  (void)state;
  assert_fails("missing/a", ONOMA_ERR_NOT_FOUND, "No such file");
  assert_fails("", ONOMA_ERR_NOT_FOUND, "No such file");
  assert_fails(folder, ONOMA_ERR_IO, "Is a directory");
  assert_int_equal(write_text("a", "x", NULL), ONOMA_OK);
  assert_fails("a/b", ONOMA_ERR_NOT_FOUND, "Not a directory");
  if (geteuid() != 0) {
    chmod("a", 0444);
    assert_fails("a", ONOMA_ERR_IO, "Permission denied");
    chmod(folder, 0555);
    assert_fails("b", ONOMA_ERR_IO, "Permission denied");
    chmod(folder, 0755);
  }
  assert_content("a", "x");
  unlink("a");
}

static void test_full_disk(void **state) {
  (void)state;
  assert_fails("/dev/full", ONOMA_ERR_IO, "No space left");
  assert_int_equal(write_text("/dev/null", "text", NULL), ONOMA_OK);
}

// A write beyond the limit fails, leaves the old file, and is no signal.
static void test_limit_on_the_size(void **state) {
  (void)state;
  assert_int_equal(write_text("a", "old", NULL), ONOMA_OK);
  char *const large = calloc(1, 100000);
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const struct rlimit limit = {.rlim_cur = 10000, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  OnomaError error;
  const OnomaStatus status = onoma_outfile_write("a", large, 100000, &error);
  setrlimit(RLIMIT_FSIZE, &before);
  free(large);
  assert_int_equal(status, ONOMA_ERR_IO);
  assert_non_null(strstr(error.text, "a: cannot write: File too large"));
  assert_content("a", "old");
  assert_int_equal(n_files(), 1);
  sigset_t pending;
  sigpending(&pending);
  assert_false(sigismember(&pending, SIGXFSZ));
  unlink("a");
}

static void *read_fifo(void *text) {
  const int fd = open("fifo", O_RDONLY);
  const ssize_t n = read(fd, text, 99);
  close(fd);
  return n < 0 ? text : NULL;
}

static void test_pipes(void **state) {
  (void)state;
  assert_int_equal(mkfifo("fifo", 0600), 0);
  char text[100] = {0};
  pthread_t reader;
  assert_int_equal(pthread_create(&reader, NULL, read_fifo, text), 0);
  assert_int_equal(write_text("fifo", "through", NULL), ONOMA_OK);
  pthread_join(reader, NULL);
  assert_string_equal(text, "through");
  unlink("fifo");
}

// "-" with the standard output made a pipe: first one that is read, then one that nobody reads.
static void test_standard_output(void **state) {
  (void)state;
  fflush(stdout);
  const int saved = dup(STDOUT_FILENO);
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  dup2(ends[1], STDOUT_FILENO);
  close(ends[1]);
  const OnomaStatus status = write_text("-", "through", NULL);
  char text[100] = {0};
  const ssize_t n = read(ends[0], text, 99);
  close(ends[0]);
  OnomaError error = {0};
  const OnomaStatus broken = write_text("-", "through", &error);
  dup2(saved, STDOUT_FILENO);
  close(saved);
  assert_int_equal(status, ONOMA_OK);
  assert_int_equal(n, 7);
  assert_string_equal(text, "through");
  assert_int_equal(broken, ONOMA_ERR_IO);
  assert_string_equal(error.text, "standard output: cannot write: Broken pipe");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_writes_and_replaces),
      cmocka_unit_test(test_new_files_obey_the_mask),
      cmocka_unit_test(test_through_a_link),
      cmocka_unit_test(test_failures_name_the_path),
      cmocka_unit_test(test_full_disk),
      cmocka_unit_test(test_limit_on_the_size),
      cmocka_unit_test(test_pipes),
      cmocka_unit_test(test_standard_output),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
