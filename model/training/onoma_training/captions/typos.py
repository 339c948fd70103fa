# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Spelling mistakes as fingers make them."""

import functools
import pathlib

_NEIGHBOURS = {
    "a": "sqz",
    "b": "vgn",
    "c": "xdv",
    "d": "sfe",
    "e": "wrd",
    "f": "dgr",
    "g": "fht",
    "h": "gjy",
    "i": "uok",
    "j": "hku",
    "k": "jli",
    "l": "ko",
    "m": "nj",
    "n": "bmh",
    "o": "ipl",
    "p": "ol",
    "q": "wa",
    "r": "etf",
    "s": "adw",
    "t": "ryg",
    "u": "yij",
    "v": "cbf",
    "w": "qes",
    "x": "zcs",
    "y": "tuh",
    "z": "xa",
}


@functools.lru_cache(maxsize=None)
def held_out():
    """The words that no caption may contain: those of held_out.txt."""
    text = (pathlib.Path(__file__).parent / "held_out.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def misspelt(word, rng):
    """The word with two letters swapped, one dropped, doubled or replaced; never a held-out word."""
    if len(word) < 4 or not word.isalpha():
        return word
    i = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(4))
    if kind == 0:
        made = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    elif kind == 1:
        made = word[:i] + word[i + 1 :]
    elif kind == 2:
        made = word[:i] + word[i] + word[i:]
    else:
        near = _NEIGHBOURS.get(word[i].lower(), word[i])
        made = word[:i] + near[int(rng.integers(len(near)))] + word[i + 1 :]
    return word if made.lower() in held_out() else made
