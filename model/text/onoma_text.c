// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The shipped model's text encoder.

#include "onoma_text.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/nn/load.h"
#include "onoma_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  OnomaNorm norm1, norm2;
  OnomaLinear query, key_value, out;
  OnomaLinear widen, narrow;
} Layer;

typedef struct {
  OnomaText base;
  OnomaWordSettings words;
  size_t n_layers, n_heads, n_intermediate, n_vector;
  double epsilon;
  OnomaVocabulary vocabulary; // owned
  OnomaWeights *weights;      // owned; of the tables
  OnomaRows word_rows, ngram_rows, vector_rows, position_rows;
  OnomaLinear vector_projection;
  float *cls;    // [D], owned
  Layer *layers; // owned
  OnomaNorm final_norm;
} OnomaTextEncoder;

static OnomaStatus read_settings(OnomaTextEncoder *encoder, const OnomaConfig *config,
                                 OnomaError *error) {
  const struct {
    const char *key;
    size_t min, max, *value;
  } sizes[] = {
      {"hidden_size", 1, 1 << 16, &encoder->base.n_hidden},
      {"num_hidden_layers", 1, 1 << 10, &encoder->n_layers},
      {"num_attention_heads", 1, 1 << 16, &encoder->n_heads},
      {"intermediate_size", 1, 1 << 20, &encoder->n_intermediate},
      {"max_words", 1, 1 << 16, &encoder->words.max_words},
      {"word_buckets", 2, 1 << 30, &encoder->words.word_buckets},
      {"ngram_buckets", 2, 1 << 30, &encoder->words.ngram_buckets},
      {"ngram_min", 1, 64, &encoder->words.ngram_min},
      {"ngram_max", 1, 64, &encoder->words.ngram_max},
      {"word_vector_size", 1, 1 << 16, &encoder->n_vector},
  };
  const char *known[sizeof(sizes) / sizeof(*sizes) + 2] = {"_class_name", "layer_norm_eps"};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
    known[i + 2] = sizes[i].key;
  OnomaStatus status =
      onoma_config_check_keys(config, known, sizeof(known) / sizeof(*known), error);
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes) && !status; i++)
    status =
        onoma_config_size(config, sizes[i].key, sizes[i].min, sizes[i].max, sizes[i].value, error);
  if (!status)
    status = onoma_config_float(config, "layer_norm_eps", 0, 1, &encoder->epsilon, error);
  if (status)
    return status;
  encoder->base.n_pooled = encoder->base.n_hidden;
  if (encoder->base.n_hidden % encoder->n_heads)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "hidden_size", error,
                             "not a multiple of num_attention_heads");
  if (encoder->words.ngram_min > encoder->words.ngram_max)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "ngram_min", error, "larger than ngram_max");
  return ONOMA_OK;
}

static void load_rows(OnomaLoader *loader, const char *name, size_t n_rows, size_t n_columns,
                      OnomaRows *rows) {
  if (!loader->status)
    loader->status =
        onoma_weights_rows(loader->weights, name, n_rows, n_columns, rows, loader->error);
}

static void load_layer(const OnomaScope *scope, const OnomaTextEncoder *encoder, Layer *layer) {
  const size_t n = encoder->base.n_hidden;
  const float epsilon = (float)encoder->epsilon;
  onoma_load_norm(scope, "ln1", n, 0, epsilon, &layer->norm1);
  onoma_load_linear(scope, "q", n, n, true, &layer->query);
  onoma_load_linear_pair(scope, "k", "v", n, n, true, &layer->key_value);
  onoma_load_linear(scope, "o", n, n, true, &layer->out);
  onoma_load_norm(scope, "ln2", n, 0, epsilon, &layer->norm2);
  onoma_load_linear(scope, "fc1", n, encoder->n_intermediate, true, &layer->widen);
  onoma_load_linear(scope, "fc2", encoder->n_intermediate, n, true, &layer->narrow);
}

