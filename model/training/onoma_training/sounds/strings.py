# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Plucked and bowed strings."""

import numpy as np

from . import dsp
from .registry import family
from .synths import _vibrato_phase


def stiff_string(f0, stiffness, limit=90):
    """Partials of a stiff string, n f0 sqrt((1 + B n^2) / (1 + B)): the fundamental stays in tune."""
    n = np.arange(1, dsp.n_harmonics(f0, limit) + 1)
    return n, n * f0 * np.sqrt((1 + stiffness * n**2) / (1 + stiffness))


def plucked(p, f0, t60, bright, position, stiffness=1e-4):
    """Modes of a string plucked at a fraction of its length, the high ones damped more."""
    n = min(p.n_max, dsp.samples(t60))
    k, frequencies = stiff_string(f0, stiffness)
    amplitudes = np.abs(np.sin(np.pi * k * position)) / k ** (1.6 - 0.9 * bright)
    t60s = t60 / (1 + (0.25 - 0.2 * bright) * (k - 1) * np.sqrt(f0 / 220))
    return dsp.partials(n, frequencies, t60s, amplitudes, p.rng.uniform(-0.3, 0.3, len(k)))


@family("pluck", "pluck", tonal=True, weight=2.0)
def synth_pluck(p):
    """A synthesizer's pluck: saw or square behind a lowpass that an envelope shuts."""
    f0 = p.note(40, 88)
    shape = p.choice("wave", ("saw", "square", "triangle", "pulse"))
    bright = p.uniform("brightness", 0, 1)
    t60 = p.log("decay", 0.12, 1.8)
    n = min(p.n_max, dsp.samples(1.05 * t60))
    count = dsp.n_harmonics(f0)
    cutoff = f0 * (1 + 30 * 4 ** (bright - 0.5) * (220 / f0) ** 0.5 * dsp.decay(n, t60 * p.uniform("snap", 0.2, 0.8)))
    tone = dsp.swept_harmonics(
        dsp.cycles(f0, n),
        dsp.waveform_amplitudes(shape, count, 0.25),
        f0,
        np.minimum(cutoff, 18000),
        2,
        p.uniform("resonance", 0, 2),
    )
    return tone * dsp.strike(n, 0.001, t60)


@family("plucked string", "pluck", tonal=True, weight=1.5)
def karplus_strong(p):
    """Noise going round a delay with a lowpass in it (Karplus and Strong 1983), tuned by a fractional delay."""
    f0 = p.note(40, 84)
    bright = p.uniform("brightness", 0, 1)
    t60 = p.log("decay", 0.25, 4.0)
    n = min(p.n_max, dsp.samples(t60))
    period = dsp.SAMPLE_RATE / f0
    damping = 0.02 + 0.23 * (1 - bright)
    taps = np.convolve([damping, 1 - 2 * damping, damping], _lagrange(period % 1.0 + 1.0))
    whole = int(period) - 2  # the damping delays by 1, the interpolator by its fraction plus 1
    taps *= 10 ** (-3 / (f0 * t60))
    reach = len(taps) - 1
    out = np.zeros(n + whole + reach)
    burst = dsp.white(p.rng, whole + reach)
    burst = dsp.run(np.tile(burst, 2), dsp.lowpass(800 * 2 ** (4.5 * bright)))[len(burst) :]
    at = min(len(out), len(burst))
    out[:at] = (burst - np.mean(burst))[:at]
    while at < len(out):
        m = min(whole, len(out) - at)
        out[at : at + m] = np.convolve(out[at - whole - reach : at - whole + m], taps, "valid")[:m]
        at += m
    return out[:n] * dsp.attack(n, 0.0005)


def _lagrange(delay):
    """Four-tap fractional delay of 1 to 2 samples."""
    k = np.arange(4)
    return np.array([np.prod([(delay - j) / (i - j) for j in k if j != i]) for i in k])


@family("nylon guitar", "pluck", tonal=True)
def nylon_guitar(p):
    """A plucked string on a wooden box, whose air and plate modes answer."""
    f0 = p.note(40, 79)
    bright = p.uniform("brightness", 0, 0.6)
    t60 = p.log("decay", 0.8, 4.0)
    tone = plucked(p, f0, t60, bright, p.uniform("pluck_position", 0.1, 0.45), 3e-5)
    return dsp.run(
        tone,
        dsp.peaking(p.rng.uniform(90, 115), 4, 6),
        dsp.peaking(p.rng.uniform(190, 230), 4, 5),
        dsp.peaking(400, 2, 2),
    ) * dsp.attack(len(tone), 0.001)


