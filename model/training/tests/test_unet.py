# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The U-Net against diffusers' recorded outputs (tests/data/golden)."""

import json
import os
import unittest

import torch

from onoma_training import conditions, safetensors
from onoma_training.unet import UNet2DConditionModel

_ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
_GOLDEN = os.path.join(_ROOT, "tests", "data", "golden", "dev")


class UNetTest(unittest.TestCase):
    def test_equals_diffusers(self):
        folder = os.path.join(_GOLDEN, "unet-cross-tiny")
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            unet = UNet2DConditionModel(json.load(file)).eval()
        weights, _ = safetensors.load(os.path.join(folder, "diffusion_pytorch_model.safetensors"))
        unet.load_state_dict(weights)
        golden, _ = safetensors.load(os.path.join(_GOLDEN, "expected", "unet_cross.safetensors"))
        for i in range(4):
            case = {name.split("/")[1]: t for name, t in golden.items() if name.startswith(f"case{i}/")}
            mask = case.get("encoder_attention_mask")
            mask = None if mask is None else ((1 - mask.float()) * -1e4)[:, None, None]
            sample = case["sample"]
            timestep = case["timestep"].float().expand(len(sample))
            with torch.no_grad():
                made = unet(sample, timestep, case["encoder_hidden_states"], mask=mask)
            error = (made - case["out"]).norm() / case["out"].norm()
            self.assertLess(error.item(), 5e-6, f"case {i}")

    def test_refuses_what_it_would_compute_otherwise(self):
        with self.assertRaisesRegex(ValueError, "act_fn"):
            UNet2DConditionModel({"act_fn": "gelu"})

    def test_timestep_cond_layout(self):
        one = torch.ones(1)
        cond = conditions.timestep_cond(0 * one, 2 * one, 0.5 * one, one)[0]
        self.assertEqual(cond.shape, (128,))
        torch.testing.assert_close(cond[:32], torch.cat([torch.ones(16), torch.zeros(16)]))
        torch.testing.assert_close(cond[32], torch.tensor(100.0).cos())
        torch.testing.assert_close(cond[64 + 16], torch.tensor(50.0).sin())
        torch.testing.assert_close(cond[96:], torch.ones(32))


if __name__ == "__main__":
    unittest.main()
