// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// CLAP's text tower.

#include "clap_text.h"

#include "base/error.h"
#include "base/memory.h"
#include "bpe.h"
#include "model/nn/load.h"
#include "model/nn/tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  OnomaLinear query, key_value, attention_out;
  OnomaNorm attention_norm;
  OnomaLinear intermediate, out;
  OnomaNorm norm;
} Layer;

typedef struct {
  size_t vocab_size, n_layers, n_heads, n_intermediate, n_positions, n_types, pad_id;
  double epsilon;
  OnomaActivation activation, projection_activation;
} Settings;

typedef struct {
  OnomaText base;
  Settings settings;
  OnomaBpe *bpe;         // owned
  OnomaWeights *weights; // owned; of the tables
  OnomaRows words, positions, types;
  OnomaNorm embedding_norm;
  Layer *layers; // owned
  OnomaLinear pooler, projection1, projection2;
} ClapText;

static OnomaStatus read_activation(const OnomaConfig *config, const char *key, const char *fallback,
                                   OnomaActivation *activation, OnomaError *error) {
  static const struct {
    const char *name;
    OnomaActivation activation;
  } known[] = {{"gelu", ONOMA_ACT_GELU}, {"relu", ONOMA_ACT_RELU}, {"silu", ONOMA_ACT_SILU}};
  const char *name = NULL;
  const OnomaStatus status = onoma_config_string_or(config, key, fallback, &name, error);
  if (status)
    return status;
  for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
    if (!strcmp(name, known[i].name)) {
      *activation = known[i].activation;
      return ONOMA_OK;
    }
  }
  return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, key, error, "%.100s is not known", name);
}

// What transformers could do, and would change the result.
static OnomaStatus check_variants(const OnomaConfig *config, OnomaError *error) {
  static const char *const flags[] = {"is_decoder", "add_cross_attention"};
  for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
    bool is_set = false;
    const OnomaStatus status = onoma_config_bool_or(config, flags[i], false, &is_set, error);
    if (status)
      return status;
    if (is_set)
      return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, flags[i], error,
                               "true is not supported");
  }
  const char *type = NULL;
  const OnomaStatus status =
      onoma_config_string_or(config, "position_embedding_type", "absolute", &type, error);
  if (!status && strcmp(type, "absolute") != 0)
    return onoma_config_fail(config, ONOMA_ERR_UNSUPPORTED, "position_embedding_type", error,
                             "%.100s is not supported", type);
  return status;
}

// The fallbacks are those of transformers' ClapTextConfig.
static OnomaStatus read_sizes(ClapText *clap, const OnomaConfig *config, OnomaError *error) {
  Settings *const s = &clap->settings;
  const size_t most = 1 << 20;
  const struct {
    const char *key;
    size_t fallback, *value;
  } sizes[] = {
      {"vocab_size", 50265, &s->vocab_size},
      {"hidden_size", 768, &clap->base.n_hidden},
      {"num_hidden_layers", 12, &s->n_layers},
      {"num_attention_heads", 12, &s->n_heads},
      {"intermediate_size", 3072, &s->n_intermediate},
      {"max_position_embeddings", 514, &s->n_positions},
      {"type_vocab_size", 1, &s->n_types},
      {"projection_dim", 512, &clap->base.n_pooled},
  };
  OnomaStatus status = ONOMA_OK;
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes) && !status; i++)
    status = onoma_config_size_or(config, sizes[i].key, 1, most, sizes[i].fallback, sizes[i].value,
                                  error);
  if (!status)
    status = onoma_config_size_or(config, "pad_token_id", 0, most, 1, &s->pad_id, error);
  if (!status)
    status = onoma_config_float_or(config, "layer_norm_eps", 0, 1, 1e-12, &s->epsilon, error);
  return status;
}

