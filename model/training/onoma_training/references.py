# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Reference tensors of every stage of an exported model (doc/model-format.md, "Reference tensors")."""

import json

import torch

from . import conditions, frontend, patch_vae, safetensors

PROMPTS = [
    "deep kick drum",
    "",
    "a warm analog pad, slowly opening, C#4",
    "closed hi-hat",
    "Rainstorms & thunder-claps!",
    "midi 60 flute, long note",
]
PIPELINE_PROMPT = "short pluck"
PIPELINE_COLUMNS = 3
PIPELINE_STEPS = 4


def text_cases(out, encoder, tokenizer):
    """text/i/hidden_states, unpadded."""
    for i, prompt in enumerate(PROMPTS):
        batch = tokenizer([prompt])
        out[f"text/{i}/hidden_states"] = encoder(batch)[0][0, : int(batch["lengths"][0])]


def unet_cases(out, unet, encoder, tokenizer, generator):
    """Odd sizes, a batch of two, and every block of timestep_cond at work."""
    shapes = [(1, 6), (2, 5), (1, 11)]
    values = [(0.0, 1.0, 0.557, 0.0), (0.25, 2.0, 0.464, 1.0), (0.0, 1.0, 1.022, 1.0)]
    for i, ((count, columns), (d, w, s, loop)) in enumerate(zip(shapes, values)):
        states, mask = encoder(tokenizer([PROMPTS[0]] * count))
        sample = torch.randn(count, 32, columns, 16, generator=generator)
        each = [torch.full((count,), value) for value in (d, w, s, loop)]
        cond = conditions.timestep_cond(*each)
        timestep = torch.tensor([(937.5, 500.0, 62.5)[i]])
        made = unet(sample, timestep.expand(count), states, states[:, 0], cond, mask)
        case = {"sample": sample, "timestep": timestep, "timestep_cond": cond}
        case.update(encoder_hidden_states=states, class_labels=states[:, 0], out=made)
        out.update({f"unet/{i}/{name}": tensor for name, tensor in case.items()})


def test_wave(samples=20480, rate=44100):
    """A decaying tone with a noisy attack: something of everything, [N]."""
    t = torch.arange(samples) / rate
    noise = torch.randn(samples, generator=torch.Generator().manual_seed(3))
    tone = sum(torch.sin(2 * torch.pi * 196.0 * h * t) / h for h in range(1, 20))
    wave = tone * torch.exp(-4 * t) + 0.5 * noise * torch.exp(-60 * t)
    return 0.8 * wave / wave.abs().max()


def codec_cases(out, autoencoder, voice, generator):
    """Front end, encoder, decoder, vocoder, comb."""
    front = frontend.FrontEndConfig()
    front_end = frontend.FrontEnd(front, weight=voice.bands.weight)
    wave = test_wave()
    bands = front_end(wave[None])
    out["frontend/wav"], out["frontend/bands"] = wave, bands[0]
    whole = patch_vae.pad_frames(bands, autoencoder.config)
    z = autoencoder.encode(whole)
    out["vae/encode/bands"], out["vae/encode/mean"] = whole[0], z[0]
    z = z + 0.1 * torch.randn(z.shape, generator=generator)
    decoded = autoencoder.decode(z)
    out["vae/decode/z"], out["vae/decode/bands"] = z[0], decoded[0]
    short = decoded[:, :24]
    out["vocoder/bands"], out["vocoder/log_magnitude"] = short[0], voice(short)[0]
    f0 = 61.735
    out["comb/f0"] = torch.tensor([f0])
    out["comb/latent"] = patch_vae.comb_latent(f0, autoencoder, front_end)
    return front_end


def pipeline_case(out, nets, front_end, guidance):
    """Guided Euler from recorded noise to bands."""
    unet, encoder, tokenizer, autoencoder, _ = nets
    combs = conditions.Combs(autoencoder, front_end.config)
    sampler = conditions.Sampler(unet, encoder, tokenizer, combs)
    keep = []
    arguments = ([PIPELINE_PROMPT], [None], PIPELINE_COLUMNS)
    sampler.sample(*arguments, PIPELINE_STEPS, guidance, [11], keep)
    out["pipeline/noise"] = sampler.noise([11], PIPELINE_COLUMNS)[0]
    out["pipeline/encoder_hidden_states"] = encoder(tokenizer([PIPELINE_PROMPT]))[0][0]
    times = 1000 * (1 - torch.arange(PIPELINE_STEPS) / PIPELINE_STEPS)
    out["pipeline/timesteps"] = times
    out["pipeline/trajectory"] = torch.cat(keep)
    final = keep[-1] / autoencoder.config.scaling_factor
    out["pipeline/bands"] = autoencoder.decode(final)[0]


@torch.no_grad()
def write(run, path, nets, guidance):
    """Compute every case in float32 from the nets' stored weights and write them to `path`."""
    unet, encoder, tokenizer, autoencoder, voice = nets
    generator = torch.Generator().manual_seed(7)
    out = {}
    text_cases(out, encoder, tokenizer)
    unet_cases(out, unet, encoder, tokenizer, generator)
    front_end = codec_cases(out, autoencoder, voice, generator)
    pipeline_case(out, nets, front_end, guidance)
    metadata = {"prompts": json.dumps(PROMPTS), "prompt": PIPELINE_PROMPT, "guidance_scale": guidance}
    safetensors.save({name: tensor.contiguous() for name, tensor in out.items()}, path, metadata)
