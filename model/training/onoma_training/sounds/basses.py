# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Basses and leads of bass music: wobble, growl, hoover, power chords, theremin."""

import numpy as np

from . import dsp
from .registry import family
from .strings import plucked
from .synths import CHORDS, _held_note, _unison, _vibrato_phase
from .winds import VOWELS


@family("wobble bass", "bass", tonal=True)
def wobble_bass(p):
    """Detuned saws behind a lowpass that an oscillator opens and shuts some times a second."""
    f0 = p.note(26, 45)
    n, envelope = _held_note(p, low=0.5)
    rate = p.log("speed", 1.5, 12)
    shape = p.choice("lfo", ("sine", "saw"))
    turn = dsp.cycles(rate, n)
    swing = 0.5 - 0.5 * np.cos(2 * np.pi * turn) if shape == "sine" else 1 - turn % 1.0
    smooth = dsp.signal.lfilter([0.01], [1, -0.99], swing)
    bright = p.uniform("brightness", 0, 1)
    cutoff = np.minimum(f0 * 2 ** (0.7 + (2.5 + 2.5 * bright) * smooth), 15000)
    amplitudes = dsp.waveform_amplitudes("saw", dsp.n_harmonics(f0))
    tone = sum(
        dsp.swept_harmonics(dsp.cycles(f0 * 2 ** (c / 1200), n, p.rng.random()), amplitudes, f0, cutoff, 2, 2.5, 16)
        for c in (-6, 6)
    )
    return dsp.shaped(0.75 * tone / np.std(tone), np.tanh, 2) * envelope


@family("growl bass", "bass", tonal=True)
def growl_bass(p):
    """FM through two moving formants, driven: the talking bass."""
    f0 = p.note(26, 43)
    n, envelope = _held_note(p, low=0.3)
    rate = p.log("speed", 1.0, 8)
    count = dsp.n_harmonics(f0, 220)
    frequencies = f0 * np.arange(1, count + 1)
    vowels = [VOWELS[name] for name in p.rng.permutation(list(VOWELS))[:3]]
    tables = np.stack(
        [
            sum(
                10 ** (0.5 * level / 20) / (1 + ((frequencies - centre) / (1.5 * width)) ** 2)
                for centre, width, level in vowel
            )
            + 0.25 / np.arange(1, count + 1)
            for vowel in vowels
        ]
    )
    swing = 1 - np.cos(2 * np.pi * dsp.cycles(rate, n, p.rng.random()))
    phases = 3.0 * np.sin(np.arange(count) * p.uniform("roughness", 0.2, 1.5))
    tone = dsp.wavetable(dsp.cycles(f0, n), tables, swing, phases)
    return dsp.shaped(tone / np.std(tone) * p.uniform("push", 0.5, 1.5), np.tanh, 2) * envelope


@family("hoover", "lead", tonal=True)
def hoover(p):
    """The rave lead: pulse-width saws an octave apart, thickly detuned, the pitch bending up into the note."""
    f0 = p.note(41, 67)
    n, envelope = _held_note(p, low=0.3)
    bend = -p.uniform("bend", 0, 4) / 12 * dsp.decay(n, 0.15)
    glide = np.cumsum(f0 * (2**bend - 1)) / dsp.SAMPLE_RATE
    bright = p.uniform("brightness", 0, 1)
    out = np.zeros(n)
    for ratio, loud in ((0.5, 0.7), (1.0, 1.0), (2.0, 0.5)):
        count = dsp.n_harmonics(f0 * ratio, 200)
        amplitudes = dsp.waveform_amplitudes("saw", count) * np.abs(np.sin(np.pi * np.arange(1, count + 1) * 0.27))
        amplitudes *= dsp.lowpass_gain(f0 * ratio * np.arange(1, count + 1), 2500 * 2 ** (2.5 * bright), 1)
        out += loud * _unison(p, n, f0 * ratio, amplitudes, 4, 13.0, glide * ratio)
    return out * envelope


@family("theremin", "lead", tonal=True)
def theremin(p):
    """A hand's tone: nearly a sine, sliding into the note, with a wide vibrato."""
    f0 = p.note(50, 84)
    n, envelope = _held_note(p, low=0.5, rise=(0.05, 0.2), release=(0.1, 0.4))
    slide = p.choice("slide", ("steady", "rising", "falling"), (2, 1, 1))
    start = {"steady": 0.0, "rising": -p.rng.uniform(3, 12), "falling": p.rng.uniform(3, 12)}[slide]
    path = f0 * (2 ** (start / 12 * dsp.decay(n, min(0.9, n / dsp.SAMPLE_RATE))) - 1)
    phase = dsp.cycles(f0, n) + np.cumsum(path) / dsp.SAMPLE_RATE + _vibrato_phase(p, n, f0, 0.8, 45.0)
    return dsp.wavetable(phase, [1.0, 0.25, 0.12, 0.05, 0.02]) * envelope


