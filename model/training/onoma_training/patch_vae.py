# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""OnomaPatchVAE: Karhunen-Loeve patches, a Wiener decoder, and a trained residual decoder."""

import dataclasses

import torch
from torch import nn
from torch.nn import functional as F

from .layers import Conv2d, LayerNorm, compute_dtype


@dataclasses.dataclass(frozen=True)
class VaeConfig:
    """The keys of vae/config.json."""

    n_bands: int = 128
    patch_bands: int = 8
    patch_frames: int = 16
    latent_channels: int = 16
    log_floor: float = -9.2103
    scaling_factor: float = 1.0
    layer_norm_eps: float = 1e-5
    decoder: tuple = ()

    @property
    def patch_size(self):
        """Values of a patch."""
        return self.patch_frames * self.patch_bands

    @property
    def rows(self):
        """Latent rows of the frequency axis."""
        return self.n_bands // self.patch_bands


def to_patches(bands, c):
    """M [B,T,F] -> [B,T',F',P], index frame * patch_bands + band."""
    batch, frames, _ = bands.shape
    x = bands.reshape(batch, frames // c.patch_frames, c.patch_frames, c.rows, c.patch_bands)
    return x.transpose(2, 3).reshape(batch, frames // c.patch_frames, c.rows, c.patch_size)


def from_patches(patches, c):
    """The inverse of `to_patches`."""
    batch, columns = patches.shape[:2]
    x = patches.reshape(batch, columns, c.rows, c.patch_frames, c.patch_bands)
    return x.transpose(2, 3).reshape(batch, columns * c.patch_frames, c.n_bands)


def pad_frames(bands, c):
    """Pad M [B,T,F] with the floor to whole patches."""
    return F.pad(bands, (0, 0, 0, -bands.shape[1] % c.patch_frames), value=c.log_floor)


def cells_of(bands, frames, width):
    """M [B,T,F] as cells of (frames, width) values: [B, frames * width, T / frames, F / width]."""
    batch, time, n_bands = bands.shape
    x = bands.reshape(batch, time // frames, frames, n_bands // width, width)
    x = x.permute(0, 2, 4, 1, 3)
    return x.reshape(batch, frames * width, time // frames, n_bands // width)


def depth_to_space(x, up_frames, up_bands):
    """[B, uf*ub*C, T, F] -> [B, C, T*uf, F*ub]; channel (uf * up_bands + ub) * C + c."""
    batch, channels, time, width = x.shape
    x = x.reshape(batch, up_frames, up_bands, channels // (up_frames * up_bands), time, width)
    x = x.permute(0, 3, 4, 1, 5, 2)
    return x.reshape(batch, -1, time * up_frames, width * up_bands)


class Encoder(nn.Module):
    """z = weight (p - mean)."""

    def __init__(self, c):
        super().__init__()
        self.register_buffer("mean", torch.zeros(c.patch_size))
        self.register_buffer("weight", torch.zeros(c.latent_channels, c.patch_size))


class ResidualBlock(nn.Module):
    """h + conv2(gelu(conv1(ln(h))))."""

    def __init__(self, channels, eps):
        super().__init__()
        self.ln = LayerNorm(channels, eps)
        self.conv1 = Conv2d(channels, channels, 3, padding=1)
        self.conv2 = Conv2d(channels, channels, 3, padding=1)
        nn.init.normal_(self.conv2.weight, 0, 0.005)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, h):
        x = self.ln(h.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return h + self.conv2(F.gelu(self.conv1(x)))


class Stage(nn.Module):
    """One grid of the residual decoder."""

    def __init__(self, size_in, settings, size_out, eps):
        super().__init__()
        self.up = (settings["up_frames"], settings["up_bands"])
        channels = settings["channels"]
        self.conv_in = Conv2d(size_in, channels, 3, padding=1)
        self.blocks = nn.ModuleList(ResidualBlock(channels, eps) for _ in range(settings["blocks"]))
        self.proj = Conv2d(channels, self.up[0] * self.up[1] * size_out, 1)

    def forward(self, x):
        h = self.conv_in(x.contiguous(memory_format=torch.channels_last))
        for block in self.blocks:
            h = block(h)
        return depth_to_space(self.proj(h), *self.up)


class OnomaPatchVAE(nn.Module):
    """encode: M to latent means. decode: latents to M."""

    def __init__(self, c):
        super().__init__()
        self.config = c
        self.encoder = Encoder(c)
        self.wiener = nn.Conv2d(c.latent_channels, c.patch_size, 3, padding=1)
        self.decoder = nn.ModuleList()
        cell, size_in = (c.patch_frames, c.patch_bands), c.latent_channels
        for i, settings in enumerate(c.decoder):
            last = i == len(c.decoder) - 1
            size_out = 1 if last else c.decoder[i + 1]["channels"]
            size_in += cell[0] * cell[1]
            self.decoder.append(Stage(size_in, settings, size_out, c.layer_norm_eps))
            cell = (cell[0] // settings["up_frames"], cell[1] // settings["up_bands"])
            size_in = size_out
        if c.decoder and cell != (1, 1):
            raise ValueError(f"VAE config: decoder stages leave cells of {cell}, not single values")
        if c.decoder:
            nn.init.zeros_(self.decoder[-1].proj.weight)
            nn.init.zeros_(self.decoder[-1].proj.bias)

    def encode(self, bands):
        """M [B,T,F], T whole patches -> z [B,C,T',F'], without scaling_factor."""
        patches = to_patches(bands, self.config) - self.encoder.mean
        return (patches @ self.encoder.weight.T).permute(0, 3, 1, 2)

    def linear(self, z):
        """The Wiener estimate [B,T,F] of z [B,C,T',F']."""
        return from_patches(self.wiener(z).permute(0, 2, 3, 1), self.config)

    def residual(self, z, estimate):
        """What the trained decoder adds to the estimate, [B,T,F]."""
        c = self.config
        h, cell = z, (c.patch_frames, c.patch_bands)
        for stage, settings in zip(self.decoder, c.decoder):
            h = torch.cat([h, cells_of(estimate, *cell).to(h.dtype)], 1)
            h = stage(h.to(compute_dtype()))
            cell = (cell[0] // settings["up_frames"], cell[1] // settings["up_bands"])
        return h[:, 0].float()

    def decode(self, z, clamp=True):
        """M [B,T,F] of z [B,C,T',F'], without scaling_factor."""
        bands = self.linear(z)
        if self.config.decoder:
            bands = bands + self.residual(z, bands)
        return bands.clamp(self.config.log_floor, 0) if clamp else bands


def comb_wave(f0, c, front):
    """The harmonic comb of doc/model-format.md, [N] float32; the patch begins at n_fft + P_t hop."""
    margin = front.n_fft + c.patch_frames * front.hop_length
    n = torch.arange(2 * margin + c.patch_frames * front.hop_length, dtype=torch.float64)
    wave = torch.zeros_like(n)
    harmonic = 1
    while harmonic * f0 < 16000:
        phase = harmonic * f0 / front.sampling_rate * n
        wave += torch.sin(2 * torch.pi * (phase - phase.floor())) / harmonic
        harmonic += 1
    return wave.float()


def comb_latent(f0, vae, front_end):
    """The pitch conditioning of one latent column, [C, F']."""
    c, front = vae.config, front_end.config
    first = front.n_fft // front.hop_length + c.patch_frames
    wave = comb_wave(f0, c, front).to(front_end.weight.device)
    magnitudes = front_end.magnitudes(wave[None])[:, first : first + c.patch_frames]
    bands, _ = front_end.bands(magnitudes)
    return vae.encode(bands)[0, :, 0]
