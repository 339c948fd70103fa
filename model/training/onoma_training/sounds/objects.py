# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Things that are hit, broken, pushed and blown: metal, glass, horns, doors, paper, steam, bubbles."""

import numpy as np

from . import dsp
from .nature import _texture_length, bubble, grains, scatter
from .registry import family


@family("gong", "objects")
def gong(p):
    """A large disc: the blow wakes low modes, and energy climbs to the high ones within half a second."""
    low = p.log("ground_hz", 55, 190)
    t60 = p.log("decay", 2.0, 9.0)
    n = min(p.n_max, dsp.samples(t60))
    ratios = np.sort(np.concatenate([[1.0, 1.48, 2.02, 2.76], p.rng.uniform(2, 28, 46)]))
    t60s = t60 / ratios**0.35
    tone = dsp.partials(n, low * ratios[:8], t60s[:8], 1 / ratios[:8] ** 0.5, p.rng.uniform(0, 6.28, 8)) * dsp.attack(
        n, 0.006
    )
    shimmer = dsp.partials(n, low * ratios[8:], t60s[8:], p.rng.uniform(0.1, 0.5, 42), p.rng.uniform(0, 6.28, 42))
    return tone + p.uniform("brightness", 0.2, 1.2) * shimmer * dsp.attack(n, p.log("bloom_s", 0.05, 0.7))


@family("metal hit", "objects")
def metal_hit(p):
    """A pipe, plate, pan or anvil: inharmonic modes, little damped."""
    thing = p.choice("thing", ("pipe", "plate", "pan", "anvil"))
    low, high, ring = {
        "pipe": (250, 900, 1.2),
        "plate": (120, 500, 1.6),
        "pan": (350, 900, 0.7),
        "anvil": (900, 2500, 0.9),
    }[thing]
    base = p.log("body_hz", low, high)
    t60 = ring * p.log("ring", 0.3, 1.8)
    n = min(p.n_max, dsp.samples(t60))
    count = 24 if thing == "plate" else 10
    ratios = (np.arange(count) + 1.5) ** 2 / 2.25 if thing == "pipe" else np.sort(p.rng.uniform(1, 9, count))
    ratios = ratios / ratios[0]
    hardness = p.uniform("hardness", 0, 1)
    amplitudes = p.rng.uniform(0.3, 1, count) / ratios ** (1.2 - 0.9 * hardness)
    tone = dsp.partials(n, base * ratios, t60 / ratios**0.4, amplitudes, p.rng.uniform(0, 6.28, count))
    blow = dsp.run(dsp.white(p.rng, n), dsp.highpass(1500)) * dsp.decay(n, 0.015)
    return tone * dsp.attack(n, 0.0004) + hardness * blow


@family("sword", "objects")
def sword(p):
    """Steel on steel, or a blade drawn: a scrape, then high modes that ring."""
    action = p.choice("action", ("clash", "drawn"), (2, 1))
    t60 = p.log("decay", 0.5, 2.0)
    n = min(p.n_max, dsp.samples(t60))
    modes = p.log("body_hz", 1200, 3000) * np.sort(p.rng.uniform(1, 5, 14))
    ring = dsp.partials(
        n, modes, t60 * p.rng.uniform(0.4, 1, 14), p.rng.uniform(0.2, 1, 14), p.rng.uniform(0, 6.28, 14)
    )
    scrape_s = 0.03 if action == "clash" else min(0.35, 0.5 * n / dsp.SAMPLE_RATE)
    grid = dsp.times(n)
    scrape = dsp.drawn_noise(
        p.rng,
        n,
        lambda at, f: dsp.peak_gain(f, 3000 + 4000 * np.minimum(1, at / scrape_s), 0.8)
        * np.where(at < scrape_s, 1.0, np.exp(-(at - scrape_s) / 0.03)),
        512,
    )
    rise = 0.0005 if action == "clash" else scrape_s
    return ring * np.minimum(1, grid / rise) ** 2 + (2.0 if action == "drawn" else 1.2) * scrape