static OnomaStatus read_settings(ClapText *clap, const OnomaConfig *config, OnomaError *error) {
  Settings *const s = &clap->settings;
  OnomaStatus status = read_sizes(clap, config, error);
  if (!status)
    status = read_activation(config, "hidden_act", "gelu", &s->activation, error);
  if (!status)
    status =
        read_activation(config, "projection_hidden_act", "relu", &s->projection_activation, error);
  if (!status)
    status = check_variants(config, error);
  if (status)
    return status;
  if (clap->base.n_hidden % s->n_heads)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "hidden_size", error,
                             "not a multiple of num_attention_heads");
  if (s->n_positions < s->pad_id + 3)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "max_position_embeddings", error,
                             "too small for a prompt");
  return ONOMA_OK;
}

static void load_layer(const OnomaScope *scope, const ClapText *clap, Layer *layer) {
  const size_t n = clap->base.n_hidden;
  const Settings *const s = &clap->settings;
  const float epsilon = (float)s->epsilon;
  const OnomaScope self = onoma_scope_in(scope, "attention.self");
  onoma_load_linear(&self, "query", n, n, true, &layer->query);
  onoma_load_linear_pair(&self, "key", "value", n, n, true, &layer->key_value);
  onoma_load_linear(scope, "attention.output.dense", n, n, true, &layer->attention_out);
  onoma_load_norm(scope, "attention.output.LayerNorm", n, 0, epsilon, &layer->attention_norm);
  onoma_load_linear(scope, "intermediate.dense", n, s->n_intermediate, true, &layer->intermediate);
  onoma_load_linear(scope, "output.dense", s->n_intermediate, n, true, &layer->out);
  onoma_load_norm(scope, "output.LayerNorm", n, 0, epsilon, &layer->norm);
}

static void load_rows(OnomaLoader *loader, const char *name, size_t n_rows, size_t n_columns,
                      OnomaRows *rows) {
  if (!loader->status)
    loader->status =
        onoma_weights_rows(loader->weights, name, n_rows, n_columns, rows, loader->error);
}

static OnomaStatus load(ClapText *clap, const OnomaKernels *kernels, OnomaError *error) {
  OnomaLoader loader = {.weights = clap->weights, .kernels = kernels, .error = error};
  const Settings *const s = &clap->settings;
  const size_t n = clap->base.n_hidden;
  const OnomaScope root = onoma_scope(&loader);
  const OnomaScope model = onoma_scope_in(&root, "text_model");
  load_rows(&loader, "text_model.embeddings.word_embeddings.weight", s->vocab_size, n,
            &clap->words);
  load_rows(&loader, "text_model.embeddings.position_embeddings.weight", s->n_positions, n,
            &clap->positions);
  load_rows(&loader, "text_model.embeddings.token_type_embeddings.weight", s->n_types, n,
            &clap->types);
  onoma_load_norm(&model, "embeddings.LayerNorm", n, 0, (float)s->epsilon, &clap->embedding_norm);
  clap->layers = onoma_load_array(&loader, s->n_layers, sizeof(*clap->layers));
  for (size_t i = 0; i < s->n_layers && !loader.status; i++) {
    const OnomaScope scope = onoma_scope_in(&model, "encoder.layer.%zu", i);
    load_layer(&scope, clap, &clap->layers[i]);
  }
  onoma_load_linear(&model, "pooler.dense", n, n, true, &clap->pooler);
  onoma_load_linear(&root, "text_projection.linear1", n, clap->base.n_pooled, true,
                    &clap->projection1);
  onoma_load_linear(&root, "text_projection.linear2", clap->base.n_pooled, clap->base.n_pooled,
                    true, &clap->projection2);
  return loader.status;
}

static OnomaStatus open_tokenizer(ClapText *clap, const OnomaConfig *config, const char *folder,
                                  OnomaError *error) {
  const size_t n_path = strlen(folder) + sizeof("/tokenizer");
  char *const path = malloc(n_path);
  if (!path)
    return onoma_fail_memory(error);
  (void)snprintf(path, n_path, "%s/tokenizer", folder);
  const OnomaStatus status = onoma_bpe_open(&clap->bpe, path, error);
  free(path);
  if (!status && onoma_bpe_largest_id(clap->bpe) >= clap->settings.vocab_size)
    return onoma_config_fail(config, ONOMA_ERR_FORMAT, "vocab_size", error,
                             "the tokenizer has the id %lu",
                             (unsigned long)onoma_bpe_largest_id(clap->bpe));
  return status;
}

