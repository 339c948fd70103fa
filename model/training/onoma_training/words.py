# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: word vectors from WordNet's relations and glosses (Debian package wordnet-base).

A word is near another when they share synsets, synsets that point at each other, or words of their
glosses. Those counts make a sparse matrix of words by contexts; its positive pointwise mutual
information, factored by a truncated SVD, gives the vectors (Levy and Goldberg 2014).
"""

import collections
import os
import re

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
import torch

from . import runtime

_TOKEN = re.compile(r"[a-z0-9#]+")
_PARTS = ("noun", "verb", "adj", "adv")
_STOP = set(
    """a an the of or and to in that is with by for as on from at be it its are not who which was used
    having one some any his her their this into than such has have been usually especially often more
    most very can may e g etc being make made something someone you your he she they but if so when
    where what other up out no""".split()
)
# How strongly a synset takes part in its neighbour's meaning, by WordNet's pointer symbols.
_RELATIONS = {
    "@": 0.6, "@i": 0.6, "~": 0.25, "~i": 0.25, "&": 0.8, "+": 0.9, "\\": 0.7, "=": 0.5, "^": 0.4,
    "$": 0.8, "*": 0.4, ">": 0.4, "%m": 0.3, "%s": 0.4, "%p": 0.3, "#m": 0.3, "#s": 0.4, "#p": 0.3,
    "<": 0.5, ";c": 0.2, "-c": 0.1,
}


class Synset:
    """One line of a data file."""

    def __init__(self, words, pointers, gloss, part):
        self.words, self.pointers, self.gloss, self.part = words, pointers, gloss, part


def read_synsets(directory):
    """{(part letter, offset): Synset}; satellites of adjectives are filed under "a"."""
    synsets = {}
    for part in _PARTS:
        with open(os.path.join(directory, f"data.{part}"), encoding="latin-1") as file:
            for line in file:
                if line.startswith("  "):
                    continue
                head, _, gloss = line.partition("|")
                fields = head.split()
                n_words = int(fields[3], 16)
                words = [re.sub(r"\(.*\)", "", w).lower() for w in fields[4 : 4 + 2 * n_words : 2]]
                at = 4 + 2 * n_words
                pointers = []
                for i in range(int(fields[at])):
                    symbol, offset, letter = fields[at + 1 + 4 * i : at + 4 + 4 * i]
                    pointers.append((symbol, (letter.replace("s", "a"), int(offset))))
                letter = fields[2].replace("s", "a")
                synsets[letter, int(fields[0])] = Synset(words, pointers, gloss.lower(), letter)
    return synsets


def read_senses(directory):
    """{word: [(synset key, tagged count of the sense)]} from the index files and cntlist.rev."""
    counts = {}
    with open(os.path.join(directory, "cntlist.rev"), encoding="latin-1") as file:
        for line in file:
            key, number, count = line.split()
            word, _, rest = key.partition("%")
            part = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}[rest[0]]
            counts[word, part, int(number)] = int(count)
    senses = collections.defaultdict(list)
    for part in _PARTS:
        letter = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}[part]
        with open(os.path.join(directory, f"index.{part}"), encoding="latin-1") as file:
            for line in file:
                if line.startswith("  "):
                    continue
                fields = line.split()
                n_synsets = int(fields[2])
                for i, offset in enumerate(fields[-n_synsets:]):
                    count = counts.get((fields[0], letter, i + 1), 0)
                    senses[fields[0]].append(((letter, int(offset)), count))
    return senses


def choose_words(synsets, senses, wanted, count):
    """The `count` most useful single words: tagged senses, use in glosses, and all `wanted` ones."""
    use = collections.Counter()
    for synset in synsets.values():
        use.update(_TOKEN.findall(synset.gloss))
    single = [word for word in senses if _TOKEN.fullmatch(word)]
    scores = {}
    for word in single:
        tagged = sum(c for _, c in senses[word])
        scores[word] = 3 * tagged + use[word] + len(senses[word])
    ranked = sorted(single, key=lambda word: (-(word in wanted), -scores[word], word))
    return sorted(ranked[:count], key=lambda word: word.encode())


def sense_weights(entries):
    """Shares of a word's senses: tagged counts, and falling with the order WordNet gives them."""
    weights = np.array([1.0 / (1 + i % 8) + 0.3 * np.log1p(c) for i, (_, c) in enumerate(entries)])
    return weights / weights.sum()


