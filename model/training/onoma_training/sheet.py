# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Draws generated log bands as a sheet of pictures (PNG): a row a prompt, a column a seed."""

import struct
import zlib

import numpy as np
import torch

from . import runtime, steering
from .layers import set_compute_dtype

PROMPTS = (
    "deep kick drum|snare drum|closed hi-hat|crash cymbal|sustained pad|short pluck|rain|flute, long note|"
    "thunder|downpour|piano C4|saw lead a#3|synth bass E2|bell|laser zap|choir"
)


def write_png(path, grey):
    """An 8-bit greyscale picture [rows, columns], the first row on top."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    rows, columns = grey.shape
    raw = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(grey, np.uint8))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b""))


def picture(bands, floor):
    """Bands [T,F] as grey values [F,T], low frequencies at the bottom."""
    return np.round((bands.T[::-1] - floor) * (-255 / floor)).clip(0, 255).astype(np.uint8)


def main():
    """Generate and draw."""
    parser = runtime.arguments(
        "sheet",
        trains=False,
        out={"required": True, "help": "PNG file to write"},
        checkpoint={"help": "denoiser checkpoint (default: the run's newest)"},
        prompts={"default": PROMPTS, "help": "prompts, separated by |"},
        steps={"type": int, "default": 16, "help": "Euler steps"},
        guidance={"type": float, "default": 4.0, "help": "guidance scale"},
        columns={"type": int, "default": 16, "help": "length in latent columns of 93 ms"},
        bfloat16={"action": "store_true", "help": "compute in bfloat16: faster where the CPU has it"},
        seeds={"type": int, "default": 3, "help": "pictures a prompt"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    if args.bfloat16:
        set_compute_dtype(torch.bfloat16)
    generator = steering.Generator(run, args.checkpoint)
    floor = generator.vae.config.log_floor
    rows = []
    for prompt in args.prompts.split("|"):
        seeds = list(range(1, args.seeds + 1))
        made = generator.bands([prompt] * len(seeds), seeds, args.columns, args.steps, args.guidance)
        tiles = [np.pad(picture(bands.numpy(), floor), 2, constant_values=128) for bands in made]
        rows.append(np.concatenate(tiles, 1))
    write_png(args.out, np.concatenate(rows, 0))


if __name__ == "__main__":
    main()
