# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Struck bars, plates, pans and bells."""

import numpy as np

from . import dsp
from .registry import family

# Materials of bars: how long they ring, relative to wood, and how much of the upper modes they keep.
MATERIALS = {"wood": (1.0, 0.35), "glass": (1.8, 0.8), "metal": (4.0, 1.0), "stone": (0.7, 0.6)}


def _mallet(p, n, hardness, level):
    """The mallet's own noise."""
    noise = dsp.run(dsp.white(p.rng, n), dsp.bandpass(500 * 2 ** (3.5 * hardness), 0.7))
    return level * noise * dsp.decay(n, 0.03)


def _bar(p, f0, n, ratios, t60, hardness, tilt, damping=0.7):
    """Modes of a bar: a harder mallet excites more of the upper ones; they also die sooner."""
    ratios = np.asarray(ratios, float)
    cutoff = 500 * 2 ** (4.5 * hardness) + f0
    amplitudes = dsp.lowpass_gain(f0 * ratios, cutoff, 1) * tilt ** np.arange(len(ratios))
    t60s = t60 / ratios**damping
    return dsp.partials(n, f0 * ratios, t60s, amplitudes) * dsp.attack(n, 0.0004 + 0.0025 * (1 - hardness))


def _hardness(p):
    """How hard the mallet is, 0 (yarn) to 1 (plastic or brass)."""
    return p.uniform("hardness", 0, 1)


@family("marimba", "mallets", tonal=True, weight=2.0)
def marimba(p):
    """A bar tuned to 1 : 4 : 10 over a resonator tube; of rosewood, or of another material."""
    f0 = p.note(45, 96)
    material = p.choice("material", tuple(MATERIALS), (6, 2, 1, 1))
    ring, upper = MATERIALS[material]
    hardness = _hardness(p)
    t60 = ring * p.log("ring", 0.6, 1.6) * (220 / f0) ** 0.6
    n = min(p.n_max, dsp.samples(max(0.15, 1.05 * t60)))
    ratios = (1, 3.99, 9.6, 16.2, 24.0) if material != "glass" else (1, 3.9, 9.2, 13.4, 17.8)
    bar = _bar(p, f0, n, ratios, t60, hardness, 0.35 + 0.5 * upper, 0.9 - 0.4 * upper)
    tube = 0.6 * dsp.partials(n, [f0], 0.8 * t60, 1.0) * dsp.attack(n, 0.006)
    return bar + tube + _mallet(p, n, hardness, 0.08)


@family("xylophone", "mallets", tonal=True)
def xylophone(p):
    """Bars tuned to 1 : 3 : 6, short and hard."""
    f0 = p.note(60, 103)
    hardness = 0.4 + 0.6 * _hardness(p)
    t60 = p.log("ring", 0.3, 0.9) * (440 / f0) ** 0.4
    n = min(p.n_max, dsp.samples(max(0.15, 1.1 * t60)))
    return _bar(p, f0, n, (1, 3.0, 6.1, 10.2, 15.0), t60, hardness, 0.6, 0.6) + _mallet(p, n, hardness, 0.1)


@family("vibraphone", "mallets", tonal=True)
def vibraphone(p):
    """Aluminium bars 1 : 4 : 10 that ring, with the motor's tremolo on the fundamental."""
    f0 = p.note(53, 91)
    hardness = _hardness(p)
    t60 = p.log("decay", 1.0, 6.0)
    n = min(p.n_max, dsp.samples(t60))
    bar = _bar(p, f0, n, (1, 4.0, 10.1, 16.5), t60, hardness, 0.45, 0.8)
    depth = p.sometimes("tremolo", 0.6, 0.2, 0.8)
    return bar * (1 - depth * (0.5 - 0.5 * np.cos(2 * np.pi * p.uniform("tremolo_hz", 3, 7) * dsp.times(n))))


@family("glockenspiel", "mallets", tonal=True)
def glockenspiel(p):
    """Small steel bars: a free bar's modes, 1 : 2.76 : 5.4 : 8.93."""
    f0 = p.note(72, 108)
    hardness = 0.4 + 0.6 * _hardness(p)
    t60 = p.log("decay", 0.8, 4.0)
    n = min(p.n_max, dsp.samples(t60))
    return _bar(p, f0, n, (1, 2.756, 5.404, 8.933), t60, hardness, 0.6, 0.8) + _mallet(p, n, 1.0, 0.04)


@family("celesta", "mallets", tonal=True)
def celesta(p):
    """Steel plates struck by felt over wooden boxes."""
    f0 = p.note(60, 103)
    t60 = p.log("decay", 0.7, 2.5)
    n = min(p.n_max, dsp.samples(t60))
    return _bar(p, f0, n, (1, 2.756, 4.0, 5.404), t60, 0.3 + 0.3 * _hardness(p), 0.3, 0.8)


@family("kalimba", "mallets", tonal=True)
def kalimba(p):
    """A plucked tongue: clamped bar, modes 1 : 6.27 : 17.5, and a wooden box."""
    f0 = p.note(52, 88)
    t60 = p.log("decay", 0.5, 2.5)
    n = min(p.n_max, dsp.samples(t60))
    hardness = _hardness(p)
    tone = dsp.partials(
        n,
        f0 * np.array([1, 2.0, 6.27, 9.1]),
        t60 * np.array([1, 0.5, 0.12, 0.08]),
        [1, 0.15, 0.25 + 0.3 * hardness, 0.15 * hardness],
    )
    buzz = p.sometimes("buzz", 0.3, 0.1, 0.4)
    if buzz > 0:
        tone = tone + buzz * dsp.run(np.maximum(tone, 0) ** 2, dsp.highpass(1500))
    return tone * dsp.attack(n, 0.001) + _mallet(p, n, 0.3, 0.06)