def build_matrix(words, synsets, senses):
    """Sparse [V, contexts]: synsets near the word, and words of the glosses of its synsets."""
    row_of = {word: i for i, word in enumerate(words)}
    column_of = {}
    rows, columns, values = [], [], []

    def add(row, context, value):
        rows.append(row)
        columns.append(column_of.setdefault(context, len(column_of)))
        values.append(value)

    def add_gloss(row, synset, weight):
        tokens = [t for t in _TOKEN.findall(synset.gloss) if t not in _STOP and len(t) > 1]
        for token in tokens:
            add(row, ("gloss", token), weight / max(4, len(tokens)) ** 0.5)
            if token in row_of:
                add(row_of[token], ("used in", row), 0.3 * weight / max(4, len(tokens)) ** 0.5)

    for word, row in row_of.items():
        add(row, ("gloss", word), 1.0)
        for (key, _), share in zip(senses[word], sense_weights(senses[word])):
            synset = synsets[key]
            add(row, key, 3 * share)
            add_gloss(row, synset, 1.5 * share)
            for other in synset.words:
                add(row, ("gloss", other), 1.5 * share)
            for symbol, target in synset.pointers:
                weight = _RELATIONS.get(symbol, 0)
                if weight and target in synsets:
                    add(row, target, 3 * share * weight)
                    if symbol in ("@", "&", "+", "\\", "$"):
                        add_gloss(row, synsets[target], 0.6 * share * weight)
                        for other in synsets[target].words:
                            add(row, ("gloss", other), share * weight)
    shape = (len(words), len(column_of))
    return scipy.sparse.csr_matrix((values, (rows, columns)), shape, dtype=np.float64)


def positive_information(matrix, smoothing=0.75):
    """Positive pointwise mutual information; smoothed context counts tame rare contexts."""
    matrix = matrix.tocoo()
    by_row = np.asarray(matrix.sum(1)).ravel()
    by_column = np.asarray(matrix.sum(0)).ravel() ** smoothing
    expected = by_row[matrix.row] * by_column[matrix.col] / by_column.sum()
    values = np.maximum(0, np.log(np.maximum(matrix.data, 1e-12) / np.maximum(expected, 1e-12)))
    return scipy.sparse.csr_matrix((values, (matrix.row, matrix.col)), matrix.shape)


def factor(matrix, size):
    """Unit vectors [V, size] by truncated SVD, singular values to the power 0.5."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    scaled = scipy.sparse.diags(1 / np.maximum(norms, 1e-9)) @ matrix
    start = np.random.default_rng(0).standard_normal(min(scaled.shape))
    left, singular, _ = scipy.sparse.linalg.svds(scaled, k=size, v0=start)
    order = np.argsort(-singular)
    left, singular = left[:, order], singular[order]
    left = left * np.sign(np.abs(left).max(0) - np.abs(left.min(0)) + 1e-9)
    vectors = left * singular**0.5
    vectors = vectors - vectors.mean(0)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def quantise_rows(vectors):
    """int8 rows and their float32 scales."""
    scale = torch.as_tensor(np.abs(vectors).max(1) / 127, dtype=torch.float32).clamp_min(1e-9)
    rows = torch.round(torch.as_tensor(vectors, dtype=torch.float32) / scale[:, None])
    return rows.clamp(-127, 127).to(torch.int8), scale


def neighbours(word, words, vectors, count=8):
    """The words whose vectors have the largest cosine with the word's."""
    row = words.index(word)
    order = np.argsort(-(vectors @ vectors[row]))
    return [words[i] for i in order if i != row][:count]


def load(run):
    """(vocabulary word -> row, float32 vectors [V, size]) as stored, int8 rounding included."""
    state = runtime.load_if_there(run.path("words.pt"))
    if state is None:
        runtime.fail(f"{run.path('words.pt')} is missing: run the stage 'words' first")
    vectors = state["rows"].float() * state["scale"][:, None]
    return {word: i for i, word in enumerate(state["words"])}, vectors


def main():
    """Make the vectors and show some neighbours."""
    parser = runtime.arguments(
        "words",
        trains=False,
        wordnet={"default": "/usr/share/wordnet", "help": "directory of WordNet's dict files"},
        wanted={"help": "file of words to include in any case, one a line"},
        show={"default": "rain,downpour,drum,hiss,bright,thud,guitar", "help": "words to show"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    wanted = set()
    if args.wanted:
        with open(args.wanted, encoding="utf-8") as file:
            wanted = set(file.read().split())
    synsets, senses = read_synsets(args.wordnet), read_senses(args.wordnet)
    words = choose_words(synsets, senses, wanted, run.settings["words"]["count"])
    matrix = positive_information(build_matrix(words, synsets, senses))
    run.log(f"{len(words)} words, {matrix.shape[1]} contexts, {matrix.nnz} values")
    size = run.settings["text_encoder"].get("word_vector_size", 64)
    vectors = factor(matrix, size)
    rows, scale = quantise_rows(vectors)
    runtime.save_atomic({"words": words, "rows": rows, "scale": scale}, run.path("words.pt"))
    for word in args.show.split(","):
        if word in words:
            run.log(f"{word}:", " ".join(neighbours(word, words, vectors)))


if __name__ == "__main__":
    main()
