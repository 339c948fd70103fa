# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The U-Net's inputs beside the noised latent, and guided sampling (doc/model-format.md)."""

import math

import torch

from . import frontend, patch_vae
from .unet import sinusoid


def timestep_cond(step_size, guidance, seconds, loop):
    """[B,128] of step sizes d, weights w, lengths s and loop flags, each a tensor [B]."""
    return torch.cat(
        [
            sinusoid(1000 * step_size, 32),
            sinusoid(100 * (guidance - 1), 32),
            sinusoid(100 * seconds, 32),
            loop.float()[:, None].expand(-1, 32),
        ],
        1,
    )


class Combs:
    """Latents of harmonic combs, made once per pitch to within 2 cents."""

    def __init__(self, vae, front):
        self.vae, self.front_end = vae, frontend.FrontEnd(front)
        self.made = {}

    def column(self, f0):
        """[C,F'] of one pitch in hertz."""
        key = round(1200 * math.log2(f0 / 440.0) / 4)
        if key not in self.made:
            exact = 440.0 * 2 ** (key * 4 / 1200)
            self.made[key] = patch_vae.comb_latent(exact, self.vae, self.front_end)
        return self.made[key]

    def batch(self, pitches, columns):
        """[B,C,T',F'] for pitches in hertz or None (zeros)."""
        c = self.vae.config
        out = torch.zeros(len(pitches), c.latent_channels, columns, c.rows)
        for i, f0 in enumerate(pitches):
            if f0 is not None:
                out[i] = self.column(f0)[:, None] * c.scaling_factor
        return out


class Sampler:
    """Guided Euler sampling with a U-Net, its text encoder and tokenizer."""

    def __init__(self, unet, encoder, tokenizer, combs, device="cpu"):
        self.unet, self.encoder, self.tokenizer = unet, encoder, tokenizer
        self.combs, self.device = combs, device
        front = combs.front_end.config
        patch = combs.vae.config.patch_frames
        self.column_s = patch * front.hop_length / front.sampling_rate

    def prepare(self, prompts, pitches, columns, guidance, loop=False):
        """A function (x, t, d) -> guided velocity for these prompts. Only the conditional half knows the pitch."""
        count = len(prompts)
        batch = self.tokenizer([""] * count + list(prompts), self.device)
        states, mask = self.encoder(batch)
        comb = self.combs.batch(pitches, columns).to(self.device)
        seconds = torch.full((count,), columns * self.column_s, device=self.device)
        flag = torch.full((count,), float(loop), device=self.device)

        def run(x, t, d, half, weight):
            rows = slice(count * half, count * (half + 1))
            cond = timestep_cond(torch.full_like(seconds, d), weight, seconds, flag)
            time = torch.full_like(seconds, 1000 * t)
            image = torch.cat([x, comb * half], 1)
            return self.unet(image, time, states[rows], states[rows, 0], cond, mask[rows])

        def velocity(x, t, d=0.0):
            if d > 0:
                return run(x, t, d, 1, torch.full_like(seconds, guidance))
            one = torch.ones_like(seconds)
            if guidance in (0, 1):
                return run(x, t, 0.0, int(guidance), one)
            unconditional, conditional = (run(x, t, 0.0, half, one) for half in (0, 1))
            return unconditional + guidance * (conditional - unconditional)

        return velocity

    def noise(self, seeds, columns):
        """[B,C,T',F'] standard normal, one torch generator a seed."""
        c = self.combs.vae.config
        shape = (c.latent_channels, columns, c.rows)
        rows = [torch.randn(shape, generator=torch.Generator().manual_seed(s)) for s in seeds]
        return torch.stack(rows).to(self.device)

    @torch.no_grad()
    def sample(self, prompts, pitches, columns, steps, guidance, seeds, keep=None):
        """Latents [B,C,T',F']; `keep` collects the states after each step. Euler, equal steps."""
        velocity = self.prepare(prompts, pitches, columns, guidance)
        x = self.noise(seeds, columns)
        for k in range(steps):
            x = x - velocity(x, 1 - k / steps) / steps
            if keep is not None:
                keep.append(x)
        return x

    @torch.no_grad()
    def sample_few(self, prompts, pitches, columns, steps, guidance, seeds):
        """Latents by `steps` jumps of a distilled network: the guidance weight is an input."""
        velocity = self.prepare(prompts, pitches, columns, guidance)
        x = self.noise(seeds, columns)
        for k in range(steps):
            x = x - velocity(x, 1 - k / steps, 1 / steps) / steps
        return x
