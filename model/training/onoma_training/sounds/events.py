# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Sounds of games, films and interfaces: risers, impacts, lasers, blips, coins, sirens, glitches."""

import numpy as np

from . import dsp
from .nature import grains
from .registry import family


@family("riser", "effects")
def riser(p):
    """Tension: a tone or noise that climbs and grows, then stops."""
    n = dsp.samples(p.held(0.8))
    source = p.choice("source", ("noise", "synth", "both"))
    start, end = p.log("start_hz", 80, 400), p.log("end_hz", 1500, 8000)
    path = dsp.sweep(n, start, end, p.rng.uniform(0.7, 1.6))
    growth = np.linspace(0.02, 1, n) ** p.rng.uniform(1.0, 2.5)
    out = np.zeros(n)
    if source != "synth":
        grid = dsp.times(n)
        out += dsp.drawn_noise(p.rng, n, lambda at, f: dsp.peak_gain(f, np.interp(at, grid, path), 0.7))
    if source != "noise":
        tone = sum(
            np.sin(2 * np.pi * k * dsp.cycles(path * 2 ** (c / 1200))) / k
            for k in (1, 2, 3)
            for c in (-12, 12)
            if k * end < dsp.HIGHEST_PARTIAL
        )
        out += 0.6 * tone
    if p.flag("pulsing", 0.3):
        out *= 0.55 + 0.45 * np.sin(2 * np.pi * dsp.cycles(dsp.sweep(n, 3.0, 16.0)))
    return out * growth


@family("downlifter", "effects")
def downlifter(p):
    """The riser's opposite: it falls and fades."""
    n = dsp.samples(p.held(0.7))
    source = p.choice("source", ("noise", "synth"))
    path = dsp.sweep(n, p.log("start_hz", 1500, 8000), p.log("end_hz", 60, 300), p.rng.uniform(0.5, 1.2))
    fade = np.linspace(1, 0, n) ** p.rng.uniform(0.8, 2.0)
    if source == "noise":
        grid = dsp.times(n)
        return fade * dsp.drawn_noise(p.rng, n, lambda at, f: dsp.peak_gain(f, np.interp(at, grid, path), 0.8))
    return fade * (dsp.sine(path) + 0.5 * dsp.sine(path * 1.007))


@family("whoosh", "effects")
def whoosh(p):
    """Something passing through air: band noise that swells, moves and dies."""
    n = dsp.samples(p.log("duration", 0.25, min(1.6, 0.9 * p.length_max_s)))
    peak = p.uniform("peak_at", 0.3, 0.8)
    centre = p.log("centre_hz", 300, 3000)
    position = np.linspace(0, 1, n)
    swell = np.where(position < peak, (position / peak) ** 2, ((1 - position) / (1 - peak)) ** 1.5)
    grid = dsp.times(n)

    def gain(at, frequency):
        s = np.interp(at, grid, swell)
        return s * dsp.peak_gain(frequency, centre * 2 ** (1.6 * s), 0.9)

    return dsp.drawn_noise(p.rng, n, gain, 512)


@family("impact", "effects")
def impact(p):
    """A film trailer's hit: a falling sub, a burst, debris."""
    t60 = p.log("decay", 0.6, 4.0)
    n = min(p.n_max, dsp.samples(t60))
    ground = p.log("ground_hz", 28, 70)
    sub = np.tanh(2.5 * dsp.sine(dsp.glide(n, ground * p.rng.uniform(2, 5), ground, 0.05)) * dsp.strike(n, 0.001, t60))
    bright = p.uniform("brightness", 0, 1)
    burst = dsp.drawn_noise(
        p.rng,
        n,
        lambda at, f: dsp.lowpass_gain(f, 200 + 9000 * bright * np.exp(-at / 0.09) + 300, 1)
        * np.exp(-dsp.LN_60_DB * at / (0.7 * t60)),
        512,
    )
    metal = p.sometimes("metal", 0.4, 0.3, 1.0)
    ring = dsp.partials(n, p.rng.uniform(120, 2500, 14), 0.8 * t60, p.rng.uniform(0.1, 0.4, 14))
    return sub + 1.2 * burst * dsp.attack(n, 0.0008) + metal * ring