static void close_clap(OnomaText *text) {
  ClapText *const clap = (ClapText *)text;
  for (size_t i = 0; clap->layers && i < clap->settings.n_layers; i++) {
    Layer *const layer = &clap->layers[i];
    onoma_linear_fini(&layer->query);
    onoma_linear_fini(&layer->key_value);
    onoma_linear_fini(&layer->attention_out);
    onoma_norm_fini(&layer->attention_norm);
    onoma_linear_fini(&layer->intermediate);
    onoma_linear_fini(&layer->out);
    onoma_norm_fini(&layer->norm);
  }
  onoma_free(clap->layers);
  onoma_norm_fini(&clap->embedding_norm);
  onoma_linear_fini(&clap->pooler);
  onoma_linear_fini(&clap->projection1);
  onoma_linear_fini(&clap->projection2);
  onoma_weights_close(&clap->weights);
  onoma_bpe_close(&clap->bpe);
  onoma_free(clap);
}

static OnomaStatus open_clap(OnomaText **text, OnomaPart *part, const char *folder,
                             const OnomaKernels *kernels, OnomaError *error) {
  ClapText *const clap = onoma_alloc_zero(1, sizeof(*clap));
  if (!clap)
    return onoma_fail_memory(error);
  clap->base.type = &onoma_clap_text;
  clap->weights = part->weights;
  part->weights = NULL;
  OnomaStatus status = read_settings(clap, &part->config, error);
  if (!status)
    status = open_tokenizer(clap, &part->config, folder, error);
  if (!status)
    status = load(clap, kernels, error);
  if (status)
    close_clap(&clap->base);
  else
    *text = &clap->base;
  return status;
}

static OnomaStatus tokenize(const OnomaText *text, const char *prompt, OnomaTokens *tokens,
                            OnomaError *error) {
  const ClapText *const clap = (const ClapText *)text;
  const size_t n_fitting = clap->settings.n_positions - clap->settings.pad_id - 1;
  const size_t n_allowed = onoma_bpe_max_tokens(clap->bpe);
  const size_t n_max = n_allowed < n_fitting ? n_allowed : n_fitting;
  tokens->ids = calloc(n_max, sizeof(*tokens->ids));
  if (!tokens->ids)
    return onoma_fail_memory(error);
  const OnomaStatus status = onoma_bpe_encode(clap->bpe, prompt, strlen(prompt), n_max, tokens->ids,
                                              &tokens->n_ids, error);
  tokens->n = tokens->n_ids;
  return status;
}

static void add_row(const OnomaRows *rows, size_t row, float *scratch, size_t n, float *out) {
  onoma_rows_read(rows, row, scratch);
  for (size_t i = 0; i < n; i++)
    out[i] += scratch[i];
}

// Sum of the tokens' word, type and position embeddings -> out [L,D]. Positions count from behind
// the padding's, and "<pad>" in a prompt has the padding's.
static void embed(const ClapText *clap, const OnomaTokens *tokens, float *scratch, float *out) {
  const size_t n = clap->base.n_hidden;
  const size_t pad_id = clap->settings.pad_id;
  size_t n_counted = 0;
  for (size_t i = 0; i < tokens->n; i++) {
    float *const row = out + i * n;
    const uint32_t id = tokens->ids[i];
    n_counted += id != pad_id;
    onoma_rows_read(&clap->words, id, row);
    add_row(&clap->types, 0, scratch, n, row);
    add_row(&clap->positions, id == pad_id ? pad_id : pad_id + n_counted, scratch, n, row);
  }
}

