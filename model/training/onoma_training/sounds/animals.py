# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Birds, insects, frogs and other voices of animals."""

import numpy as np

from . import dsp
from .nature import _texture_length, convolve
from .registry import family
from .winds import VOWELS


def _chirp(rng, low, high):
    """One syllable: a sine on a random curve, sometimes a trill."""
    n = dsp.samples(rng.uniform(0.04, 0.18))
    position = np.linspace(0, 1, n)
    path = rng.uniform(low, high) * 2 ** (rng.uniform(-0.6, 0.6) * position + rng.uniform(-0.4, 0.4) * position**2)
    if rng.random() < 0.4:
        path = path * 2 ** (rng.uniform(0.05, 0.2) * np.sin(2 * np.pi * rng.uniform(18, 60) * dsp.times(n)))
    return dsp.sine(path) * np.sin(np.pi * position) ** 0.7 + 0.1 * dsp.sine(2 * path) * np.sin(np.pi * position)


@family("bird", "animals", weight=1.5)
def bird(p):
    """A song: a few kinds of syllable, repeated and mixed."""
    size = p.uniform("size", 0, 1)
    low, high = 4500 - 2700 * size, 7500 - 4500 * size
    syllables = [_chirp(p.rng, low, high) for _ in range(int(p.rng.integers(1, 4)))]
    n = min(p.n_max, dsp.samples(p.held(0.25)))
    out = np.zeros(n)
    at = 0
    while at < n:
        syllable = syllables[int(p.rng.integers(len(syllables)))]
        dsp.add_at(out, at, syllable * p.rng.uniform(0.5, 1))
        at += len(syllable) + dsp.samples(p.rng.exponential(0.08) + 0.015)
    return out


@family("birdsong", "animals", texture=True)
def birds(p):
    """Several birds, near and far."""
    n = _texture_length(p, 1.2)
    out = np.zeros(n)
    for _ in range(int(p.log("birds", 3, 9))):
        syllables = [_chirp(p.rng, 2000, 6500) for _ in range(2)]
        loud = p.rng.uniform(0.1, 1) ** 1.5
        at = int(p.rng.uniform(0, 0.6) * dsp.SAMPLE_RATE)
        while at < n:
            syllable = syllables[int(p.rng.integers(2))]
            dsp.add_at(out, at, loud * syllable)
            at += len(syllable) + dsp.samples(p.rng.exponential(0.25) + 0.02)
    leaves = dsp.run(dsp.coloured(p.rng, n, 3), dsp.bandpass(2500, 0.4))
    return out + p.uniform("noisiness", 0.005, 0.08) * leaves


@family("owl", "animals")
def owl(p):
    """Hoots: low, soft, a little bent."""
    count = p.choice("strokes", (1, 2, 3), (1, 2, 1))
    pitch = p.log("body_hz", 280, 620)
    n = min(p.n_max, dsp.samples(0.55 * count))
    out = np.zeros(n)
    for i in range(count):
        m = dsp.samples(p.rng.uniform(0.18, 0.5))
        position = np.linspace(0, 1, m)
        path = pitch * (1 + 0.08 * np.sin(np.pi * position))
        hoot = dsp.sine(path) + 0.15 * dsp.sine(2 * path) + 0.05 * dsp.run(dsp.white(p.rng, m), dsp.bandpass(pitch, 4))
        dsp.add_at(out, dsp.samples(0.5 * i) if i else 0, hoot * np.sin(np.pi * position) ** 0.6)
    return out


@family("crickets", "animals", texture=True)
def crickets(p):
    """Pulse trains near 4 kHz from a few insects, each at its own rate; or the steady shimmer of cicadas."""
    n = _texture_length(p, 0.8)
    kind = p.choice("insect", ("cricket", "cicada"), (3, 1))
    count = int(p.log("insects", 1, 7))
    out = np.zeros(n)
    for _ in range(count):
        carrier = dsp.sine(p.rng.uniform(3200, 5800) * (1 + 0.01 * dsp.wander(p.rng, n, 4)))
        pulses = np.maximum(
            0, np.sin(2 * np.pi * dsp.cycles(p.rng.uniform(25, 45) * (3 if kind == "cicada" else 1), n, p.rng.random()))
        )
        chirps = (
            np.ones(n)
            if kind == "cicada"
            else (dsp.cycles(p.rng.uniform(1.5, 5), n, p.rng.random()) % 1.0 < p.rng.uniform(0.2, 0.6)).astype(float)
        )
        chirps = dsp.signal.lfilter([0.01], [1, -0.99], chirps)
        out += p.rng.uniform(0.2, 1) * carrier * pulses * chirps
    return out + 0.02 * dsp.run(dsp.coloured(p.rng, n, 3), dsp.bandpass(3000, 0.5))


