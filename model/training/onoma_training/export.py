# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: write the model folder of doc/model-format.md, and reference tensors computed from it."""

import dataclasses
import json
import os
import re

import torch

from . import denoiser, notes, references, runtime, safetensors, text, vae, vocoder, words

# Small tensors and those that define the front end and the codec stay in float32.
_SMALL = 4096
_FLOAT32 = re.compile(r"^(encoder\.|wiener\.)")
_INT8 = re.compile(r"^(words|ngrams)\.weight$")


def write_json(value, *path):
    """Write a JSON file, making its folder."""
    path = os.path.join(*path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def stored(state):
    """Tensors as stored: big ones in float16, tables in int8 rows with scales, small ones in float32."""
    out = {}
    for name, tensor in state.items():
        tensor = tensor.detach().float().contiguous()
        if _INT8.match(name):
            rows, scale = words.quantise_rows(tensor.numpy())
            out[name], out[name + ".scale"] = rows, scale
        elif tensor.numel() <= _SMALL or tensor.dim() < 2 or _FLOAT32.match(name):
            out[name] = tensor
        else:
            out[name] = tensor.half()
            if not torch.isfinite(out[name]).all():
                raise ValueError(f"{name} does not fit float16")
    return out


def restored(tensors):
    """The float32 state dict that stored tensors stand for."""
    out = {}
    for name, tensor in tensors.items():
        if name.endswith(".scale") and tensors.get(name[: -len(".scale")], tensor).dtype == torch.int8:
            continue
        value = tensor.float()
        if tensor.dtype == torch.int8:
            value = value * tensors[name + ".scale"][:, None]
        out[name] = value
    return out


def write_part(module, folder, file, extra=None):
    """Store a module's weights, then load them back into it, rounded."""
    os.makedirs(folder, exist_ok=True)
    tensors = stored(module.state_dict()) if extra is None else extra(module)
    path = os.path.join(folder, file)
    safetensors.save(tensors, path, {"format": "pt"})
    module.load_state_dict(restored(safetensors.load(path)[0]))
    return sum(t.numel() for t in tensors.values()), os.path.getsize(path)


def text_tensors(run):
    """A function from the encoder to its stored tensors, with the word vectors' own int8 rows."""
    state = runtime.load_if_there(run.path("words.pt"))

    def tensors(module):
        out = stored({k: v for k, v in module.state_dict().items() if k != "word_vectors"})
        out["word_vectors"], out["word_vectors.scale"] = state["rows"], state["scale"]
        return out

    return tensors, state["words"]


def write_configs(run, folder, nets, defaults):
    """All JSON files of the folder."""
    unet, encoder, autoencoder, voice, prior = nets
    settings = run.settings
    index = {
        "_class_name": "OnomaPipeline",
        "_onoma_format": 1,
        "name": settings["name"],
        "version": settings["version"],
        "license": "CC0-1.0",
        "text_encoder": ["onoma", "OnomaTextEncoder"],
        **({"note_prior": ["onoma", "OnomaNotePrior"]} if prior else {}),
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["onoma", "OnomaPatchVAE"],
        "vocoder": ["onoma", "OnomaPghiVocoder"],
        "scheduler": ["onoma", "OnomaFlowScheduler"],
        "defaults": defaults,
    }
    write_json(index, folder, "model_index.json")
    # Training's own checks integrate the Gaussian's phase gradients; those of the window itself are better in tune.
    vocoder_settings = {**dataclasses.asdict(voice.config), "pghi_gamma": None}
    parts = {
        "text_encoder": ("OnomaTextEncoder", dataclasses.asdict(encoder.config)),
        "unet": ("UNet2DConditionModel", unet.config),
        "vae": ("OnomaPatchVAE", dataclasses.asdict(autoencoder.config)),
        "vocoder": ("OnomaPghiVocoder", vocoder_settings),
    }
    if prior:
        parts["note_prior"] = ("OnomaNotePrior", {"input_size": prior.fc1.in_features,
                                                  "hidden_size": prior.fc1.out_features})
    for part, (name, values) in parts.items():
        write_json({"_class_name": name, **values}, folder, part, "config.json")
    few_step = settings.get("few_step") if os.path.exists(run.path("distilled.pt")) else None
    scheduler = {
        "_class_name": "OnomaFlowScheduler",
        "num_train_timesteps": 1000,
        "prediction_type": "flow",
        "few_step": few_step,
    }
    write_json(scheduler, folder, "scheduler", "scheduler_config.json")


def main():
    """Write the folder --out, and --expected if asked."""
    parser = runtime.arguments(
        "export",
        trains=False,
        out={"required": True, "help": "model folder to write"},
        expected={"help": "safetensors file of reference tensors to write"},
        checkpoint={"help": "denoiser checkpoint (default: the run's distilled, or else its denoiser)"},
        steps={"type": int, "default": 16, "help": "default number of steps"},
        guidance={"type": float, "default": 4.0, "help": "default guidance scale"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    distilled = run.path("distilled.pt")
    checkpoint = args.checkpoint or (distilled if os.path.exists(distilled) else None)
    unet, encoder, tokenizer = denoiser.load(run, checkpoint)
    autoencoder, voice = vae.load(run), vocoder.load(run)
    tensors, vocabulary = text_tensors(run)
    prior = notes.load(run, encoder.config.hidden_size)
    defaults = {"length_s": 2.0, "min_length_s": 0.25, "max_length_s": 12.0}
    defaults.update(steps=args.steps, guidance_scale=args.guidance, sampler="euler")
    write_configs(run, args.out, (unet, encoder, autoencoder, voice, prior), defaults)
    diffusion = "diffusion_pytorch_model.safetensors"
    sizes = {
        "unet": write_part(unet, os.path.join(args.out, "unet"), diffusion),
        "vae": write_part(autoencoder, os.path.join(args.out, "vae"), diffusion),
        "vocoder": write_part(voice, os.path.join(args.out, "vocoder"), "model.safetensors"),
        "text_encoder": write_part(encoder, os.path.join(args.out, "text_encoder"), "model.safetensors", tensors),
    }
    if prior:
        path = os.path.join(args.out, "note_prior")
        sizes["note_prior"] = write_part(prior, path, "model.safetensors")
    with open(os.path.join(args.out, "text_encoder", "vocab.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(vocabulary) + "\n")
    for part, (count, size) in sizes.items():
        run.log(f"{part}: {count / 1e6:.2f} M values, {size / 1e6:.2f} MB")
    if args.expected:
        os.makedirs(os.path.dirname(os.path.abspath(args.expected)), exist_ok=True)
        references.write(run, args.expected, (unet, encoder, tokenizer, autoencoder, voice), args.guidance)
        run.log(f"{args.expected}: {os.path.getsize(args.expected) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
