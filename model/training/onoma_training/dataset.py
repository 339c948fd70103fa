# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The training set on disk: shards of waves, their log bands in 8 bits, and their descriptions.

Waves, descriptions and captions are the shards that onoma_training.sounds.generate writes; beside each
stand

    shard-NNNNN.u8      log bands [frames, n_bands], whole patches a clip, 0 = floor, 255 = peak
    shard-NNNNN.frames  JSON: [first frame, frames, line, loop] an entry
"""

import glob
import json
import os

import numpy as np
import torch

LEVELS = 255


def shard_paths(directory):
    """Stems of the finished shards, sorted."""
    return sorted(path[: -len(".jsonl")] for path in glob.glob(os.path.join(directory, "*.jsonl")))


def encoded_shards(directory):
    """Stems of the shards that have bands."""
    return [stem for stem in shard_paths(directory) if os.path.exists(stem + ".frames")]


def read_lines(stem):
    """The descriptions of a shard's clips."""
    with open(stem + ".jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Waves:
    """The clips' waves of some shards, mapped, and their descriptions."""

    def __init__(self, stems):
        self.clips = []
        for stem in stems:
            data = np.load(stem + ".npy", mmap_mode="r")
            self.clips += [(data, line) for line in read_lines(stem)]

    def __len__(self):
        return len(self.clips)

    def line(self, i):
        """Clip i's description."""
        return self.clips[i][1]

    def wave(self, i, begin=0, samples=None):
        """float32 samples of clip i from `begin`, zeros where there are none."""
        data, line = self.clips[i]
        samples = line["length"] if samples is None else samples
        out = np.zeros(samples, np.float32)
        first, last = max(begin, 0), min(begin + samples, line["length"])
        if last > first:
            offset = line["start"]
            out[first - begin : last - begin] = data[offset + first : offset + last] / 32768.0
        return out


def quantise(bands, floor):
    """Log bands in [floor, 0] -> uint8."""
    return np.round((bands - floor) * (-LEVELS / floor)).clip(0, LEVELS).astype(np.uint8)


def restore(values, floor):
    """The inverse of `quantise`."""
    return values.float() * (-floor / LEVELS) + floor


class Bands:
    """All shards' log bands in memory."""

    def __init__(self, stems, n_bands, floor):
        self.floor = floor
        self.entries, self.lines, blocks = [], [], []
        base = 0
        for stem in stems:
            block = np.fromfile(stem + ".u8", np.uint8).reshape(-1, n_bands)
            with open(stem + ".frames", encoding="utf-8") as file:
                for first, frames, line, loop in json.load(file):
                    self.entries.append((base + first, frames, len(self.lines) + line, bool(loop)))
            self.lines += read_lines(stem)
            blocks.append(block)
            base += len(block)
        self.values = np.concatenate(blocks)

    def __len__(self):
        return len(self.entries)

    def line(self, i):
        """The description of entry i's clip."""
        return self.lines[self.entries[i][2]]

    def frames(self, i):
        """Frames of entry i."""
        return self.entries[i][1]

    def is_loop(self, i):
        """True when the entry wraps around seamlessly."""
        return self.entries[i][3]

    def crop(self, i, begin, frames):
        """uint8 bands [frames, n_bands] of entry i; the floor beyond its end, wrapped for loops."""
        first, length, _, loop = self.entries[i]
        if loop:
            return self.values[first + (begin + np.arange(frames)) % length]
        out = np.zeros((frames, self.values.shape[1]), np.uint8)
        part = self.values[first + begin : first + min(length, begin + frames)]
        out[: len(part)] = part
        return out

    def batch(self, picks, device="cpu"):
        """M [B,T,F] float32 of (entry, first frame, frames) picks of one length, peak moved to 0."""
        values = torch.as_tensor(np.stack([self.crop(*pick) for pick in picks])).to(device)
        bands = restore(values, self.floor)
        bands = bands - bands.amax((1, 2), keepdim=True)
        return torch.where(values == 0, torch.full_like(bands, self.floor), bands).clamp_min(self.floor)
