# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Musical loops: bars at a tempo, whose ends ring on into their beginnings."""

import numpy as np

from . import dsp, drums, percussion
from .clip import SAMPLE_RATE, midi_to_hz
from .registry import family

STEPS = 16  # of a bar
# Drum patterns by style: for each drum the chance of a hit on each of the sixteen steps, in tenths.
STYLES = {
    "house": {
        "kick": "9000900090009000",
        "clap": "0000900000009000",
        "open": "0090009000900090",
        "closed": "5252525252525252",
    },
    "techno": {
        "kick": "9000900090009000",
        "clap": "0000500000005000",
        "open": "0070007000700070",
        "closed": "7777777777777777",
    },
    "rock": {"kick": "9000001090200010", "snare": "0000900000009001", "closed": "9090909090909090"},
    "hip hop": {"kick": "9003001040700010", "snare": "0000900100009002", "closed": "9090909590909095"},
    "breakbeat": {"kick": "9010000000900100", "snare": "0000900202009012", "closed": "9090909090909050"},
    "drum and bass": {"kick": "9000000000900000", "snare": "0000900000009000", "closed": "9393939393939393"},
    "trap": {"kick": "9000003000400200", "snare": "0000000090000000", "closed": "9696969699969699"},
}
TEMPI = {
    "house": (116, 130),
    "techno": (122, 145),
    "rock": (88, 160),
    "hip hop": (82, 102),
    "breakbeat": (110, 145),
    "drum and bass": (160, 180),
    "trap": (130, 160),
}
VOICES = {
    "kick": drums.kick,
    "snare": drums.snare,
    "clap": drums.clap,
    "closed": drums.closed_hat,
    "open": drums.open_hat,
}


def add_around(target, start, sound):
    """Adds a sound from sample start on; what reaches past the end goes on at the beginning."""
    n = len(target)
    start %= n
    while len(sound) > 0:
        m = min(len(sound), n - start)
        target[start : start + m] += sound[:m]
        sound, start = sound[m:], 0


