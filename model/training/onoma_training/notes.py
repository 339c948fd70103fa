# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: which notes a prompt that names none suggests.

A head on the text encoder's CLS state gives a distribution over the 128 MIDI notes and "no pitch". The engine
draws a note from it by the seed and conditions the denoiser on it: "low marimba" then is low, and all of a clip
has one pitch. The encoder stays as it is; no sounds are needed.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import captioning, dataset, runtime, text
from .steering import note_of

N_NOTES = 128


class NoteHead(nn.Module):
    """CLS state [B,D] -> logits [B,129]; the last one is "no pitch"."""

    def __init__(self, size, hidden=256):
        super().__init__()
        self.fc1 = nn.Linear(size, hidden)
        self.fc2 = nn.Linear(hidden, N_NOTES + 1)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


def label(line):
    """Class of a clip: its note, or N_NOTES if it has none, or several."""
    midi = line["info"]["midi"]
    return N_NOTES if midi is None else int(np.clip(round(midi), 0, N_NOTES - 1))


def train(run, head, encoder, tokenizer, lines):
    """Cross entropy over captions that name no note."""
    settings = run.settings["notes"]
    optimizer = torch.optim.AdamW(head.parameters(), settings["lr"], weight_decay=0.01)
    rng = np.random.default_rng(13)
    clock, step = runtime.Clock(run), 0
    while not clock.over():
        share = runtime.rate_at(clock.elapsed, run.seconds, step, 50, 0.3)
        for group in optimizer.param_groups:
            group["lr"] = settings["lr"] * share
        picks = [lines[i] for i in rng.integers(0, len(lines), 2 * settings["batch"])]
        drawn = [(captioning.draw(line, rng), label(line)) for line in picks]
        drawn = [(caption, note) for caption, note in drawn if note_of(caption) is None]
        with torch.no_grad():
            states, _ = encoder(tokenizer([caption for caption, _ in drawn]))
        notes = torch.tensor([note for _, note in drawn])
        loss = F.cross_entropy(head(states[:, 0]), notes)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        clock.add(nats=loss.item())
        if step % 50 == 0:
            clock.report(step)


def load(run, size):
    """The trained head, or None."""
    state = runtime.load_if_there(run.path("notes.pt"))
    if state is None:
        return None
    head = NoteHead(size)
    head.load_state_dict(state)
    return head.eval()


def main():
    """Train the head for a denoiser's checkpoint; write notes.pt."""
    parser = runtime.arguments(
        "notes",
        checkpoint={"help": "denoiser checkpoint whose text encoder is used (default: the run's newest)"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    path = args.checkpoint or run.path("denoiser.pt")
    state = runtime.load_if_there(path)
    if state is None:
        runtime.fail(f"{path} is missing: run the stage 'denoiser' first")
    encoder, tokenizer = text.create(run)
    encoder.load_state_dict(state["text_average"])
    encoder.requires_grad_(False).eval()
    head = NoteHead(encoder.config.hidden_size)
    lines = [line for stem in dataset.shard_paths(run.path("clips")) for line in dataset.read_lines(stem)]
    train(run, head, encoder, tokenizer, lines)
    runtime.save_atomic(head.state_dict(), run.path("notes.pt"))


if __name__ == "__main__":
    main()