@family("explosion", "effects")
def explosion(p):
    """A blast: clipped noise that darkens, and debris."""
    n = min(p.n_max, dsp.samples(p.held(0.8)))
    size = p.uniform("size", 0, 1)
    length = n / dsp.SAMPLE_RATE
    dark = 4000 * (1 - 0.7 * size)
    body = dsp.drawn_noise(
        p.rng,
        n,
        lambda at, f: dsp.lowpass_gain(f, 90 + dark * np.exp(-at / (0.15 * length)), 1.2)
        * np.exp(-dsp.LN_60_DB * at / (1.1 * length)),
        1024,
    ) * dsp.attack(n, 0.002)
    body = np.tanh(3 * body / np.max(np.abs(body)))
    debris = grains(p.rng, n, 90, 0.03, (500, 1200, 3000), 0.02) * dsp.decay(n, length)
    return body + 0.25 * debris / (np.max(np.abs(debris)) + 1e-9)


@family("gunshot", "effects")
def gunshot(p):
    """A crack of a few milliseconds, a dark blast, the echo of the place."""
    t60 = p.log("decay", 0.2, 1.5)
    n = min(p.n_max, dsp.samples(t60))
    crack = dsp.run(dsp.white(p.rng, n), dsp.highpass(800)) * dsp.decay(n, p.log("crack_s", 0.015, 0.06))
    blast = dsp.run(dsp.white(p.rng, n), dsp.lowpass(p.log("blast_hz", 250, 1200))) * dsp.decay(n, 0.25 * t60) * 3
    echo = dsp.run(dsp.coloured(p.rng, n, 3), dsp.lowpass(3000)) * dsp.strike(n, 0.02, t60) * 0.35
    return np.tanh(2 * (crack + blast)) + echo


@family("laser", "effects", weight=1.5)
def laser(p):
    """A pitch that falls fast, once or in a burst."""
    start, end = p.log("start_hz", 1500, 9000), p.log("end_hz", 60, 500)
    t60 = p.log("decay", 0.1, 0.7)
    shots = p.choice("strokes", (1, 2, 3, 4), (5, 1, 1, 1))
    buzz = p.sometimes("buzz", 0.4, 0.3, 1.0)
    m = dsp.samples(t60)
    path = dsp.glide(m, start, end, p.log("fall_s", 0.15, 0.5) * t60)
    phase = dsp.cycles(path)
    tone = np.sin(2 * np.pi * phase)
    for k in (3, 5, 7):
        tone += buzz / k * np.sin(2 * np.pi * k * phase) * (k * path < 18000)
    shot = tone * dsp.strike(m, 0.001, t60)
    gap = dsp.samples(p.uniform("gap_s", 0.09, 0.22))
    out = np.zeros(min(p.n_max, m + (shots - 1) * gap))
    for i in range(shots):
        dsp.add_at(out, i * gap, shot)
    return out


def _beep(n, frequency, wave):
    """A short tone with soft edges; wave is 'sine', 'square' or 'triangle'."""
    edges = dsp.attack(n, 0.003) * dsp.attack(n, 0.006)[::-1]
    if wave == "sine":
        return dsp.sine(frequency, n) * edges
    count = dsp.n_harmonics(frequency, 60)
    return dsp.wavetable(dsp.cycles(frequency, n), dsp.waveform_amplitudes(wave, count)) * edges


@family("blip", "interface", weight=1.5)
def blip(p):
    """An interface's blip: one to three short tones."""
    wave = p.choice("wave", ("sine", "square", "triangle"), (3, 1, 1))
    count = p.choice("strokes", (1, 2, 3), (3, 2, 1))
    pitch = p.log("body_hz", 350, 2800)
    m = dsp.samples(p.log("duration", 0.03, 0.16))
    interval = p.choice("interval", (0, 4, 5, 7, 12, -5, -7)) if count > 1 else 0
    gap = int(m * p.rng.uniform(1.05, 1.8))
    out = np.zeros(m + (count - 1) * gap)
    for i in range(count):
        dsp.add_at(out, i * gap, _beep(m, pitch * 2 ** (interval * i / 12), wave))
    return out


