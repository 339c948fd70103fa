// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Running out of memory while files are opened and prompts are read: every single allocation fails
// once, and each time that is what is reported, and nothing is left behind (a leak checker sees
// that).

#include "test.h"

#include "base/memory.h"
#include "model/files/weights.h"
#include "model/text/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// The linker puts these in the place of the C library's, and theirs under __real_.
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);

static size_t countdown; // allocations until one fails; 0: none does
static bool has_failed;

static bool fails(void) {
  const bool now = countdown && !--countdown;
  has_failed = has_failed || now;
  return now;
}

void *__wrap_malloc(size_t n) {
  return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size) {
  return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *block, size_t n) {
  return fails() ? NULL : __real_realloc(block, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n) {
  return fails() ? NULL : __real_aligned_alloc(alignment, n);
}

char *__wrap_strdup(const char *text) {
  return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t n) {
  return fails() ? NULL : __real_strndup(text, n);
}

static OnomaKernels kernels;

// Something that allocates, undone again unless it fails.
typedef OnomaStatus Attempt(const char *path, OnomaError *error);

static OnomaStatus open_folder(const char *path, OnomaError *error) {
  OnomaWeights *weights = NULL;
  const OnomaStatus status = onoma_weights_open(&weights, path, error);
  assert_true(!status == (weights != NULL));
  onoma_weights_close(&weights);
  return status;
}

static OnomaStatus read_file(const char *path, OnomaError *error) {
  OnomaWeights *weights = NULL;
  OnomaStatus status = onoma_weights_open_file(&weights, path, error);
  assert_true(!status == (weights != NULL));
  float *values = NULL;
  if (!status)
    status = onoma_weights_read_any(weights, "transposed", NULL, &values, error);
  onoma_free(values);
  onoma_weights_close(&weights);
  return status;
}

static OnomaStatus read_prompt(const char *path, OnomaError *error) {
  OnomaText *text = NULL;
  OnomaStatus status = onoma_text_open(&text, path, &kernels, error);
  assert_true(!status == (text != NULL));
  OnomaTokens *tokens = NULL;
  if (!status)
    status = onoma_tokens_new(&tokens, text, "closed hi-hat, f sharp 2", error);
  assert_true(!status == (tokens != NULL));
  onoma_tokens_free(tokens);
  onoma_text_close(&text);
  return status;
}

// Returns the number of allocations.
static size_t try_all(Attempt *attempt, const char *path) {
  for (size_t n = 1;; n++) {
    OnomaError error = {.status = ONOMA_OK};
    countdown = n;
    has_failed = false;
    const OnomaStatus status = attempt(path, &error);
    countdown = 0;
    if (!has_failed) {
      if (status)
        fail_msg("%s", error.text);
      return n - 1;
    }
    if (status != ONOMA_ERR_MEMORY)
      fail_msg("allocation %zu: status %d, %s", n, (int)status, error.text);
  }
}

static void test_weights(void **state) {
  (void)state;
  assert_in_range(try_all(open_folder, ONOMA_TEST_DATA "/golden/dev/audioldm-tiny/vocoder"), 5,
                  10000);
  assert_in_range(try_all(open_folder, ONOMA_TEST_DATA "/torch/shards"), 5, 10000);
  assert_in_range(try_all(read_file, ONOMA_TEST_DATA "/torch/state.bin"), 20, 10000);
}

static void test_text(void **state) {
  (void)state;
  assert_in_range(try_all(read_prompt, ONOMA_TEST_DATA "/golden/dev/audioldm-tiny"), 50, 10000);
  assert_in_range(try_all(read_prompt, ONOMA_TEST_DATA "/text/onoma"), 50, 10000);
}

int main(void) {
  onoma_kernels_init(&kernels, 0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_weights),
      cmocka_unit_test(test_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