@family("harp", "pluck", tonal=True)
def harp(p):
    f0 = p.note(36, 91)
    t60 = p.log("decay", 1.0, 5.0)
    tone = plucked(p, f0, t60, p.uniform("brightness", 0, 0.7), p.uniform("pluck_position", 0.3, 0.5), 1e-5)
    return tone * dsp.attack(len(tone), 0.002)


@family("koto", "pluck", tonal=True)
def koto(p):
    """Plucked near the bridge with a hard plectrum, which scrapes."""
    f0 = p.note(50, 84)
    t60 = p.log("decay", 0.6, 3.0)
    tone = plucked(p, f0, t60, p.uniform("brightness", 0.4, 1), p.uniform("pluck_position", 0.05, 0.15), 2e-4)
    scrape = dsp.run(dsp.white(p.rng, len(tone)), dsp.bandpass(4000, 1)) * dsp.decay(len(tone), 0.02)
    return tone / np.max(np.abs(tone)) + 0.3 * scrape


def _bowed(p, f0, n, envelope, body, brightness):
    """A saw-like bowed string with bow noise through the body's resonances."""
    count = dsp.n_harmonics(f0)
    k = np.arange(1, count + 1)
    frequencies = f0 * k
    gain = dsp.lowpass_gain(frequencies, 1500 * 2 ** (3 * brightness), 1)
    for centre, width, lift in body:
        gain = gain * (1 + lift * dsp.peak_gain(frequencies, centre, width))
    phase = dsp.cycles(f0, n, p.rng.random()) + _vibrato_phase(p, n, f0, 0.7, 25.0)
    tone = dsp.wavetable(phase, gain / k)
    shimmer = 1 + 0.12 * (dsp.wander(p.rng, n, 14.0) - 0.5)
    rosin = dsp.run(dsp.white(p.rng, n), dsp.bandpass(3000, 0.5)) * 0.015
    return (tone / np.std(tone) * shimmer + rosin / 0.4) * envelope


def _bow_stroke(p, slowest):
    """A held bow stroke, or a short one."""
    articulation = p.choice("articulation", ("legato", "staccato"), (3, 0 if p.loop else 1))
    hold = p.held(0.5) if articulation == "legato" else p.log("duration", 0.08, 0.22)
    rise = min(p.log("attack", 0.02, slowest), 0.5 * hold)
    release = 0.25 if articulation == "legato" else 0.12
    n = min(p.n_max, dsp.samples(hold + release))
    return n, p.envelope(dsp.held(n, rise, hold, release))


@family("violin", "strings", tonal=True)
def violin(p):
    f0 = p.note(55, 91)
    n, envelope = _bow_stroke(p, 0.2)
    body = ((280, 0.25, 1.5), (460, 0.25, 1.5), (2500, 0.7, 2.0))
    return _bowed(p, f0, n, envelope, body, p.uniform("brightness", 0, 1))


@family("cello", "strings", tonal=True)
def cello(p):
    f0 = p.note(36, 69)
    n, envelope = _bow_stroke(p, 0.25)
    body = ((100, 0.3, 1.5), (200, 0.3, 1.5), (1200, 0.8, 1.0))
    return _bowed(p, f0, n, envelope, body, p.uniform("brightness", 0, 0.8))


@family("string ensemble", "strings", tonal=True, weight=1.5, loops=0.2)
def string_ensemble(p):
    """Many bowed strings: each voice with its own slow drift of pitch and loudness."""
    f0 = p.note(40, 84)
    n, envelope = _bow_stroke(p, 0.6)
    bright = p.uniform("brightness", 0, 1)
    count = dsp.n_harmonics(f0, 150)
    frequencies = f0 * np.arange(1, count + 1)
    gain = dsp.lowpass_gain(frequencies, 1200 * 2 ** (3 * bright), 1) * (1 + 1.5 * dsp.peak_gain(frequencies, 450, 0.6))
    gain = gain * (1 + 1.2 * dsp.peak_gain(frequencies, 2600, 0.6))
    out = np.zeros(n)
    drifts = p.rng.uniform(-7, 7, 6)
    for cents in drifts - np.mean(drifts):
        drift = 2 ** ((cents + 5 * (dsp.wander(p.rng, n, 4.0) - 0.5)) / 1200)
        out += dsp.wavetable(dsp.cycles(f0 * drift, start=p.rng.random()), gain / np.arange(1, count + 1))
    rosin = dsp.run(dsp.white(p.rng, n), dsp.bandpass(3500, 0.5))
    return (out / np.std(out) + 0.06 * rosin) * envelope
