# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Synthesizer voices: basses, leads, pads, FM."""

import numpy as np

from . import dsp
from .registry import family

# Semitones of the chords that pads and stabs play; a single note comes first.
CHORDS = {
    "note": (0,),
    "fifth": (0, 7),
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "minor seventh": (0, 3, 7, 10),
    "major seventh": (0, 4, 7, 11),
    "suspended": (0, 5, 7),
}


def _cutoff(f0, bright):
    """A filter's resting cutoff: from just above the fundamental to the whole spectrum."""
    return f0 * (16000 / f0) ** (0.12 + 0.8 * bright)


def _unison(p, n, f0, amplitudes, voices, detune_cents, vibrato=None):
    """Several detuned copies of a wavetable, spread evenly around f0."""
    spread = np.linspace(-1, 1, voices) if voices > 1 else np.zeros(1)
    out = np.zeros(n)
    for offset in spread:
        frequency = f0 * 2 ** (offset * detune_cents / 1200)
        phase = dsp.cycles(frequency, n, p.rng.random())
        if vibrato is not None:
            phase = phase + vibrato * (frequency / f0)
        out += dsp.wavetable(phase, amplitudes)
    return out / np.sqrt(voices)


def _vibrato_phase(p, n, f0, probability=0.4, deepest=35.0):
    """Phase offset in cycles of a vibrato of some cents that sets in after a moment; recorded as 'vibrato'."""
    depth = p.sometimes("vibrato", probability, 8, deepest)
    if depth == 0:
        return np.zeros(n)
    rate = p.uniform("vibrato_hz", 4.5, 7)
    swing = np.sin(2 * np.pi * rate * dsp.times(n)) * dsp.attack(n, 0.35)
    return np.cumsum(f0 * (2 ** (swing * depth / 1200) - 1)) / dsp.SAMPLE_RATE


def _held_note(p, low=0.12, rise=(0.001, 0.03), release=(0.05, 0.4)):
    """Sample count and envelope of a held note."""
    hold = p.held(low)
    rise_s = min(p.log("attack", *rise), 0.7 * hold)
    release_s = p.log("release", *release)
    n = min(p.n_max, dsp.samples(hold + release_s))
    return n, p.envelope(dsp.held(n, rise_s, hold, release_s))


@family("sub bass", "bass", tonal=True)
def sub_bass(p):
    """A sine, sometimes with a little of its octave."""
    f0 = p.note(24, 43)
    n, envelope = _held_note(p, rise=(0.002, 0.02))
    warmth = p.uniform("brightness", 0, 1)
    tone = dsp.wavetable(dsp.cycles(f0, n), [1.0, 0.12 * warmth, 0.05 * warmth])
    return tone * envelope


@family("synth bass", "bass", tonal=True, weight=1.5)
def synth_bass(p):
    """A saw, square or pulse through a lowpass that an envelope closes."""
    f0 = p.note(26, 50)
    shape = p.choice("wave", ("saw", "square", "pulse"))
    bright = p.uniform("brightness", 0, 1)
    n, envelope = _held_note(p, rise=(0.001, 0.01))
    count = dsp.n_harmonics(f0)
    base = _cutoff(f0, 0.15 + 0.5 * bright)
    sweep = 2 ** (p.uniform("sweep_octaves", 0, 4) * dsp.decay(n, p.log("sweep_s", 0.1, 1.0)))
    cutoff = np.minimum(base * sweep, 18000)
    amplitudes = dsp.waveform_amplitudes(shape, count, p.rng.uniform(0.1, 0.4))
    tone = dsp.swept_harmonics(dsp.cycles(f0, n), amplitudes, f0, cutoff, 2, p.uniform("resonance", 0, 3))
    return tone * envelope


@family("reese bass", "bass", tonal=True)
def reese_bass(p):
    """Two or three saws a few cents apart that beat against each other."""
    f0 = p.note(24, 43)
    n, envelope = _held_note(p, low=0.4)
    bright = p.uniform("brightness", 0, 1)
    amplitudes = dsp.waveform_amplitudes("saw", dsp.n_harmonics(f0))
    amplitudes = amplitudes * dsp.lowpass_gain(
        f0 * np.arange(1, len(amplitudes) + 1), _cutoff(f0, 0.1 + 0.5 * bright), 2
    )
    return _unison(p, n, f0, amplitudes, 3, p.log("detune", 8, 30)) * envelope


