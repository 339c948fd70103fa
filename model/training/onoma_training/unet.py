# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The part of diffusers' UNet2DConditionModel that Onoma's denoiser uses, with its state-dict names.

Images are [B,C,T,F]: time is the height, frequency the width. `attention_head_dim` is the number of
heads of each level, as diffusers reads it.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from .layers import Conv2d, GroupNorm, LayerNorm, Linear, attention, compute_dtype


def sinusoid(values, size, max_period=10000.0):
    """[B] -> [B,size]: cosines, then sines, of `values` times falling frequencies."""
    half = size // 2
    exponent = torch.arange(half, dtype=torch.float32, device=values.device) / half
    angles = values.float()[:, None] * torch.exp(-math.log(max_period) * exponent)[None]
    return torch.cat([angles.cos(), angles.sin()], 1)


class TimestepEmbedding(nn.Module):
    """linear, SiLU, linear; a condition may be projected onto the input first."""

    def __init__(self, size_in, size_out, condition_size=None):
        super().__init__()
        self.linear_1 = nn.Linear(size_in, size_out)
        self.linear_2 = nn.Linear(size_out, size_out)
        if condition_size:
            self.cond_proj = nn.Linear(condition_size, size_in, bias=False)

    def forward(self, x, condition=None):
        if condition is not None:
            x = x + self.cond_proj(condition)
        return self.linear_2(F.silu(self.linear_1(x)))


class ResnetBlock(nn.Module):
    """Two normalised 3x3 convolutions, the time embedding added between them, and a skip."""

    def __init__(self, size_in, size_out, embedding_size, groups, eps):
        super().__init__()
        self.norm1 = GroupNorm(groups, size_in, eps)
        self.conv1 = Conv2d(size_in, size_out, 3, padding=1)
        self.time_emb_proj = nn.Linear(embedding_size, size_out)
        self.norm2 = GroupNorm(groups, size_out, eps)
        self.conv2 = Conv2d(size_out, size_out, 3, padding=1)
        if size_in != size_out:
            self.conv_shortcut = Conv2d(size_in, size_out, 1)
        else:
            self.conv_shortcut = None

    def forward(self, x, embedding):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time_emb_proj(embedding).to(h.dtype)[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h)))
        return h + (x if self.conv_shortcut is None else self.conv_shortcut(x))


class Attention(nn.Module):
    """Attention over `context_size`-wide keys; projections without biases, output with one."""

    def __init__(self, size, context_size, heads):
        super().__init__()
        self.heads = heads
        self.to_q = Linear(size, size, bias=False)
        self.to_k = Linear(context_size, size, bias=False)
        self.to_v = Linear(context_size, size, bias=False)
        self.to_out = nn.ModuleList([Linear(size, size)])

    def forward(self, x, context, mask=None):
        h = attention(self.to_q(x), self.to_k(context), self.to_v(context), self.heads, mask)
        return self.to_out[0](h)


class GatedLinear(nn.Module):
    """GEGLU: the first half of a projection times the GELU of the second."""

    def __init__(self, size_in, size_out):
        super().__init__()
        self.proj = Linear(size_in, 2 * size_out)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, -1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    """GEGLU four times as wide, then back. net.1 is diffusers' dropout, which has no weights."""

    def __init__(self, size):
        super().__init__()
        self.net = nn.ModuleList([GatedLinear(size, 4 * size), nn.Identity(), Linear(4 * size, size)])

    def forward(self, x):
        return self.net[2](self.net[0](x))


class TransformerBlock(nn.Module):
    """Self-attention, cross-attention and a feed-forward net, each pre-normed and added."""

    def __init__(self, size, context_size, heads):
        super().__init__()
        self.norm1 = LayerNorm(size)
        self.attn1 = Attention(size, size, heads)
        self.norm2 = LayerNorm(size)
        self.attn2 = Attention(size, context_size, heads)
        self.norm3 = LayerNorm(size)
        self.ff = FeedForward(size)

    def forward(self, x, context, mask):
        h = self.norm1(x)
        x = x + self.attn1(h, h)
        x = x + self.attn2(self.norm2(x), context, mask)
        return x + self.ff(self.norm3(x))


class Transformer2D(nn.Module):
    """A transformer block over the image's cells in (time, frequency) order."""

    def __init__(self, size, context_size, heads, groups):
        super().__init__()
        self.norm = GroupNorm(groups, size, 1e-6)
        self.proj_in = Linear(size, size)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(size, context_size, heads)])
        self.proj_out = Linear(size, size)

    def forward(self, x, context, mask):
        batch, channels, rows, columns = x.shape
        h = self.norm(x).permute(0, 2, 3, 1).reshape(batch, rows * columns, channels)
        h = self.proj_in(h)
        for block in self.transformer_blocks:
            h = block(h, context, mask)
        h = self.proj_out(h).reshape(batch, rows, columns, channels)
        return x + h.permute(0, 3, 1, 2)


class Sampler(nn.Module):
    """The convolution of a down- or upsampler, under diffusers' name."""

    def __init__(self, size, stride):
        super().__init__()
        self.conv = Conv2d(size, size, 3, stride=stride, padding=1)

    def forward(self, x):
        return self.conv(x)


