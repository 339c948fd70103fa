# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Noise, static and other textures."""

import numpy as np

from . import dsp
from .nature import _texture_length, grains
from .registry import family


@family("noise", "textures", texture=True)
def noise(p):
    """White, pink or brown noise, or a band of it."""
    n = _texture_length(p, 0.3)
    colour = p.choice("colour", ("white", "pink", "brown", "band"))
    if colour == "band":
        centre = p.log("centre_hz", 200, 8000)
        return dsp.run(dsp.white(p.rng, n), dsp.bandpass(centre, p.log("q", 0.7, 6)))
    return dsp.coloured(p.rng, n, {"white": 0, "pink": 3.01, "brown": 6.02}[colour])


@family("static", "textures", texture=True)
def static(p):
    """A badly tuned radio: band noise, crackle, a whistle that comes and goes."""
    n = _texture_length(p, 0.4)
    hiss = dsp.run(dsp.white(p.rng, n), dsp.highpass(300), dsp.lowpass(3500)) * (
        0.5 + 0.5 * dsp.wander(p.rng, n, 10) > 0.55
    )
    bed = 0.4 * dsp.run(dsp.white(p.rng, n), dsp.highpass(300), dsp.lowpass(5000))
    crackle = grains(p.rng, n, p.log("density", 10, 150), 0.004, (2000,), 0.003)
    heterodyne = p.sometimes("tone", 0.4, 0.1, 0.6)
    squeal = heterodyne * dsp.sine(p.rng.uniform(400, 2500) * 2 ** (0.3 * dsp.wander(p.rng, n, 2)))
    return 0.6 * hiss + bed + 0.5 * dsp.tamed(crackle) + squeal


@family("vinyl crackle", "textures", texture=True)
def vinyl(p):
    """Clicks of dust, a soft surface noise, the turntable's rumble."""
    n = _texture_length(p, 0.8)
    density = p.log("density", 8, 150)
    clicks = grains(p.rng, n, density, 0.002, (1500, 3000, 6000), 0.0015, 0.9)
    surface = dsp.run(dsp.coloured(p.rng, n, 3), dsp.highpass(300), dsp.lowpass(7000))
    rumble = dsp.run(dsp.white(p.rng, n), dsp.bandpass(33, 2))
    return dsp.tamed(clicks) + p.uniform("noisiness", 0.05, 0.6) * surface + 0.3 * rumble


@family("drone", "textures", tonal=True, texture=True)
def drone(p):
    """A low chord of slowly breathing harmonics, and some dark noise."""
    f0 = p.note(24, 50)
    p.period_s = 2 / f0
    n = _texture_length(p, 1.5)
    bright = p.uniform("brightness", 0, 1)
    out = np.zeros(n)
    for ratio in (1.0, 1.5, 2.0):
        count = dsp.n_harmonics(f0 * ratio, 24)
        k = np.arange(1, count + 1)
        first = p.rng.random(count) / k ** (1.8 - bright)
        tables = np.stack([first, p.rng.random(count) / k ** (1.8 - bright), p.rng.random(count) / k ** (1.8 - bright)])
        tables[:, 0] = 1.0
        breath = 0.6 + 0.4 * dsp.wander(p.rng, n, 1.0)
        out += (
            breath
            / ratio
            * dsp.wavetable(dsp.cycles(f0 * ratio, n, p.rng.random()), tables, 2 * dsp.wander(p.rng, n, 0.8))
        )
    dark = dsp.run(dsp.coloured(p.rng, n, 5), dsp.lowpass(800))
    return (out / np.std(out) + p.uniform("noisiness", 0, 0.3) * dark) * p.envelope(dsp.attack(n, 0.05))
