// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Text encoders: CLAP's against transformers, ours against numpy (tests/data/text/make.py), prompts
// of all kinds, and folders that are not right.

#include "test.h"

#include "base/memory.h"
#include "model/files/json_text.h"
#include "model/files/weights.h"
#include "model/text/text.h"
#include "scratch.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CLAP      ONOMA_TEST_DATA "/golden/dev/audioldm-tiny"
#define ONOMA     ONOMA_TEST_DATA "/text/onoma"
#define TOLERANCE 2e-5 // relative, of f32 networks

static OnomaKernels kernels;

static OnomaText *open_text(const char *folder) {
  OnomaText *text = NULL;
  OnomaError error = {0};
  if (onoma_text_open(&text, folder, &kernels, &error))
    fail_msg("%s", error.text);
  return text;
}

static OnomaWeights *open_weights(const char *path) {
  OnomaWeights *weights = NULL;
  OnomaError error = {0};
  if (onoma_weights_open_file(&weights, path, &error))
    fail_msg("%s", error.text);
  return weights;
}

static OnomaTokens *new_tokens(const OnomaText *text, const char *prompt) {
  OnomaTokens *tokens = NULL;
  OnomaError error = {0};
  if (onoma_tokens_new(&tokens, text, prompt, &error))
    fail_msg("%s", error.text);
  return tokens;
}

// Runs with exactly the memory that a dry run asks for; hidden may be NULL.
static void run(const OnomaText *text, const OnomaTokens *tokens, float *hidden, float *pooled) {
  OnomaArena arena;
  onoma_arena_init_measuring(&arena);
  const OnomaExec exec = {.kernels = &kernels, .arena = &arena};
  onoma_text_run(text, &exec, tokens, hidden, pooled);
  const size_t peak = arena.peak;
  assert_int_equal(arena.used, 0);
  assert_true(onoma_arena_init(&arena, peak));
  onoma_text_run(text, &exec, tokens, hidden, pooled);
  assert_int_equal(arena.used, 0);
  assert_int_equal(arena.peak, peak);
  onoma_arena_fini(&arena);
}

static void assert_close(const float *got, const float *expected, size_t n, const char *what) {
  double error = 0;
  double norm = 0;
  for (size_t i = 0; i < n; i++) {
    error += pow((double)got[i] - (double)expected[i], 2);
    norm += pow((double)expected[i], 2);
  }
  if (!(sqrt(error) <= TOLERANCE * sqrt(norm)) || n == 0)
    fail_msg("%s: relative error %g", what, sqrt(error / norm));
}

static struct json_object *prompts_of(const OnomaWeights *weights) {
  const char *const text = onoma_weights_metadata(weights, "prompts");
  assert_non_null(text);
  struct json_object *json = NULL;
  OnomaError error = {0};
  assert_int_equal(onoma_json_parse(&json, "prompts", text, strlen(text), &error), ONOMA_OK);
  return json;
}

static float *read_floats(const OnomaWeights *weights, const char *name) {
  float *values = NULL;
  OnomaError error = {0};
  if (onoma_weights_read_any(weights, name, NULL, &values, &error))
    fail_msg("%s", error.text);
  return values;
}

static void test_clap(void **state) {
  (void)state;
  OnomaText *text = open_text(CLAP);
  OnomaWeights *weights =
      open_weights(ONOMA_TEST_DATA "/golden/dev/expected/text_encoder.safetensors");
  const size_t n_hidden = onoma_text_n_hidden(text);
  const size_t n_pooled = onoma_text_n_pooled(text);
  assert_int_equal(n_hidden, 32);
  assert_int_equal(n_pooled, 64);
  float *const states = read_floats(weights, "last_hidden_state"); // [2,64,32]
  float *const embeds = read_floats(weights, "text_embeds_normalized");
  float *const mask = read_floats(weights, "attention_mask"); // [5,64]
  struct json_object *const prompts = prompts_of(weights);
  assert_int_equal(json_object_array_length(prompts), 5);
  for (size_t i = 0; i < 5; i++) {
    const char *const prompt = json_object_get_string(json_object_array_get_idx(prompts, i));
    OnomaTokens *const tokens = new_tokens(text, prompt);
    size_t n = 0;
    while (n < 64 && mask[64 * i + n] != 0)
      n++;
    assert_int_equal(onoma_tokens_n(tokens), n);
    float *const hidden = onoma_alloc(n * n_hidden, sizeof(float));
    float pooled[64];
    run(text, tokens, hidden, pooled);
    assert_close(pooled, embeds + i * n_pooled, n_pooled, prompt);
    if (i < 2)
      assert_close(hidden, states + i * 64 * n_hidden, n * n_hidden, prompt);
    float alone[64];
    run(text, tokens, NULL, alone);
    assert_memory_equal(alone, pooled, sizeof(pooled));
    onoma_free(hidden);
    onoma_tokens_free(tokens);
  }
  json_object_put(prompts);
  onoma_free(states);
  onoma_free(embeds);
  onoma_free(mask);
  onoma_weights_close(&weights);
  onoma_text_close(&text);
  assert_null(text);
}