@family("acid bass", "bass", tonal=True)
def acid_bass(p):
    """A saw or square through a resonant lowpass that closes fast."""
    f0 = p.note(28, 52)
    shape = p.choice("wave", ("saw", "square"))
    n, envelope = _held_note(p, rise=(0.001, 0.004), release=(0.03, 0.15))
    resonance = p.log("resonance", 4, 16)
    bright = p.uniform("brightness", 0, 1)
    cutoff = f0 * 2 ** (
        0.8 + 1.5 * bright + p.uniform("sweep_octaves", 1.5, 4) * dsp.decay(n, p.log("sweep_s", 0.12, 0.7))
    )
    tone = dsp.swept_harmonics(
        dsp.cycles(f0, n),
        dsp.waveform_amplitudes(shape, dsp.n_harmonics(f0)),
        f0,
        np.minimum(cutoff, 15000),
        2,
        resonance,
    )
    drive = p.sometimes("drive", 0.5, 0.2, 1.0)
    if drive > 0:
        tone = dsp.shaped(tone / np.max(np.abs(tone)) * (1 + 5 * drive), np.tanh)
    return tone * envelope


@family("fm bass", "bass", tonal=True)
def fm_bass(p):
    """Two operators at a whole ratio, the index falling."""
    f0 = p.note(26, 50)
    n, envelope = _held_note(p, rise=(0.001, 0.01))
    ratio = p.choice("ratio", (1, 2, 3))
    bright = p.uniform("brightness", 0, 1)
    index = (0.5 + 6 * bright) * (0.15 + 0.85 * dsp.decay(n, p.log("sweep_s", 0.1, 1.0)))
    return dsp.fm_pair(dsp.cycles(f0, n), ratio, index) * envelope


def _lead(p, amplitudes_of, voices=1, detune=0.0):
    f0 = p.note(48, 88)
    n, envelope = _held_note(p)
    bright = p.uniform("brightness", 0, 1)
    count = dsp.n_harmonics(f0)
    amplitudes = amplitudes_of(count) * dsp.lowpass_gain(
        f0 * np.arange(1, count + 1), _cutoff(f0, 0.25 + 0.75 * bright), 2
    )
    return _unison(p, n, f0, amplitudes, voices, detune, _vibrato_phase(p, n, f0)) * envelope


@family("saw lead", "lead", tonal=True, weight=1.5)
def saw_lead(p):
    voices = p.choice("voices", (1, 2))
    return _lead(p, lambda n: dsp.waveform_amplitudes("saw", n), voices, 6.0)


@family("supersaw", "lead", tonal=True, loops=0.1)
def supersaw(p):
    """Seven detuned saws."""
    return _lead(p, lambda n: dsp.waveform_amplitudes("saw", n), 7, p.log("detune", 8, 25))


@family("square lead", "lead", tonal=True)
def square_lead(p):
    return _lead(p, lambda n: dsp.waveform_amplitudes("square", n))


@family("pulse lead", "lead", tonal=True)
def pulse_lead(p):
    width = p.log("width", 0.06, 0.35)
    return _lead(p, lambda n: dsp.waveform_amplitudes("pulse", n, width))


@family("sine lead", "lead", tonal=True)
def sine_lead(p):
    """A pure tone, or a triangle close to it."""
    shape = p.choice("wave", ("sine", "triangle"))
    return _lead(p, lambda n: np.eye(1, n)[0] if shape == "sine" else dsp.waveform_amplitudes("triangle", n))


