# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Engines, motors, clocks and other machines, and people's noises that are not voices."""

import numpy as np

from . import dsp
from .nature import _texture_length, grains
from .registry import family


@family("engine", "machines", texture=True, weight=1.5)
def engine(p):
    """Combustion: a pulse a firing, through an exhaust's resonances; steady, revving up or slowing down."""
    n = _texture_length(p)
    motion = p.choice("motion", ("idling", "revving", "slowing"), (3, 1, 1)) if not p.loop else "idling"
    firing = p.log("ground_hz", 18, 95)
    bend = {"idling": 1.0, "revving": p.rng.uniform(1.6, 3.0), "slowing": p.rng.uniform(0.35, 0.65)}[motion]
    path = dsp.sweep(n, firing, firing * bend) * (1 + 0.03 * (dsp.wander(p.rng, n, 5) - 0.5))
    rough = p.uniform("roughness", 0, 1)
    count = dsp.n_harmonics(float(np.max(path)), 90)
    k = np.arange(1, count + 1)
    amplitudes = np.exp(-k / 22) * p.rng.uniform(0.4, 1, count)
    phase = dsp.cycles(path)
    uneven = dsp.wavetable(phase / 4, dsp.lowpass_gain(np.arange(1, 30), 12.0, 1) * p.rng.uniform(0, 1, 29))
    pulse = dsp.wavetable(phase, amplitudes, phases=p.rng.uniform(0, 2, count))
    hiss = dsp.run(dsp.white(p.rng, n), dsp.bandpass(p.log("intake_hz", 300, 1500), 0.6))
    hiss *= np.maximum(0, np.sin(2 * np.pi * phase)) ** 2
    out = pulse / np.std(pulse) + 0.5 * rough * uneven / np.std(uneven) + (0.1 + 0.5 * rough) * hiss
    out = dsp.run(
        out,
        dsp.peaking(p.rng.uniform(90, 180), 2, 6),
        dsp.peaking(p.rng.uniform(300, 700), 2, 5),
        dsp.lowpass(700 * 2 ** (2.5 * p.uniform("brightness", 0, 1))),
    )
    return np.tanh(1.2 * out / (2 * np.std(out)))


@family("helicopter", "machines", texture=True)
def helicopter(p):
    """Blades that slap the air some times a second over a turbine's whine."""
    n = _texture_length(p, 1.0)
    rate = p.log("speed", 8, 22)
    p.period_s = 1 / rate
    phase = dsp.cycles(rate, n)
    slap = np.exp(-6 * (phase % 1.0))
    thud = dsp.run(dsp.coloured(p.rng, n, 4), dsp.lowpass(p.log("ground_hz", 150, 600))) * slap
    wash = dsp.run(dsp.white(p.rng, n), dsp.bandpass(1800, 0.5)) * (0.2 + slap) * 0.15
    whine = p.uniform("whine", 0, 0.15) * dsp.sine(p.rng.uniform(900, 3500), n)
    return 2.5 * thud + wash + whine


