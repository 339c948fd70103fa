# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Weather, water, fire."""

import numpy as np

from . import dsp
from .registry import family


def _texture_length(p, low=0.8):
    return min(p.n_max, dsp.samples(p.held(low)))


def scatter(rng, n, rate_hz, sounds, level_spread):
    """Repeats each of some short sounds at random times, all together rate_hz a second, at log-normal levels."""
    n_fast = dsp.fft.next_fast_len(n + max(len(sound) for sound in sounds), real=True)
    spectrum = np.zeros(n_fast // 2 + 1, complex)
    for sound in sounds:
        count = rng.poisson(rate_hz / len(sounds) * n / dsp.SAMPLE_RATE)
        impulses = np.zeros(n_fast)
        impulses[rng.integers(0, n, count)] = rng.lognormal(0, level_spread, count) * rng.choice([-1, 1], count)
        spectrum += dsp.fft.rfft(impulses) * dsp.fft.rfft(sound, n_fast)
    return dsp.fft.irfft(spectrum, n_fast)[:n]


def grains(rng, n, rate_hz, length_s, centres, t60, level_spread=1.0):
    """Short decaying bursts of band noise at random times, rate_hz a second, around several centre frequencies."""
    m = dsp.samples(length_s)
    bursts = [dsp.run(dsp.white(rng, m) * dsp.decay(m, t60), dsp.bandpass(centre, 1.5)) for centre in centres]
    return scatter(rng, n, rate_hz, bursts, level_spread)


def convolve(x, response):
    """x convolved with a response, cut to x's length."""
    n_fast = dsp.fft.next_fast_len(len(x) + len(response) - 1, real=True)
    return dsp.fft.irfft(dsp.fft.rfft(x, n_fast) * dsp.fft.rfft(response, n_fast), n_fast)[: len(x)]


@family("rain", "nature", texture=True, weight=2.0)
def rain(p):
    """Drops on a surface over a bed of far drops: the heavier, the more the bed wins."""
    n = _texture_length(p)
    density = p.log("density", 30, 3000)
    surface = p.choice("surface", ("ground", "window", "leaves", "roof"))
    low, high = {"ground": (1200, 9000), "window": (900, 5000), "leaves": (1800, 11000), "roof": (500, 4500)}[surface]
    centres = low * (high / low) ** p.rng.uniform(0, 1, 6)
    drops = grains(p.rng, n, density, 0.02, centres, p.rng.uniform(0.004, 0.015), 0.8)
    bed = dsp.run(dsp.coloured(p.rng, n, p.uniform("slope_db", 1, 4)), dsp.highpass(0.4 * low), dsp.lowpass(1.6 * high))
    share = np.clip(np.log(density / 30) / np.log(100), 0.05, 1)
    return (1.1 - share) * dsp.tamed(drops) + (0.15 + share) * bed / np.std(bed)


@family("wind", "nature", texture=True, weight=1.5)
def wind(p):
    """Noise under slow gusts; howling adds narrow moving resonances."""
    n = _texture_length(p, 1.0)
    howling = p.sometimes("howl", 0.4, 0.4, 1.0)
    strength = p.uniform("strength", 0, 1)
    gust = dsp.wander(p.rng, n, p.log("speed", 0.4, 2.5))
    tone = p.log("centre_hz", 250, 900)
    grid = dsp.times(n)

    def gain(at, frequency):
        g = np.interp(at, grid, gust)
        cutoff = (250 + 450 * strength) * 2 ** (2.5 * g)
        body = dsp.lowpass_gain(frequency, cutoff, 1) * dsp.lowpass_gain(150.0, frequency, 1)
        howl = dsp.peak_gain(frequency, tone * 2 ** (0.9 * g), 0.09) * (0.3 + g)
        return (0.25 + g) * (body + 3 * howling * howl)

    return dsp.drawn_noise(p.rng, n, gain, 2048)


@family("thunder", "nature")
def thunder(p):
    """A crack that distance takes away, then rumbling arrivals."""
    n = min(p.n_max, dsp.samples(p.held(1.2)))
    near = p.uniform("nearness", 0, 1)
    rumble_rate = p.log("speed", 3, 9)
    rolls = dsp.wander(p.rng, n, rumble_rate) ** 2
    fade = dsp.decay(n, 1.3 * n / dsp.SAMPLE_RATE) * dsp.attack(n, 0.003 + 0.25 * (1 - near))
    grid = dsp.times(n)

    def gain(at, frequency):
        cutoff = 110 + 5000 * near**2 * np.exp(-at / 0.12) + 250 * near
        return (
            dsp.lowpass_gain(frequency, cutoff, 1.5)
            * dsp.lowpass_gain(25.0, frequency, 2)
            * np.interp(at, grid, (0.15 + rolls) * fade)
        )

    crack = near**2 * grains(p.rng, n, 250, 0.02, (1200, 2500, 4500), 0.01) * dsp.decay(n, 0.35)
    body = dsp.drawn_noise(p.rng, n, gain, 2048)
    return body / np.max(np.abs(body)) + 0.35 * crack / (np.max(np.abs(crack)) + 1e-9)


@family("ocean waves", "nature", texture=True)
def ocean(p):
    """Surf: noise that swells, breaks and draws back."""
    n = _texture_length(p, 1.5)
    rate = p.log("speed", 0.12, 0.6)
    cycle = (dsp.cycles(rate, n, p.rng.random())) % 1.0
    swell = np.where(cycle < 0.4, (cycle / 0.4) ** 2, (1 - (cycle - 0.4) / 0.6) ** 1.5)
    bright = p.uniform("brightness", 0, 1)
    grid = dsp.times(n)

    def gain(at, frequency):
        s = np.interp(at, grid, swell)
        return (
            (0.12 + s)
            * dsp.lowpass_gain(frequency, (250 + 900 * bright) * 2 ** (3 * s), 1)
            * dsp.lowpass_gain(40.0, frequency, 1)
        )

    return dsp.drawn_noise(p.rng, n, gain, 1024)


def bubble(p, frequency, t60, rise):
    """A bubble's ring: a decaying sine that rises as the bubble nears the surface (Minnaert; van den Doel 2005)."""
    n = min(p.n_max, dsp.samples(1.2 * t60))
    moving = frequency * (1 + rise * dsp.times(n) / t60)
    return dsp.sine(moving) * dsp.strike(n, 0.0008, t60)


@family("stream", "nature", texture=True)
def stream(p):
    """Running water: many bubbles at once over a soft hiss."""
    n = _texture_length(p)
    density = p.log("density", 15, 120)
    bubbles = [
        bubble(p, p.rng.uniform(350, 2600), p.rng.uniform(0.015, 0.08), p.rng.uniform(0, 0.5)) for _ in range(14)
    ]
    out = scatter(p.rng, n, density, bubbles, 0.7)
    hiss = dsp.run(dsp.coloured(p.rng, n, 3), dsp.bandpass(2500, 0.5)) * (0.6 + 0.4 * dsp.wander(p.rng, n, 6))
    return out / (np.std(out) + 1e-9) + p.uniform("noisiness", 0.05, 0.8) * hiss


@family("water drop", "nature")
def water_drop(p):
    """A drip, or several."""
    count = p.choice("strokes", (1, 2, 3, 6), (4, 1, 1, 1))
    pitch = p.log("body_hz", 400, 2400)
    n = min(p.n_max, dsp.samples(0.25 + 0.18 * (count - 1)))
    out = np.zeros(n)
    for i in range(count):
        drop = bubble(
            p, pitch * p.rng.uniform(0.7, 1.4) if i else pitch, p.rng.uniform(0.04, 0.14), p.rng.uniform(0.3, 1.5)
        )
        dsp.add_at(out, 0 if i == 0 else int(p.rng.uniform(0.05, 1.0) * (n - 4000)), drop * p.rng.uniform(0.5, 1))
    return out


@family("fire", "nature", texture=True)
def fire(p):
    """Crackles of several sizes over a roar."""
    n = _texture_length(p)
    density = p.log("density", 8, 90)
    crackle = grains(p.rng, n, density, 0.015, (900, 1800, 3500, 6500), 0.008, 1.0)
    snaps = grains(p.rng, n, density / 12, 0.05, (700, 1500), 0.03, 0.8)
    roar = dsp.run(dsp.coloured(p.rng, n, 5), dsp.lowpass(400)) * (0.5 + 0.5 * dsp.wander(p.rng, n, 7))
    return dsp.tamed(crackle) + 0.6 * dsp.tamed(snaps) + p.uniform("roar", 0.1, 1.2) * roar / np.std(roar)
