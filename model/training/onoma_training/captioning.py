# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Captions for clips of the training set, drawn anew each time."""

from .captions import draw_caption
from .sounds import ClipInfo


def draw(line, rng):
    """One caption of a clip's description (dataset.read_lines)."""
    return draw_caption(ClipInfo.from_dict(line["info"]), rng)
