# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Writes training sounds in bulk: python3 -m onoma_training.sounds.generate --out DIR --count N --seed S --workers W

Writes DIR/shard-00000.npy (all samples of a shard's clips on end, int16) and DIR/shard-00000.jsonl (one line a clip:
where its samples lie, its ClipInfo, captions drawn for it). Clip i of the run is the clip of seed S * 2^32 + i,
whatever the number of workers. A shard is written under another name and renamed when whole, its .jsonl last; shards
that are there are left alone, so a run that was stopped goes on where it was when started again with the same
arguments; run.json holds them, and others are refused.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: one thread a worker
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse  # noqa: E402
import json  # noqa: E402
import multiprocessing  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import numpy as np  # noqa: E402

from onoma_training.captions import draw_caption  # noqa: E402
from onoma_training.sounds import make_clip  # noqa: E402
from onoma_training.sounds.soundfont import FLUID_R3  # noqa: E402

CLIPS_A_SHARD = 500
CAPTIONS_A_CLIP = 8
SEEDS_A_RUN = 1 << 32


def write_shard(job):
    """Makes one shard unless it is there; returns the number of clips made."""
    out, shard, first, count, sound = job
    samples_path, lines_path = out / f"shard-{shard:05d}.npy", out / f"shard-{shard:05d}.jsonl"
    if lines_path.exists():
        return 0
    waves, lines, start = [], [], 0
    for seed in range(first, first + count):
        clip = make_clip(seed, **sound)
        rng = np.random.default_rng([seed, 1])
        captions = [draw_caption(clip, rng) for _ in range(CAPTIONS_A_CLIP)]
        waves.append(np.round(clip.wave * 32767).astype(np.int16))
        lines.append(
            json.dumps({"start": start, "length": len(clip.wave), "captions": captions, "info": clip.info.to_dict()})
        )
        start += len(clip.wave)
    _replace(samples_path, lambda file: np.save(file, np.concatenate(waves)))
    _replace(lines_path, lambda file: file.write(("\n".join(lines) + "\n").encode()))
    return count


def _replace(path, write):
    partial = path.with_suffix(path.suffix + f".{os.getpid()}.part")
    with open(partial, "wb") as file:
        write(file)
    os.replace(partial, path)


def read_shard(lines_path):
    """Yields (samples int16, line) of a shard's clips; a line is the dictionary that write_shard wrote."""
    samples = np.load(pathlib.Path(lines_path).with_suffix(".npy"), mmap_mode="r")
    with open(lines_path, encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            yield samples[line["start"] : line["start"] + line["length"]], line


def arguments(argv):
    parser = argparse.ArgumentParser(description="Writes training sounds in shards.")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the shards")
    parser.add_argument("--count", type=int, required=True, help="number of clips")
    parser.add_argument("--seed", type=int, default=0, help="which run of clips; runs share none (default 0)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("--length-max", type=float, default=3.0, help="longest clip in seconds (default 3)")
    parser.add_argument("--soundfont", default=FLUID_R3, help="General MIDI soundfont (default %(default)s)")
    parser.add_argument(
        "--soundfont-share",
        type=float,
        default=0.35,
        help="share of clips that it plays; 0 needs no soundfont (default 0.35)",
    )
    options = parser.parse_args(argv)
    if options.count < 1 or options.seed < 0 or options.workers < 1:
        parser.error("--count and --workers must be at least 1, --seed at least 0")
    if not 0.5 <= options.length_max <= 12:
        parser.error("--length-max must be 0.5 to 12")
    if not 0 <= options.soundfont_share <= 1:
        parser.error("--soundfont-share must be 0 to 1")
    if options.soundfont_share > 0 and not os.path.isfile(options.soundfont):
        parser.error(f"--soundfont: {options.soundfont} is no file (--soundfont-share 0 makes procedural sounds only)")
    if options.count > SEEDS_A_RUN:
        parser.error(f"--count must be at most {SEEDS_A_RUN}")
    return options


def claim(folder, run):
    """Writes what decides the clips to folder/run.json, or compares with what a run before has written there.

    Raises ValueError naming the first difference: shards of two runs in one folder could not be told apart.
    """
    path = folder / "run.json"
    if not path.exists():
        _replace(path, lambda file: file.write((json.dumps(run, indent=2) + "\n").encode()))
        return
    before = json.loads(path.read_text(encoding="utf-8"))
    for name, value in run.items():
        if before.get(name) != value:
            raise ValueError(f"{path}: this folder's run has {name} {before.get(name)!r}, not {value!r}")


def main(argv=None):
    options = arguments(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    base = options.seed * SEEDS_A_RUN
    sound = {
        "length_max_s": options.length_max,
        "font": options.soundfont if options.soundfont_share > 0 else None,
        "font_share": options.soundfont_share,
    }
    try:
        claim(options.out, {"seed": options.seed, "count": options.count, **sound})
    except ValueError as error:
        sys.exit(str(error))
    jobs = [
        (options.out, first // CLIPS_A_SHARD, base + first, min(CLIPS_A_SHARD, options.count - first), sound)
        for first in range(0, options.count, CLIPS_A_SHARD)
    ]
    began, made = time.monotonic(), 0
    with multiprocessing.Pool(min(options.workers, len(jobs))) as pool:
        for done, count in enumerate(pool.imap_unordered(write_shard, jobs), 1):
            made += count
            rate = made / (time.monotonic() - began)
            print(f"{done}/{len(jobs)} shards, {made} clips made, {rate:.0f} clips/s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
