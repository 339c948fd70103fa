# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""OnomaPghiVocoder's magnitude network: a ConvNeXt from log bands to linear-frequency magnitudes."""

import dataclasses

import torch
from torch import nn
from torch.nn import functional as F

from . import frontend
from .layers import LayerNorm, Linear, compute_dtype


@dataclasses.dataclass(frozen=True)
class VocoderConfig:
    """The keys of vocoder/config.json."""

    sampling_rate: int = 44100
    n_fft: int = 2048
    hop_length: int = 256
    n_bands: int = 128
    log_floor: float = -9.2103
    hidden_size: int = 256
    intermediate_size: int = 768
    num_layers: int = 6
    kernel_size: int = 7
    input_mean: float = -5.0
    input_std: float = 3.0
    magnitude_offset: float = 1e-4
    layer_norm_eps: float = 1e-6
    pghi_gamma: float = 0.25645
    pghi_tolerance: float = -11.0
    griffin_lim_rounds: int = 0


class Conv1d(nn.Conv1d):
    """nn.Conv1d over [B,T,C] in the compute type, as a 2-D convolution: bfloat16 is fast only there."""

    def forward(self, x):
        dtype = compute_dtype()
        image = x.transpose(1, 2).unsqueeze(2).to(dtype)
        weight = self.weight.unsqueeze(2).to(dtype)
        pad = (0, self.padding[0])
        y = F.conv2d(image, weight, self.bias.to(dtype), padding=pad, groups=self.groups)
        return y.squeeze(2).transpose(1, 2)


class ConvNeXtLayer(nn.Module):
    """h + gamma * pw2(gelu(pw1(ln(dw(h)))))."""

    def __init__(self, c):
        super().__init__()
        size = c.hidden_size
        self.dw = Conv1d(size, size, c.kernel_size, padding=c.kernel_size // 2, groups=size)
        self.ln = LayerNorm(size, c.layer_norm_eps)
        self.pw1 = Linear(size, c.intermediate_size)
        self.pw2 = Linear(c.intermediate_size, size)
        self.gamma = nn.Parameter(torch.full((size,), 1 / c.num_layers))

    def forward(self, h):
        y = self.pw2(F.gelu(self.pw1(self.ln(self.dw(h)))))
        return h + self.gamma.to(y.dtype) * y


class Matrix(nn.Module):
    """A fixed matrix under the name `weight`."""

    def __init__(self, value):
        super().__init__()
        self.register_buffer("weight", torch.as_tensor(value))


class OnomaPghiVocoder(nn.Module):
    """M [B,T,n_bands] -> Y [B,T,n_fft/2 + 1], standing for ln(S / max(m) + magnitude_offset)."""

    def __init__(self, c, front=None):
        super().__init__()
        self.config = c
        front = front or frontend.FrontEndConfig(c.sampling_rate, c.n_fft, c.hop_length, c.n_bands)
        self.bands = Matrix(frontend.band_weights(front))
        self.expand = Matrix(frontend.expand_weights(front))
        size = c.hidden_size
        self.conv_in = Conv1d(c.n_bands, size, c.kernel_size, padding=c.kernel_size // 2)
        self.ln0 = LayerNorm(size, c.layer_norm_eps)
        self.layers = nn.ModuleList(ConvNeXtLayer(c) for _ in range(c.num_layers))
        self.ln1 = LayerNorm(size, c.layer_norm_eps)
        self.head = Linear(size, c.n_fft // 2 + 1)
        nn.init.normal_(self.head.weight, 0, 0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, bands):
        c = self.config
        h = self.ln0(self.conv_in((bands - c.input_mean) / c.input_std))
        for layer in self.layers:
            h = layer(h)
        return F.linear(bands, self.expand.weight) + self.head(self.ln1(h)).float()

    def magnitudes(self, log_magnitude):
        """A [B,T,K] of Y."""
        offset = self.config.magnitude_offset
        return (log_magnitude.exp() - 1.3 * offset).clamp_min(0)
