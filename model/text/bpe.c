// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Encoding text with a byte pair encoding.

#include "bpe.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "bpe_impl.h"
#include "bpe_words.h"
#include "unicode.h"

#include <string.h>

// Where the ids go.
typedef struct {
  const OnomaBpe *bpe;
  uint32_t *ids;
  size_t n, capacity;
  OnomaError *error;
} Output;

static void add_id(Output *output, uint32_t id) {
  if (output->n < output->capacity)
    output->ids[output->n++] = id;
}

static OnomaStatus encode_word(Output *output, const char *text, size_t n) {
  const OnomaBpe *const bpe = output->bpe;
  uint32_t *const symbols = onoma_alloc(n, sizeof(*symbols));
  if (!symbols)
    return onoma_fail_memory(output->error);
  for (size_t i = 0; i < n; i++)
    symbols[i] = bpe->merges.bytes[(unsigned char)text[i]];
  const OnomaStatus status = onoma_bpe_merge(&bpe->merges, symbols, &n, output->error);
  for (size_t i = 0; i < n && !status; i++) {
    const uint32_t id = bpe->merges.ids[symbols[i]];
    add_id(output, id == ONOMA_BPE_NO_ID ? bpe->specials[ONOMA_BPE_UNK].id : id);
  }
  onoma_free(symbols);
  return status;
}

static OnomaStatus encode_words(Output *output, const char *text, size_t n) {
  for (size_t at = 0; at < n && output->n < output->capacity;) {
    const size_t length = onoma_bpe_word_length(text + at, n - at);
    const OnomaStatus status = encode_word(output, text + at, length);
    if (status)
      return status;
    at += length;
  }
  return ONOMA_OK;
}

// What Python's strip() takes off.
static bool is_stripped(uint32_t code_point) {
  return onoma_unicode_class(code_point) == ONOMA_UNICODE_SPACE ||
         (code_point >= 0x1C && code_point <= 0x1F);
}

static size_t strip_left(const char *text, size_t begin, size_t end) {
  uint32_t code_point = 0;
  while (begin < end) {
    const size_t length = onoma_utf8_decode(text + begin, end - begin, &code_point);
    if (!is_stripped(code_point))
      break;
    begin += length;
  }
  return begin;
}

static size_t strip_right(const char *text, size_t begin, size_t end) {
  uint32_t code_point = 0;
  while (begin < end) {
    size_t last = end - 1;
    while (last > begin && ((unsigned char)text[last] & 0xC0) == 0x80)
      last--;
    (void)onoma_utf8_decode(text + last, end - last, &code_point);
    if (!is_stripped(code_point))
      break;
    end = last;
  }
  return end;
}

// The longest special token at the beginning of the text, or NULL.
static const OnomaBpeSpecial *special_at(const OnomaBpe *bpe, const char *text, size_t n) {
  const OnomaBpeSpecial *longest = NULL;
  for (size_t i = 0; i < ONOMA_BPE_N_SPECIALS; i++) {
    const OnomaBpeSpecial *const special = &bpe->specials[i];
    if (special->n_text && special->n_text <= n && !memcmp(text, special->text, special->n_text) &&
        (!longest || special->n_text > longest->n_text))
      longest = special;
  }
  return longest;
}

// Encodes the pieces between special tokens, and those.
static OnomaStatus encode_pieces(Output *output, const char *text, size_t n) {
  size_t begin = 0; // of the piece
  for (size_t at = 0; at <= n && output->n < output->capacity;) {
    const OnomaBpeSpecial *const special =
        at < n ? special_at(output->bpe, text + at, n - at) : NULL;
    if (at < n && !special) {
      at++;
      continue;
    }
    const size_t end = special && special->strips_left ? strip_right(text, begin, at) : at;
    const OnomaStatus status = encode_words(output, text + begin, end - begin);
    if (status || !special)
      return status;
    add_id(output, special->id);
    at += special->n_text;
    if (special->strips_right)
      at = strip_left(text, at, n);
    begin = at;
  }
  return ONOMA_OK;
}

// The text with a blank in front, if the configuration wants one.
static OnomaStatus encode_prefixed(Output *output, const char *text, size_t n) {
  if (!output->bpe->add_prefix_space || !n || strip_left(text, 0, n))
    return encode_pieces(output, text, n);
  char *const prefixed = onoma_alloc(n + 1, 1);
  if (!prefixed)
    return onoma_fail_memory(output->error);
  prefixed[0] = ' ';
  memcpy(prefixed + 1, text, n);
  const OnomaStatus status = encode_pieces(output, prefixed, n + 1);
  onoma_free(prefixed);
  return status;
}

OnomaStatus onoma_bpe_encode(const OnomaBpe *bpe, const char *text, size_t n_text,
                             size_t max_tokens, uint32_t *ids, size_t *n_ids, OnomaError *error) {
  if (max_tokens < 2)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "a prompt needs room for 2 tokens at least");
  if (n_text >= INT32_MAX)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the prompt is too long");
  const size_t n_valid = onoma_utf8_valid_length(text, n_text);
  if (n_valid < n_text)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "the prompt is not UTF-8 (byte %zu)", n_valid + 1);

  Output output = {.bpe = bpe, .ids = ids, .capacity = max_tokens - 1, .error = error};
  add_id(&output, bpe->specials[ONOMA_BPE_CLS].id);
  const OnomaStatus status = encode_prefixed(&output, text, n_text);
  output.capacity = max_tokens;
  add_id(&output, bpe->specials[ONOMA_BPE_SEP].id);
  *n_ids = output.n;
  return status;
}