class Block(nn.Module):
    """A level's resnets, each followed by a transformer when the level has attention."""

    def __init__(self, sizes, embedding_size, config, level, has_attention):
        super().__init__()
        groups, eps = config["norm_num_groups"], config["norm_eps"]
        heads = config["attention_head_dim"]
        heads = heads[level] if isinstance(heads, list) else heads
        self.resnets = nn.ModuleList(
            ResnetBlock(size_in, size_out, embedding_size, groups, eps) for size_in, size_out in sizes
        )
        if has_attention:
            context_size = config["cross_attention_dim"]
            n_transformers = config.get("_n_transformers", len(sizes))
            self.attentions = nn.ModuleList(
                Transformer2D(sizes[0][1], context_size, heads, groups) for _ in range(n_transformers)
            )
        else:
            self.attentions = None

    def layer(self, i, h, embedding, context, mask):
        """Resnet i and, if the level has them, transformer i."""
        h = self.resnets[i](h, embedding)
        if self.attentions is not None:
            h = self.attentions[i](h, context, mask)
        return h


class UNet2DConditionModel(nn.Module):
    """See diffusers; the config keys are its own, values outside Onoma's use are refused."""

    def __init__(self, config):
        super().__init__()
        _check(config)
        self.config = config
        channels = config["block_out_channels"]
        n_layers = config["layers_per_block"]
        size = 4 * channels[0]
        self.time_embedding = TimestepEmbedding(channels[0], size, config.get("time_cond_proj_dim"))
        if config.get("class_embed_type") == "projection":
            self.class_embedding = TimestepEmbedding(
                config["projection_class_embeddings_input_dim"], size
            )
        self.conv_in = Conv2d(config["in_channels"], channels[0], 3, padding=1)
        skips = [channels[0]]
        self.down_blocks = nn.ModuleList()
        for level, kind in enumerate(config["down_block_types"]):
            size_in = channels[max(level - 1, 0)]
            sizes = [(size_in if i == 0 else channels[level], channels[level]) for i in range(n_layers)]
            block = Block(sizes, size, config, level, kind.startswith("CrossAttn"))
            skips += [channels[level]] * n_layers
            if level < len(channels) - 1:
                block.downsamplers = nn.ModuleList([Sampler(channels[level], 2)])
                skips.append(channels[level])
            self.down_blocks.append(block)
        last = len(channels) - 1
        middle = dict(config, _n_transformers=1)
        self.mid_block = Block([(channels[-1], channels[-1])] * 2, size, middle, last, True)
        self.up_blocks = nn.ModuleList()
        current = channels[-1]
        for i, kind in enumerate(config["up_block_types"]):
            level = last - i
            sizes = []
            for _ in range(n_layers + 1):
                sizes.append((current + skips.pop(), channels[level]))
                current = channels[level]
            block = Block(sizes, size, config, level, kind.startswith("CrossAttn"))
            if level > 0:
                block.upsamplers = nn.ModuleList([Sampler(channels[level], 1)])
            self.up_blocks.append(block)
        self.conv_norm_out = GroupNorm(config["norm_num_groups"], channels[0], config["norm_eps"])
        self.conv_out = Conv2d(channels[0], config["out_channels"], 3, padding=1)

    def embed(self, timestep, class_labels, timestep_cond):
        """SiLU of the summed time and class embeddings, [B, 4 C0]."""
        wave = sinusoid(timestep, self.config["block_out_channels"][0])
        h = self.time_embedding(wave, timestep_cond)
        if class_labels is not None:
            h = h + self.class_embedding(class_labels.float())
        return F.silu(h)

    def forward(self, sample, timestep, context, class_labels=None, timestep_cond=None, mask=None):
        """sample [B,C,T,F], timestep [B] in 0..1000, context [B,L,D], mask [B,1,1,L] -> [B,C',T,F]."""
        embedding = self.embed(timestep, class_labels, timestep_cond)
        context = context.to(compute_dtype())
        h = self.conv_in(sample.contiguous(memory_format=torch.channels_last))
        skips = [h]
        for block in self.down_blocks:
            for i in range(len(block.resnets)):
                h = block.layer(i, h, embedding, context, mask)
                skips.append(h)
            if hasattr(block, "downsamplers"):
                h = block.downsamplers[0](h)
                skips.append(h)
        h = self.mid_block.layer(0, h, embedding, context, mask)
        h = self.mid_block.resnets[1](h, embedding)
        for block in self.up_blocks:
            for i in range(len(block.resnets)):
                h = torch.cat([h, skips.pop()], 1)
                h = block.layer(i, h, embedding, context, mask)
            if hasattr(block, "upsamplers"):
                rows, columns = skips[-1].shape[2:]
                h = F.interpolate(h, scale_factor=2.0, mode="nearest")[:, :, :rows, :columns]
                h = block.upsamplers[0](h)
        return self.conv_out(F.silu(self.conv_norm_out(h))).float()


def _check(config):
    """Refuse settings that this restatement would compute differently from diffusers."""
    wanted = {
        "act_fn": "silu",
        "flip_sin_to_cos": True,
        "freq_shift": 0,
        "use_linear_projection": True,
        "only_cross_attention": False,
        "class_embeddings_concat": False,
        "transformer_layers_per_block": 1,
    }
    for key, value in wanted.items():
        if config.get(key, value) != value:
            raise ValueError(f"U-Net config: {key} must be {value!r}, not {config[key]!r}")
    if config.get("class_embed_type") not in (None, "projection"):
        raise ValueError(f"U-Net config: class_embed_type {config['class_embed_type']!r} is unknown")
