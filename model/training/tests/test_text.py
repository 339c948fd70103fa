# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Words, hashes and batches of the text encoder."""

import unittest
import zlib

import torch

from onoma_training import text_encoder
from onoma_training.text_encoder import OnomaTextEncoder, TextConfig, Tokenizer


class TextTest(unittest.TestCase):
    def test_words(self):
        split = text_encoder.split_words
        self.assertEqual(split("Closed Hi-Hat, C#4!", 24), ["closed", "hi", "hat", "c#4"])
        self.assertEqual(split("café d'été", 24), ["caf", "d", "t"])
        self.assertEqual(split(" ...", 24), [])
        self.assertEqual(split("a b c d", 2), ["a", "b"])

    def test_rows(self):
        c = TextConfig()
        self.assertEqual(text_encoder.word_bucket("kick", 4096), 1 + zlib.crc32(b"kick") % 4095)
        rows = text_encoder.ngram_buckets("ab", c)
        grams = [b"<ab", b"ab>", b"<ab>"]
        self.assertEqual(rows, [1 + zlib.crc32(gram) % 8191 for gram in grams])
        self.assertEqual(len(text_encoder.ngram_buckets("a", c)), 1)

    def test_stems(self):
        vocabulary = {"drum": 0, "box": 1, "ring": 2}
        self.assertEqual(text_encoder.vector_row("drums", vocabulary), 0)
        self.assertEqual(text_encoder.vector_row("boxes", vocabulary), 1)
        self.assertEqual(text_encoder.vector_row("drummed", vocabulary), -1)
        self.assertEqual(text_encoder.vector_row("ring", vocabulary), 2)
        self.assertEqual(text_encoder.vector_row("as", {"a": 0}), -1)

    def test_padding_changes_nothing(self):
        c = TextConfig(hidden_size=16, intermediate_size=32, word_vector_size=4)
        encoder = OnomaTextEncoder(c, torch.randn(3, 4)).eval()
        tokenizer = Tokenizer(c, {"drum": 0, "deep": 1, "rain": 2})
        prompts = ["deep drum", "", "rain on a tin roof at night"]
        with torch.no_grad():
            together, _ = encoder(tokenizer(prompts))
            for i, prompt in enumerate(prompts):
                alone, _ = encoder(tokenizer([prompt]))
                length = 1 + len(text_encoder.split_words(prompt, 24))
                torch.testing.assert_close(together[i, :length], alone[0, :length], atol=1e-5, rtol=1e-5)

    def test_untrained_tables_have_no_effect(self):
        c = TextConfig(hidden_size=16, intermediate_size=32, word_vector_size=4)
        encoder = OnomaTextEncoder(c, torch.randn(1, 4)).eval()
        tokenizer = Tokenizer(c, {})
        with torch.no_grad():
            first, second = (encoder(tokenizer([word]))[0] for word in ("zzyx", "qwrt"))
        torch.testing.assert_close(first, second)

    def test_an_unknown_word_counts_by_its_ngrams(self):
        c = TextConfig(hidden_size=16, intermediate_size=32, word_vector_size=4)
        encoder = OnomaTextEncoder(c, torch.randn(1, 4)).eval()
        tokenizer = Tokenizer(c, {"drum": 0})
        with torch.no_grad():
            torch.nn.init.normal_(encoder.ngrams.weight)
            first, _ = encoder(tokenizer(["zzyx"]))
            second, _ = encoder(tokenizer(["qwrt"]))
        self.assertGreater((first - second).abs().max().item(), 1e-3)


if __name__ == "__main__":
    unittest.main()