@family("sync lead", "lead", tonal=True)
def sync_lead(p):
    """A slave saw restarted by the master every cycle; its pitch sweeps. Exact spectra in tables along the sweep."""
    f0 = p.note(45, 76)
    n, envelope = _held_note(p)
    count = dsp.n_harmonics(f0)
    ratios = np.linspace(1.05, p.uniform("sync_ratio", 2.5, 6), 24)
    size = 4096
    slave = (np.arange(size)[None, :] / size * ratios[:, None]) % 1.0 - 0.5
    spectra = np.fft.rfft(slave, axis=1)[:, 1 : count + 1] / size
    position = (
        23 * dsp.decay(n, p.log("sweep_s", 0.3, 3.0))
        if p.flag("falling", 0.5)
        else 23 * np.minimum(1, dsp.times(n) / p.log("sweep_s", 0.2, 1.5))
    )
    smooth = 1 / (1 + (f0 * np.arange(1, count + 1) / 12000) ** 4)
    phase = dsp.cycles(f0, n)
    real = dsp.wavetable(phase, spectra.real * smooth, position, np.full(count, np.pi / 2))
    imaginary = dsp.wavetable(phase, -spectra.imag * smooth, position)
    return (real + imaginary) * envelope


@family("pad", "pad", tonal=True, weight=2.0, loops=0.2)
def pad(p):
    """Detuned saws or pulses behind a lowpass, slow to rise; a note or a chord."""
    root = p.note(40, 76)
    chord = p.choice("chord", tuple(CHORDS), (4, 1, 1, 1, 0.7, 0.5, 0.5))
    shape = p.choice("wave", ("saw", "pulse", "triangle"), (3, 1, 1))
    hold = p.held(0.8)
    rise_s = min(p.log("attack", 0.03, 1.0), 0.6 * hold)
    release_s = p.log("release", 0.2, 1.0)
    n = min(p.n_max, dsp.samples(hold + release_s))
    bright = p.uniform("brightness", 0, 1)
    detune = p.log("detune", 3, 18)
    tone = np.zeros(n)
    for semitones in CHORDS[chord]:
        f0 = root * 2 ** (semitones / 12)
        count = dsp.n_harmonics(f0, 120)
        cutoff = 280 * 2 ** (5.5 * bright) + f0 * 0.7
        gain = dsp.lowpass_gain(f0 * np.arange(1, count + 1), cutoff, 2)
        tone += _unison(p, n, f0, dsp.waveform_amplitudes(shape, count, 0.3) * gain, 3, detune)
    sway = 1 - p.sometimes("tremolo", 0.3, 0.1, 0.5) * dsp.wander(p.rng, n, 2.0)
    return tone * sway * p.envelope(dsp.held(n, rise_s, hold, release_s))


@family("glass pad", "pad", tonal=True, loops=0.2)
def glass_pad(p):
    """A few high sines that swell: bowed or rubbed glass."""
    f0 = p.note(48, 84)
    hold = p.held(0.8)
    n = min(p.n_max, dsp.samples(hold + 0.6))
    bright = p.uniform("brightness", 0, 1)
    rise = min(p.log("attack", 0.05, 1.0), 0.6 * hold)
    tone = np.zeros(n)
    for ratio, loud in zip((1, 2, 3, 4, 6, 8), (1, 0.5, 0.3, 0.35, 0.25, 0.2)):
        if f0 * ratio < dsp.HIGHEST_PARTIAL:
            swell = 0.5 + 0.5 * dsp.wander(p.rng, n, 3.0)
            tone += loud * (1 if ratio < 3 else 0.2 + bright) * swell * dsp.sine(f0 * ratio, n, p.rng.random())
    return tone * p.envelope(dsp.held(n, rise, hold, 0.6))


@family("fm tone", "synth", tonal=True)
def fm_tone(p):
    """Two operators over a wide range of ratios and indices, decaying."""
    f0 = p.note(40, 84)
    ratio = p.choice("ratio", (0.5, 1.0, 1.41, 2.0, 3.0, 3.5, 5.0, 7.0))
    bright = p.uniform("brightness", 0, 1)
    t60 = p.log("decay", 0.3, 4.0)
    n = min(p.n_max, dsp.samples(t60))
    index = 0.3 * 25**bright * (0.1 + 0.9 * dsp.decay(n, p.log("sweep_s", 0.15, 2.0)))

    def make(n_fast, rate):
        phase = np.arange(n_fast) * (f0 / rate)
        return dsp.fm_pair(phase, ratio, np.interp(np.arange(n_fast) / (n_fast / n), np.arange(n), index))

    return dsp.oversampled(make, n) * dsp.strike(n, 0.001, t60)