@family("notification", "interface")
def notification(p):
    """Two to four soft bell-like tones, up or down."""
    count = p.choice("strokes", (2, 3, 4))
    pitch = p.log("body_hz", 450, 1400)
    steps = {
        2: ((0, 7), (0, 5), (7, 0), (4, 0)),
        3: ((0, 4, 7), (7, 4, 0), (0, 7, 12)),
        4: ((0, 4, 7, 12), (12, 7, 4, 0)),
    }[count]
    melody = steps[int(p.rng.integers(len(steps)))]
    p.params["direction"] = "up" if melody[-1] > melody[0] else "down"
    t60 = p.log("decay", 0.25, 1.2)
    gap = p.uniform("gap_s", 0.07, 0.2)
    out = np.zeros(min(p.n_max, dsp.samples(t60 + (count - 1) * gap)))
    for i, step in enumerate(melody):
        m = dsp.samples(t60)
        f = pitch * 2 ** (step / 12)
        dsp.add_at(
            out,
            dsp.samples(i * gap) if i else 0,
            dsp.partials(m, f * np.array([1, 2, 3.01]), t60, [1, 0.3, 0.12]) * dsp.attack(m, 0.003),
        )
    return out


@family("coin", "interface")
def coin(p):
    """The coin of an old game: a short note and a higher one that rings."""
    first = p.log("body_hz", 700, 1400)
    leap = 2 ** (p.choice("interval", (4, 5, 7, 12)) / 12)
    t60 = p.log("decay", 0.3, 1.0)
    m, n = dsp.samples(p.rng.uniform(0.05, 0.09)), dsp.samples(t60)
    count = dsp.n_harmonics(first * leap, 40)
    amplitudes = dsp.waveform_amplitudes("square", count)
    ring = dsp.wavetable(dsp.cycles(first * leap, n), amplitudes) * dsp.strike(n, 0.001, t60)
    return np.concatenate([dsp.wavetable(dsp.cycles(first, m), amplitudes) * dsp.attack(m, 0.001), ring])


@family("power up", "interface")
def power_up(p):
    """A game's reward or loss: a quick run of square notes, or one gliding tone."""
    direction = p.choice("direction", ("up", "down"), (2, 1))
    wave = p.choice("wave", ("square", "pulse", "triangle"))
    start = p.log("body_hz", 200, 700)
    count = int(p.rng.integers(5, 13))
    step = dsp.samples(p.log("step_s", 0.035, 0.09))
    scale = np.array((0, 4, 7, 12, 16, 19, 24, 28, 31, 36, 40, 43, 48))[:count]
    notes = start * 2 ** (scale / 12)
    path = np.repeat(notes if direction == "up" else notes[::-1], step)
    count = dsp.n_harmonics(float(np.max(notes)), 40)
    tone = dsp.wavetable(dsp.cycles(path), dsp.waveform_amplitudes(wave, count, 0.25))
    return tone * dsp.held(len(path), 0.002, 0.9 * len(path) / dsp.SAMPLE_RATE, 0.08)


@family("siren", "alarms")
def siren(p):
    """A wailing or yelping siren, or a two-tone horn."""
    n = min(p.n_max, dsp.samples(p.held(0.9)))
    kind = p.choice("pattern", ("wail", "yelp", "two tone"))
    base = p.log("body_hz", 450, 900)
    rate = {"wail": p.rng.uniform(0.25, 0.7), "yelp": p.rng.uniform(2.5, 5.0), "two tone": p.rng.uniform(0.7, 1.6)}[
        kind
    ]
    swing = 0.5 - 0.5 * np.cos(2 * np.pi * dsp.cycles(rate, n, p.rng.random()))
    if kind == "two tone":
        swing = np.where(swing > 0.5, 0.45, 0.0)
    path = base * 2 ** (p.uniform("span_octaves", 0.6, 1.2) * swing)
    count = dsp.n_harmonics(float(np.max(path)), 30)
    return dsp.wavetable(
        dsp.cycles(path), dsp.waveform_amplitudes("saw", count) * np.exp(-np.arange(count) / 5)
    ) * dsp.held(n, 0.01, n / dsp.SAMPLE_RATE - 0.05, 0.05)