static OnomaStatus load(OnomaTextEncoder *encoder, const OnomaKernels *kernels, OnomaError *error) {
  OnomaLoader loader = {.weights = encoder->weights, .kernels = kernels, .error = error};
  const size_t n = encoder->base.n_hidden;
  const OnomaScope root = onoma_scope(&loader);
  load_rows(&loader, "words.weight", encoder->words.word_buckets, n, &encoder->word_rows);
  load_rows(&loader, "ngrams.weight", encoder->words.ngram_buckets, n, &encoder->ngram_rows);
  load_rows(&loader, "word_vectors", encoder->vocabulary.n, encoder->n_vector,
            &encoder->vector_rows);
  load_rows(&loader, "positions.weight", 1 + encoder->words.max_words, n, &encoder->position_rows);
  onoma_load_linear(&root, "vector_proj", encoder->n_vector, n, false, &encoder->vector_projection);
  encoder->cls = onoma_load_tensor(&root, "cls", 1, &n);
  encoder->layers = onoma_load_array(&loader, encoder->n_layers, sizeof(*encoder->layers));
  for (size_t i = 0; i < encoder->n_layers && !loader.status; i++) {
    const OnomaScope scope = onoma_scope_in(&root, "layers.%zu", i);
    load_layer(&scope, encoder, &encoder->layers[i]);
  }
  onoma_load_norm(&root, "final_ln", n, 0, (float)encoder->epsilon, &encoder->final_norm);
  return loader.status;
}

static OnomaStatus open_vocabulary(OnomaTextEncoder *encoder, const char *folder,
                                   OnomaError *error) {
  const size_t n_path = strlen(folder) + sizeof("/text_encoder/vocab.txt");
  char *const path = malloc(n_path);
  if (!path)
    return onoma_fail_memory(error);
  (void)snprintf(path, n_path, "%s/text_encoder/vocab.txt", folder);
  const OnomaStatus status = onoma_vocabulary_open(&encoder->vocabulary, path, error);
  free(path);
  return status;
}

static void close_encoder(OnomaText *text) {
  OnomaTextEncoder *const encoder = (OnomaTextEncoder *)text;
  for (size_t i = 0; encoder->layers && i < encoder->n_layers; i++) {
    Layer *const layer = &encoder->layers[i];
    onoma_norm_fini(&layer->norm1);
    onoma_norm_fini(&layer->norm2);
    onoma_linear_fini(&layer->query);
    onoma_linear_fini(&layer->key_value);
    onoma_linear_fini(&layer->out);
    onoma_linear_fini(&layer->widen);
    onoma_linear_fini(&layer->narrow);
  }
  onoma_free(encoder->layers);
  onoma_free(encoder->cls);
  onoma_linear_fini(&encoder->vector_projection);
  onoma_norm_fini(&encoder->final_norm);
  onoma_weights_close(&encoder->weights);
  onoma_vocabulary_close(&encoder->vocabulary);
  onoma_free(encoder);
}

static OnomaStatus open_encoder(OnomaText **text, OnomaPart *part, const char *folder,
                                const OnomaKernels *kernels, OnomaError *error) {
  OnomaTextEncoder *const encoder = onoma_alloc_zero(1, sizeof(*encoder));
  if (!encoder)
    return onoma_fail_memory(error);
  encoder->base.type = &onoma_onoma_text;
  encoder->weights = part->weights;
  part->weights = NULL;
  OnomaStatus status = read_settings(encoder, &part->config, error);
  if (!status)
    status = open_vocabulary(encoder, folder, error);
  if (!status)
    status = load(encoder, kernels, error);
  if (status)
    close_encoder(&encoder->base);
  else
    *text = &encoder->base;
  return status;
}

static OnomaStatus tokenize(const OnomaText *text, const char *prompt, OnomaTokens *tokens,
                            OnomaError *error) {
  const OnomaTextEncoder *const encoder = (const OnomaTextEncoder *)text;
  return onoma_words_tokenize(&encoder->words, &encoder->vocabulary, prompt, tokens, error);
}

// out [n] += row * factor.
static void add_row(const OnomaRows *rows, size_t row, float factor, float *scratch, size_t n,
                    float *out) {
  onoma_rows_read(rows, row, scratch);
  for (size_t i = 0; i < n; i++)
    out[i] += scratch[i] * factor;
}

