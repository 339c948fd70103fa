# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""OnomaTextEncoder: hashed words and n-grams, word vectors, and a small transformer."""

import dataclasses
import re
import zlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .layers import LayerNorm, Linear, attention, key_mask

_WORD = re.compile(rb"[a-z0-9#]+")
_ENDINGS = ("s", "es", "ed", "ing")
_UPPER = bytes(range(ord("A"), ord("Z") + 1))
_TO_LOWER = bytes.maketrans(_UPPER, _UPPER.lower())


@dataclasses.dataclass(frozen=True)
class TextConfig:
    """The keys of text_encoder/config.json."""

    hidden_size: int = 192
    num_hidden_layers: int = 3
    num_attention_heads: int = 4
    intermediate_size: int = 768
    max_words: int = 24
    word_buckets: int = 4096
    ngram_buckets: int = 8192
    ngram_min: int = 3
    ngram_max: int = 5
    word_vector_size: int = 64
    layer_norm_eps: float = 1e-5


def split_words(prompt, max_words):
    """The prompt's words: runs of [a-z0-9#] of its UTF-8 bytes, ASCII letters lower-cased."""
    data = prompt.encode() if isinstance(prompt, str) else prompt
    return [word.decode() for word in _WORD.findall(data.translate(_TO_LOWER))[:max_words]]


def word_bucket(word, buckets):
    """Row of words.weight."""
    return 1 + zlib.crc32(word.encode()) % (buckets - 1)


def ngram_buckets(word, c):
    """Rows of ngrams.weight, one for every n-gram occurrence, shorter n-grams first."""
    marked = f"<{word}>".encode()
    rows = []
    for length in range(c.ngram_min, c.ngram_max + 1):
        for begin in range(len(marked) - length + 1):
            gram = marked[begin : begin + length]
            rows.append(1 + zlib.crc32(gram) % (c.ngram_buckets - 1))
    return rows


def vector_row(word, vocabulary):
    """Row of the word's vector, or of its stem's, or -1. vocabulary: word -> row."""
    if word in vocabulary:
        return vocabulary[word]
    for ending in _ENDINGS:
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) >= 3 and stem in vocabulary:
            return vocabulary[stem]
    return -1


class Tokenizer:
    """Prompts to rows of the tables; remembers the words it has seen."""

    def __init__(self, c, vocabulary):
        self.config = c
        self.vocabulary = vocabulary
        self.seen = {}

    def word(self, word):
        """(word bucket, n-gram buckets, vector row) of one word."""
        if word not in self.seen:
            c = self.config
            rows = (word_bucket(word, c.word_buckets), ngram_buckets(word, c))
            self.seen[word] = rows + (vector_row(word, self.vocabulary),)
        return self.seen[word]

    def __call__(self, prompts, device="cpu", rng=None, word_dropout=0.0, ngram_dropout=0.0,
                 vector_dropout=0.0):
        """A batch of prompts as tensors. The dropouts leave out parts of single words' embeddings.

        words [B,W] and vectors [B,W] hold rows (0 and -1: none); ngrams [N] with the flat positions
        `owners` [N] and `shares` [N] (one over a word's count); lengths [B] counts CLS too.
        """
        c = self.config
        split = [split_words(prompt, c.max_words) for prompt in prompts]
        width = max(1, max(len(words) for words in split))
        words = np.zeros((len(split), width), np.int64)
        vectors = np.full((len(split), width), -1, np.int64)
        ngrams, owners, shares = [], [], []
        for i, row in enumerate(split):
            for j, text in enumerate(row):
                bucket, grams, vector = self.word(text)
                draws = rng.random(3) if rng is not None else (1.0, 1.0, 1.0)
                has_vector = vector >= 0 and draws[2] >= vector_dropout
                words[i, j] = bucket if draws[0] >= word_dropout else 0
                vectors[i, j] = vector if has_vector else -1
                if grams and draws[1] >= ngram_dropout:
                    ngrams += grams
                    owners += [i * width + j] * len(grams)
                    shares += [1 / len(grams)] * len(grams)
        return {
            "words": torch.as_tensor(words, device=device),
            "vectors": torch.as_tensor(vectors, device=device),
            "ngrams": torch.as_tensor(np.asarray(ngrams, np.int64), device=device),
            "owners": torch.as_tensor(np.asarray(owners, np.int64), device=device),
            "shares": torch.as_tensor(np.asarray(shares, np.float32), device=device),
            "lengths": torch.as_tensor([1 + len(row) for row in split], device=device),
        }


class Layer(nn.Module):
    """Pre-norm attention and feed-forward net."""

    def __init__(self, c):
        super().__init__()
        size = c.hidden_size
        self.heads = c.num_attention_heads
        self.ln1, self.ln2 = (LayerNorm(size, c.layer_norm_eps) for _ in range(2))
        self.q, self.k, self.v, self.o = (Linear(size, size) for _ in range(4))
        self.fc1 = Linear(size, c.intermediate_size)
        self.fc2 = Linear(c.intermediate_size, size)

    def forward(self, x, mask):
        h = self.ln1(x)
        x = x + self.o(attention(self.q(h), self.k(h), self.v(h), self.heads, mask))
        return x + self.fc2(F.gelu(self.fc1(self.ln2(x))))


class OnomaTextEncoder(nn.Module):
    """Token tables to hidden states. `vectors`: the frozen word vectors, float32 [V, size]."""

    def __init__(self, c, vectors):
        super().__init__()
        self.config = c
        size = c.hidden_size
        self.words = nn.Embedding(c.word_buckets, size)
        self.ngrams = nn.Embedding(c.ngram_buckets, size)
        self.register_buffer("word_vectors", vectors)
        self.vector_proj = nn.Linear(c.word_vector_size, size, bias=False)
        self.cls = nn.Parameter(torch.zeros(size))
        self.positions = nn.Embedding(1 + c.max_words, size)
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.num_hidden_layers))
        self.final_ln = LayerNorm(size, c.layer_norm_eps)
        # Rows that no caption uses must stay without effect: unknown words live on vectors alone.
        nn.init.zeros_(self.words.weight)
        nn.init.zeros_(self.ngrams.weight)
        nn.init.normal_(self.positions.weight, 0, 0.3)
        nn.init.normal_(self.cls, 0, 0.3)

    def embed(self, batch):
        """Embeddings [B, 1 + W, D] of the tokenizer's tensors."""
        words, size = batch["words"], self.config.hidden_size
        count, width = words.shape
        h = self.words(words) * (words > 0)[..., None]
        rows = self.ngrams(batch["ngrams"]) * batch["shares"][:, None]
        grams = torch.zeros(count * width, size, device=h.device, dtype=rows.dtype)
        h = h + grams.index_add(0, batch["owners"], rows).view(count, width, size)
        known = (batch["vectors"] >= 0)[..., None]
        vectors = self.word_vectors[batch["vectors"].clamp_min(0)] * known
        h = h + self.vector_proj(vectors)
        h = torch.cat([self.cls.expand(count, 1, -1), h], 1)
        return h + self.positions.weight[: 1 + width]

    def forward(self, batch):
        """(hidden states [B,L,D], additive key mask [B,1,1,L])."""
        h = self.embed(batch)
        mask = key_mask(batch["lengths"], h.shape[1])
        for layer in self.layers:
            h = layer(h, mask)
        return self.final_ln(h).float(), mask
