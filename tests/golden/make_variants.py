#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Makes tests/data/golden/variants: small random networks with settings that the other sets do not have.

    make_variants.py FOLDER

Needs torch and diffusers (made with 0.35.2). Weights are float16; expected tensors are computed in float64 from the
rounded weights. The vocoder is written out here, with the weight norm that training leaves."""

import json
import pathlib
import struct
import sys

import torch
import torch.nn.functional as F
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

DTYPES = {torch.float16: "F16", torch.float32: "F32", torch.int64: "I64"}

# Lists of depths by block and layer, an inner width that is not the image's (5 heads of 4 in 24 channels), a class
# embedding of two layers that is added, the guidance embedding, sines first, and sizes of kernels.
UNET_A = dict(
    in_channels=6, out_channels=5, block_out_channels=(8, 16, 24), layers_per_block=(1, 2, 1), norm_num_groups=4,
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"),
    attention_head_dim=(2, 4, 5), cross_attention_dim=10, use_linear_projection=True,
    transformer_layers_per_block=((2,), (1, 1), (1,)),
    reverse_transformer_layers_per_block=((1, 2), (1, 1, 1), (2, 1)),
    class_embed_type="projection", projection_class_embeddings_input_dim=7, time_cond_proj_dim=6,
    time_embedding_dim=20, freq_shift=1, flip_sin_to_cos=False, mid_block_scale_factor=1.41421356,
    conv_in_kernel=5, conv_out_kernel=1, norm_eps=1e-4,
)  # fmt: skip

# One level, a middle without attention, an odd number of channels.
UNET_B = dict(
    in_channels=3, out_channels=3, block_out_channels=(9,), layers_per_block=1, norm_num_groups=3,
    down_block_types=("DownBlock2D",), up_block_types=("UpBlock2D",), mid_block_type="UNetMidBlock2D",
    attention_head_dim=3, cross_attention_dim=9,
)  # fmt: skip

# No middle, double self-attention, a class embedding of one layer that is added, lists of depths by level.
UNET_C = dict(
    in_channels=4, out_channels=4, block_out_channels=(8, 8, 16, 8), layers_per_block=1, norm_num_groups=4,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"), mid_block_type=None,
    attention_head_dim=(1, 2, 4, 1), cross_attention_dim=(8, 8, 16, 8), transformer_layers_per_block=(1, 2, 1, 1),
    class_embed_type="simple_projection", projection_class_embeddings_input_dim=5,
)  # fmt: skip

VAE = dict(
    in_channels=1, out_channels=1, block_out_channels=(8, 12, 8, 16), layers_per_block=1, latent_channels=3,
    norm_num_groups=4, mid_block_add_attention=False, use_quant_conv=False, use_post_quant_conv=False,
    down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, scaling_factor=0.5,
)  # fmt: skip

VOCODER = {
    "architectures": ["SpeechT5HifiGan"], "leaky_relu_slope": 0.2, "model_in_dim": 9, "normalize_before": True,
    "resblock_dilation_sizes": [[1, 2], [3]], "resblock_kernel_sizes": [5, 3], "sampling_rate": 22050,
    "upsample_initial_channel": 24, "upsample_kernel_sizes": [8, 7, 3], "upsample_rates": [3, 4, 3],
}  # fmt: skip


def write_tensors(path, tensors):
    header, data = {}, b""
    for name, tensor in sorted(tensors.items()):
        tensor = tensor.detach()
        tensor = (tensor.float() if tensor.dtype == torch.float64 else tensor).contiguous()
        raw = tensor.numpy().tobytes()
        shape = list(tensor.shape)
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_config(folder, class_name, settings):
    folder.mkdir(parents=True, exist_ok=True)
    config = ({"_class_name": class_name} if class_name else {}) | settings
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def rounded(model):
    """Random weights and biases that float16 holds, in float64."""
    for name, p in model.named_parameters():
        scale = 1.0 / max(p[0].numel(), 1) ** 0.5 if p.dim() > 1 else 0.2
        values = torch.randn(p.shape) * scale + (1.0 if "norm" in name and name.endswith("weight") else 0.0)
        p.data = values.half().double()
    return model.double().eval()


def halves(model):
    return {name: value.half() for name, value in model.state_dict().items()}


def make_unet(folder, settings, cases):
    """The U-Net in `unet-cross`, and expected/unet_cross.safetensors of (batch, height, width, context length)."""
    model = rounded(UNet2DConditionModel(**settings))
    write_config(folder / "unet-cross", "UNet2DConditionModel", settings)
    write_tensors(folder / "unet-cross" / "diffusion_pytorch_model.safetensors", halves(model))
    out = {}
    for i, (n, h, w, n_context) in enumerate(cases):
        case = {"sample": torch.randn(n, settings["in_channels"], h, w), "timestep": torch.rand(n) * 1000.0}
        if n_context:
            case["encoder_hidden_states"] = torch.randn(n, n_context, settings["cross_attention_dim"])
            mask = (torch.rand(n, n_context) < 0.6).long()
            mask[0] = 0  # a prompt that is masked as a whole
            case["encoder_attention_mask"] = mask
        if settings.get("class_embed_type"):
            case["class_labels"] = torch.randn(n, settings["projection_class_embeddings_input_dim"])
        if settings.get("time_cond_proj_dim"):
            case["timestep_cond"] = torch.randn(n, settings["time_cond_proj_dim"])
        inputs = {k: v.double() if v.is_floating_point() else v for k, v in case.items()}
        context = inputs.pop("encoder_hidden_states", None)
        with torch.no_grad():
            case["out"] = model(**inputs, encoder_hidden_states=context).sample
        out |= {f"case{i}/{k}": v for k, v in case.items()}
    write_tensors(folder / "expected" / "unet_cross.safetensors", out)


def make_vae(folder):
    model = rounded(AutoencoderKL(**VAE))
    write_config(folder / "audioldm-variant" / "vae", "AutoencoderKL", VAE)
    write_tensors(folder / "audioldm-variant" / "vae" / "diffusion_pytorch_model.safetensors", halves(model))
    z = torch.randn(2, 3, 3, 2)
    mel = torch.randn(1, 1, 16, 24)
    with torch.no_grad():
        moments = model.encode(mel.double()).latent_dist
        tensors = {"case0/z": z, "case0/sample": model.decode(z.double()).sample, "encode/mel": mel,
                   "encode/mean": moments.mean, "encode/logvar": moments.logvar}  # fmt: skip
    write_tensors(folder / "expected" / "vae.safetensors", tensors)


def make_vocoder(folder):
    """Weights as weight_g and weight_v, an odd rate, kernels that make odd paddings, one block of one dilation."""
    stored, w = {}, {}

    def layer(name, shape, n_bias):
        v = (torch.randn(shape) / (shape[1] * shape[2]) ** 0.5).half()
        g = (torch.rand(shape[0], 1, 1) + 0.5).half()
        stored[name + ".weight_g"], stored[name + ".weight_v"] = g, v
        stored[name + ".bias"] = (torch.randn(n_bias) * 0.1).half()
        norm = v.double().flatten(1).norm(dim=1).reshape(-1, 1, 1)
        w[name] = (g.double() * v.double() / norm, stored[name + ".bias"].double())

    n, n_bands = VOCODER["upsample_initial_channel"], VOCODER["model_in_dim"]
    layer("conv_pre", (n, n_bands, 7), n)
    for i, kernel in enumerate(VOCODER["upsample_kernel_sizes"]):
        layer(f"upsampler.{i}", (n >> i, n >> (i + 1), kernel), n >> (i + 1))
        for j, (size, dilations) in enumerate(zip(VOCODER["resblock_kernel_sizes"], VOCODER["resblock_dilation_sizes"])):
            for k in range(len(dilations)):
                for which in ("convs1", "convs2"):
                    layer(f"resblocks.{i * 2 + j}.{which}.{k}", (n >> (i + 1), n >> (i + 1), size), n >> (i + 1))
    layer("conv_post", (1, n >> 3, 7), 1)
    stored["mean"], stored["scale"] = torch.randn(n_bands).half(), (torch.rand(n_bands) + 0.5).half()

    def conv(name, x, dilation=1):
        weight, bias = w[name]
        return F.conv1d(x, weight, bias, padding=(weight.shape[2] - 1) * dilation // 2, dilation=dilation)

    def run(mel):
        slope = VOCODER["leaky_relu_slope"]
        x = conv("conv_pre", ((mel - stored["mean"].double()) / stored["scale"].double()).transpose(1, 2))
        for i, (rate, kernel) in enumerate(zip(VOCODER["upsample_rates"], VOCODER["upsample_kernel_sizes"])):
            x = F.conv_transpose1d(F.leaky_relu(x, slope), *w[f"upsampler.{i}"], rate, (kernel - rate) // 2)
            total = 0
            for j, dilations in enumerate(VOCODER["resblock_dilation_sizes"]):
                y = x
                for k, dilation in enumerate(dilations):
                    name = f"resblocks.{i * 2 + j}"
                    hidden = conv(f"{name}.convs1.{k}", F.leaky_relu(y, slope), dilation)
                    y = y + conv(f"{name}.convs2.{k}", F.leaky_relu(hidden, slope))
                total = total + y
            x = total / len(VOCODER["resblock_dilation_sizes"])
        return torch.tanh(conv("conv_post", F.leaky_relu(x)))[:, 0]

    write_config(folder / "audioldm-variant" / "vocoder", None, VOCODER)
    write_tensors(folder / "audioldm-variant" / "vocoder" / "model.safetensors", stored)
    out = {}
    for i, shape in enumerate([(2, 5, n_bands), (1, 1, n_bands)]):
        mel = torch.randn(shape)
        out |= {f"case{i}/mel": mel, f"case{i}/wav": run(mel.double())}
    write_tensors(folder / "expected" / "vocoder.safetensors", out)


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(1)
    make_unet(folder / "a", UNET_A, [(3, 11, 5, 4), (1, 4, 8, 6)])
    make_vae(folder / "a")
    make_vocoder(folder / "a")
    make_unet(folder / "b", UNET_B, [(2, 3, 1, 0)])
    make_unet(folder / "c", UNET_C, [(2, 9, 3, 0), (1, 1, 1, 0), (1, 6, 13, 0)])


if __name__ == "__main__":
    main()