// x [L,D] in place: x = norm(x + attention(x)), x = norm(x + feed_forward(x)).
static void run_layer(const ClapText *clap, const Layer *layer, const OnomaExec *exec,
                      size_t n_tokens, float *x) {
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  const size_t n = clap->base.n_hidden;
  const size_t head_size = n / clap->settings.n_heads;
  const OnomaAttention attention = {.n_batch = 1,
                                    .n_queries = n_tokens,
                                    .n_keys = n_tokens,
                                    .n_heads = clap->settings.n_heads,
                                    .head_size = head_size,
                                    .q_stride = n,
                                    .kv_stride = 2 * n,
                                    .out_stride = n,
                                    .scale = 1.0F / sqrtf((float)head_size)};
  const OnomaEpilogue add = {.residual = x};
  float *const query = onoma_arena_floats(arena, n_tokens * n);
  float *const key_value = onoma_arena_floats(arena, n_tokens * 2 * n);
  float *const mixed = onoma_arena_floats(arena, n_tokens * n);
  onoma_linear_run(&layer->query, exec, x, n_tokens, query, NULL);
  onoma_linear_run(&layer->key_value, exec, x, n_tokens, key_value, NULL);
  onoma_attention_run(&attention, exec, query, key_value, key_value + n, mixed);
  onoma_linear_run(&layer->attention_out, exec, mixed, n_tokens, x, &add);
  onoma_layer_norm_run(&layer->attention_norm, exec, x, n_tokens, x);

  const OnomaEpilogue activate = {.activation = clap->settings.activation};
  float *const wide = onoma_arena_floats(arena, n_tokens * clap->settings.n_intermediate);
  onoma_linear_run(&layer->intermediate, exec, x, n_tokens, wide, &activate);
  onoma_linear_run(&layer->out, exec, wide, n_tokens, x, &add);
  onoma_layer_norm_run(&layer->norm, exec, x, n_tokens, x);
  onoma_arena_release(arena, mark);
}

// x / |x|, as torch's normalize() with its epsilon.
static void normalize(float *x, size_t n) {
  double squares = 0;
  for (size_t i = 0; i < n; i++)
    squares += (double)x[i] * x[i];
  const double norm = fmax(sqrt(squares), 1e-12);
  for (size_t i = 0; i < n; i++)
    x[i] = (float)(x[i] / norm);
}

// The pooler and the projection of the first token.
static void project(const ClapText *clap, const OnomaExec *exec, const float *first,
                    float *pooled) {
  OnomaArena *const arena = exec->arena;
  const size_t n_pooled = clap->base.n_pooled;
  const OnomaEpilogue activate = {.activation = clap->settings.projection_activation};
  const OnomaEpilogue squash = {.activation = ONOMA_ACT_TANH};
  float *const pooler = onoma_arena_floats(arena, clap->base.n_hidden);
  float *const middle = onoma_arena_floats(arena, n_pooled);
  onoma_linear_run(&clap->pooler, exec, first, 1, pooler, &squash);
  onoma_tap_rows(exec, pooler, 1, 0, clap->base.n_hidden, "pooler_output");
  onoma_linear_run(&clap->projection1, exec, pooler, 1, middle, &activate);
  onoma_linear_run(&clap->projection2, exec, middle, 1, pooled, NULL);
  onoma_tap_rows(exec, pooled, 1, 0, n_pooled, "text_embeds");
  if (!arena->measuring)
    normalize(pooled, n_pooled);
}

static void run(const OnomaText *text, const OnomaExec *exec, const OnomaTokens *tokens,
                float *hidden, float *pooled) {
  const ClapText *const clap = (const ClapText *)text;
  OnomaArena *const arena = exec->arena;
  const size_t mark = onoma_arena_mark(arena);
  float *const scratch = onoma_arena_floats(arena, clap->base.n_hidden);
  if (!arena->measuring)
    embed(clap, tokens, scratch, hidden);
  onoma_layer_norm_run(&clap->embedding_norm, exec, hidden, tokens->n, hidden);
  onoma_tap_rows(exec, hidden, 1, tokens->n, clap->base.n_hidden, "hidden_states.0");
  for (size_t i = 0; i < clap->settings.n_layers; i++) {
    run_layer(clap, &clap->layers[i], exec, tokens->n, hidden);
    onoma_tap_rows(exec, hidden, 1, tokens->n, clap->base.n_hidden, "hidden_states.%zu", i + 1);
  }
  project(clap, exec, hidden, pooled);
  onoma_arena_release(arena, mark);
}

const OnomaTextClass onoma_clap_text = {
    .name = "ClapTextModelWithProjection",
    .open = open_clap,
    .close = close_clap,
    .tokenize = tokenize,
    .run = run,
};
