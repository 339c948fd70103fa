# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Blown instruments, voices and organs: held harmonic tones with breath."""

import numpy as np

from . import dsp
from .registry import family
from .synths import _vibrato_phase


def _breath(p, n, f0, level, highest):
    """Breath noise: a broad hiss and narrow bands at the first harmonics."""
    hiss = dsp.run(dsp.white(p.rng, n), dsp.bandpass(min(2.5 * f0 + 800, 6000), 0.5), dsp.lowpass(highest))
    edge = dsp.run(dsp.white(p.rng, n), dsp.bandpass(f0, 12)) + dsp.run(dsp.white(p.rng, n), dsp.bandpass(2 * f0, 12))
    return level * (hiss + 1.5 * edge)


def _blown_note(p, rise=(0.02, 0.12)):
    articulation = p.choice("articulation", ("legato", "staccato"), (3, 1))
    hold = p.held(0.5) if articulation == "legato" else p.log("duration", 0.07, 0.2)
    rise_s = min(p.log("attack", *rise), 0.45 * hold)
    release = 0.12 if articulation == "legato" else 0.06
    n = min(p.n_max, dsp.samples(hold + release + 0.05))
    return n, hold, dsp.held(n, rise_s, hold, release)


@family("flute", "winds", tonal=True, weight=2.0)
def flute(p):
    """Few harmonics, breath noise, a chiff at the start, vibrato more of loudness than of pitch."""
    f0 = p.note(60, 96)
    n, hold, envelope = _blown_note(p)
    bright = p.uniform("brightness", 0, 1)
    count = dsp.n_harmonics(f0, 16)
    amplitudes = np.array([1, 0.45, 0.25, 0.12, 0.08] + [0.05] * 11)[:count] * (0.45 + 0.9 * bright) ** np.arange(count)
    vibrato = _vibrato_phase(p, n, f0, 0.6, 18.0)
    tone = dsp.wavetable(dsp.cycles(f0, n) + vibrato, amplitudes)
    swell = 1 + 0.25 * np.sin(2 * np.pi * p.rng.uniform(4.5, 6) * dsp.times(n)) * dsp.attack(n, 0.5) * (
        p.params["vibrato"] > 0
    )
    breath = _breath(p, n, f0, p.uniform("breath", 0.02, 0.35), 9000)
    chiff = _breath(p, n, 2 * f0, 0.5, 9000) * dsp.decay(n, 0.12) * p.uniform("hardness", 0, 1)
    return tone * swell * envelope + breath * envelope + chiff * dsp.attack(n, 0.004) * envelope**0.5


@family("pan flute", "winds", tonal=True)
def pan_flute(p):
    """A stopped pipe: odd harmonics and much breath."""
    f0 = p.note(55, 91)
    n, hold, envelope = _blown_note(p)
    tone = dsp.wavetable(dsp.cycles(f0, n) + _vibrato_phase(p, n, f0, 0.4, 20.0), [1, 0.06, 0.3, 0.03, 0.1])
    breath = _breath(p, n, f0, p.uniform("breath", 0.3, 0.9), 8000)
    return (tone + breath * (0.4 + dsp.decay(n, 0.15))) * envelope


@family("whistle", "winds")
def whistle(p):
    """A person whistling: nearly a sine, sliding."""
    n, hold, envelope = _blown_note(p)
    base = p.log("body_hz", 700, 2400)
    slide = p.choice("slide", ("steady", "rising", "falling"), (2, 1, 1))
    end = {"steady": 1.0, "rising": p.rng.uniform(1.2, 2.0), "falling": p.rng.uniform(0.5, 0.85)}[slide]
    curve = np.clip(dsp.times(n) / hold, 0, 1)
    frequency = (
        base * end ** (curve * curve * (3 - 2 * curve)) * 2 ** (0.15 / 12 * np.sin(2 * np.pi * 5.5 * dsp.times(n)))
    )
    return (dsp.sine(frequency) + _breath(p, n, base, p.uniform("breath", 0.01, 0.1), 8000)) * envelope


@family("clarinet", "winds", tonal=True)
def clarinet(p):
    """Mostly odd harmonics."""
    f0 = p.note(50, 86)
    n, hold, envelope = _blown_note(p)
    count = dsp.n_harmonics(f0, 60)
    k = np.arange(1, count + 1)
    cutoff = 900 * 2 ** (2.5 * p.uniform("brightness", 0, 1)) + f0
    even = np.where(k % 2 == 1, 1.0, 0.08 + 0.4 * np.minimum(1, k * f0 / 4000))
    tone = dsp.wavetable(
        dsp.cycles(f0, n) + _vibrato_phase(p, n, f0, 0.3, 15.0), even / k**0.7 * dsp.lowpass_gain(k * f0, cutoff, 1.5)
    )
    return (tone + _breath(p, n, f0, 0.03, 6000)) * envelope


@family("oboe", "winds", tonal=True)
def oboe(p):
    """A double reed: strong formants near 1 and 3 kHz over weak fundamentals."""
    f0 = p.note(58, 88)
    n, hold, envelope = _blown_note(p)
    frequencies = f0 * np.arange(1, dsp.n_harmonics(f0, 80) + 1)
    gain = 0.25 + dsp.peak_gain(frequencies, 1150, 0.45) + 0.5 * dsp.peak_gain(frequencies, 3100, 0.35)
    gain = gain * dsp.lowpass_gain(frequencies, 3500 * 2 ** p.uniform("brightness", 0, 1), 1.5)
    return dsp.wavetable(dsp.cycles(f0, n) + _vibrato_phase(p, n, f0, 0.6, 25.0), gain) * envelope


