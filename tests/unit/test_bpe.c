// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The byte pair encoding against RobertaTokenizer's ids, on its definition, and on odd prompts.

#include "test.h"

#include "base/memory.h"
#include "model/files/json_text.h"
#include "model/text/bpe.h"
#include "model/text/bpe_merges.h"
#include "model/text/bpe_words.h"
#include "model/text/unicode.h"
#include "scratch.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN ONOMA_TEST_DATA "/golden/dev"

static Scratch scratch;

static OnomaBpe *open_bpe(const char *folder) {
  OnomaBpe *bpe = NULL;
  OnomaError error = {0};
  if (onoma_bpe_open(&bpe, folder, &error))
    fail_msg("%s", error.text);
  return bpe;
}

static void check_ids(const OnomaBpe *bpe, const char *text, size_t n_text, size_t max_tokens,
                      struct json_object *expected, size_t n_expected) {
  uint32_t ids[1024];
  size_t n = 0;
  OnomaError error = {0};
  assert_true(max_tokens <= 1024);
  if (onoma_bpe_encode(bpe, text, n_text, max_tokens, ids, &n, &error))
    fail_msg("%s", error.text);
  if (n != n_expected)
    fail_msg("\"%s\": %zu tokens instead of %zu", text, n, n_expected);
  for (size_t i = 0; i < n; i++) {
    const int id = json_object_get_int(json_object_array_get_idx(expected, i));
    if (ids[i] != (uint32_t)id)
      fail_msg("\"%s\": token %zu is %u instead of %d", text, i, ids[i], id);
  }
}

// $ONOMA_TEST_BPE may name a folder with another tokenizer, and $ONOMA_TEST_BPE_KEY its key in the
// file: the vocabularies of RoBERTa and GPT-2 are not ours to ship.
static void test_golden(void **state) {
  (void)state;
  const char *const folder = getenv("ONOMA_TEST_BPE");
  const char *const key = getenv("ONOMA_TEST_BPE_KEY");
  OnomaBpe *bpe = open_bpe(folder ? folder : GOLDEN "/audioldm-tiny/tokenizer");
  struct json_object *json = NULL;
  OnomaError error = {0};
  if (onoma_json_read(&json, GOLDEN "/expected/bpe.json", &error))
    fail_msg("%s", error.text);
  struct json_object *const cases = json_object_object_get(json, "cases");
  assert_int_equal(json_object_array_length(cases), 50);
  for (size_t i = 0; i < json_object_array_length(cases); i++) {
    struct json_object *const item = json_object_array_get_idx(cases, i);
    struct json_object *const text = json_object_object_get(item, "text");
    struct json_object *const ids = json_object_object_get(item, folder && key ? key : "tiny");
    check_ids(bpe, json_object_get_string(text), (size_t)json_object_get_string_len(text), 1024,
              ids, json_object_array_length(ids));
  }
  json_object_put(json);
  onoma_bpe_close(&bpe);
}

// Truncation, at the length that the tokenizer's configuration says.
static void test_golden_truncated(void **state) {
  (void)state;
  OnomaBpe *bpe = open_bpe(GOLDEN "/audioldm-tiny/tokenizer");
  assert_int_equal(onoma_bpe_max_tokens(bpe), 64);
  assert_int_equal(onoma_bpe_largest_id(bpe), 760);
  struct json_object *json = NULL;
  OnomaError error = {0};
  assert_int_equal(onoma_json_read(&json, GOLDEN "/expected/bpe.json", &error), ONOMA_OK);
  struct json_object *const cases = json_object_object_get(json, "cases");
  for (size_t i = 0; i < json_object_array_length(cases); i++) {
    struct json_object *const item = json_object_array_get_idx(cases, i);
    struct json_object *const text = json_object_object_get(item, "text");
    struct json_object *const padded = json_object_object_get(item, "tiny_padded_truncated");
    const size_t n_all = json_object_array_length(json_object_object_get(item, "tiny"));
    check_ids(bpe, json_object_get_string(text), (size_t)json_object_get_string_len(text), 64,
              padded, n_all < 64 ? n_all : 64);
  }
  json_object_put(json);
  onoma_bpe_close(&bpe);
}

