// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Prompts: both tokenizers, and looking for notes.

#include "base/utf8.h"
#include "fuzz.h"
#include "model/text/bpe.h"
#include "model/text/note.h"
#include "model/text/onoma_words.h"

#include <string.h>

static void fuzz_bpe(const char *text, size_t n) {
  static OnomaBpe *bpe; // lives as long as the process
  OnomaError error;
  if (!bpe && onoma_bpe_open(&bpe, ONOMA_TEST_DATA "/golden/dev/audioldm-tiny/tokenizer", &error))
    FUZZ_ASSERT(!"the tokenizer opens");
  uint32_t ids[16];
  size_t n_ids = 0;
  const OnomaStatus status = onoma_bpe_encode(bpe, text, n, 16, ids, &n_ids, &error);
  FUZZ_ASSERT(!status == (onoma_utf8_valid_length(text, n) == n));
  if (status)
    return;
  FUZZ_ASSERT(n_ids >= 2 && n_ids <= 16 && ids[0] == 0 && ids[n_ids - 1] == 2);
  for (size_t i = 0; i < n_ids; i++)
    FUZZ_ASSERT(ids[i] <= onoma_bpe_largest_id(bpe));
}

static void fuzz_words(const char *prompt) {
  static OnomaVocabulary vocabulary; // lives as long as the process
  static const OnomaWordSettings settings = {
      .max_words = 5, .word_buckets = 7, .ngram_buckets = 9, .ngram_min = 3, .ngram_max = 5};
  OnomaError error;
  if (!vocabulary.n &&
      onoma_vocabulary_open(&vocabulary, ONOMA_TEST_DATA "/text/onoma/text_encoder/vocab.txt",
                            &error))
    FUZZ_ASSERT(!"the vocabulary opens");
  OnomaTokens tokens = {0};
  FUZZ_ASSERT(!onoma_words_tokenize(&settings, &vocabulary, prompt, &tokens, &error));
  FUZZ_ASSERT(tokens.n >= 1 && tokens.n <= 6);
  size_t at = 0;
  for (size_t i = 1; i < tokens.n; i++) {
    FUZZ_ASSERT(tokens.ids[at] >= 1 && tokens.ids[at] < 7);
    FUZZ_ASSERT(tokens.ids[at + 1] == ONOMA_NO_VECTOR || tokens.ids[at + 1] < vocabulary.n);
    at += 3 + tokens.ids[at + 2];
  }
  FUZZ_ASSERT(at == tokens.n_ids);
  free(tokens.ids);
}

static void fuzz_notes(const char *prompt) {
  double note = -1;
  FUZZ_ASSERT(onoma_note_find(prompt, &note) == (note >= 0 && note <= 127));
  note = -1;
  FUZZ_ASSERT(onoma_note_read(prompt, &note) == (note >= 0 && note <= 127));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bpe((const char *)data, size);
  char *const prompt = malloc(size + 1);
  FUZZ_ASSERT(prompt);
  if (size)
    memcpy(prompt, data, size);
  prompt[size] = '\0';
  fuzz_words(prompt);
  fuzz_notes(prompt);
  free(prompt);
  return 0;
}
