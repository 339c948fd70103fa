# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Building blocks of the synthesis: envelopes, oscillators, partials, noise, filters.

Signals are float64 arrays at SAMPLE_RATE; times are seconds, frequencies hertz, T60 the time a decay takes to fall
by 60 dB.
"""

import numpy as np
from scipy import fft, signal

from .clip import SAMPLE_RATE

NYQUIST = SAMPLE_RATE / 2
HIGHEST_PARTIAL = 20000.0
LN_60_DB = np.log(1000.0)


def samples(time_s):
    """Whole samples in a time, at least one."""
    return max(1, int(round(time_s * SAMPLE_RATE)))


def times(n):
    """The times of n samples."""
    return np.arange(n) / SAMPLE_RATE


# Envelopes


def decay(n, t60):
    """Exponential decay from 1."""
    return np.exp(times(n) * (-LN_60_DB / max(t60, 1e-4)))


def attack(n, rise_s):
    """Rises from 0 to 1 as a raised cosine within rise_s, then stays."""
    envelope = np.ones(n)
    m = min(n, max(1, int(rise_s * SAMPLE_RATE)))
    envelope[:m] = 0.5 - 0.5 * np.cos(np.pi * np.arange(m) / max(1, int(rise_s * SAMPLE_RATE)))
    return envelope


def strike(n, rise_s, t60):
    """An attack followed by an exponential decay."""
    return attack(n, rise_s) * decay(n, t60)


def held(n, rise_s, hold_s, release_t60):
    """Attack, a steady part until hold_s, then an exponential release that sets in within some milliseconds."""
    after = np.maximum(0.0, times(n) - hold_s)
    after = after * after / (after + 0.004)
    return attack(n, rise_s) * np.exp(after * (-LN_60_DB / max(release_t60, 1e-3)))


def raised_cosine(n):
    """A hump from 0 over 1 to 0."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n)


def wander(rng, n, rate_hz, low=0.0, high=1.0):
    """A smooth random curve in [low, high] with about rate_hz independent values a second."""
    n_knots = max(4, int(n / SAMPLE_RATE * rate_hz) + 4)
    knots = rng.uniform(low, high, n_knots)
    position = np.arange(n) * (rate_hz / SAMPLE_RATE)
    position = np.minimum(position, n_knots - 1.001)
    left = position.astype(np.int64)
    blend = position - left
    blend = blend * blend * (3 - 2 * blend)
    return knots[left] + (knots[left + 1] - knots[left]) * blend


def add_at(target, start, sound):
    """Adds a sound to target from sample start on, cutting what reaches past the end."""
    n = min(len(sound), len(target) - start)
    if n > 0:
        target[start : start + n] += sound[:n]


# Oscillators


def cycles(frequency, n=None, start=0.0):
    """Phase in cycles of an oscillator whose frequency is a number (with n) or an array."""
    if np.ndim(frequency) == 0:
        return start + np.arange(n) * (float(frequency) / SAMPLE_RATE)
    steps = np.asarray(frequency, float) / SAMPLE_RATE
    return start + np.cumsum(steps) - steps[0]


def sine(frequency, n=None, start=0.0):
    """A sine of constant or moving frequency; start is its phase in cycles."""
    return np.sin(2 * np.pi * cycles(frequency, n, start))


def glide(n, start_hz, end_hz, time_s):
    """A frequency that falls (or rises) exponentially from start_hz to end_hz with the given time constant."""
    return end_hz + (start_hz - end_hz) * np.exp(-times(n) / time_s)


def sweep(n, start_hz, end_hz, curve=1.0):
    """A frequency that goes from start to end on a logarithmic scale; curve > 1 moves late, < 1 early."""
    return start_hz * (end_hz / start_hz) ** (np.linspace(0, 1, n) ** curve)


def n_harmonics(highest_f0, limit=400):
    """How many harmonics of highest_f0 lie below HIGHEST_PARTIAL."""
    return int(np.clip(HIGHEST_PARTIAL / highest_f0, 1, limit))


def waveform_amplitudes(shape, n, width=0.5):
    """Amplitudes of harmonics 1 to n of 'saw', 'square', 'triangle' or 'pulse' (with its width)."""
    k = np.arange(1, n + 1)
    if shape == "saw":
        return 1.0 / k
    if shape == "square":
        return (k % 2) / k
    if shape == "triangle":
        return (k % 2) / k**2
    if shape == "pulse":
        return np.abs(np.sin(np.pi * k * width)) / k
    raise ValueError(f"unknown waveform {shape!r}")


