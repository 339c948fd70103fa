# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The training sounds: procedural families and soundfont instruments, each with the parameters that made it."""

from . import (
    animals,
    basses,
    drums,
    events,
    keys,
    loops,
    machines,
    mallets,
)  # noqa: F401 (they register their families)
from . import nature, noises, objects, percussion, strings, synths, winds  # noqa: F401
from .clip import SAMPLE_RATE, Clip, ClipInfo, midi_to_hz
from .make import make_clip
from .registry import FAMILIES

__all__ = ["FAMILIES", "SAMPLE_RATE", "Clip", "ClipInfo", "make_clip", "midi_to_hz"]
