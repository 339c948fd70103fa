# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The drum kit: kick, 808, snare, rim, clap, hi-hats, cymbals, toms."""

import numpy as np

from . import dsp
from .registry import family

# Inharmonic modes of a circular membrane, relative to the lowest (zeros of Bessel functions).
MEMBRANE_MODES = np.array([1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501])
# Six square oscillators of early drum machines' cymbals: ratios of their frequencies to the lowest.
MACHINE_METAL = np.array([1.0, 1.3420, 1.2312, 1.6532, 1.9523, 2.1523])


def _drive(x, amount):
    """Soft clipping; amount 0 leaves the signal as it is."""
    if amount <= 0:
        return x
    peak = np.max(np.abs(x)) + 1e-12
    gain = 1 + 9 * amount
    return dsp.shaped(x * (gain / peak), np.tanh)


def _click(rng, n, hardness, centre):
    """The beater's click: a burst of noise of a few milliseconds."""
    noise = dsp.run(dsp.white(rng, n), dsp.bandpass(centre, 0.7))
    return hardness * noise * dsp.decay(n, 0.01 + 0.012 * (1 - hardness))


@family("kick", "drums", weight=2.0)
def kick(p):
    """A sine that falls from the beater's blow to the shell's pitch, and a click."""
    ground = p.log("ground_hz", 36, 80)
    blow = ground * p.log("blow_ratio", 2.0, 9.0)
    fall = p.log("fall_s", 0.008, 0.05)
    t60 = p.log("decay", 0.12, 1.1)
    click = p.uniform("hardness", 0, 1)
    drive = p.sometimes("drive", 0.4, 0.1, 1.0)
    n = min(p.n_max, dsp.samples(1.05 * t60 + 0.03))
    frequency = dsp.glide(n, blow, ground, fall)
    body = dsp.sine(frequency, start=p.rng.choice([0.0, 0.25])) * dsp.strike(n, 0.0008, t60)
    noise = 0.6 * _click(p.rng, n, click, p.log("click_hz", 1500, 6000))
    return _drive(body + noise, drive)


@family("808", "drums", tonal=True)
def kick_808(p):
    """The long tuned bass drum of a drum machine: a ringing sine with a short pitch fall."""
    f0 = p.note(24, 45)
    t60 = p.log("decay", 0.5, 3.0)
    drive = p.sometimes("drive", 0.5, 0.1, 1.0)
    hardness = p.uniform("hardness", 0, 1)
    n = min(p.n_max, dsp.samples(t60))
    frequency = dsp.glide(n, f0 * (1 + 3 * hardness), f0, 0.008)
    body = dsp.sine(frequency) * dsp.held(n, 0.001, 0.12 * t60, t60)
    return _drive(body + 0.25 * _click(p.rng, n, hardness, 3000), drive)


@family("snare", "drums", weight=2.0)
def snare(p):
    """Two membrane modes and the wires' noise."""
    tone = p.log("body_hz", 140, 290)
    t60 = p.log("decay", 0.09, 0.6)
    wires = p.uniform("noisiness", 0.25, 1)
    bright = p.uniform("brightness", 0, 1)
    hardness = p.uniform("hardness", 0, 1)
    drive = p.sometimes("drive", 0.25, 0.1, 0.8)
    n = min(p.n_max, dsp.samples(1.1 * t60 + 0.05))
    modes = tone * MEMBRANE_MODES[:5]
    bend = 1 + 0.25 * hardness * np.exp(-dsp.times(n) / 0.012)
    body = sum(
        a * np.sin(2 * np.pi * dsp.cycles(f * bend)) * dsp.decay(n, 0.7 * t60 / (1 + 0.4 * i))
        for i, (f, a) in enumerate(zip(modes, (1.0, 0.7, 0.35, 0.25, 0.2)))
    )
    top = 3500 * 2 ** (2 * bright)
    noise = dsp.run(
        dsp.white(p.rng, n), dsp.highpass(500 + 1200 * bright), dsp.lowpass(top, 0.6), dsp.peaking(4500, 1, 4)
    )
    noise *= dsp.strike(n, 0.001, t60) + 0.5 * hardness * dsp.decay(n, 0.02)
    return _drive((1 - 0.75 * wires) * body * dsp.attack(n, 0.0005) + wires * noise, drive)