def wavetable(phase, amplitudes, position=None, phases=None):
    """Reads band-limited tables made from harmonic amplitudes.

    phase: cycles, [n]. amplitudes: [harmonics] for one table, or [tables, harmonics] with position, [n] in
    0..tables-1, which moves between them. phases: of the harmonics in radians (0: sines).
    """
    amplitudes = np.atleast_2d(amplitudes)
    n_tables, n_partials = amplitudes.shape
    size = 1 << int(np.ceil(np.log2(max(1024, 16 * n_partials))))
    size = min(size, 16384)
    spectrum = np.zeros((n_tables, size // 2 + 1), complex)
    turn = -1j if phases is None else -1j * np.exp(1j * np.asarray(phases))
    spectrum[:, 1 : n_partials + 1] = amplitudes * turn * (size / 2)
    tables = fft.irfft(spectrum, size, axis=1)
    tables = np.concatenate([tables, tables[:, :1]], axis=1)
    index = (phase % 1.0) * size
    left = index.astype(np.int64)
    blend = index - left
    if n_tables == 1:
        return _read(tables[0], left, blend)
    position = np.clip(position, 0, n_tables - 1.001)
    lower = position.astype(np.int64)
    flat = tables.ravel()
    left = left + lower * (size + 1)
    first = _read(flat, left, blend)
    return first + (position - lower) * (_read(flat, left + size + 1, blend) - first)


def _read(table, left, blend):
    value = table[left]
    return value + blend * (table[left + 1] - value)


def lowpass_gain(frequency, cutoff, order=4, resonance=0.0):
    """Magnitude of a lowpass with an optional resonant bump at the cutoff; for amplitudes of partials."""
    ratio = np.asarray(frequency) / cutoff
    gain = 1.0 / np.sqrt(1.0 + ratio ** (2 * order))
    if resonance > 0:
        gain = gain * (1.0 + resonance * np.exp(-((np.log2(np.maximum(ratio, 1e-6)) / 0.25) ** 2)))
    return gain


def swept_harmonics(phase, amplitudes, f0, cutoff, order=4, resonance=0.0, n_tables=24):
    """A harmonic tone through a lowpass whose cutoff (array, [n]) moves: exact, without filtering samples."""
    low, high = float(np.min(cutoff)), float(np.max(cutoff))
    frequencies = f0 * np.arange(1, len(amplitudes) + 1)
    if high / low < 1.01:
        return wavetable(phase, amplitudes * lowpass_gain(frequencies, high, order, resonance))
    steps = low * (high / low) ** np.linspace(0, 1, n_tables)
    tables = amplitudes * lowpass_gain(frequencies[None, :], steps[:, None], order, resonance)
    position = np.log(cutoff / low) / np.log(high / low) * (n_tables - 1)
    return wavetable(phase, tables, position)


def partials(n, frequencies, t60s, amplitudes, phases=None):
    """The sum of exponentially decaying sines.

    A decaying sine of constant frequency is a complex power z^t; with t = block * size + offset it is a product of a
    power for the block and one for the offset, so the sum over partials is one matrix product.
    """
    frequencies = np.asarray(frequencies, float)
    keep = (frequencies < HIGHEST_PARTIAL) & (frequencies > 10)
    frequencies = frequencies[keep]
    if len(frequencies) == 0:
        return np.zeros(n)
    amplitudes = np.broadcast_to(amplitudes, keep.shape)[keep]
    t60s = np.broadcast_to(t60s, keep.shape)[keep]
    phases = np.zeros(len(frequencies)) if phases is None else np.broadcast_to(phases, keep.shape)[keep]
    exponent = (2j * np.pi * frequencies - LN_60_DB / t60s) / SAMPLE_RATE
    size = 256
    n_blocks = -(-n // size)
    blocks = np.exp(np.arange(n_blocks)[:, None] * (exponent * size)) * (amplitudes * np.exp(1j * phases))
    offsets = np.exp(np.arange(size)[:, None] * exponent)
    left = np.concatenate([blocks.real, blocks.imag], axis=1)
    right = np.concatenate([offsets.imag, offsets.real], axis=1)
    return (left @ right.T).ravel()[:n]


def fm_pair(carrier_phase, ratio, index):
    """A sine carrier whose phase is modulated by a sine at ratio times its frequency (Chowning 1973)."""
    return np.sin(2 * np.pi * carrier_phase + index * np.sin(2 * np.pi * ratio * carrier_phase))


def oversampled(make, n, factor=2):
    """Calls make(n * factor, SAMPLE_RATE * factor) and brings its result down to SAMPLE_RATE by its spectrum."""
    n_fast = fft.next_fast_len(n, real=True)
    high = np.zeros(n_fast * factor)
    made = make(n * factor, SAMPLE_RATE * factor)
    high[: len(made)] = made
    return fft.irfft(fft.rfft(high)[: n_fast // 2 + 1], n_fast)[:n] / factor


def shaped(x, curve, factor=4):
    """A waveshaper, curve(x) applied at factor times the rate so that its overtones do not fold."""
    n = len(x)
    n_fast = fft.next_fast_len(n + 512, real=True)
    spectrum = np.zeros(n_fast * factor // 2 + 1, complex)
    spectrum[: n_fast // 2 + 1] = fft.rfft(x, n_fast)
    high = curve(fft.irfft(spectrum, n_fast * factor) * factor)
    return fft.irfft(fft.rfft(high)[: n_fast // 2 + 1], n_fast)[:n] / factor


def tamed(x, most=8.0):
    """The signal at unit variance, its rare peaks bent under most times that, or they would set the level of all."""
    x = x / (np.std(x) + 1e-12)
    return most * np.tanh(x / most)


# Noise


def white(rng, n):
    """White noise of unit variance."""
    return rng.standard_normal(n)


def coloured(rng, n, slope_db):
    """Noise whose spectrum falls by slope_db per octave above 30 Hz (3: pink, 6: brown), unit variance."""
    n_fast = fft.next_fast_len(n, real=True)
    spectrum = fft.rfft(rng.standard_normal(n_fast))
    frequency = np.maximum(fft.rfftfreq(n_fast, 1 / SAMPLE_RATE), 30.0)
    spectrum *= (frequency / 1000.0) ** (-slope_db / 6.0206)
    spectrum[0] = 0
    noise = fft.irfft(spectrum, n_fast)[:n]
    return noise / (np.std(noise) + 1e-12)


def drawn_noise(rng, n, gain, frame=1024):
    """Noise with any spectrum that moves in time, drawn in the frequency domain.

    gain(times, frequencies) returns magnitudes [frames, bins] from times [frames, 1] and frequencies [1, bins].
    Frames overlap by half under a sine window, whose squares sum to one, so the power is even.
    """
    hop = frame // 2
    n_frames = -(-n // hop) + 2
    at = (np.arange(n_frames) - 0.5)[:, None] * (hop / SAMPLE_RATE)
    frequency = fft.rfftfreq(frame, 1 / SAMPLE_RATE)[None, :]
    magnitude = gain(np.maximum(at, 0.0), np.maximum(frequency, 10.0))
    shape = (n_frames, frame // 2 + 1)
    spectrum = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    spectrum *= magnitude * np.sqrt(frame / 2)
    frames = fft.irfft(spectrum, frame, axis=1) * np.sin(np.pi * (np.arange(frame) + 0.5) / frame)
    out = np.zeros((n_frames + 1) * hop)
    out[: n_frames * hop] += frames[:, :hop].ravel()
    out[hop:] += frames[:, hop:].ravel()
    return out[hop : hop + n]


def band_gain(frequency, low, high, order=4):
    """Magnitude of a band between two edges, for drawn_noise."""
    return lowpass_gain(low, frequency, order) * lowpass_gain(frequency, high, order)


def peak_gain(frequency, centre, width_octaves):
    """A bell-shaped magnitude around a centre, for drawn_noise."""
    return np.exp(-((np.log2(frequency / centre) / width_octaves) ** 2))


# Filters: second-order sections after R. Bristow-Johnson's cookbook formulas


def _section(b, a):
    b, a = np.asarray(b, float), np.asarray(a, float)
    return np.concatenate([b, a]) / a[0]


def _angle(frequency, q):
    w = 2 * np.pi * min(max(frequency, 10.0), 0.49 * SAMPLE_RATE) / SAMPLE_RATE
    return np.cos(w), np.sin(w) / (2 * q)


def lowpass(frequency, q=0.7071):
    c, alpha = _angle(frequency, q)
    return _section([(1 - c) / 2, 1 - c, (1 - c) / 2], [1 + alpha, -2 * c, 1 - alpha])


def highpass(frequency, q=0.7071):
    c, alpha = _angle(frequency, q)
    return _section([(1 + c) / 2, -1 - c, (1 + c) / 2], [1 + alpha, -2 * c, 1 - alpha])


def bandpass(frequency, q=1.0):
    """Unit gain at the centre."""
    c, alpha = _angle(frequency, q)
    return _section([alpha, 0, -alpha], [1 + alpha, -2 * c, 1 - alpha])


def peaking(frequency, q, gain_db):
    c, alpha = _angle(frequency, q)
    a = 10 ** (gain_db / 40)
    return _section([1 + alpha * a, -2 * c, 1 - alpha * a], [1 + alpha / a, -2 * c, 1 - alpha / a])


def run(x, *sections):
    """Runs a signal through second-order sections in a row."""
    return signal.sosfilt(np.stack(sections), x)