// The sums of the tokens' rows but for the projected vectors -> x [L,D], and the vectors of the
// words, zeros where there is none -> vectors [L,V].
static void embed(const OnomaTextEncoder *encoder, const OnomaTokens *tokens, float *scratch,
                  float *vectors, float *x) {
  const size_t n = encoder->base.n_hidden;
  memset(vectors, 0, tokens->n * encoder->n_vector * sizeof(float));
  memcpy(x, encoder->cls, n * sizeof(float));
  add_row(&encoder->position_rows, 0, 1.0F, scratch, n, x);
  const uint32_t *ids = tokens->ids;
  for (size_t i = 1; i < tokens->n; i++) {
    float *const row = x + i * n;
    onoma_rows_read(&encoder->word_rows, *ids++, row);
    const uint32_t vector = *ids++;
    const uint32_t n_ngrams = *ids++;
    for (uint32_t j = 0; j < n_ngrams; j++)
      add_row(&encoder->ngram_rows, *ids++, 1.0F / (float)n_ngrams, scratch, n, row);
    if (vector != ONOMA_NO_VECTOR)
      onoma_rows_read(&encoder->vector_rows, vector, vectors + i * encoder->n_vector);
    add_row(&encoder->position_rows, i, 1.0F, scratch, n, row);
  }
}

// x [L,D] in place: x += attention(norm1(x)), x += feed_forward(norm2(x)).
static void run_layer(const OnomaTextEncoder *encoder, const Layer *layer, const OnomaExec *exec,
                      size_t n_tokens, float *x) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n = encoder->base.n_hidden;
  const size_t head_size = n / encoder->n_heads;
  const OnomaAttention attention = {.n_batch = 1,
                                    .n_queries = n_tokens,
                                    .n_keys = n_tokens,
                                    .n_heads = encoder->n_heads,
                                    .head_size = head_size,
                                    .q_stride = n,
                                    .kv_stride = 2 * n,
                                    .out_stride = n,
                                    .scale = 1.0F / sqrtf((float)head_size)};
  const OnomaEpilogue add = {.residual = x};
  float *const normed = onoma_arena_floats(arena, n_tokens * n);
  float *const query = onoma_arena_floats(arena, n_tokens * n);
  float *const key_value = onoma_arena_floats(arena, n_tokens * 2 * n);
  onoma_layer_norm_run(&layer->norm1, exec, x, n_tokens, normed);
  onoma_linear_run(&layer->query, exec, normed, n_tokens, query, NULL);
  onoma_linear_run(&layer->key_value, exec, normed, n_tokens, key_value, NULL);
  onoma_attention_run(&attention, exec, query, key_value, key_value + n, normed);
  onoma_linear_run(&layer->out, exec, normed, n_tokens, x, &add);

  const OnomaEpilogue activate = {.activation = ONOMA_ACT_GELU};
  float *const wide = onoma_arena_floats(arena, n_tokens * encoder->n_intermediate);
  onoma_layer_norm_run(&layer->norm2, exec, x, n_tokens, normed);
  onoma_linear_run(&layer->widen, exec, normed, n_tokens, wide, &activate);
  onoma_linear_run(&layer->narrow, exec, wide, n_tokens, x, &add);
  onoma_arena_release(arena, mark);
}

static void run(const OnomaText *text, const OnomaExec *exec, const OnomaTokens *tokens,
                float *hidden, float *pooled) {
  const OnomaTextEncoder *const encoder = (const OnomaTextEncoder *)text;
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n = encoder->base.n_hidden;
  float *const vectors = onoma_arena_floats(arena, tokens->n * encoder->n_vector);
  float *const scratch = onoma_arena_floats(arena, n);
  if (!arena->measuring)
    embed(encoder, tokens, scratch, vectors, hidden);
  const OnomaEpilogue add = {.residual = hidden};
  onoma_linear_run(&encoder->vector_projection, exec, vectors, tokens->n, hidden, &add);
  for (size_t i = 0; i < encoder->n_layers; i++)
    run_layer(encoder, &encoder->layers[i], exec, tokens->n, hidden);
  onoma_layer_norm_run(&encoder->final_norm, exec, hidden, tokens->n, hidden);
  if (!arena->measuring)
    memcpy(pooled, hidden, n * sizeof(float));
  onoma_arena_release(arena, mark);
}

const OnomaTextClass onoma_onoma_text = {
    .name = "OnomaTextEncoder",
    .open = open_encoder,
    .close = close_encoder,
    .tokenize = tokenize,
    .run = run,
};