@family("rimshot", "drums")
def rimshot(p):
    """A short knock of a few high modes: stick against rim."""
    pitch = p.log("body_hz", 380, 1100)
    t60 = p.log("decay", 0.03, 0.16)
    hardness = p.uniform("hardness", 0, 1)
    n = min(p.n_max, dsp.samples(1.5 * t60 + 0.03))
    ratios = np.array([1.0, 1.47, 2.09, 2.75, 3.6]) * p.rng.uniform(0.97, 1.03, 5)
    body = dsp.partials(n, pitch * ratios, t60 / (0.6 + 0.4 * ratios), 1 / ratios ** (1.3 - hardness))
    return body + 0.7 * _click(p.rng, n, hardness, 3500)


@family("clap", "drums")
def clap(p):
    """Several bursts of band noise, then the room's answer."""
    centre = p.log("centre_hz", 800, 2200)
    tail = p.log("decay", 0.08, 0.6)
    bursts = int(p.rng.integers(2, 6))
    gap = p.log("spread_s", 0.006, 0.018)
    n = min(p.n_max, dsp.samples(bursts * gap + 1.1 * tail))
    envelope = np.zeros(n)
    for i in range(bursts):
        start = dsp.samples(i * gap * p.rng.uniform(0.85, 1.15)) - 1 if i else 0
        m = n - start
        last = i == bursts - 1
        envelope[start:] = np.maximum(envelope[start:] * 0.3, dsp.decay(m, tail if last else 0.03))
    noise = dsp.run(dsp.white(p.rng, n), dsp.bandpass(centre, 0.9), dsp.peaking(2.2 * centre, 1.5, 5))
    return noise * envelope


def _metal(p, n, base, bright):
    """The machine's six squares, or a cloud of close modes as of a struck disc, above a highpass."""
    if p.flag("machine", 0.5):
        tone = sum(np.sign(np.sin(2 * np.pi * (dsp.cycles(base * r, n, p.rng.random())))) for r in MACHINE_METAL) / 3
        # The squares fold; a cymbal hides it under the highpass and it is part of those machines' sound.
    else:
        modes = np.sort(p.rng.uniform(0.08, 1.0, 60)) * 15000 + base
        tone = dsp.partials(n, modes, 4.0, p.rng.uniform(0.3, 1, 60) * 0.25, p.rng.uniform(0, 6.28, 60))
    noise = dsp.white(p.rng, n)
    mix = p.uniform("noisiness", 0.2, 0.9)
    cutoff = 3500 * 2 ** (1.4 * bright)
    return dsp.run(
        (1 - mix) * tone + mix * noise,
        dsp.highpass(cutoff),
        dsp.highpass(cutoff, 0.9),
        dsp.lowpass(9000 + 11000 * bright),
    )


@family("closed hi-hat", "drums", weight=2.0)
def closed_hat(p):
    t60 = p.log("decay", 0.025, 0.13)
    bright = p.uniform("brightness", 0, 1)
    base = p.log("base_hz", 300, 800)
    n = min(p.n_max, dsp.samples(1.3 * t60 + 0.03))
    return _metal(p, n, base, bright) * dsp.strike(n, 0.0005, t60)


@family("open hi-hat", "drums", weight=1.5)
def open_hat(p):
    t60 = p.log("decay", 0.3, 1.5)
    bright = p.uniform("brightness", 0, 1)
    base = p.log("base_hz", 300, 800)
    n = min(p.n_max, dsp.samples(1.1 * t60))
    envelope = dsp.strike(n, 0.0007, t60)
    if p.flag("choked", 0.25):
        envelope *= dsp.held(n, 0.0, p.rng.uniform(0.15, 0.6) * n / dsp.SAMPLE_RATE, 0.05)
    return _metal(p, n, base, bright) * envelope