@family("power chord", "pluck", tonal=True)
def power_chord(p):
    """Root, fifth and octave on distorted guitar strings, open or muted by the palm."""
    f0 = p.note(38, 57)
    muted = p.flag("palm_muted", 0.3)
    t60 = p.log("decay", 2.0, 6.0) * (0.08 if muted else 1.0)
    bright = p.uniform("brightness", 0.2, 1)
    tone = sum(plucked(p, f0 * ratio, t60, bright, 0.13) for ratio in (1.0, 1.4983, 2.0))
    n = len(tone)
    driven = dsp.shaped(tone / np.max(np.abs(tone)) * p.log("gain", 8, 40) * (1 + dsp.decay(n, 0.3)), np.tanh, 4)
    cabinet = dsp.run(
        driven,
        dsp.highpass(75),
        dsp.peaking(120, 1.2, 3),
        dsp.peaking(2600, 1.0, 4),
        dsp.lowpass(4800),
        dsp.lowpass(5200),
    )
    return cabinet * dsp.attack(n, 0.001) * (dsp.decay(n, 2 * t60) if muted else 1.0)


@family("chord stab", "synth", tonal=True)
def chord_stab(p):
    """A short chord of saws behind a lowpass, as house and techno use it."""
    root = p.note(45, 69)
    chord = p.choice("chord", tuple(c for c in CHORDS if c not in ("note", "fifth")))
    bright = p.uniform("brightness", 0, 1)
    t60 = p.log("decay", 0.2, 1.2)
    n = min(p.n_max, dsp.samples(t60))
    cutoff = np.minimum(350 * 2 ** (4.5 * bright) * (0.3 + 1.7 * dsp.decay(n, 0.6 * t60)), 16000)
    out = np.zeros(n)
    for step in CHORDS[chord]:
        f0 = root * 2 ** (step / 12)
        amplitudes = dsp.waveform_amplitudes("saw", dsp.n_harmonics(f0, 100))
        for cents in (-6, 6):
            out += dsp.swept_harmonics(
                dsp.cycles(f0 * 2 ** (cents / 1200), n, p.rng.random()), amplitudes, f0, cutoff, 2, 0.8, 10
            )
    return out * dsp.strike(n, 0.002, t60)


@family("wavetable pad", "pad", tonal=True, loops=0.2)
def wavetable_pad(p):
    """Slow travel through a row of random spectra."""
    f0 = p.note(36, 74)
    hold = p.held(0.8)
    n = min(p.n_max, dsp.samples(hold + 0.5))
    rise = min(p.log("attack", 0.05, 0.8), 0.6 * hold)
    bright = p.uniform("brightness", 0, 1)
    count = dsp.n_harmonics(f0, 90)
    k = np.arange(1, count + 1)
    tables = p.rng.random((6, count)) ** 2 / k ** (1.5 - 0.9 * bright)
    tables[:, 0] = 0.8
    out = np.zeros(n)
    for cents in (-6.0, 0.0, 6.0):
        out += dsp.wavetable(
            dsp.cycles(f0 * 2 ** (cents / 1200), n, p.rng.random()), tables, 5 * dsp.wander(p.rng, n, 1.2)
        )
    return out * p.envelope(dsp.held(n, rise, hold, 0.5))


@family("space texture", "textures", texture=True)
def space_texture(p):
    """Bands of noise that drift like far radio: dark, wide, unpitched."""
    n = min(p.n_max, dsp.samples(p.held(1.0)))
    centres = p.log("centre_hz", 120, 900) * 2 ** p.rng.uniform(0, 4, 5)
    drifts = [dsp.wander(p.rng, n, 0.8) for _ in centres]
    louds = [dsp.wander(p.rng, n, 1.2) ** 2 for _ in centres]
    grid = dsp.times(n)

    def gain(at, frequency):
        return sum(
            np.interp(at, grid, loud) * dsp.peak_gain(frequency, centre * 2 ** (0.7 * np.interp(at, grid, drift)), 0.06)
            for centre, drift, loud in zip(centres, drifts, louds)
        ) + 0.01 / (1 + frequency / 800)

    return dsp.drawn_noise(p.rng, n, gain, 4096)


@family("granular texture", "textures", texture=True)
def granular_texture(p):
    """A cloud of short tones around a few pitches."""
    n = min(p.n_max, dsp.samples(p.held(0.8)))
    base = p.log("body_hz", 200, 1200)
    size = p.log("grain_s", 0.015, 0.12)
    pieces = []
    for _ in range(12):
        m = dsp.samples(size * p.rng.uniform(0.6, 1.5))
        pitch = base * 2 ** (p.rng.choice([0, 3, 5, 7, 10, 12, 15, 19, 24]) / 12)
        pieces.append(dsp.wavetable(dsp.cycles(pitch, m), p.rng.random(6) / np.arange(1, 7)) * dsp.raised_cosine(m))
    rate = p.log("density", 12, 150)
    out = np.zeros(n)
    for start in p.rng.integers(0, n, max(4, int(rate * n / dsp.SAMPLE_RATE))):
        dsp.add_at(out, int(start), p.rng.uniform(0.3, 1) * pieces[int(p.rng.integers(12))])
    return out
