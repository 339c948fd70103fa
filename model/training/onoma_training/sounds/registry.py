# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The table of sound families."""

import dataclasses
from typing import Callable


LOOPED_TEXTURES = 0.6


@dataclasses.dataclass(frozen=True)
class Family:
    """One kind of sound.

    make(draw) returns a waveform of natural length, at any level. `tonal`: has a pitch, which draw.note chose.
    `texture`: stationary, so that it can be cut anywhere. `weight`: how often it is drawn, relative to the others.
    `loops`: the chance that a clip is made to loop, which draw.loop tells: the sound must then stay as it is from end
    to end. `exact_loop`: what it makes is a loop already.
    """

    name: str
    group: str
    make: Callable
    tonal: bool
    texture: bool
    loops: float
    exact_loop: bool
    weight: float


FAMILIES = {}


def family(name, group, tonal=False, texture=False, weight=1.0, loops=None, exact_loop=False):
    """Registers the decorated function as a family; textures loop in LOOPED_TEXTURES of all cases, others not."""
    chance = (LOOPED_TEXTURES if texture else 0.0) if loops is None else loops

    def register(make):
        if name in FAMILIES:
            raise ValueError(f"family {name!r} is registered twice")
        FAMILIES[name] = Family(name, group, make, tonal, texture, chance, exact_loop, weight)
        return make

    return register
