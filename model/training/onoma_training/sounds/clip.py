# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The clip: a sound with the parameters that made it, from which captions are drawn."""

import dataclasses
from typing import Any, Dict, Optional

import numpy as np

SAMPLE_RATE = 44100


@dataclasses.dataclass(frozen=True)
class ClipInfo:
    """What is known of a sound without its samples; plain values only, so that it can be written as JSON.

    `params` holds the values the synthesis drew, by name. `positions` holds, for a value drawn from a range, where
    in that range it lies (0 to 1, on a logarithmic scale where it was drawn so): what the captions' adjectives are
    read from.
    """

    family: str
    group: str
    source: str
    seed: int
    midi: Optional[int]
    f0: Optional[float]
    loop: bool
    tempo: Optional[float]
    params: Dict[str, Any]
    positions: Dict[str, float]

    def to_dict(self):
        """The fields as a dictionary that `from_dict` and the json module understand."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_dict(fields):
        """The inverse of `to_dict`."""
        return ClipInfo(**fields)


@dataclasses.dataclass(frozen=True)
class Clip:
    """A mono sound, float32 at `SAMPLE_RATE`, and its description."""

    wave: np.ndarray
    info: ClipInfo

    @property
    def family(self):
        return self.info.family

    @property
    def params(self):
        return self.info.params

    @property
    def f0(self):
        return self.info.f0

    @property
    def midi(self):
        return self.info.midi

    @property
    def loop(self):
        return self.info.loop

    @property
    def length_s(self):
        """Length in seconds."""
        return len(self.wave) / SAMPLE_RATE


def midi_to_hz(midi):
    """Frequency of a MIDI note in equal temperament, A4 (69) at 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69) / 12.0)


class Draw:
    """Random draws of one clip; every named draw is recorded for the captions.

    `length_max_s` is the longest clip wanted. A family takes its durations through `held` and cuts at `n_max`.
    """

    def __init__(self, rng, length_max_s):
        self.rng = rng
        self.length_max_s = length_max_s
        self.n_max = int(length_max_s * SAMPLE_RATE)
        self.params = {}
        self.positions = {}
        self.midi = None
        self.f0 = None
        self.tempo = None
        self.loop = False
        self.period_s = None  # set by a family that repeats exactly, so that a loop can keep the beat

    def child(self):
        """Draws of the same generator for a part of this sound, whose values aren't recorded here."""
        return Draw(self.rng, self.length_max_s)

    def uniform(self, name, low, high):
        """A value drawn uniformly from [low, high)."""
        position = self.rng.random()
        return self._record(name, low + (high - low) * position, position)

    def log(self, name, low, high):
        """A value drawn uniformly on a logarithmic scale from [low, high)."""
        position = self.rng.random()
        return self._record(name, low * (high / low) ** position, position)

    def choice(self, name, options, weights=None):
        """One of `options`, equally likely unless weights are given."""
        weights = None if weights is None else np.asarray(weights, float) / np.sum(weights)
        value = options[int(self.rng.choice(len(options), p=weights))]
        self.params[name] = value
        return value

    def flag(self, name, probability):
        """True with the given probability."""
        value = bool(self.rng.random() < probability)
        self.params[name] = value
        return value

    def sometimes(self, name, probability, low, high):
        """Zero, or with the given probability a value from [low, high); zero is recorded without a position."""
        if self.rng.random() >= probability:
            self.params[name] = 0.0
            return 0.0
        return self.uniform(name, low, high)

    def note(self, low, high):
        """A MIDI note uniform over low to high, both included; returns its frequency in hertz."""
        self.midi = int(self.rng.integers(low, high + 1))
        self.f0 = float(midi_to_hz(self.midi))
        self.positions["note"] = (self.midi - low) / max(1, high - low)
        return self.f0

    def held(self, low=0.12, high=12.0):
        """The time in seconds a note is held or a texture lasts, within the longest clip wanted."""
        high = min(high, 0.95 * self.length_max_s)
        low = min(low, 0.5 * high)
        return self.log("duration", low, high)

    def envelope(self, made):
        """An envelope for a held sound, or a level line where the sound is to loop."""
        return np.ones(len(made)) if self.loop else made

    def _record(self, name, value, position):
        self.params[name] = float(value)
        self.positions[name] = float(position)
        return float(value)
