# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Patches, grids, the closed-form VAE, weight files, stored weights and phase integration."""

import os
import tempfile
import unittest

import numpy as np
import torch

from onoma_training import dataset, export, frontend, patch_vae, pghi, safetensors, steering, vae
from onoma_training.patch_vae import OnomaPatchVAE, VaeConfig
from onoma_training.pghi_vocoder import VocoderConfig

_STAGES = (
    {"channels": 16, "blocks": 1, "up_frames": 4, "up_bands": 4},
    {"channels": 8, "blocks": 1, "up_frames": 4, "up_bands": 2},
)


class PatchTest(unittest.TestCase):
    def setUp(self):
        self.config = VaeConfig(decoder=_STAGES)
        self.bands = -9 * torch.rand(2, 48, 128, generator=torch.Generator().manual_seed(1))

    def test_patch_layout(self):
        patches = patch_vae.to_patches(self.bands, self.config)
        self.assertEqual(patches.shape, (2, 3, 16, 128))
        self.assertEqual(patches[1, 2, 5, 7 * 8 + 3], self.bands[1, 2 * 16 + 7, 5 * 8 + 3])
        torch.testing.assert_close(patch_vae.from_patches(patches, self.config), self.bands)

    def test_cells_and_depth_to_space_agree(self):
        cells = patch_vae.cells_of(self.bands, 4, 2)
        self.assertEqual(cells.shape, (2, 8, 12, 64))
        torch.testing.assert_close(patch_vae.depth_to_space(cells, 4, 2)[:, 0], self.bands)

    def test_closed_form_restores_what_has_few_dimensions(self):
        autoencoder = OnomaPatchVAE(VaeConfig())
        generator = torch.Generator().manual_seed(2)
        basis = torch.randn(16, 128, generator=generator)
        patches = torch.randn(4, 10, 16, 16, generator=generator) @ basis - 4
        bands = patch_vae.from_patches(patches, autoencoder.config)
        with torch.no_grad():
            vae.fit_transform(autoencoder, patches.reshape(-1, 128), 0.5)
            vae.fit_wiener(autoencoder, [bands], 0.0, generator)
            z = autoencoder.encode(bands)
            self.assertAlmostEqual(z.square().mean().item(), 1, places=3)
            torch.testing.assert_close(autoencoder.linear(z), bands, atol=0.02, rtol=0)

    def test_an_untrained_residual_adds_nothing(self):
        autoencoder = OnomaPatchVAE(self.config)
        z = torch.randn(1, 16, 3, 16)
        with torch.no_grad():
            self.assertEqual(autoencoder.residual(z, autoencoder.linear(z)).abs().max(), 0)

    def test_quantised_bands(self):
        restored = dataset.restore(torch.as_tensor(dataset.quantise(self.bands.numpy(), -9.2103)), -9.2103)
        self.assertLess((restored - self.bands).abs().max().item(), 9.2103 / 255 / 2 + 1e-5)


class WeightsTest(unittest.TestCase):
    def test_round_trip(self):
        tensors = {
            "a": torch.randn(3, 5),
            "b": torch.randn(7).half(),
            "c": torch.randn(2, 2).bfloat16(),
            "d": torch.randint(-128, 128, (4, 3), dtype=torch.int8),
            "empty": torch.zeros(0, 4),
        }
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "x.safetensors")
            safetensors.save(tensors, path, {"key": "value"})
            loaded, metadata = safetensors.load(path)
            self.assertEqual(metadata, {"key": "value"})
            self.assertEqual(set(loaded), set(tensors))
            for name, tensor in tensors.items():
                self.assertEqual(loaded[name].dtype, tensor.dtype)
                self.assertTrue(torch.equal(loaded[name], tensor), name)
            with open(path, "r+b") as file:
                file.truncate(os.path.getsize(path) - 1)
            with self.assertRaisesRegex(ValueError, "offsets"):
                safetensors.load(path)

    def test_stored_weights(self):
        state = {
            "words.weight": torch.randn(100, 192),
            "conv.weight": torch.randn(64, 64, 3, 3),
            "norm.weight": torch.randn(64),
            "wiener.weight": torch.randn(128, 16, 3, 3),
        }
        stored = export.stored(state)
        self.assertEqual(stored["words.weight"].dtype, torch.int8)
        self.assertEqual(stored["words.weight.scale"].shape, (100,))
        self.assertEqual(stored["conv.weight"].dtype, torch.float16)
        self.assertEqual(stored["norm.weight"].dtype, torch.float32)
        self.assertEqual(stored["wiener.weight"].dtype, torch.float32)
        restored = export.restored(stored)
        self.assertEqual(set(restored), set(state))
        for name, tensor in state.items():
            torch.testing.assert_close(restored[name], tensor, atol=0.02, rtol=1e-3)


class PhaseTest(unittest.TestCase):
    def test_a_steady_tone_stays_steady(self):
        front = frontend.FrontEndConfig()
        front_end = frontend.FrontEnd(front)
        n = torch.arange(44032, dtype=torch.float64)
        tone = torch.sin(2 * np.pi * 523.25 * n / 44100).float()
        magnitudes = front_end.magnitudes(tone[None])[0] / 512
        phase = torch.as_tensor(pghi.phase(magnitudes.numpy(), VocoderConfig()))
        wave = front_end.inverse(torch.polar(magnitudes, phase).T[None])[0].numpy()
        middle = wave[8192:-8192]
        power = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
        hz = np.arange(len(power)) * 44100 / len(middle)
        near = np.abs(hz - 523.25) < 8
        self.assertGreater(10 * np.log10(power[near].sum() / power[~near].sum()), 30)


class MeasureTest(unittest.TestCase):
    def test_notes_in_prompts(self):
        self.assertEqual(steering.note_of("flute A4"), 69)
        self.assertEqual(steering.note_of("saw a#3 lead"), 58)
        self.assertEqual(steering.note_of("organ, midi 60"), 60)
        self.assertIsNone(steering.note_of("a big bell"))

    def test_pitch(self):
        n = np.arange(44100)
        for midi in (33, 52, 69, 93):
            f0 = steering.hertz(midi)
            wave = sum(np.sin(2 * np.pi * f0 * h * n / 44100 + h) / h for h in range(1, 8))
            self.assertLess(abs(steering.cents(steering.pitch(wave), midi)), 20)

    def test_levels(self):
        wave = np.exp(-np.arange(88200) / 44100 * 5.0) * np.sin(np.arange(88200))
        self.assertAlmostEqual(steering.level_at(wave, 1.0), -5 * 8.686 * 0.975, delta=0.5)


if __name__ == "__main__":
    unittest.main()
