# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The table of sound families."""

import dataclasses
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Family:
    """One kind of sound.

    make(draw) returns a waveform of natural length, at any level. `tonal`: has a pitch, which draw.note chose.
    `texture`: stationary, so that it can be cut anywhere and made to loop. `weight`: how often it is drawn,
    relative to the others. `exact_loop`: what it makes is a loop already.
    """

    name: str
    group: str
    make: Callable
    tonal: bool
    texture: bool
    exact_loop: bool
    weight: float


FAMILIES = {}


def family(name, group, tonal=False, texture=False, weight=1.0, exact_loop=False):
    """Registers the decorated function as a family."""

    def register(make):
        if name in FAMILIES:
            raise ValueError(f"family {name!r} is registered twice")
        FAMILIES[name] = Family(name, group, make, tonal, texture, exact_loop, weight)
        return make

    return register