@family("machine", "machines", texture=True)
def factory_machine(p):
    """A machine at work: a motor's hum, and a cycle of clanks and hisses."""
    n = _texture_length(p, 1.0)
    rate = p.log("speed", 1.5, 9)
    period = int(dsp.SAMPLE_RATE / rate)
    p.period_s = period / dsp.SAMPLE_RATE
    hum_hz = p.choice("mains_hz", (50.0, 60.0))
    hum = dsp.wavetable(dsp.cycles(hum_hz, n), p.rng.uniform(0, 1, 24) / np.arange(1, 25))
    m = min(period, dsp.samples(0.25))
    modes = p.log("body_hz", 250, 1200) * np.sort(p.rng.uniform(1, 7, 9))
    clank = dsp.partials(m, modes, 0.2, p.rng.uniform(0.2, 1, 9)) + 0.5 * dsp.white(p.rng, m) * dsp.decay(m, 0.02)
    hiss = dsp.run(dsp.white(p.rng, m), dsp.highpass(3000)) * np.hanning(m)
    out = p.uniform("hum", 0.05, 0.5) * hum
    for start in range(0, n, period):
        dsp.add_at(out, start, clank * p.rng.uniform(0.8, 1))
        dsp.add_at(out, start + period // 2, 0.6 * hiss)
    return out


@family("drill", "machines", texture=True)
def drill(p):
    """An electric motor under load: a whine with many harmonics that wavers."""
    n = _texture_length(p, 0.5)
    path = (
        p.log("body_hz", 120, 480) * (1 + 0.05 * (dsp.wander(p.rng, n, 6) - 0.5)) * (0.75 + 0.25 * dsp.attack(n, 0.15))
    )
    count = dsp.n_harmonics(float(np.max(path)), 60)
    k = np.arange(1, count + 1)
    whine = dsp.wavetable(dsp.cycles(path), p.rng.uniform(0.1, 1, count) / k**0.8, phases=p.rng.uniform(0, 6, count))
    brush = dsp.run(dsp.white(p.rng, n), dsp.bandpass(4000, 0.5)) * (0.6 + 0.4 * np.sin(2 * np.pi * dsp.cycles(path)))
    return whine / np.std(whine) + p.uniform("roughness", 0.1, 0.7) * brush


@family("electric hum", "machines", texture=True)
def mains_hum(p):
    """Mains hum and buzz."""
    n = _texture_length(p)
    count = 60
    mains = p.choice("mains_hz", (50.0, 60.0))
    p.period_s = 1 / mains
    k = np.arange(1, count + 1)
    amplitudes = (
        p.rng.uniform(0.2, 1, count) * (0.25 + 0.75 * (k % 2 == 0)) / k ** (1.6 - p.uniform("brightness", 0, 1))
    )
    buzz = dsp.wavetable(dsp.cycles(mains, n), amplitudes, phases=p.rng.uniform(0, 6, count))
    return buzz / np.std(buzz) + 0.03 * dsp.white(p.rng, n)


@family("clock", "machines", texture=True)
def clock(p):
    """Ticking: tick and tock, two knocks of slightly different modes."""
    n = _texture_length(p, 1.0)
    period = dsp.samples(1 / p.log("speed", 1.0, 5.0))
    p.period_s = 2 * period / dsp.SAMPLE_RATE
    n = min(p.n_max, max(n, 3 * period))
    out = np.zeros(n)
    m = dsp.samples(0.06)
    pitch = p.log("body_hz", 900, 4000)
    knocks = [
        dsp.partials(m, pitch * detune * np.array([1, 1.7, 2.9]), [0.05, 0.03, 0.02], [1, 0.7, 0.5])
        + 0.3 * dsp.white(p.rng, m) * dsp.decay(m, 0.004)
        for detune in (1.0, p.rng.uniform(0.75, 0.95))
    ]
    for i, start in enumerate(range(0, n, period)):
        dsp.add_at(out, start, knocks[i % 2])
    return out


@family("click", "interface")
def click(p):
    """A switch, key or mouse button: a press, and sometimes the release."""
    pitch = p.log("body_hz", 900, 5000)
    double = p.choice("strokes", (1, 2), (2, 1))
    n = dsp.samples(0.2)
    out = np.zeros(n)
    for i in range(double):
        m = dsp.samples(0.03)
        snap = dsp.partials(m, pitch * np.array([1, 1.6, 2.4]) * p.rng.uniform(0.95, 1.05), 0.015, [1, 0.6, 0.4])
        snap += p.uniform("noisiness", 0.1, 0.8) * dsp.white(p.rng, m) * dsp.decay(m, 0.006)
        dsp.add_at(out, dsp.samples(i * p.rng.uniform(0.06, 0.13)) if i else 0, snap * (1 if i == 0 else 0.6))
    return out


@family("knock", "people")
def knock(p):
    """Knuckles on a door."""
    count = p.choice("strokes", (1, 2, 3, 4), (1, 1, 3, 1))
    pitch = p.log("body_hz", 90, 320)
    gap = p.uniform("gap_s", 0.14, 0.32)
    t60 = p.log("decay", 0.06, 0.22)
    m = dsp.samples(1.3 * t60)
    n = min(p.n_max, dsp.samples((count - 1) * gap) + m)
    out = np.zeros(n)
    ratios = np.array([1, 1.62, 2.35, 3.4, 4.9])
    for i in range(count):
        thump = dsp.partials(m, pitch * ratios * p.rng.uniform(0.98, 1.02, 5), t60 / ratios**0.6, 1 / ratios)
        thump += 0.3 * dsp.run(dsp.white(p.rng, m), dsp.bandpass(1500, 0.7)) * dsp.decay(m, 0.012)
        dsp.add_at(out, dsp.samples(i * gap * p.rng.uniform(0.93, 1.07)) if i else 0, thump * p.rng.uniform(0.75, 1))
    return out


SURFACES = {
    "wood": (350, 0.5, 0.0),
    "concrete": (1800, 0.25, 0.0),
    "gravel": (3200, 0.3, 1.0),
    "snow": (2200, 0.2, 0.6),
}


@family("footsteps", "people", weight=1.5)
def footsteps(p):
    """Heel and toe on a floor, or grains that give way under the foot."""
    floor = p.choice("floor", tuple(SURFACES))
    centre, body, crunch = SURFACES[floor]
    gap = 1 / p.log("speed", 1.2, 3.2)
    n = min(p.n_max, dsp.samples(p.held(0.4)))
    out = np.zeros(n)
    start = 0
    while start < n:
        m = dsp.samples(0.22)
        heel = dsp.run(dsp.white(p.rng, m), dsp.bandpass(centre * p.rng.uniform(0.8, 1.2), 0.8)) * dsp.decay(m, 0.06)
        toe = np.roll(heel, dsp.samples(0.07)) * 0.5
        weight = body * dsp.partials(m, [p.rng.uniform(70, 130), p.rng.uniform(150, 260)], 0.12, [1.5, 1.0])
        step = (1 - 0.8 * crunch) * (heel + toe + weight)
        if crunch > 0:
            gravel = grains(p.rng, m, 700, 0.006, (centre, 1.6 * centre, 0.6 * centre), 0.005)
            step += crunch * 1.2 * gravel * dsp.raised_cosine(m) ** 0.7
        dsp.add_at(out, start, step * p.rng.uniform(0.75, 1))
        start += dsp.samples(gap * p.rng.uniform(0.94, 1.06))
    return out


@family("heartbeat", "people", texture=True)
def heartbeat(p):
    """Lub and dub."""
    period = dsp.samples(1 / p.log("speed", 0.9, 2.4))
    p.period_s = period / dsp.SAMPLE_RATE
    n = min(p.n_max, max(int(1.5 * period), dsp.samples(p.held(1.0))))
    out = np.zeros(n)
    ground = p.log("ground_hz", 38, 75)
    for start in range(0, n, period):
        for delay, ratio, loud in ((0, 1.0, 1.0), (int(0.3 * period), 1.25, 0.7)):
            m = dsp.samples(0.18)
            beat = dsp.sine(dsp.glide(m, 1.6 * ground * ratio, ground * ratio, 0.03)) * dsp.strike(m, 0.006, 0.16)
            dsp.add_at(out, start + delay, loud * beat)
    return out


@family("applause", "people", texture=True)
def applause(p):
    """Many hands: claps of many sizes, from a handful of people to a hall."""
    n = _texture_length(p, 1.0)
    density = p.log("density", 12, 900)
    centres = p.rng.uniform(700, 2600, 10)
    claps = grains(p.rng, n, density, 0.03, centres, 0.02, 0.5)
    hall = dsp.run(dsp.coloured(p.rng, n, 2), dsp.bandpass(1500, 0.5)) * (0.9 + 0.1 * dsp.wander(p.rng, n, 8))
    return dsp.tamed(claps) + np.log10(density) / 6 * hall / np.std(hall)


@family("crowd", "people", texture=True)
def crowd(p):
    """Many people talking: voices with moving vowels, none of them words; or cheering."""
    n = _texture_length(p, 1.0)
    mood = p.choice("mood", ("talking", "cheering"), (2, 1))
    people = int(p.log("people", 6, 30))
    voices = min(people, 6)
    out = np.zeros(n)
    grid = np.arange(1, 50)
    for _ in range(voices):
        base = p.rng.choice([p.rng.uniform(90, 150), p.rng.uniform(170, 260)]) * (1.6 if mood == "cheering" else 1.0)
        path = base * 2 ** (0.5 * (dsp.wander(p.rng, n, 3.5) - 0.5))
        centres = p.rng.uniform((300, 900), (800, 2300), (5, 2))
        tables = sum(1 / (1 + ((base * grid - centres[:, i : i + 1]) / 120) ** 2) for i in (0, 1)) / grid**0.5
        loud = np.maximum(0, dsp.wander(p.rng, n, 5.0 if mood == "talking" else 1.5, -0.4, 1.0))
        one = loud * dsp.wavetable(dsp.cycles(path), tables, 4 * dsp.wander(p.rng, n, 6.0))
        for _ in range(max(1, people // voices)):  # the same voice at other times stands for more people
            out += p.rng.uniform(0.4, 1) * np.roll(one, int(p.rng.integers(n)))
    air = dsp.run(dsp.coloured(p.rng, n, 3), dsp.bandpass(1200, 0.4))
    return out / np.std(out) + (0.6 if mood == "cheering" else 0.25) * air / np.std(air)