// $ONOMA_TEST_TEXT may name a folder with `model` and `expected/onoma.safetensors`.
static void test_onoma(void **state) {
  (void)state;
  const char *const folder = getenv("ONOMA_TEST_TEXT");
  char model[600];
  char expected[600];
  snprintf(model, sizeof(model), folder ? "%s/model" : "%s", folder ? folder : ONOMA);
  snprintf(expected, sizeof(expected),
           folder ? "%s/expected/onoma.safetensors" : "%s/expected.safetensors",
           folder ? folder : ONOMA);
  OnomaText *text = open_text(model);
  OnomaWeights *weights = open_weights(expected);
  const size_t n_hidden = onoma_text_n_hidden(text);
  assert_int_equal(onoma_text_n_pooled(text), n_hidden);
  struct json_object *const prompts = prompts_of(weights);
  assert_true(json_object_array_length(prompts) > 0);
  for (size_t i = 0; i < json_object_array_length(prompts); i++) {
    const char *const prompt = json_object_get_string(json_object_array_get_idx(prompts, i));
    char name[40];
    snprintf(name, sizeof(name), "text/%zu/hidden_states", i);
    const OnomaTensor *const tensor = onoma_weights_find(weights, name);
    assert_non_null(tensor);
    OnomaTokens *const tokens = new_tokens(text, prompt);
    const size_t n = onoma_tokens_n(tokens);
    if (tensor->shape[0] != n)
      fail_msg("\"%s\": %zu tokens instead of %zu", prompt, n, tensor->shape[0]);
    float *const want = read_floats(weights, name);
    float *const hidden = onoma_alloc(n * n_hidden, sizeof(float));
    float *const pooled = onoma_alloc(n_hidden, sizeof(float));
    run(text, tokens, hidden, pooled);
    assert_close(hidden, want, n * n_hidden, prompt);
    assert_memory_equal(pooled, hidden, n_hidden * sizeof(float));
    onoma_free(want);
    onoma_free(hidden);
    onoma_free(pooled);
    onoma_tokens_free(tokens);
  }
  json_object_put(prompts);
  onoma_weights_close(&weights);
  onoma_text_close(&text);
}

static void check_prompts(const char *folder, size_t n_longest) {
  OnomaText *text = open_text(folder);
  OnomaTokens *tokens = NULL;
  OnomaError error = {0};
  assert_int_equal(onoma_tokens_new(&tokens, text, "drum \xe2\x82", &error), ONOMA_ERR_ARGUMENT);
  assert_null(tokens);
  assert_string_equal(error.text, "the prompt is not UTF-8 (byte 6)");

  const size_t n = 200000;
  char *const prompt = malloc(n + 1);
  assert_non_null(prompt);
  for (size_t i = 0; i < n; i++)
    prompt[i] = "drum "[i % 5];
  prompt[n] = '\0';
  tokens = new_tokens(text, prompt);
  assert_int_equal(onoma_tokens_n(tokens), n_longest);
  float *const pooled = onoma_alloc(onoma_text_n_pooled(text), sizeof(float));
  run(text, tokens, NULL, pooled);
  for (size_t i = 0; i < onoma_text_n_pooled(text); i++)
    assert_true(isfinite(pooled[i]));
  onoma_tokens_free(tokens);

  // One word as long.
  memset(prompt, 'x', n);
  tokens = new_tokens(text, prompt);
  assert_true(onoma_tokens_n(tokens) <= n_longest);
  run(text, tokens, NULL, pooled);
  onoma_tokens_free(tokens);
  onoma_free(pooled);
  free(prompt);
  onoma_text_close(&text);
}