@family("glass breaking", "objects")
def glass_break(p):
    """A crack, then shards: many small high bodies falling within a second."""
    n = min(p.n_max, dsp.samples(p.log("decay", 0.5, 1.8)))
    length = n / dsp.SAMPLE_RATE
    crack = dsp.run(dsp.white(p.rng, n), dsp.highpass(1800)) * dsp.decay(n, 0.08)
    shards = []
    for _ in range(14):
        m = dsp.samples(p.rng.uniform(0.04, 0.25))
        base = p.rng.uniform(1800, 7500)
        shards.append(dsp.partials(m, base * np.array([1, 1.7, 2.6]), m / dsp.SAMPLE_RATE, [1, 0.6, 0.3]))
    fall = scatter(p.rng, n, p.log("density", 35, 160), shards, 0.7) * dsp.decay(n, 1.2 * length)
    return 1.2 * crack + fall / (np.max(np.abs(fall)) + 1e-9) * 0.9


@family("horn", "objects")
def vehicle_horn(p):
    """A car's, truck's, train's or ship's horn: two or more reeds at a chord."""
    vehicle = p.choice("vehicle", ("car", "truck", "train", "ship"))
    low, high, chord = {
        "car": (340, 520, (1, 1.25)),
        "truck": (150, 230, (1, 1.26)),
        "train": (230, 330, (1, 1.19, 1.5, 1.78)),
        "ship": (55, 110, (1, 1.5)),
    }[vehicle]
    hold = p.held(0.3, 2.5)
    n = min(p.n_max, dsp.samples(hold + 0.1))
    base = p.log("body_hz", low, high)
    out = np.zeros(n)
    for ratio in chord:
        count = dsp.n_harmonics(base * ratio, 50)
        k = np.arange(1, count + 1)
        gain = dsp.lowpass_gain(k * base * ratio, 2200, 1) * (1 + 2 * dsp.peak_gain(k * base * ratio, 1200, 0.6))
        drift = 1 + 0.006 * np.exp(-dsp.times(n) / 0.06) * p.rng.uniform(-2, 1)
        out += dsp.wavetable(
            dsp.cycles(base * ratio * drift, start=p.rng.random()), gain / k**0.6, phases=p.rng.uniform(0, 6, count)
        )
    strokes = p.choice("strokes", (1, 2), (3, 1)) if vehicle == "car" else 1
    envelope = dsp.held(n, 0.015, hold, 0.12)
    if strokes == 2:
        envelope *= 1 - dsp.attack(n, 0.01) * (np.abs(dsp.times(n) - 0.45 * hold) < 0.08)
    return out * envelope


@family("doorbell", "objects")
def doorbell(p):
    """Ding dong: two struck bars a third apart; or one."""
    pitch = p.log("body_hz", 450, 900)
    t60 = p.log("decay", 0.7, 2.0)
    strokes = p.choice("strokes", (1, 2), (1, 3))
    gap = p.uniform("gap_s", 0.3, 0.6)
    n = min(p.n_max, dsp.samples(t60 + (strokes - 1) * gap))
    out = np.zeros(n)
    for i in range(strokes):
        m = dsp.samples(t60)
        bar = dsp.partials(
            m, pitch / (1.26 if i else 1.0) * np.array([1, 2.76, 5.4]), [t60, 0.4 * t60, 0.15 * t60], [1, 0.3, 0.15]
        )
        dsp.add_at(out, dsp.samples(i * gap) if i else 0, bar)
    return out * dsp.attack(n, 0.001)


@family("typing", "objects", texture=True)
def typing(p):
    """Keys of a keyboard, or of a typewriter with its harder levers."""
    n = _texture_length(p, 0.8)
    kind = p.choice("keyboard", ("computer", "typewriter"), (2, 1))
    hard = kind == "typewriter"
    keys = []
    for _ in range(5):
        m = dsp.samples(0.09 if hard else 0.05)
        base = p.rng.uniform(1500, 3800) * (0.7 if hard else 1.0)
        snap = dsp.partials(m, base * np.array([1, 1.55, 2.3, 3.6]), 0.05 if hard else 0.018, [1, 0.7, 0.5, 0.4])
        thump = dsp.partials(m, [p.rng.uniform(160, 330)], 0.05, 0.8)
        keys.append(snap + thump + 1.2 * dsp.white(p.rng, m) * dsp.decay(m, 0.012))
    rate = p.log("speed", 4, 12)
    out = np.zeros(n)
    at = 0
    while at < n:
        dsp.add_at(out, at, keys[int(p.rng.integers(5))] * p.rng.uniform(0.6, 1))
        at += dsp.samples(p.rng.gamma(4.0, 0.25 / rate) + 0.02)
    return out