def _bar(p, low, high):
    """Chooses a tempo, and two bars, one, or the largest part of one that fits the longest clip.

    Returns the loop's samples and its number of steps.
    """
    p.tempo = float(np.round(p.rng.uniform(low, high)))
    step_s = 240.0 / p.tempo / STEPS
    fitting = [steps for steps in (2 * STEPS, STEPS, STEPS // 2, STEPS // 4, 2) if steps * step_s <= p.length_max_s]
    n_steps = fitting[1] if len(fitting) > 1 and fitting[0] > STEPS and p.rng.random() < 0.5 else fitting[0]
    p.params["bars"] = n_steps / STEPS
    return int(n_steps * step_s * SAMPLE_RATE), n_steps


def _normal(sound):
    return sound / (np.max(np.abs(sound)) + 1e-12)


def _step_start(step, n, n_steps, swing):
    """The sample at which a step begins; swing, 0 to 0.33, delays every second step."""
    return int((step + (swing if step % 2 else 0.0)) * n / n_steps)


@family("drum loop", "loops", exact_loop=True, weight=4.0)
def drum_loop(p):
    style = p.choice("style", tuple(STYLES))
    n, n_steps = _bar(p, *TEMPI[style])
    swing = p.sometimes("swing", 0.3, 0.12, 0.33)
    pattern = {drum: np.array([int(c) for c in row]) / 10.0 for drum, row in STYLES[style].items()}
    out = np.zeros(n)
    for drum, chances in pattern.items():
        sound = _normal(VOICES[drum](p.child()))
        level = {"kick": 1.0, "snare": 0.8, "clap": 0.7, "closed": 0.3, "open": 0.35}[drum] * p.rng.uniform(0.8, 1.2)
        for step in range(n_steps):
            chance = chances[step % STEPS]
            if chance > 0.85 or p.rng.random() < chance:
                loud = level * (1.0 if step % 4 == 0 else p.rng.uniform(0.6, 1.0))
                add_around(out, _step_start(step, n, n_steps, swing), loud * sound)
    return out


@family("percussion loop", "loops", exact_loop=True, weight=1.5)
def percussion_loop(p):
    """Two or three hand drums and shakers, each on its own repeating pattern."""
    n, n_steps = _bar(p, 85, 135)
    makers = [
        percussion.conga,
        percussion.shaker,
        percussion.woodblock,
        percussion.cowbell,
        percussion.tambourine,
        percussion.conga,
    ]
    out = np.zeros(n)
    for index in p.rng.choice(len(makers), int(p.rng.integers(2, 4)), replace=False):
        child = p.child()
        child.length_max_s = 0.5
        sound = _normal(makers[index](child))[: dsp.samples(0.6)]
        pattern = p.rng.random(8) < p.rng.uniform(0.3, 0.7)
        pattern[0] = True
        for step in range(n_steps):
            if pattern[step % 8]:
                add_around(out, _step_start(step, n, n_steps, 0.0), p.rng.uniform(0.4, 1) * sound)
    return out


@family("hi-hat loop", "loops", exact_loop=True, weight=1.5)
def hat_loop(p):
    """Closed hats on a grid, an open one now and then."""
    n, n_steps = _bar(p, 90, 160)
    closed, open_hat = _normal(drums.closed_hat(p.child())), _normal(drums.open_hat(p.child()))
    division = p.choice("division", (1, 2), (2, 1))
    choked = open_hat * dsp.held(len(open_hat), 0.0, 1.5 * n / n_steps / SAMPLE_RATE, 0.04)
    out = np.zeros(n)
    for step in range(0, n_steps, division):
        sound = choked if step % 8 == 6 and p.rng.random() < 0.5 else closed
        loud = 1.0 if step % 4 == 0 else p.rng.uniform(0.3, 0.8)
        add_around(out, _step_start(step, n, n_steps, 0.0), loud * sound)
    return out


SCALES = {"minor": (0, 3, 7, 10, 12), "major": (0, 4, 7, 11, 12)}


@family("arpeggio", "loops", tonal=True, exact_loop=True, weight=2.0)
def arpeggio(p):
    """A chord's notes one after the other, on a synthesizer."""
    p.note(45, 69)
    n, n_steps = _bar(p, 90, 150)
    mode = p.choice("mode", tuple(SCALES))
    order = p.choice("direction", ("up", "down", "up and down", "random"))
    steps = list(SCALES[mode][: int(p.rng.integers(3, 6))])
    steps = {
        "up": steps,
        "down": steps[::-1],
        "up and down": steps + steps[-2:0:-1],
        "random": list(p.rng.permutation(steps)),
    }[order]
    wave = p.choice("wave", ("saw", "square", "pulse"))
    bright = p.uniform("brightness", 0, 1)
    t60 = p.log("decay", 0.15, 0.8)
    m = dsp.samples(t60)
    out = np.zeros(n)
    for step in range(n_steps):
        f0 = midi_to_hz(p.midi + steps[step % len(steps)])
        count = dsp.n_harmonics(f0)
        cutoff = np.minimum(f0 * (1 + 24 * 4 ** (bright - 0.5) * dsp.decay(m, 0.6 * t60)), 18000)
        tone = dsp.swept_harmonics(dsp.cycles(f0, m), dsp.waveform_amplitudes(wave, count, 0.25), f0, cutoff, 2, 1.0, 8)
        add_around(out, _step_start(step, n, n_steps, 0.0), tone * dsp.strike(m, 0.001, t60))
    return out


@family("bass line", "loops", tonal=True, exact_loop=True, weight=2.0)
def bass_line(p):
    """An acid or plain synthesizer bass that steps around its root."""
    p.note(28, 45)
    n, n_steps = _bar(p, 95, 145)
    resonance = p.sometimes("resonance", 0.6, 4, 14)
    bright = p.uniform("brightness", 0, 1)
    m = int(n / n_steps * p.uniform("gate", 0.5, 1.1))
    notes = p.rng.choice([0, 0, 0, 0, 12, 7, 3, 10, -2], 16)
    notes[0] = 0
    plays = p.rng.random(16) < p.uniform("density", 0.45, 0.95)
    plays[0] = True
    accents = p.rng.random(16) < 0.3
    out = np.zeros(n)
    for step in range(n_steps):
        if not plays[step % 16]:
            continue
        f0 = midi_to_hz(p.midi + notes[step % 16])
        sweep = (2.5 if accents[step % 16] else 1.3) * dsp.decay(m, 0.25)
        cutoff = np.minimum(f0 * 2 ** (0.8 + 2 * bright + sweep), 15000)
        tone = dsp.swept_harmonics(
            dsp.cycles(f0, m), dsp.waveform_amplitudes("saw", dsp.n_harmonics(f0)), f0, cutoff, 2, resonance, 8
        )
        add_around(out, _step_start(step, n, n_steps, 0.0), tone * dsp.held(m, 0.002, 0.85 * m / SAMPLE_RATE, 0.03))
    return out


@family("chord loop", "loops", tonal=True, exact_loop=True, weight=1.5)
def chord_stabs(p):
    """One chord of saws struck on a rhythm."""
    root = p.note(48, 69)
    n, n_steps = _bar(p, 110, 135)
    chord = p.choice("mode", ("minor", "major"))
    bright = p.uniform("brightness", 0, 1)
    m = dsp.samples(p.log("decay", 0.15, 0.7))
    stab = np.zeros(m)
    for step in SCALES[chord][:3]:
        f0 = root * 2 ** (step / 12)
        count = dsp.n_harmonics(f0, 80)
        gain = dsp.lowpass_gain(f0 * np.arange(1, count + 1), 600 * 2 ** (4.5 * bright), 2)
        for cents in (-7, 7):
            stab += dsp.wavetable(
                dsp.cycles(f0 * 2 ** (cents / 1200), m, p.rng.random()), dsp.waveform_amplitudes("saw", count) * gain
            )
    stab *= dsp.strike(m, 0.002, m / SAMPLE_RATE)
    rhythm = p.rng.random(16) < 0.3
    rhythm[int(p.rng.integers(min(4, n_steps)))] = True
    out = np.zeros(n)
    for step in range(n_steps):
        if rhythm[step % 16]:
            add_around(out, _step_start(step, n, n_steps, 0.0), stab)
    return out