@family("alarm", "alarms")
def alarm(p):
    """Beeping: an alarm clock, a smoke detector, a truck in reverse."""
    n = min(p.n_max, dsp.samples(p.held(0.7)))
    pitch = p.log("body_hz", 700, 3300)
    rate = p.log("speed", 1.2, 9)
    wave = p.choice("wave", ("sine", "square"))
    period = int(dsp.SAMPLE_RATE / rate)
    beep = _beep(int(period * p.uniform("duty", 0.35, 0.65)), pitch, wave)
    out = np.zeros(n)
    burst = p.choice("beeps", (0, 2, 3, 4), (3, 1, 1, 1))  # 0: without end
    for i in range(n // period + 1):
        if burst == 0 or i % (burst + 2) < burst:
            dsp.add_at(out, i * period, beep)
    return out


@family("telephone", "alarms")
def telephone(p):
    """A telephone's ring: a bell beaten twenty times a second, or two tones in turn."""
    n = min(p.n_max, dsp.samples(p.held(0.8)))
    kind = p.choice("ringer", ("bell", "electronic"))
    rate = p.uniform("rate_hz", 15, 25)
    if kind == "electronic":
        low = p.log("body_hz", 700, 1500)
        path = low * np.where(dsp.cycles(rate, n) % 1.0 < 0.5, 1.0, 1.25)
        tone = dsp.wavetable(dsp.cycles(path), dsp.waveform_amplitudes("square", 8))
        return tone * dsp.held(n, 0.003, n / dsp.SAMPLE_RATE - 0.1, 0.05)
    out = np.zeros(n)
    gongs = [
        p.log("body_hz", 800, 1500) * ratio * np.array([1, 2.4, 4.1, 6.2]) for ratio in (1.0, p.rng.uniform(1.1, 1.35))
    ]
    strokes = [dsp.partials(min(n, dsp.samples(0.6)), g, [0.6, 0.5, 0.3, 0.2], [1, 0.6, 0.5, 0.3]) for g in gongs]
    for i, start in enumerate(range(0, n, int(dsp.SAMPLE_RATE / rate))):
        dsp.add_at(out, start, strokes[i % 2] * p.rng.uniform(0.8, 1))
    return out


@family("sonar", "alarms")
def sonar(p):
    """A submarine's ping with its echo."""
    t60 = p.log("decay", 0.8, 4.0)
    n = min(p.n_max, dsp.samples(t60))
    pitch = p.log("body_hz", 500, 1800)
    ping = dsp.partials(n, [pitch, 2 * pitch], t60, [1, 0.1]) * dsp.attack(n, 0.004)
    out = ping.copy()
    for i in range(1, 4):
        dsp.add_at(out, dsp.samples(i * p.rng.uniform(0.18, 0.4)), 0.4**i * ping)
    return out


@family("glitch", "effects")
def glitch(p):
    """Digital debris: cut, repeated and frozen bits of tones and noise."""
    n = min(p.n_max, dsp.samples(p.held(0.25)))
    busy = p.uniform("density", 0, 1)
    out, at = np.zeros(n), 0
    while at < n:
        m = min(dsp.samples(0.004 * 50 ** (p.rng.random() * (1.1 - 0.6 * busy))), n - at)
        kind = int(p.rng.integers(5))
        grid = dsp.times(m)
        tone = 60 * 100 ** p.rng.random()
        if kind == 0:
            bit = np.sign(np.sin(2 * np.pi * tone * grid))
        elif kind == 1:
            bit = np.repeat(dsp.white(p.rng, m // 6 + 1), 6)[:m]
        elif kind == 2:
            bit = np.round(3 * np.sin(2 * np.pi * tone * grid)) / 3
        elif kind == 3 and at > 600:
            piece = out[at - int(p.rng.integers(200, 600)) : at]
            bit = np.tile(piece, m // len(piece) + 1)[:m]
        else:
            bit = np.zeros(m)
        out[at : at + m] = bit * p.rng.uniform(0.3, 1)
        at += m
    return out if np.any(out) else out + dsp.sine(1000.0, n)


@family("data noise", "effects", texture=True)
def data_noise(p):
    """A modem or a space computer: tones that jump many times a second."""
    n = min(p.n_max, dsp.samples(p.held(0.6)))
    rate = p.log("speed", 6, 60)
    count = int(n / dsp.SAMPLE_RATE * rate) + 2
    notes = p.log("body_hz", 300, 900) * 2 ** p.rng.uniform(0, 3, count)
    path = np.repeat(notes, int(dsp.SAMPLE_RATE / rate) + 1)[:n]
    gate = np.repeat(p.rng.random(count) < 0.85, int(dsp.SAMPLE_RATE / rate) + 1)[:n]
    smooth = dsp.signal.lfilter([0.02], [1, -0.98], gate.astype(float))
    return dsp.fm_pair(dsp.cycles(path), 1.0, p.uniform("roughness", 0, 1.5)) * smooth