@family("insect buzz", "animals", texture=True)
def buzz(p):
    """A fly, bee or mosquito: wing beats that come and go."""
    n = _texture_length(p, 0.6)
    beat = p.log("body_hz", 110, 620)
    near = 0.15 + dsp.wander(p.rng, n, 2.0)
    path = beat * (1 + 0.12 * (dsp.wander(p.rng, n, 4.0) - 0.5) + 0.05 * near)
    count = dsp.n_harmonics(float(np.max(path)), 40)
    wings = dsp.wavetable(dsp.cycles(path), p.rng.uniform(0.3, 1, count) / np.arange(1, count + 1) ** 0.7)
    return wings * near


def _growl(p, n, path, centres, rough):
    """A rough voice: a pulse train through formants, with noise at the folds' rate."""
    count = dsp.n_harmonics(float(np.max(path)), 60)
    frequencies = float(np.mean(path)) * np.arange(1, count + 1)
    gain = sum(level / (1 + ((frequencies - centre) / width) ** 2) for centre, width, level in centres) + 0.01
    phase = dsp.cycles(path * (1 + 0.03 * rough * (dsp.wander(p.rng, n, 60) - 0.5)))
    tone = dsp.wavetable(phase, gain)
    breath = dsp.run(dsp.white(p.rng, n), dsp.bandpass(centres[1][0], 0.8))
    return tone / np.std(tone) + rough * breath * (0.5 + 0.5 * np.sin(2 * np.pi * phase))


@family("dog bark", "animals")
def dog(p):
    """Barks: a rough voice that jumps up and falls within a tenth of a second."""
    count = p.choice("strokes", (1, 2, 3), (2, 2, 1))
    size = p.uniform("size", 0, 1)
    pitch = 650 - 420 * size
    gap = p.uniform("gap_s", 0.25, 0.45)
    m = dsp.samples(p.rng.uniform(0.12, 0.22))
    n = min(p.n_max, dsp.samples((count - 1) * gap) + m)
    out = np.zeros(n)
    scale = 1.25 - 0.5 * size
    for i in range(count):
        position = np.linspace(0, 1, m)
        path = pitch * p.rng.uniform(0.93, 1.07) * (0.75 + 0.5 * np.sin(np.pi * position**0.6))
        bark = _growl(p, m, path, ((700 * scale, 220, 1), (1500 * scale, 300, 0.6), (2800 * scale, 500, 0.25)), 0.7)
        dsp.add_at(out, dsp.samples(i * gap) if i else 0, bark * np.sin(np.pi * position**0.5) ** 1.2)
    return out


@family("cat meow", "animals")
def cat(p):
    """A meow: formants that open and close over a pitch that rises and falls."""
    n = min(p.n_max, dsp.samples(p.log("duration", 0.35, 1.1)))
    pitch = p.log("body_hz", 380, 800)
    position = np.linspace(0, 1, n)
    path = pitch * 2 ** (0.35 * np.sin(np.pi * position**0.8) - 0.25 * position)
    count = dsp.n_harmonics(float(np.max(path)), 40)
    frequencies = pitch * np.arange(1, count + 1)
    shapes = [VOWELS[v] for v in ("ee", "eh", "ah", "oh", "oo")]
    tables = np.stack(
        [
            sum(10 ** (level / 20) / np.sqrt(1 + ((frequencies - 1.35 * c) / (2 * w)) ** 2) for c, w, level in shape)
            for shape in shapes
        ]
    )
    tone = dsp.wavetable(dsp.cycles(path), tables, 4 * position)
    return tone * np.sin(np.pi * position**0.7) ** 0.7


@family("frog", "animals")
def frog(p):
    """Croaks: pulses of a resonant throat."""
    n = min(p.n_max, dsp.samples(p.held(0.25, 1.6)))
    rate = p.log("speed", 18, 70)
    pitch = p.log("body_hz", 180, 1400)
    pulses = np.zeros(n)
    pulses[:: int(dsp.SAMPLE_RATE / rate)] = 1.0
    m = dsp.samples(0.06)
    throat = dsp.partials(m, pitch * np.array([1, 2.1, 3.3]), 0.035, [1, 0.5, 0.25])
    return convolve(pulses, throat) * np.sin(np.pi * np.linspace(0, 1, n)) ** 0.5