// A merge by definition: the pair of the lowest rank everywhere, from left to right, again and
// again.
static size_t merge_slowly(const OnomaBpeMerges *merges, uint32_t *symbols, size_t n) {
  for (;;) {
    const OnomaBpePair *best = NULL;
    for (size_t i = 0; i + 1 < n; i++) {
      const OnomaBpePair *const pair =
          &merges->pairs[onoma_bpe_pair_slot(merges, symbols[i], symbols[i + 1])];
      if (pair->left != UINT32_MAX && (!best || pair->rank < best->rank))
        best = pair;
    }
    if (!best)
      return n;
    size_t n_left = 0;
    for (size_t i = 0; i < n; i++) {
      const bool match = i + 1 < n && symbols[i] == best->left && symbols[i + 1] == best->right;
      symbols[n_left++] = match ? best->merged : symbols[i];
      i += match;
    }
    n = n_left;
  }
}

// Merges whose results rank before their parts, and words that repeat: the order matters.
static void test_merge_order(void **state) {
  (void)state;
  static const char *const texts[] = {
      "#\na b\nab a\nb a\n",
      "#\naa b\na a\nab a\nb b\n",
      "#\nab ab\nba a\na b\nb a\n",
      "#\naaa a\naa a\na a\naa aa\nb aa\n",
      "#\nbab ab\na ba\nb ab\na b\nb a\na a\n",
      "#\na b\na b\nb a\n\nab b\n",
  };
  struct json_object *const vocabulary = json_object_new_object();
  uint32_t random = 1;
  for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
    OnomaBpeMerges merges;
    OnomaError error = {0};
    assert_int_equal(
        onoma_bpe_merges_init(&merges, "v", vocabulary, "m", texts[t], strlen(texts[t]), &error),
        ONOMA_OK);
    for (size_t round = 0; round < 500; round++) {
      uint32_t fast[24];
      uint32_t slow[24];
      size_t n = 1 + round % 24;
      for (size_t i = 0; i < n; i++) {
        random = random * 1664525 + 1013904223;
        fast[i] = slow[i] = merges.bytes[random >> 31 ? 'a' : 'b'];
      }
      const size_t n_slow = merge_slowly(&merges, slow, n);
      assert_int_equal(onoma_bpe_merge(&merges, fast, &n, &error), ONOMA_OK);
      assert_int_equal(n, n_slow);
      assert_memory_equal(fast, slow, n * sizeof(*fast));
    }
    onoma_bpe_merges_fini(&merges);
  }
  json_object_put(vocabulary);
}

static void test_words(void **state) {
  (void)state;
  // Words parted by bars.
  static const char *const cases[] = {
      "Hello| world",
      "it|'s",
      "'re|'ve|'ll|'d|'m|'t",
      "IT|'|S",
      "a|  | b",
      "a|  ",
      "  | a",
      "\n|a",
      "a|\n",
      " 12|ab|3",
      "| ''|s",
      " ...|a",
      "a|\t| b",
      "x|\xc2\xa0|y",
      "a|\xe2\x80\x83|\xc2\xa0|b",
      "\xc3\xa9t\xc3\xa9|!|\xc2\xbd",
      " |",
      "|   |",
      "'|ls",
      "don|'t|1",
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    char text[64] = "";
    size_t ends[16];
    size_t n_ends = 0;
    size_t n = 0;
    for (const char *c = cases[i]; *c; c++) {
      if (*c != '|')
        text[n++] = *c;
      else if (n)
        ends[n_ends++] = n;
    }
    if (!n_ends || ends[n_ends - 1] != n)
      ends[n_ends++] = n;
    size_t at = 0;
    for (size_t j = 0; j < n_ends; j++) {
      at += onoma_bpe_word_length(text + at, n - at);
      if (at != ends[j])
        fail_msg("\"%s\": word %zu ends at %zu", cases[i], j, at);
    }
  }
}

