# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Makes one clip from a seed: draws a family, its sound, its effects, and finishes the wave."""

import numpy as np

from . import dsp, effects, soundfont
from .clip import SAMPLE_RATE, Clip, ClipInfo, Draw
from .registry import FAMILIES

SHORTEST_S = 0.2
PEAK = 0.9
LOOP_CROSSFADE_S = 0.25
COLOURED = 0.35
LAYERED = 0.12  # of unpitched textures
DRUM_SHARE = 0.25  # of the soundfont's clips


def make_clip(seed, length_max_s=3.0, family=None, dry=False, font=None, font_share=0.35):
    """The clip of a seed, always the same one for the same arguments.

    length_max_s: longest clip in seconds, 0.5 to 12. family: a name of FAMILIES, or None to draw one by weight. dry:
    without room and effects (the draws before them are the same). font: path of a General MIDI soundfont that plays
    font_share of the clips when no family is asked for; None: every clip is procedural.
    """
    if not 0.5 <= length_max_s <= 12.0:
        raise ValueError(f"length_max_s is {length_max_s}, not in 0.5 to 12")
    rng = np.random.default_rng([int(seed), 0])
    p = Draw(rng, length_max_s)
    if family is None and font is not None and rng.random() < font_share:
        draw = soundfont.draw_drum if rng.random() < DRUM_SHARE else soundfont.draw_instrument
        source = "soundfont"
        kind, wave = draw(p, soundfont.opened(font))
    else:
        source = "procedural"
        kind = FAMILIES[draw_family(rng) if family is None else family]
        p.loop = kind.exact_loop or rng.random() < kind.loops
        wave = kind.make(p)
        if family is None and kind.texture and not kind.tonal and rng.random() < LAYERED:
            wave = _layered(p, kind, wave)
    if not dry:
        wave = _around(p, kind, wave) if kind.exact_loop else _effects(p, kind, wave)
    if not p.loop:
        wave = _one_shot(p, wave * dsp.attack(len(wave), 0.001) if kind.texture else wave)
    else:
        wave = wave if kind.exact_loop else close_loop(wave, p.period_s)
        if p.period_s is not None:  # begin with the beat
            wave = np.roll(wave, dsp.samples(0.012) - int(np.argmax(np.abs(wave))))
        wave = wave - np.mean(wave)
    p.params["length"] = len(wave) / SAMPLE_RATE
    if not p.loop and "duration" not in p.params:
        p.params["sounding"] = sounding_s(wave)
    info = ClipInfo(
        family=kind.name,
        group=kind.group,
        source=source,
        seed=int(seed),
        midi=p.midi,
        f0=p.f0,
        loop=p.loop,
        tempo=p.tempo,
        params=p.params,
        positions=p.positions,
    )
    return Clip(normalised(wave), info)


def sounding_s(wave):
    """Seconds from a sound's beginning until it stays 30 dB under its loudest 10 ms."""
    hop = dsp.samples(0.01)
    power = np.add.reduceat(np.square(wave), np.arange(0, len(wave), hop))
    loud = np.nonzero(power > 1e-3 * np.max(power))[0]
    return float((loud[-1] + 1 - loud[0]) * hop / SAMPLE_RATE)


def draw_family(rng):
    """The name of a family, drawn by the weights."""
    names = list(FAMILIES)
    weights = np.array([FAMILIES[name].weight for name in names])
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def _layered(p, kind, wave):
    """A texture with another one beside it, whose family becomes the parameter 'with'; as long as the shorter."""
    others = [other for other in FAMILIES.values() if other.texture and not other.tonal and other is not kind]
    second = others[int(p.rng.integers(len(others)))]
    child = p.child()
    child.loop = p.loop
    other = second.make(child)
    n = min(len(wave), len(other))
    p.params["with"] = second.name
    p.period_s = None  # two beats don't share a period
    return wave[:n] / np.std(wave[:n]) + p.rng.uniform(0.4, 1.0) * other[:n] / np.std(other[:n])