@family("splash", "objects")
def splash(p):
    """Something falls into water: a slap, a burst of spray, bubbles that rise."""
    size = p.uniform("size", 0, 1)
    length = 0.5 + 1.3 * size
    n = min(p.n_max, dsp.samples(length))
    spray = dsp.drawn_noise(
        p.rng,
        n,
        lambda at, f: dsp.lowpass_gain(f, (9000 - 4000 * size) * np.exp(-at / (0.5 * length)) + 300, 1)
        * dsp.lowpass_gain(250.0, f, 1)
        * np.exp(-5 * at / length),
        512,
    ) * dsp.attack(n, 0.004 + 0.02 * size)
    bubbles = [bubble(p, p.rng.uniform(250, 1600), p.rng.uniform(0.02, 0.09), p.rng.uniform(0, 0.6)) for _ in range(10)]
    rise = scatter(p.rng, n, 40 + 60 * size, bubbles, 0.7) * dsp.strike(n, 0.1, 1.4 * length)
    plunge = dsp.sine(dsp.glide(n, 260 - 150 * size, 70, 0.05)) * dsp.decay(n, 0.15)
    return spray / np.std(spray) * 0.8 + rise / (np.std(rise) + 1e-9) * 0.35 + (0.5 + 2 * size) * plunge


@family("bubbles", "objects", texture=True)
def bubbles_rising(p):
    """Bubbles one after another: boiling, an aquarium, a straw in a glass."""
    n = _texture_length(p, 0.5)
    size = p.uniform("size", 0, 1)
    low, high = 1100 - 850 * size, 2800 - 2000 * size
    shapes = [
        bubble(p, p.rng.uniform(low, high), p.rng.uniform(0.03, 0.12), p.rng.uniform(0.2, 1.2)) for _ in range(12)
    ]
    at, out = 0, np.zeros(n)
    rate = p.log("density", 5, 40)
    while at < n:
        dsp.add_at(out, at, shapes[int(p.rng.integers(12))] * p.rng.uniform(0.3, 1))
        at += dsp.samples(p.rng.exponential(1 / rate))
    return out


@family("rustle", "objects", texture=True)
def rustle(p):
    """Paper, leaves or cloth that is moved: crackling noise in irregular strokes."""
    n = _texture_length(p, 0.4)
    what = p.choice("stuff", ("paper", "leaves", "cloth", "plastic"))
    centre, crackle = {"paper": (3500, 0.7), "leaves": (4500, 0.9), "cloth": (1500, 0.1), "plastic": (5500, 1.0)}[what]
    strokes = np.maximum(0, dsp.wander(p.rng, n, p.log("speed", 3, 10), -0.5, 1.0))
    noise = dsp.run(dsp.white(p.rng, n), dsp.bandpass(centre, 0.6))
    fine = grains(p.rng, n, 350, 0.004, (centre, 1.7 * centre, 0.6 * centre), 0.003)
    return strokes * ((1 - crackle) * noise / np.std(noise) + crackle * dsp.tamed(fine)) + 0.002 * noise