@family("music box", "mallets", tonal=True)
def music_box(p):
    f0 = p.note(67, 100)
    t60 = p.log("decay", 0.8, 3.0)
    n = min(p.n_max, dsp.samples(t60))
    tone = dsp.partials(n, f0 * np.array([1, 2.0, 3.01, 6.27]), t60 * np.array([1, 0.7, 0.35, 0.2]), [1, 0.3, 0.2, 0.3])
    return tone + _mallet(p, n, 1.0, 0.08)


@family("steel drum", "mallets", tonal=True)
def steel_drum(p):
    """A pan's note: fundamental, octave and twelfth that swell in after the blow by coupling."""
    f0 = p.note(52, 84)
    hardness = _hardness(p)
    t60 = p.log("decay", 0.4, 1.8)
    n = min(p.n_max, dsp.samples(1.1 * t60))
    tone = np.zeros(n)
    for ratio, loud, delay in ((1, 1, 0.004), (2, 0.8, 0.02), (3.0, 0.45, 0.03), (4.02, 0.25, 0.03), (5.1, 0.15, 0.01)):
        if f0 * ratio < dsp.HIGHEST_PARTIAL:
            part = dsp.partials(n, [f0 * ratio], t60 / ratio**0.35, loud * (1 if ratio < 2 else 0.5 + hardness))
            tone += part * dsp.attack(n, delay)
    warble = 1 + 0.25 * np.sin(2 * np.pi * p.rng.uniform(5, 9) * dsp.times(n)) * dsp.decay(n, t60)
    return tone * warble + _mallet(p, n, hardness, 0.2)


@family("tubular bell", "bells", tonal=True)
def tubular_bell(p):
    """A tube's modes 4, 5 and 6 stand near 2 : 3 : 4, so the ear hears their missing fundamental as the note."""
    f0 = p.note(53, 79)
    t60 = p.log("decay", 1.5, 8.0)
    n = min(p.n_max, dsp.samples(t60))
    ratios = np.array([0.0, 1.0, 2.0, 3.0, 4.17, 5.43, 6.8])[1:]
    loud = np.array([0.35, 1.0, 0.8, 0.6, 0.4, 0.3]) * (0.4 + _hardness(p)) ** np.arange(6)
    return dsp.partials(n, f0 * ratios, t60 / ratios**0.8, loud) + _mallet(p, n, 0.8, 0.1)


@family("bell", "bells", tonal=True, weight=1.5)
def bell(p):
    """A tuned church bell: hum, prime, tierce, quint, nominal and above; the prime is the note."""
    f0 = p.note(52, 88)
    bright = p.uniform("brightness", 0, 1)
    t60 = p.log("decay", 0.8, 9.0)
    n = min(p.n_max, dsp.samples(t60))
    ratios = np.array([0.5, 1, 1.2, 1.5, 2, 2.5, 2.67, 3, 4, 5.33, 6.67])
    loud = np.array([0.5, 1, 0.55, 0.3, 0.7, 0.25, 0.25, 0.3, 0.25, 0.2, 0.15]) * (0.35 + 0.9 * bright) ** (
        np.arange(11) / 3
    )
    pairs = p.rng.uniform(0.0, 0.8, 11)  # a cast bell isn't round: every mode is a slightly split pair
    frequencies = np.concatenate([f0 * ratios - pairs / 2, f0 * ratios + pairs / 2])
    tone = dsp.partials(n, frequencies, np.tile(t60 / ratios**0.75, 2), np.tile(loud, 2), p.rng.uniform(0, 1.5, 22))
    return tone * dsp.attack(n, 0.0008) + _mallet(p, n, 0.5 + 0.5 * bright, 0.1)


@family("chime", "bells")
def wind_chimes(p):
    """Several small rods struck at random times."""
    count = int(p.rng.integers(3, 14))
    span = min(p.held(0.6), p.length_max_s)
    n = min(p.n_max, dsp.samples(span + 1.0))
    out = np.zeros(n)
    scale = p.log("body_hz", 900, 2500) * 2 ** (p.rng.permutation(12)[:6] / 12)
    for i in range(count):
        start = 0 if i == 0 else int(p.rng.uniform(0, span) * dsp.SAMPLE_RATE)
        if start < n - 100:
            m = min(n - start, dsp.samples(2.0))
            rod = dsp.partials(m, p.rng.choice(scale) * np.array([1, 2.756, 5.404]), [1.8, 0.9, 0.4], [1, 0.4, 0.2])
            dsp.add_at(out, start, rod * p.rng.uniform(0.3, 1))
    return out


@family("glass", "bells")
def glass_clink(p):
    """A wine glass tapped: few high, long modes."""
    body = p.log("body_hz", 900, 4000)
    t60 = p.log("decay", 0.3, 2.5)
    n = min(p.n_max, dsp.samples(t60))
    ratios = np.array([1, 2.32, 4.25, 6.63, 9.38])
    return dsp.partials(n, body * ratios, t60 / ratios**0.5, [1, 0.6, 0.4, 0.25, 0.15]) + _mallet(p, n, 1.0, 0.1)