def _effects(p, kind, wave):
    """Now and then an effect; most clips stay dry, so that the dry sound is what a plain name means.

    What a loop can't carry around its end is left out of loops, and what textures have already, of textures.
    """
    tonal, one_shot, event = kind.tonal, not p.loop, not kind.texture
    if p.rng.random() < COLOURED:
        wave = effects.colour(p, wave)
    for effect, chance, fits in (
        (effects.drive, 0.07, event and "drive" not in p.params),
        (effects.tone, 0.06, True),
        (effects.swell, 0.04, tonal and one_shot and "duration" in p.params),
        (effects.reverse, 0.015, one_shot and event),
        (effects.gate, 0.015, one_shot),
        (effects.flanger, 0.02, one_shot),
        (effects.chorus, 0.06, tonal and one_shot),
        (effects.bitcrush, 0.02, True),
        (effects.echo, 0.025, one_shot and event),
        (effects.room, 0.2, one_shot and event and "echo" not in p.params),
    ):
        if fits and p.rng.random() < chance:
            wave = effects.apply(p, effect, kind.name, wave)
    return wave


def _around(p, kind, wave):
    """Effects on a loop: on two rounds of it, of which the second, which has heard the first, is kept."""
    return _effects(p, kind, np.tile(wave, 2))[len(wave) : 2 * len(wave)]


def close_loop(wave, period_s=None):
    """Makes a texture seamless: its end is faded into what came before its beginning.

    A texture that repeats every period_s is cut to whole periods and faded at equal gain, since what is mixed is
    the same; others are faded at equal power.
    """
    fade = min(dsp.samples(LOOP_CROSSFADE_S), len(wave) // 3)
    ramp = 0.5 * np.pi * (np.arange(fade) + 0.5) / fade
    falling, rising = np.cos(ramp), np.sin(ramp)
    if period_s is not None:
        period = period_s * SAMPLE_RATE
        periods = (len(wave) - fade) // period
        if periods >= 1:
            wave = wave[: fade + int(round(periods * period))]
        falling, rising = falling**2, rising**2
    body = wave[fade:].copy()
    body[-fade:] = body[-fade:] * falling + wave[:fade] * rising
    return body


def _one_shot(p, wave):
    """Trims silence, removes DC, fades what is cut off, and in two clips of five adds a short pre-roll."""
    wave = dsp.run(wave, dsp.highpass(12.0))
    loud = np.abs(wave) > 1e-3 * np.max(np.abs(wave))
    first = int(np.argmax(loud))
    last = len(wave) - int(np.argmax(loud[::-1]))
    wave = wave[max(0, first - 16) : max(last, first + dsp.samples(SHORTEST_S))]
    pre_roll = 0 if p.rng.random() < 0.6 else dsp.samples(p.rng.uniform(0.002, 0.08))
    wave = wave[: p.n_max - pre_roll]
    wave = np.concatenate([np.zeros(pre_roll), wave, np.zeros(max(0, dsp.samples(SHORTEST_S) - pre_roll - len(wave)))])
    return faded(wave, 0.008 if p.params.get("reversed") else 0.04)


def faded(wave, longest_s):
    """Fades out the end: longest_s of it, or 8 ms where the clip has decayed by then."""
    tail = np.max(np.abs(wave[-441:])) / (np.max(np.abs(wave)) + 1e-12)
    n = min(len(wave) // 4, dsp.samples(0.008 if tail < 0.01 else longest_s))
    wave = wave.copy()
    wave[-n:] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(n) + 1) / n)
    return wave


def normalised(wave):
    """Peak at PEAK, as float32; raises ValueError for silence or for values that are not finite."""
    peak = np.max(np.abs(wave))
    if not np.isfinite(peak) or peak <= 0:
        raise ValueError("a sound is silent or not finite")
    return (wave * (PEAK / peak)).astype(np.float32)
