# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The front end: formulas of doc/model-format.md, torch against numpy, and its inverse."""

import unittest

import numpy as np
import torch

from onoma_training import frontend


def plain_bands(wave, c):
    """The definition, written out frame by frame in float64."""
    weight = frontend.band_weights(c).astype(np.float64)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(c.n_fft) / c.n_fft)
    margin = (c.n_fft - c.hop_length) // 2
    rows = []
    for t in range(len(wave) // c.hop_length):
        n = t * c.hop_length - margin + np.arange(c.n_fft)
        inside = (n >= 0) & (n < len(wave))
        frame = np.where(inside, wave[np.clip(n, 0, len(wave) - 1)], 0.0)
        rows.append(weight @ np.abs(np.fft.rfft(frame * window)))
    bands = np.array(rows)
    return np.log(np.maximum(bands / bands.max(), np.exp(c.log_floor)))


class FrontEndTest(unittest.TestCase):
    def setUp(self):
        rng = np.random.default_rng(1)
        self.config = frontend.FrontEndConfig()
        decay = np.exp(-np.arange(8192) / 2000)
        self.wave = (rng.standard_normal(8192) * decay).astype(np.float32)

    def test_numpy_and_torch_follow_the_definition(self):
        wanted = plain_bands(self.wave.astype(np.float64), self.config)
        made = frontend.NumpyFrontEnd(self.config)(self.wave)
        np.testing.assert_allclose(made, wanted, atol=1e-4)
        made = frontend.FrontEnd(self.config)(torch.as_tensor(self.wave)[None])[0]
        np.testing.assert_allclose(made.numpy(), wanted, atol=1e-4)

    def test_rows_sum_to_one_and_low_bands_are_bins(self):
        weight = frontend.band_weights(self.config)
        np.testing.assert_allclose(weight.sum(1), 1, atol=1e-6)
        np.testing.assert_array_equal(weight[:48, 1:49], np.eye(48))
        self.assertGreater(weight[-1].nonzero()[0].max(), 1000)

    def test_expansion_keeps_a_constant_and_a_slope(self):
        expand = frontend.expand_weights(self.config)
        np.testing.assert_allclose(expand.sum(1), 1, atol=1e-6)
        centres = frontend.band_centres(self.config)
        hz = np.linspace(0, 22050, 1025)
        inside = (hz > centres[0]) & (hz < centres[-1])
        np.testing.assert_allclose((expand @ centres)[inside], hz[inside], rtol=1e-4)

    def test_inverse_restores_the_wave(self):
        front_end = frontend.FrontEnd(self.config)
        wave = torch.as_tensor(self.wave)[None]
        made = front_end.inverse(front_end.stft(wave))
        np.testing.assert_allclose(made.numpy(), wave.numpy(), atol=1e-5)

    def test_silence_is_the_floor(self):
        bands = frontend.FrontEnd(self.config)(torch.zeros(1, 1024))
        self.assertTrue((bands <= self.config.log_floor + 1e-4).all())


if __name__ == "__main__":
    unittest.main()
