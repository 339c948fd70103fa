# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Layers with float32 master weights that compute in the type chosen by `set_compute_dtype`.

torch.autocast is not enough: on the CPU of torch 1.13 it leaves group norms with mixed types, which
they refuse. Casting the weights in the layer works alike on CPU and GPU.
"""

import torch
from torch import nn
from torch.nn import functional as F

_compute_dtype = torch.float32


def set_compute_dtype(dtype):
    """torch.bfloat16 for training, torch.float32 (the default) for reference tensors."""
    global _compute_dtype
    _compute_dtype = dtype


def compute_dtype():
    """The type that activations have between layers."""
    return _compute_dtype


class Conv2d(nn.Conv2d):
    """nn.Conv2d in the compute type."""

    def forward(self, x):
        dtype = _compute_dtype
        bias = None if self.bias is None else self.bias.to(dtype)
        return F.conv2d(
            x.to(dtype),
            self.weight.to(dtype),
            bias,
            self.stride,
            self.padding,
            self.dilation,
            self.groups,
        )


class Linear(nn.Linear):
    """nn.Linear in the compute type."""

    def forward(self, x):
        dtype = _compute_dtype
        bias = None if self.bias is None else self.bias.to(dtype)
        return F.linear(x.to(dtype), self.weight.to(dtype), bias)


class GroupNorm(nn.GroupNorm):
    """nn.GroupNorm in the input's type (its statistics are float32 inside torch)."""

    def forward(self, x):
        return F.group_norm(
            x, self.num_groups, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps
        )


class LayerNorm(nn.LayerNorm):
    """nn.LayerNorm over the last axis, in the input's type."""

    def forward(self, x):
        return F.layer_norm(
            x, self.normalized_shape, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps
        )


def attention(q, k, v, heads, mask=None):
    """Scaled dot-product attention. q [B,T,C], k and v [B,L,C] -> [B,T,C].

    mask [B,1,1,L] is added to the scores (0 keeps a key, a large negative number hides it).
    """
    batch, length, channels = q.shape
    size = channels // heads

    def split(x):
        return x.reshape(batch, -1, heads, size).transpose(1, 2)

    scores = torch.matmul(split(q) * size**-0.5, split(k).transpose(-1, -2)).float()
    if mask is not None:
        scores = scores + mask
    weights = scores.softmax(-1).to(v.dtype)
    return torch.matmul(weights, split(v)).transpose(1, 2).reshape(batch, length, channels)


def key_mask(lengths, width):
    """Additive mask [B,1,1,width] that hides keys from `lengths[b]` on."""
    hidden = torch.arange(width, device=lengths.device)[None] >= lengths[:, None]
    return (hidden.float() * -1e4)[:, None, None]
