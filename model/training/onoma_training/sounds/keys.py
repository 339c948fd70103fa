# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Keyboards: electric piano, organ, piano-like strings, clavinet, harpsichord."""

import numpy as np

from . import dsp
from .registry import family
from .strings import stiff_string


@family("electric piano", "keys", tonal=True, weight=1.5)
def electric_piano(p):
    """A tine: two sine operators for the body, a high one for the blow (after the FM pianos of the 1980s)."""
    f0 = p.note(36, 91)
    hardness = p.uniform("hardness", 0, 1)
    t60 = p.log("decay", 0.8, 5.0)
    n = min(p.n_max, dsp.samples(t60))
    phase = dsp.cycles(f0, n)
    body = dsp.fm_pair(phase, 1, (0.3 + 1.6 * hardness) * dsp.decay(n, 0.7 * t60))
    tine_ratio = 14 if 15 * f0 < 14000 else 5 if 6 * f0 < 14000 else 2
    tine = dsp.fm_pair(phase, tine_ratio, 0.25 * (0.2 + hardness) * dsp.decay(n, 0.35)) * dsp.decay(n, 0.5 * t60)
    tremolo = p.sometimes("tremolo", 0.35, 0.15, 0.6)
    sway = 1 - tremolo * (0.5 - 0.5 * np.cos(2 * np.pi * p.uniform("tremolo_hz", 3, 7) * dsp.times(n)))
    return (body + 0.5 * tine) * dsp.strike(n, 0.0015, t60) * sway


# Drawbars: harmonic of each bar relative to the 8-foot pipe.
DRAWBARS = np.array([0.5, 1.5, 1, 2, 3, 4, 5, 6, 8])


@family("organ", "keys", tonal=True, weight=1.5, loops=0.15)
def organ(p):
    """Nine drawbars, sometimes the percussion, key click and a turning speaker."""
    f0 = p.note(36, 91)
    bright = p.uniform("brightness", 0, 1)
    hold = p.held(0.15)
    n = min(p.n_max, dsp.samples(hold + 0.04))
    bars = np.round(8 * p.rng.random(9) ** (1.6 - 1.2 * bright * (DRAWBARS > 3)))
    bars[2] = 8
    bars[:2] = np.minimum(bars[:2], 5)
    levels = np.where(bars > 0, 10 ** ((bars - 8) * 3 / 20), 0)
    harmonics = np.zeros(16)
    harmonics[(2 * DRAWBARS).astype(int) - 1] = levels
    keep = f0 / 2 * np.arange(1, 17) < dsp.HIGHEST_PARTIAL
    rotor = p.sometimes("rotor", 0.4, 0.2, 1.0)
    rate = p.choice("rotor_hz", (0.8, 6.5))
    turn = np.sin(2 * np.pi * rate * dsp.times(n))
    phase = dsp.cycles(f0 / 2, n) + rotor * 0.0004 * f0 / rate * turn
    tone = dsp.wavetable(phase, harmonics * keep) * (1 - 0.35 * rotor * (0.5 + 0.5 * turn))
    if p.flag("percussion", 0.0 if p.loop else 0.3):
        tone += 1.5 * dsp.sine(f0 * p.rng.choice([2, 3]), n) * dsp.decay(n, 0.35)
    click = (0.0 if p.loop else 0.15) * dsp.run(dsp.white(p.rng, n), dsp.bandpass(3000, 0.7)) * dsp.decay(n, 0.006)
    return (tone / np.std(tone) + click) * p.envelope(dsp.held(n, 0.002, hold, 0.03))


@family("piano", "keys", tonal=True, weight=1.5)
def piano(p):
    """Two or three stiff strings a fraction of a cent apart, a felt hammer's spectrum, two-stage decay, a thump."""
    f0 = p.note(28, 96)
    hardness = p.uniform("hardness", 0, 1)
    t60 = p.log("decay", 1.5, 9.0) * (261 / f0) ** 0.35
    n = min(p.n_max, dsp.samples(t60))
    k, frequencies = stiff_string(f0, 3e-4 * (f0 / 261) ** 1.2, 60)
    amplitudes = (
        np.abs(np.sin(np.pi * k / 8))
        / k**0.4
        * dsp.lowpass_gain(frequencies, 900 * 2 ** (2.6 * hardness) + 1.5 * f0, 1)
    )
    t60s = t60 / (1 + 0.12 * (k - 1) * (f0 / 261) ** 0.3)
    strings = np.array([-0.4, 0.0, 0.4])[:, None]
    all_frequencies = (frequencies * 2 ** (strings / 1200)).ravel()
    weights = np.array([0.8, 1.0, 0.6])[:, None]
    fast = dsp.partials(n, frequencies, 0.25 * t60s, amplitudes)
    slow = dsp.partials(n, all_frequencies, np.tile(t60s, 3), (weights * amplitudes).ravel() * 0.4)
    thump = dsp.run(dsp.white(p.rng, n), dsp.lowpass(250)) * dsp.decay(n, 0.08) * np.max(amplitudes) * 0.3
    damp = p.sometimes("damped_s", 0.4, 0.15, 1.2)
    envelope = dsp.attack(n, 0.001 + 0.002 * (1 - hardness))
    if damp > 0:
        envelope = envelope * dsp.held(n, 0.0, damp, 0.15)
    return (fast + slow) * envelope + thump


@family("clavinet", "keys", tonal=True)
def clavinet(p):
    """A string hammered at its end, heard by a pickup: bright and short."""
    f0 = p.note(36, 84)
    bright = p.uniform("brightness", 0, 1)
    t60 = p.log("decay", 0.3, 2.0)
    n = min(p.n_max, dsp.samples(t60))
    k, frequencies = stiff_string(f0, 1e-4)
    amplitudes = np.abs(np.sin(np.pi * k * p.uniform("pickup", 0.06, 0.2))) / k ** (0.9 - 0.5 * bright)
    tone = dsp.partials(
        n, frequencies, t60 / (1 + 0.06 * k), amplitudes * dsp.lowpass_gain(frequencies, 2500 + 6000 * bright, 1)
    )
    return tone * dsp.attack(n, 0.0006)


@family("harpsichord", "keys", tonal=True)
def harpsichord(p):
    """Plucked near the end by a quill: many strong harmonics, then the jack's fall."""
    f0 = p.note(36, 89)
    t60 = p.log("decay", 0.8, 4.0)
    n = min(p.n_max, dsp.samples(t60))
    k, frequencies = stiff_string(f0, 5e-5)
    amplitudes = np.abs(np.sin(np.pi * k * 0.11)) / k**0.5 * dsp.lowpass_gain(frequencies, 7000, 1)
    tone = dsp.partials(n, frequencies, t60 / (1 + 0.04 * k), amplitudes)
    quill = dsp.run(dsp.white(p.rng, n), dsp.bandpass(5000, 0.8)) * dsp.decay(n, 0.015)
    return tone / np.max(np.abs(tone)) * dsp.attack(n, 0.0004) + 0.15 * quill