def _cymbal_modes(p, n, low, t60, bright, count=90):
    """Modes of a bronze disc: dense, the high ones dying first; the loud ones drawn at random."""
    frequencies = low * (16000 / low) ** np.sort(p.rng.uniform(0, 1, count))
    tilt = (frequencies / 3000) ** (0.9 * bright - 0.3) * dsp.lowpass_gain(2.5 * low, frequencies, 1)
    amplitudes = tilt * p.rng.uniform(0.1, 1, count) ** 2
    t60s = t60 * (1500 / (frequencies + 700)) ** 0.45 * p.rng.uniform(0.6, 1.2, count)
    return dsp.partials(n, frequencies, t60s, amplitudes, p.rng.uniform(0, 6.28, count))


@family("crash cymbal", "drums")
def crash(p):
    t60 = p.log("decay", 1.0, 5.0)
    bright = p.uniform("brightness", 0, 1)
    n = min(p.n_max, dsp.samples(t60))
    metal = _cymbal_modes(p, n, 250, t60, bright)
    noise = dsp.run(dsp.white(p.rng, n), dsp.highpass(1500 + 3500 * bright))
    wash = noise * dsp.decay(n, 0.7 * t60) * dsp.attack(n, p.log("attack", 0.001, 0.02))
    return metal / np.std(metal) * dsp.decay(n, t60) * dsp.attack(n, 0.001) + 3.0 * wash / np.std(noise)


@family("ride cymbal", "drums")
def ride(p):
    """A stick's ping over a long quiet wash, or the bell of the cymbal."""
    t60 = p.log("decay", 0.9, 4.0)
    bright = p.uniform("brightness", 0, 1)
    bell = p.choice("stroke", ("bow", "bell"), (3, 1))
    n = min(p.n_max, dsp.samples(t60))
    ping_hz = p.log("ping_hz", 350, 900) * np.array([1, 1.51, 2.23, 2.98, 4.1, 5.4, 6.7])
    ping = dsp.partials(n, ping_hz, t60 * np.array([0.8, 0.6, 0.5, 0.45, 0.3, 0.25, 0.2]), p.rng.uniform(0.3, 1, 7))
    wash = _cymbal_modes(p, n, 500, t60, bright)
    hiss = dsp.run(dsp.white(p.rng, n), dsp.highpass(4000)) * dsp.decay(n, 0.8 * t60) * dsp.attack(n, 0.002)
    stick = _click(p.rng, n, 1.0, 6000)
    return (
        ping * (1.2 if bell == "bell" else 0.25)
        + 0.35 * wash / np.std(wash) * dsp.attack(n, 0.004)
        + 0.4 * hiss
        + 0.5 * stick
    )


@family("tom", "drums")
def tom(p):
    """Membrane modes with a slight fall in pitch."""
    pitch = p.log("ground_hz", 65, 260)
    t60 = p.log("decay", 0.2, 1.2)
    hardness = p.uniform("hardness", 0, 1)
    n = min(p.n_max, dsp.samples(1.1 * t60))
    bend = 1 + (0.08 + 0.4 * hardness) * np.exp(-dsp.times(n) / p.log("fall_s", 0.015, 0.08))
    body = np.zeros(n)
    for i, ratio in enumerate(MEMBRANE_MODES[:5]):
        loud = 1.0 / (1 + 1.6 * i * (1.4 - hardness))
        body += loud * np.sin(2 * np.pi * dsp.cycles(pitch * ratio * bend)) * dsp.decay(n, t60 / (1 + 0.9 * i))
    return body * dsp.attack(n, 0.0008) + 0.5 * _click(p.rng, n, hardness, 2200)