static void test_odd_prompts(void **state) {
  (void)state;
  check_prompts(CLAP, 64);
  check_prompts(ONOMA, 7);
}

// A model's folder, and its text encoder in it, which begins as a copy of ours.
static Scratch scratch;
static Scratch part;

static void copy_file(const char *name) {
  char path[600];
  snprintf(path, sizeof(path), ONOMA "/text_encoder/%s", name);
  FILE *const file = fopen(path, "rb");
  assert_non_null(file);
  static char bytes[1 << 16];
  const size_t n = fread(bytes, 1, sizeof(bytes), file);
  fclose(file);
  assert_true(n < sizeof(bytes));
  assert_non_null(scratch_write(&part, name, bytes, n));
}

static void check_bad(const char *name, const char *text, const char *message) {
  assert_non_null(scratch_write(&part, name, text, strlen(text)));
  OnomaText *opened = NULL;
  OnomaError error = {0};
  assert_int_not_equal(onoma_text_open(&opened, scratch.folder, &kernels, &error), ONOMA_OK);
  assert_null(opened);
  if (!strstr(error.text, message))
    fail_msg("\"%s\" does not say \"%s\"", error.text, message);
  copy_file(name);
}

#define HEAD                                                                                       \
  "{\"_class_name\": \"OnomaTextEncoder\", \"max_words\": 6, \"word_buckets\": 61, "               \
  "\"ngram_buckets\": 97, \"ngram_max\": 5, \"word_vector_size\": 8, \"layer_norm_eps\": 1e-5, "   \
  "\"num_hidden_layers\": 2, \"intermediate_size\": 40, "

static void test_bad_folders(void **state) {
  (void)state;
  copy_file("config.json");
  copy_file("vocab.txt");
  copy_file("model.safetensors");
  OnomaText *text = open_text(scratch.folder);
  onoma_text_close(&text);

  check_bad("config.json", "{", "config.json: line 1");
  check_bad("config.json", "{}", "_class_name: missing");
  check_bad("config.json", "{\"_class_name\": \"T5EncoderModel\"}", "class T5EncoderModel");
  check_bad("config.json", "{\"architectures\": [\"ClapTextModelWithProjection\"]}", "tokenizer");
  check_bad("config.json", HEAD "\"hidden_size\": 24, \"num_attention_heads\": 3}",
            "config.json: ngram_min: missing");
  check_bad("config.json",
            HEAD "\"hidden_size\": 24, \"num_attention_heads\": 5, \"ngram_min\": 3}",
            "not a multiple of num_attention_heads");
  check_bad("config.json",
            HEAD "\"hidden_size\": 24, \"num_attention_heads\": 3, \"ngram_min\": 6}",
            "ngram_min: larger than ngram_max");
  check_bad("config.json",
            HEAD "\"hidden_size\": 12, \"num_attention_heads\": 3, \"ngram_min\": 3}",
            "tensor \"words.weight\" has the shape [61, 24] instead of [61, 12]");
  check_bad("config.json",
            HEAD "\"hidden_size\": 24, \"num_attention_heads\": 3, \"ngram_min\": 3, \"new\": 1}",
            "config.json: new");
  check_bad("vocab.txt", "bell\nash\n", "vocab.txt: line 2: not sorted");
  check_bad("vocab.txt", "bell\nbell\n", "vocab.txt: line 2: not sorted");
  check_bad("vocab.txt", "bell\ncar", "vocab.txt: does not end in a newline");
  check_bad("vocab.txt", "bell\ncar\n", "\"word_vectors\" has the shape [14, 8] instead of [2, 8]");
  check_bad("model.safetensors", "\2\0\0\0\0\0\0\0{}", "model.safetensors");
}

static int open_folders(void **state) {
  (void)state;
  if (!scratch_open(&scratch))
    return 1;
  const int n = snprintf(part.folder, sizeof(part.folder), "%s/text_encoder", scratch.folder);
  return n < 0 || (size_t)n >= sizeof(part.folder) || mkdir(part.folder, 0700);
}

static int close_folders(void **state) {
  (void)state;
  scratch_close(&part);
  scratch_close(&scratch);
  return 0;
}

int main(void) {
  onoma_kernels_init(&kernels, 0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_clap),
      cmocka_unit_test(test_onoma),
      cmocka_unit_test(test_odd_prompts),
      cmocka_unit_test_setup_teardown(test_bad_folders, open_folders, close_folders),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
