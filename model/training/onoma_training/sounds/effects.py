# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""What happens to a finished sound: filtering, drive, chorus, room."""

import numpy as np

from . import dsp
from .nature import convolve


# Effects that a family never gets, so that prompts for both together ask for something unseen: the evaluation's.
UNSEEN_TOGETHER = {
    "drive": ("cowbell", "marimba", "flute", "harp"),
    "tone": ("closed hi-hat", "violin", "laser", "dog bark"),
    "bitcrush": ("piano", "bird", "snare", "cello"),
    "chorus": ("clarinet", "square lead", "kalimba"),
    "echo": ("oboe", "knock", "blip"),
    "reverse": ("tom", "glockenspiel"),
    "room": ("woodblock", "music box", "clap", "acid bass"),
}


def apply(p, effect, family, wave):
    """The wave with an effect, or as it is where the family never gets it."""
    return wave if family in UNSEEN_TOGETHER.get(effect.__name__, ()) else effect(p, wave)


def colour(p, wave):
    """A gentle equalizer, as another microphone would be: widens what one source gives; captions don't mention it."""
    low, high, middle = p.rng.uniform(-4, 4, 3)
    return dsp.run(
        wave,
        dsp.peaking(p.rng.uniform(80, 300), 0.5, low),
        dsp.peaking(p.rng.uniform(500, 3000), 0.7, middle),
        dsp.peaking(p.rng.uniform(5000, 12000), 0.5, high),
    )


def room(p, wave):
    """Adds a room: early reflections and a diffuse tail that darkens, as a drawn impulse response."""
    time = p.log("room_s", 0.15, 2.5)
    wet = p.uniform("room", 0.08, 0.5)
    n_tail = min(p.n_max, dsp.samples(time))
    damping = p.rng.uniform(2000, 9000)

    def gain(at, frequency):
        return np.exp(-dsp.LN_60_DB * at / time * (1 + frequency / damping)) * dsp.lowpass_gain(150.0, frequency, 1)

    response = dsp.drawn_noise(p.rng, n_tail, gain, 512) * 0.06
    for _ in range(6):
        at = min(n_tail - 1, dsp.samples(p.rng.uniform(0.002, 0.03)))
        response[at] += p.rng.choice([-1, 1]) * p.rng.uniform(0.2, 0.6)
    n = min(p.n_max, len(wave) + int(0.8 * n_tail))
    padded = np.zeros(n)
    padded[: len(wave)] = wave[:n]
    reverberation = convolve(padded, response)
    level = np.sqrt(np.sum(padded**2) / (np.sum(reverberation**2) + 1e-12))
    return (1 - 0.5 * wet) * padded + wet * level * reverberation


def drive(p, wave):
    """Tube-like or hard clipping."""
    amount = p.uniform("drive", 0.2, 1.0)
    gain = (2 + 14 * amount) / (np.max(np.abs(wave)) + 1e-12)
    if p.flag("hard_clip", 0.3):
        return dsp.shaped(wave * gain, lambda x: np.clip(x, -1, 1))
    return dsp.shaped(wave * gain, np.tanh)


def chorus(p, wave):
    """Two copies behind delays that sway."""
    depth = p.uniform("chorus", 0.3, 1.0)
    n = len(wave)
    out = wave.copy()
    for start in (0.0, 0.5):
        sway = np.sin(2 * np.pi * dsp.cycles(p.rng.uniform(0.4, 1.8), n, start))
        out += 0.7 * _delayed(wave, (0.012 + 0.0025 * depth * sway) * dsp.SAMPLE_RATE)
    return out


def _delayed(wave, delay_samples):
    """The wave read at a delay that moves, by linear interpolation."""
    index = np.arange(len(wave))
    return np.interp(index - delay_samples, index, wave, left=0.0)


def flanger(p, wave):
    """The wave and itself a few milliseconds ago: a comb whose teeth wander."""
    rate = p.uniform("flanger_hz", 0.15, 1.2)
    sway = 0.5 - 0.5 * np.cos(2 * np.pi * dsp.cycles(rate, len(wave), p.rng.random()))
    depth = p.uniform("flanger", 0.5, 0.95)
    return wave + depth * _delayed(wave, (0.0006 + 0.005 * sway) * dsp.SAMPLE_RATE)


def echo(p, wave):
    """Repeats, each quieter and darker."""
    delay = dsp.samples(p.uniform("echo_s", 0.11, 0.45))
    level = p.uniform("echo", 0.35, 0.65)
    n = min(p.n_max, len(wave) + 5 * delay)
    out, repeat = np.zeros(n), wave
    for i in range(5):
        dsp.add_at(out, i * delay, level**i * repeat)
        repeat = dsp.run(repeat, dsp.lowpass(3500))
    return out


def reverse(p, wave):
    """Backwards."""
    p.params["reversed"] = True
    return wave[::-1].copy()


def gate(p, wave):
    """Chopped at a steady rate."""
    rate = p.uniform("gate_hz", 5, 16)
    is_open = (dsp.cycles(rate, len(wave)) % 1.0 < p.rng.uniform(0.35, 0.65)).astype(float)
    return wave * dsp.signal.lfilter([0.02], [1, -0.98], is_open)


def swell(p, wave):
    """Grows louder or fades over its whole length."""
    growing = p.choice("dynamics", ("growing", "fading")) == "growing"
    ramp = np.linspace(0.03, 1, len(wave)) ** p.rng.uniform(1, 2)
    return wave * (ramp if growing else ramp[::-1])


def tone(p, wave):
    """A lowpass or highpass: muffled or thin."""
    kind = p.choice("filter", ("lowpass", "highpass"), (2, 1))
    if kind == "lowpass":
        return dsp.run(wave, dsp.lowpass(p.log("filter_hz", 500, 2500), p.rng.uniform(0.6, 1.2)))
    return dsp.run(wave, dsp.highpass(p.log("filter_hz", 600, 2500), p.rng.uniform(0.6, 1.2)))


def bitcrush(p, wave):
    """Fewer bits and a lower rate, held between samples."""
    bits = p.choice("bits", (3, 4, 5, 6))
    step = int(p.rng.integers(2, 9))
    peak = np.max(np.abs(wave)) + 1e-12
    levels = 2.0 ** (bits - 1)
    return np.repeat(np.round(wave[::step] / peak * levels) / levels, step)[: len(wave)]