@family("creak", "objects")
def creak(p):
    """A door's hinge or a floorboard: stick and slip, pulses at a rate that wanders, through wood."""
    n = min(p.n_max, dsp.samples(p.held(0.4, 2.5)))
    rate = p.log("speed", 25, 140) * 2 ** (dsp.wander(p.rng, n, 2.5) * p.uniform("bend", 0.5, 2.0))
    phase = dsp.cycles(rate * (1 + 0.15 * (dsp.wander(p.rng, n, 40) - 0.5)))
    slips = np.diff(np.floor(phase), prepend=0.0) * p.rng.uniform(0.5, 1, n)
    m = dsp.samples(0.03)
    body = p.log("body_hz", 350, 1500)
    wood = dsp.partials(m, body * np.array([1, 1.62, 2.4, 3.7]), 0.02, [1, 0.8, 0.6, 0.4])
    n_fast = dsp.fft.next_fast_len(n + m, real=True)
    out = dsp.fft.irfft(dsp.fft.rfft(slips, n_fast) * dsp.fft.rfft(wood, n_fast), n_fast)[:n]
    return out * (0.3 + dsp.wander(p.rng, n, 3)) * dsp.held(n, 0.03, n / dsp.SAMPLE_RATE - 0.1, 0.1)


@family("steam", "objects", texture=True)
def steam(p):
    """A jet of steam, gas or spray."""
    n = _texture_length(p, 0.3)
    centre = p.log("centre_hz", 2500, 9000)
    jet = dsp.run(dsp.white(p.rng, n), dsp.bandpass(centre, 0.5), dsp.highpass(0.3 * centre))
    return (
        jet
        * (0.8 + 0.2 * dsp.wander(p.rng, n, 12))
        * (1.0 if p.loop else dsp.held(n, 0.02, 0.7 * n / dsp.SAMPLE_RATE, 0.25))
    )


@family("pop", "objects")
def pop(p):
    """A cork, a bubble or a mouth's pop: one short resonance that bends up."""
    n = dsp.samples(0.25)
    pitch = p.log("body_hz", 250, 1400)
    body = dsp.sine(pitch * (1 + p.uniform("bend", 0.0, 1.5) * dsp.times(n) / 0.05)) * dsp.strike(
        n, 0.001, p.log("decay", 0.03, 0.12)
    )
    return body + 0.4 * dsp.run(dsp.white(p.rng, n), dsp.bandpass(2 * pitch, 0.8)) * dsp.decay(n, 0.01)


@family("boing", "objects")
def boing(p):
    """A cartoon's spring: a twang whose pitch swings, with a ladder of formants."""
    t60 = p.log("decay", 0.5, 1.6)
    n = min(p.n_max, dsp.samples(t60))
    rate = p.log("speed", 5, 14)
    swing = np.sin(2 * np.pi * rate * dsp.times(n)) * dsp.decay(n, 2 * t60)
    path = p.log("body_hz", 90, 260) * 2 ** (p.uniform("bend", 0.2, 0.8) * swing)
    count = dsp.n_harmonics(float(np.max(path)), 40)
    gain = 1 / np.arange(1, count + 1) ** 0.7
    tables = np.stack([gain * (0.2 + dsp.peak_gain(np.arange(1, count + 1), centre, 0.5)) for centre in (3, 5, 8, 12)])
    return dsp.wavetable(dsp.cycles(path), tables, 1.5 + 1.5 * swing) * dsp.strike(n, 0.002, t60)


@family("train", "machines", texture=True)
def train(p):
    """Wheels over rail joints: two double knocks a carriage, over rolling noise."""
    n = _texture_length(p, 1.0)
    period = dsp.samples(1 / p.log("speed", 0.9, 2.6))
    p.period_s = period / dsp.SAMPLE_RATE
    n = min(p.n_max, max(n, int(1.6 * period)))
    roll = dsp.run(dsp.coloured(p.rng, n, 4), dsp.highpass(60), dsp.lowpass(1500)) * (
        0.85 + 0.15 * dsp.wander(p.rng, n, 6)
    )
    m = dsp.samples(0.12)
    joint = dsp.partials(m, np.array([95, 240, 520, 900]) * p.rng.uniform(0.85, 1.15), 0.1, [1, 0.7, 0.5, 0.3])
    joint += 0.5 * dsp.white(p.rng, m) * dsp.decay(m, 0.02)
    out = p.uniform("noisiness", 0.3, 1.0) * roll / np.std(roll)
    for start in range(0, n, period):
        for delay, loud in ((0.0, 1.0), (0.16, 0.8), (0.5, 0.9), (0.66, 0.75)):
            dsp.add_at(out, start + int(delay * period), 2.2 * loud * joint)
    return out