@family("brass", "winds", tonal=True, weight=1.5)
def brass(p):
    """Harmonics that open as the note gets louder."""
    f0 = p.note(40, 82)
    n, hold, envelope = _blown_note(p, (0.015, 0.12))
    bright = p.uniform("brightness", 0, 1)
    count = dsp.n_harmonics(f0, 120)
    opening = f0 * (1.2 + (1.5 + 14 * bright) * (envelope * (1 - 0.3 * dsp.attack(n, 0.3)) + 1e-3))
    phase = dsp.cycles(f0, n) + _vibrato_phase(p, n, f0, 0.4, 25.0)
    scoop = p.log("scoop", 5, 60)
    phase = phase - np.cumsum(f0 * (1 - 2 ** (-scoop * dsp.decay(n, 0.1) / 1200))) / dsp.SAMPLE_RATE
    tone = dsp.swept_harmonics(phase, 1.0 / np.arange(1, count + 1) ** 0.6, f0, np.minimum(opening, 15000), 1.5)
    return (tone + 0.05 * _breath(p, n, f0, 0.2, 5000)) * envelope


# Formants of sung vowels: frequency, bandwidth in hertz, level in dB (a bass and a soprano are scaled from these).
VOWELS = {
    "ah": ((700, 80, 0), (1150, 90, -5), (2700, 120, -20), (3500, 130, -26)),
    "eh": ((500, 70, 0), (1750, 100, -12), (2500, 120, -18), (3500, 130, -24)),
    "ee": ((300, 60, 0), (2200, 100, -18), (2900, 120, -20), (3700, 130, -26)),
    "oh": ((450, 70, 0), (800, 80, -9), (2600, 120, -26), (3400, 130, -30)),
    "oo": ((325, 50, 0), (700, 60, -16), (2550, 120, -34), (3400, 130, -38)),
}


def vowel_gain(frequencies, vowel, scale=1.0):
    """Magnitudes of a vowel's formants at some frequencies."""
    gain = np.zeros(np.shape(frequencies))
    for centre, width, level in VOWELS[vowel]:
        centre = centre * scale
        gain = gain + 10 ** (level / 20) / np.sqrt(1 + ((frequencies - centre) / width) ** 2)
    return gain + 1e-4


@family("choir", "voices", tonal=True, weight=1.5, loops=0.2)
def choir(p):
    """Several voices on one vowel, each with its own vibrato and drift."""
    f0 = p.note(43, 79)
    vowel = p.choice("vowel", tuple(VOWELS))
    hold = p.held(0.8)
    rise = min(p.log("attack", 0.05, 0.5), 0.5 * hold)
    n = min(p.n_max, dsp.samples(hold + 0.4))
    frequencies = f0 * np.arange(1, dsp.n_harmonics(f0, 100) + 1)
    scale = 1.0 + 0.15 * (f0 > 260)
    amplitudes = vowel_gain(frequencies, vowel, scale) / np.arange(1, len(frequencies) + 1) ** 0.6
    out = np.zeros(n)
    drifts = p.rng.uniform(-9, 9, 6)
    for cents in drifts - np.mean(drifts):
        sway = np.sin(2 * np.pi * (p.rng.uniform(4.6, 6.2) * dsp.times(n) + p.rng.random()))
        bent = 2 ** ((cents + 12 * sway + 8 * (dsp.wander(p.rng, n, 3.0) - 0.5)) / 1200)
        out += dsp.wavetable(dsp.cycles(f0 * bent, start=p.rng.random()), amplitudes)
    hiss = 0.02 * np.std(out) * dsp.run(dsp.white(p.rng, n), dsp.bandpass(4000, 0.7))
    return (out + hiss) * p.envelope(dsp.held(n, rise, hold, 0.4))


@family("voice", "voices", tonal=True)
def voice(p):
    """One singer, the vowel still or moving to another."""
    f0 = p.note(40, 79)
    first = p.choice("vowel", tuple(VOWELS))
    last = p.rng.choice(list(VOWELS)) if p.flag("moving", 0.3) else first
    n, hold, envelope = _blown_note(p, (0.02, 0.1))
    frequencies = f0 * np.arange(1, dsp.n_harmonics(f0, 100) + 1)
    scale = 1.0 + 0.15 * (f0 > 220)
    blend = np.linspace(0, 1, 12)[:, None]
    tables = vowel_gain(frequencies, first, scale) ** (1 - blend) * vowel_gain(frequencies, last, scale) ** blend
    phase = dsp.cycles(f0, n) + _vibrato_phase(p, n, f0, 0.6, 40.0)
    tone = dsp.wavetable(
        phase, tables / np.arange(1, len(frequencies) + 1) ** 0.7, 11 * np.clip(dsp.times(n) / hold, 0, 1)
    )
    return (tone + 0.03 * np.std(tone) * dsp.run(dsp.white(p.rng, n), dsp.bandpass(3500, 0.7))) * envelope
