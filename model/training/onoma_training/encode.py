# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: log bands of all clips, in 8 bits; textures also as seamless loops."""

import json
import os

import numpy as np

from . import dataset, frontend, runtime

_CROSSFADE = 8192


def make_loop(wave, samples):
    """A wave [samples] whose end runs into its beginning: the crossfade has equal power.

    `wave` is a seamless loop of any length; it is repeated as often as needed.
    """
    fade = min(_CROSSFADE, samples // 2)
    body = np.resize(wave, samples + fade)
    ramp = np.linspace(0, np.pi / 2, fade, dtype=np.float32)
    body[:fade] = body[:fade] * np.sin(ramp) + body[samples:] * np.cos(ramp)
    return body[:samples]


def clip_bands(front_end, wave, loop=False):
    """M [T,F] of one wave; a loop's frames see the wave continue at its other end."""
    if not loop:
        return front_end(wave)
    c = front_end.config
    margin = c.n_fft
    around = np.concatenate([wave[-margin:], wave, wave[:margin]])
    first = margin // c.hop_length
    return front_end(around, slice(first, first + len(wave) // c.hop_length))


def encode_shard(stem, front_end, settings):
    """Write a shard's bands beside it."""
    floor, patch = front_end.config.log_floor, settings["patch_frames"]
    column = patch * front_end.config.hop_length
    waves = dataset.Waves([stem])
    blocks, entries, total = [], [], 0

    def add(bands, line, loop):
        nonlocal total
        values = dataset.quantise(bands, floor)
        values = np.pad(values, ((0, -len(values) % patch), (0, 0)))
        blocks.append(values)
        entries.append([total, len(values), line, loop])
        total += len(values)

    for i in range(len(waves)):
        limit = settings["max_columns"] * column
        wave = waves.wave(i)
        add(clip_bands(front_end, wave[:limit]), i, 0)
        if waves.line(i)["info"]["loop"]:
            loop = make_loop(wave, settings["loop_columns"] * column)
            add(clip_bands(front_end, loop, True), i, 1)
    np.concatenate(blocks).tofile(stem + ".u8.new")
    os.replace(stem + ".u8.new", stem + ".u8")
    with open(stem + ".frames.new", "w", encoding="utf-8") as file:
        json.dump(entries, file)
    os.replace(stem + ".frames.new", stem + ".frames")


def main():
    """Encode the shards that have no bands yet."""
    parser = runtime.arguments(
        "encode",
        trains=False,
        part={"type": int, "default": 0, "help": "this process's share of the shards"},
        parts={"type": int, "default": 1, "help": "number of processes sharing the work"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    front_end = frontend.NumpyFrontEnd(frontend.config_from(run.settings))
    for stem in dataset.shard_paths(run.path("clips"))[args.part :: args.parts]:
        if not os.path.exists(stem + ".frames"):
            encode_shard(stem, front_end, run.settings["encode"])
            run.log("encoded", stem)


if __name__ == "__main__":
    main()
