# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Do prompts steer the sound? Measures pairs of prompts on generated waves, over fixed seeds."""

import re

import numpy as np
import torch

from . import conditions, denoiser, frontend, pghi, runtime, vae, vocoder
from .layers import set_compute_dtype

RATE = 44100
_NOTES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NOTE = re.compile(r"\b([a-gA-G])(#|b)?(-?\d)\b")
_MIDI = re.compile(r"\bmidi (\d{1,3})\b", re.IGNORECASE)


def note_of(prompt):
    """The MIDI note that a prompt names ("A#3", "midi 60"), or None."""
    match = _MIDI.search(prompt)
    if match:
        return int(match.group(1))
    match = _NOTE.search(prompt)
    if not match:
        return None
    shift = {"#": 1, "b": -1, None: 0}[match.group(2)]
    return 12 * (int(match.group(3)) + 1) + _NOTES[match.group(1).lower()] + shift


def hertz(midi):
    """Frequency of a MIDI note."""
    return 440.0 * 2 ** ((midi - 69) / 12)


def spectrum(wave, size=4096):
    """Mean power spectrum [size/2 + 1] of frames of a wave."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(wave, (0, size)), size)[:: size // 4]
    return (np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2).mean(0)


def centroid(wave):
    """Centre of the power spectrum in hertz."""
    power = spectrum(wave)
    return float((power * np.linspace(0, RATE / 2, len(power))).sum() / power.sum())


def flatness(wave):
    """Geometric over arithmetic mean of the power spectrum, 50 Hz to 16 kHz."""
    power = spectrum(wave)
    hz = np.linspace(0, RATE / 2, len(power))
    power = power[(hz > 50) & (hz < 16000)] + 1e-12 * power.max()
    return float(np.exp(np.log(power).mean()) / power.mean())


def level_at(wave, second, window=0.05):
    """RMS level around a time, in dB below the loudest such window."""
    n = int(window * RATE)
    total = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])
    power = np.maximum(total[n:] - total[:-n], 1e-20)
    at = min(max(int(second * RATE) - n // 2, 0), len(power) - 1)
    return float(10 * np.log10(power[at] / power.max()))


def pitch(wave, low=25.0, high=4500.0):
    """Fundamental in hertz by the autocorrelation of the loudest 0.3 s, normalised for its lag."""
    n = int(0.3 * RATE)
    begin = 0
    if len(wave) > n + 4096:
        power = np.convolve(wave**2, np.ones(n), "valid")
        begin = int(np.argmax(power))
    x = wave[begin : begin + n] - wave[begin : begin + n].mean()
    size = 1 << int(np.ceil(np.log2(2 * len(x))))
    oversampling = 4
    power = np.abs(np.fft.rfft(x, size)) ** 2
    padded = np.zeros(size * oversampling // 2 + 1)
    padded[: len(power)] = power
    correlation = np.fft.irfft(padded)[: int(oversampling * RATE / low)] * oversampling
    sums = np.cumsum(np.concatenate([[0.0], x**2]))
    lags = np.minimum(np.arange(len(correlation)) // oversampling, len(x) - 1)
    energy = (sums[len(x) - lags] + sums[-1] - sums[lags]) / 2
    value = correlation / np.maximum(energy, 1e-12)
    first = int(oversampling * RATE / high)
    below = np.nonzero(value < 0.3)[0]
    first = max(first, int(below[0]) if len(below) else first)
    inner = value[first + 1 : -1]
    peaks = np.nonzero((inner >= value[first:-2]) & (inner > value[first + 2 :]))[0] + first + 1
    if len(peaks) == 0:
        return 0.0
    best = peaks[np.argmax(value[peaks] >= 0.88 * value[peaks].max())]
    return oversampling * RATE / best


def cents(hz, midi):
    """Distance of a frequency from a note."""
    return 1200 * np.log2(max(hz, 1e-3) / hertz(midi))


def ratio_check(measure, factor, first, second):
    """measure(first) >= factor * measure(second)."""
    return (first, second), lambda a, b: (measure(a) / max(measure(b), 1e-12), factor)


def sustain_check(first, second):
    """One second in, the first above -12 dB and the second under -30 dB: the smaller margin, plus 1."""

    def value(a, b):
        margin = min(level_at(a, 1.0) + 12, -30 - level_at(b, 1.0))
        return margin, 0.0

    return (first, second), value


def note_check(prompt):
    """Within 100 cent of the note asked."""
    midi = note_of(prompt)
    return (prompt,), lambda a: (100 - abs(cents(pitch(a), midi)), 0.0)


CHECKS = {
    "hat over kick": ratio_check(centroid, 3, "closed hi-hat", "deep kick drum"),
    "pad over pluck": sustain_check("sustained pad", "short pluck"),
    "rain over flute": ratio_check(flatness, 5, "rain", "flute, long note"),
    "high over low flute": ratio_check(pitch, 2, "high flute", "low flute"),
    "high over low piano": ratio_check(pitch, 2, "high piano note", "low piano note"),
    "high over low saw lead": ratio_check(pitch, 2, "high saw lead", "low saw lead"),
    "flute A4": note_check("flute A4"),
    "piano C4": note_check("piano C4"),
    "saw lead a#3": note_check("saw lead a#3"),
    "organ midi 60": note_check("organ midi 60"),
    "bass E2": note_check("synth bass E2"),
    "marimba G5": note_check("marimba G5"),
    "unseen: hat over thud": ratio_check(centroid, 3, "closed hi-hat", "thud"),
    "unseen: downpour over fife": ratio_check(flatness, 5, "downpour", "fife, prolonged"),
    "unseen: cloudburst over flutist": ratio_check(flatness, 5, "cloudburst", "flutist, long note"),
    "unseen: prolonged pad over brief pluck": sustain_check("prolonged pad", "brief pluck"),
    "unseen: carillon D5": note_check("carillon D5"),
    "unseen: fiddler A4": note_check("fiddler A4"),
}


class Generator:
    """Prompts to waves, with everything of a run."""

    def __init__(self, run, checkpoint=None):
        self.unet, self.encoder, self.tokenizer = denoiser.load(run, checkpoint)
        self.vae, self.vocoder = vae.load(run), vocoder.load(run)
        front = frontend.config_from(run.settings)
        self.front_end = frontend.FrontEnd(front)
        combs = conditions.Combs(self.vae, front)
        self.sampler = conditions.Sampler(self.unet, self.encoder, self.tokenizer, combs)

    @torch.no_grad()
    def bands(self, prompts, seeds, columns, steps, guidance, few=False):
        """M [B,T,F]; notes are parsed from the prompts."""
        notes = [note_of(prompt) for prompt in prompts]
        pitches = [None if note is None else hertz(note) for note in notes]
        sample = self.sampler.sample_few if few else self.sampler.sample
        z = sample(prompts, pitches, columns, steps, guidance, seeds)
        bands = self.vae.decode(z / self.vae.config.scaling_factor)
        floor = self.vae.config.log_floor
        return (bands - bands.amax((1, 2), keepdim=True)).clamp_min(floor)

    def waves(self, prompts, seeds, columns, steps, guidance, few=False):
        """Waves (numpy), peak 1."""
        made = self.bands(prompts, seeds, columns, steps, guidance, few)
        pairs = zip(made, seeds)
        return [pghi.synthesize(self.vocoder, self.front_end, m, s).numpy() for m, s in pairs]


def evaluate(run, generator, settings, seeds):
    """{check: (values, threshold)} over the seeds."""
    prompts = sorted({prompt for group, _ in CHECKS.values() for prompt in group})
    waves = {}
    for prompt in prompts:
        made = generator.waves([prompt] * len(seeds), seeds, *settings)
        waves[prompt] = made
    figures = {}
    for name, (group, value) in CHECKS.items():
        rows = [value(*(waves[prompt][i] for prompt in group)) for i in range(len(seeds))]
        figures[name] = ([row[0] for row in rows], rows[0][1])
    return figures


def main():
    """Print how many seeds pass each check."""
    parser = runtime.arguments(
        "steering",
        trains=False,
        checkpoint={"help": "denoiser checkpoint (default: the run's newest)"},
        steps={"type": int, "default": 16, "help": "Euler steps, or few-step jumps"},
        guidance={"type": float, "default": 4.0, "help": "guidance scale"},
        columns={"type": int, "default": 22, "help": "length in latent columns of 93 ms"},
        seeds={"type": int, "default": 8, "help": "number of seeds"},
        bfloat16={"action": "store_true", "help": "compute in bfloat16: faster where the CPU has it"},
        few={"action": "store_true", "help": "use the few-step mode of a distilled network"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    if args.bfloat16:
        set_compute_dtype(torch.bfloat16)
    generator = Generator(run, args.checkpoint)
    settings = (args.columns, args.steps, args.guidance, args.few)
    figures = evaluate(run, generator, settings, list(range(1, args.seeds + 1)))
    for name, (values, threshold) in figures.items():
        passed = sum(value >= threshold for value in values)
        rounded = " ".join(f"{value:.3g}" for value in values)
        run.log(f"{name}: {passed} of {len(values)} reach {threshold:g}: {rounded}")


if __name__ == "__main__":
    main()
