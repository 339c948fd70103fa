# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Waveforms from magnitudes, for the training's own checks: heap-integrated phase, inverse transform."""

import ctypes
import os
import subprocess
import tempfile

import numpy as np
import torch

_library = None


def _load():
    """Compile and load pghi.c once a process."""
    global _library
    if _library is None:
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pghi.c")
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "pghi.so")
            command = [os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-o", path, source, "-lm"]
            subprocess.run(command, check=True)
            _library = ctypes.CDLL(path)
        size, real, array = ctypes.c_size_t, ctypes.c_double, ctypes.c_void_p
        _library.onoma_training_pghi.argtypes = [
            array, size, size, real, real, real, ctypes.c_float, array,
        ]
    return _library


def phase(magnitudes, c, seed=1):
    """Phases [T,K] of magnitudes [T,K] (numpy), by a vocoder's config."""
    s = np.ascontiguousarray(np.log(magnitudes + 1e-6), np.float32)
    out = np.random.default_rng(seed).uniform(0, 2 * np.pi, s.shape).astype(np.float32)
    gamma = c.pghi_gamma * c.n_fft**2
    status = _load().onoma_training_pghi(
        s.ctypes.data, s.shape[0], s.shape[1], c.hop_length, c.n_fft, gamma, c.pghi_tolerance, out.ctypes.data
    )
    if status != 0:
        raise MemoryError("phase integration")
    return out


def synthesize(vocoder, front_end, bands, seed=1):
    """A wave [hop T], peak 1, of log bands [T,F]."""
    with torch.no_grad():
        magnitudes = vocoder.magnitudes(vocoder(bands[None]))[0]
    angles = torch.as_tensor(phase(magnitudes.numpy(), vocoder.config, seed))
    spectrum = torch.polar(magnitudes, angles).T[None]
    wave = front_end.inverse(spectrum)[0]
    return wave / wave.abs().max().clamp_min(1e-9)
