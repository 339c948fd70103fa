# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Hand and small percussion."""

import numpy as np

from . import dsp
from .drums import MEMBRANE_MODES, _click
from .registry import family


@family("conga", "percussion")
def conga(p):
    """A hand drum: open tone, slap or muted."""
    stroke = p.choice("stroke", ("open", "slap", "mute"), (2, 1, 1))
    pitch = p.log("ground_hz", 130, 420)
    t60 = p.log("decay", 0.12, 0.6) * {"open": 1.0, "slap": 0.5, "mute": 0.3}[stroke]
    n = min(p.n_max, dsp.samples(1.2 * t60 + 0.04))
    harshness = {"open": 0.3, "slap": 1.0, "mute": 0.15}[stroke]
    loud = 1.0 / (1 + np.arange(6) * (2.2 - 1.8 * harshness))
    bend = 1 + 0.06 * np.exp(-dsp.times(n) / 0.02)
    phase = dsp.cycles(pitch * bend)
    body = sum(
        a * np.sin(2 * np.pi * r * phase) * dsp.decay(n, t60 / (1 + 0.7 * i))
        for i, (a, r) in enumerate(zip(loud, MEMBRANE_MODES))
    )
    return body * dsp.attack(n, 0.001) + 0.6 * _click(p.rng, n, harshness, 1800)


@family("shaker", "percussion")
def shaker(p):
    """Grains against a wall: one stroke, or several."""
    strokes = p.choice("strokes", (1, 2, 3, 4), (3, 1, 1, 1))
    centre = p.log("centre_hz", 3500, 9000)
    length = p.log("decay", 0.06, 0.25)
    gap = p.uniform("gap_s", 0.11, 0.3)
    n = min(p.n_max, dsp.samples((strokes - 1) * gap + 1.6 * length))
    envelope = np.zeros(n)
    for i in range(strokes):
        m = dsp.samples(1.6 * length)
        stroke = dsp.attack(m, p.rng.uniform(0.1, 0.5) * length) * dsp.decay(m, length) * p.rng.uniform(0.6, 1)
        dsp.add_at(envelope, dsp.samples(i * gap) if i else 0, stroke)
    noise = dsp.white(p.rng, n) * (p.rng.random(n) < p.log("density", 0.03, 1.0))
    return dsp.run(noise, dsp.bandpass(centre, 1.2), dsp.highpass(0.5 * centre)) * envelope


@family("tambourine", "percussion")
def tambourine(p):
    """Jingles: many small struck discs with their own modes, hit within a few milliseconds."""
    t60 = p.log("decay", 0.12, 0.6)
    n = min(p.n_max, dsp.samples(1.2 * t60 + 0.05))
    modes = p.rng.uniform(3500, 13000, 40)
    jingles = dsp.partials(
        n, modes, t60 * p.rng.uniform(0.3, 1.0, 40), p.rng.uniform(0.2, 1, 40), p.rng.uniform(0, 6.28, 40)
    )
    noise = dsp.run(dsp.white(p.rng, n), dsp.highpass(5000)) * dsp.decay(n, 0.5 * t60)
    head = dsp.partials(n, [p.log("head_hz", 180, 420)], 0.1, 1.2 * p.uniform("hardness", 0, 1))
    shake = dsp.attack(n, p.log("attack", 0.001, 0.03))
    return shake * (jingles + 1.2 * noise) + head


@family("cowbell", "percussion")
def cowbell(p):
    """Two detuned partials with overtones, as two plates welded together."""
    pitch = p.log("body_hz", 400, 850)
    t60 = p.log("decay", 0.1, 0.8)
    hardness = p.uniform("hardness", 0, 1)
    n = min(p.n_max, dsp.samples(1.2 * t60 + 0.02))
    ratio = p.rng.uniform(1.42, 1.52)
    frequencies = pitch * np.concatenate([np.array([1, 3, 5, 7, 9]), ratio * np.array([1, 3, 5, 7, 9])])
    loud = 1 / np.tile([1, 3, 5, 7, 9], 2) ** (1.4 - 0.7 * hardness)
    body = dsp.partials(n, frequencies, t60, loud) * (1 + 1.5 * dsp.decay(n, 0.04))
    return dsp.run(body, dsp.bandpass(1.7 * pitch, 0.6)) * dsp.attack(n, 0.0005)


@family("woodblock", "percussion")
def woodblock(p):
    """A hollow block: few strongly damped modes."""
    pitch = p.log("body_hz", 450, 2200)
    t60 = p.log("decay", 0.04, 0.18)
    n = min(p.n_max, dsp.samples(1.5 * t60 + 0.02))
    ratios = np.array([1, 1.42, 2.1, 2.75, 3.9]) * p.rng.uniform(0.96, 1.04, 5)
    body = dsp.partials(n, pitch * ratios, t60 / ratios, [1, 0.5, 0.4, 0.25, 0.15])
    return body + 0.2 * _click(p.rng, n, p.uniform("hardness", 0, 1), 3000)


@family("triangle", "percussion")
def triangle(p):
    """A steel rod's bending modes, open or damped by the hand."""
    muted = p.choice("stroke", ("open", "mute"), (2, 1)) == "mute"
    t60 = p.log("decay", 0.8, 4.0) * (0.08 if muted else 1.0)
    n = min(p.n_max, dsp.samples(1.1 * t60 + 0.02))
    ratios = (np.arange(3, 16) + 0.5) ** 2 / 3.5**2 * p.rng.uniform(0.97, 1.03, 13)
    loud = p.rng.uniform(0.2, 1, 13)
    return dsp.partials(
        n, p.log("body_hz", 1000, 1700) * ratios, t60 / ratios**0.3, loud, p.rng.uniform(0, 6.28, 13)
    ) * dsp.attack(n, 0.0008)