static void test_unicode(void **state) {
  (void)state;
  static const struct {
    uint32_t code_point;
    OnomaUnicodeClass kind;
  } cases[] = {
      {'a', ONOMA_UNICODE_LETTER},    {'0', ONOMA_UNICODE_NUMBER},
      {' ', ONOMA_UNICODE_SPACE},     {'!', ONOMA_UNICODE_OTHER},
      {0, ONOMA_UNICODE_OTHER},       {0x1c, ONOMA_UNICODE_OTHER},
      {0x85, ONOMA_UNICODE_SPACE},    {0xa0, ONOMA_UNICODE_SPACE},
      {0xaa, ONOMA_UNICODE_LETTER},   {0xbd, ONOMA_UNICODE_NUMBER},
      {0x301, ONOMA_UNICODE_OTHER},   {0x3000, ONOMA_UNICODE_SPACE},
      {0x200b, ONOMA_UNICODE_OTHER},  {0x2160, ONOMA_UNICODE_NUMBER},
      {0x4e00, ONOMA_UNICODE_LETTER}, {0x3134a, ONOMA_UNICODE_LETTER},
      {0x3134b, ONOMA_UNICODE_OTHER}, {0x10ffff, ONOMA_UNICODE_OTHER},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    assert_int_equal(onoma_unicode_class(cases[i].code_point), cases[i].kind);
}

static void test_odd_prompts(void **state) {
  (void)state;
  OnomaBpe *bpe = open_bpe(GOLDEN "/audioldm-tiny/tokenizer");
  uint32_t ids[64];
  size_t n = 0;
  OnomaError error = {0};
  assert_int_equal(onoma_bpe_encode(bpe, "", 0, 2, ids, &n, &error), ONOMA_OK);
  assert_int_equal(n, 2);
  assert_int_equal(ids[0], 0);
  assert_int_equal(ids[1], 2);
  assert_int_equal(onoma_bpe_encode(bpe, "drum", 4, 3, ids, &n, &error), ONOMA_OK);
  assert_int_equal(n, 3);
  assert_int_equal(ids[2], 2);
  assert_int_equal(onoma_bpe_encode(bpe, "drum", 4, 1, ids, &n, &error), ONOMA_ERR_ARGUMENT);
  assert_int_equal(onoma_bpe_encode(bpe, "ab\xff", 3, 64, ids, &n, &error), ONOMA_ERR_ARGUMENT);
  assert_string_equal(error.text, "the prompt is not UTF-8 (byte 3)");
  assert_int_equal(onoma_bpe_encode(bpe, "a\xc3", 2, 64, ids, &n, &error), ONOMA_ERR_ARGUMENT);

  // A megabyte without a blank is one word, and takes no quadratic time.
  const size_t n_long = 1 << 20;
  char *const text = malloc(n_long);
  assert_non_null(text);
  for (size_t i = 0; i < n_long; i++)
    text[i] = "in"[i & 1];
  assert_int_equal(onoma_bpe_encode(bpe, text, n_long, 64, ids, &n, &error), ONOMA_OK);
  assert_int_equal(n, 64);
  assert_int_equal(ids[63], 2);
  free(text);
  onoma_bpe_close(&bpe);
}

static void check_bad(const char *vocabulary, const char *merges, const char *config,
                      const char *message) {
  assert_non_null(scratch_write(&scratch, "vocab.json", vocabulary, strlen(vocabulary)));
  assert_non_null(scratch_write(&scratch, "merges.txt", merges, strlen(merges)));
  assert_non_null(scratch_write(&scratch, "tokenizer_config.json", config, strlen(config)));
  OnomaBpe *bpe = NULL;
  OnomaError error = {0};
  assert_int_not_equal(onoma_bpe_open(&bpe, scratch.folder, &error), ONOMA_OK);
  assert_null(bpe);
  if (!strstr(error.text, message))
    fail_msg("\"%s\" does not say \"%s\"", error.text, message);
}

#define VOCABULARY "{\"<s>\": 0, \"</s>\": 2, \"<unk>\": 3}"

static void test_bad_files(void **state) {
  (void)state;
  OnomaBpe *bpe = NULL;
  OnomaError error = {0};
  assert_int_equal(onoma_bpe_open(&bpe, scratch.folder, &error), ONOMA_ERR_NOT_FOUND);
  check_bad("[]", "#\n", "{}", "vocab.json: the JSON value is not an object");
  check_bad("{\"<s>\": 0, \"</s>\": 2}", "#\n", "{}", "vocab.json: <unk>: missing");
  check_bad("{\"<s>\": 0, \"</s>\": \"2\", \"<unk>\": 3}", "#\n", "{}", "vocab.json: </s>");
  check_bad("{\"<s>\": 0, \"</s>\": 2, \"<unk>\": 3, \"a\": -1}", "#\n", "{}", "vocab.json: a");
  check_bad(VOCABULARY, "#\na b\na\n", "{}", "merges.txt: line 3: not two words");
  check_bad(VOCABULARY, "#\na b c\n", "{}", "merges.txt: line 2: not two words");
  check_bad(VOCABULARY, "#\n", "{\"tokenizer_class\": \"T5Tokenizer\"}", "tokenizer_class");
  check_bad(VOCABULARY, "#\n", "{\"model_max_length\": 1}", "model_max_length");
  check_bad(VOCABULARY, "#\n", "{\"sep_token\": 5}", "sep_token: 5 is not an object");
  check_bad(VOCABULARY, "#\n", "{\"sep_token\": {\"lstrip\": true}}", "sep_token.content: missing");
  check_bad(VOCABULARY, "#\n", "{\"sep_token\": \"[SEP]\"}", "vocab.json: [SEP]: missing");

  assert_non_null(scratch_write(&scratch, "tokenizer_config.json", "{}", 2));
  assert_non_null(scratch_write(&scratch, "added_tokens.json", "{\"new\": 4}", 10));
  assert_int_equal(onoma_bpe_open(&bpe, scratch.folder, &error), ONOMA_ERR_UNSUPPORTED);
}

// Settings of the tokenizer: a blank in front, stripping special tokens, no limit, unknown bytes.
static void test_settings(void **state) {
  (void)state;
  static const char vocabulary[] =
      "{\"<s>\": 0, \"</s>\": 2, \"<unk>\": 3, \"<mask>\": 4, \"\xc4\xa0\": 5, \"a\": 6}";
  static const char config[] =
      "{\"add_prefix_space\": true, \"model_max_length\": 1000000000000000019884624838656,"
      " \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": false, \"rstrip\": true}}";
  assert_non_null(scratch_write(&scratch, "vocab.json", vocabulary, strlen(vocabulary)));
  assert_non_null(scratch_write(&scratch, "merges.txt", "", 0));
  assert_non_null(scratch_write(&scratch, "tokenizer_config.json", config, strlen(config)));
  OnomaBpe *bpe = open_bpe(scratch.folder);
  assert_true(onoma_bpe_max_tokens(bpe) == SIZE_MAX);
  uint32_t ids[16];
  size_t n = 0;
  OnomaError error = {0};
  assert_int_equal(onoma_bpe_encode(bpe, "a <mask>  ab", 12, 16, ids, &n, &error), ONOMA_OK);
  static const uint32_t expected[] = {0, 5, 6, 5, 4, 6, 3, 2};
  assert_int_equal(n, 8);
  assert_memory_equal(ids, expected, sizeof(expected));
  onoma_bpe_close(&bpe);
}

static int open_scratch(void **state) {
  (void)state;
  return !scratch_open(&scratch);
}

static int close_scratch(void **state) {
  (void)state;
  scratch_close(&scratch);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_golden),
      cmocka_unit_test(test_golden_truncated),
      cmocka_unit_test(test_merge_order),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_unicode),
      cmocka_unit_test(test_odd_prompts),
      cmocka_unit_test_setup_teardown(test_bad_files, open_scratch, close_scratch),
      cmocka_unit_test_setup_teardown(test_settings, open_scratch, close_scratch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
