# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: contrastive pre-training of the text encoder against frozen descriptors of the sounds."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import captioning, config, dataset, runtime, vae, words
from .text_encoder import OnomaTextEncoder, TextConfig, Tokenizer

DESCRIPTOR = 192


def load(run):
    """(encoder, tokenizer) with the newest weights of a run."""
    encoder, tokenizer = create(run)
    state = runtime.load_if_there(run.path("text.pt"))
    if state is None:
        runtime.fail(f"{run.path('text.pt')} is missing: run the stage 'text' first")
    encoder.load_state_dict(state["encoder"])
    return encoder, tokenizer


def create(run):
    """An untrained encoder and its tokenizer."""
    c = config.fill(TextConfig, run.settings["text_encoder"])
    vocabulary, vectors = words.load(run)
    return OnomaTextEncoder(c, vectors), Tokenizer(c, vocabulary)


@torch.no_grad()
def describe(autoencoder, bands, columns=22):
    """Raw descriptors [N,D] of all entries: the onset's latents, and statistics over time."""
    rows = []
    for first in range(0, len(bands), 128):
        picks = [(i, 0, columns * 16) for i in range(first, min(first + 128, len(bands)))]
        z = autoencoder.encode(bands.batch(picks))
        level = z[:, 0].mean(2)
        parts = [z[:, :, :4].flatten(1), z.mean(2).flatten(1), z.std(2).flatten(1), 2 * level]
        rows.append(torch.cat(parts, 1))
    return torch.cat(rows)


def principal(descriptors, size):
    """The `size` leading components, partly whitened and scaled to unit mean square."""
    sample = descriptors[:: max(1, len(descriptors) // 8000)].double()
    mean = sample.mean(0)
    centred = sample - mean
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(sample))
    values = values.flip(0)[:size].clamp_min(1e-9)
    basis = (vectors.flip(1)[:, :size] / values.sqrt() ** 0.7).float()
    out = (descriptors - mean.float()) @ basis
    return out / out.square().mean().sqrt()


class Judge(nn.Module):
    """What training needs beside the encoder: the audio side, and the families as a second task."""

    def __init__(self, size, families):
        super().__init__()
        self.audio = nn.Sequential(
            nn.Linear(DESCRIPTOR, 512), nn.GELU(), nn.Dropout(0.2), nn.Linear(512, size)
        )
        self.family = nn.Linear(size, families)
        self.log_scale = nn.Parameter(torch.tensor(2.0))

    def loss(self, cls, descriptors, families):
        """(contrastive loss, family loss) of CLS states [B,D]."""
        text = F.normalize(cls, dim=-1)
        audio = F.normalize(self.audio(descriptors), dim=-1)
        scores = self.log_scale.exp().clamp(max=30) * text @ audio.T
        target = torch.arange(len(cls), device=cls.device)
        contrastive = (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2
        return contrastive, F.cross_entropy(self.family(cls), families, label_smoothing=0.05)


@torch.no_grad()
def retrieval(encoder, tokenizer, judge, descriptors, captions, families):
    """Share of captions whose nearest sound is of the caption's family."""
    encoder.eval(), judge.eval()
    cls = encoder(tokenizer(captions, descriptors.device))[0][:, 0]
    scores = F.normalize(cls, dim=-1) @ F.normalize(judge.audio(descriptors), dim=-1).T
    encoder.train(), judge.train()
    return float((families[scores.argmax(1)] == families).float().mean())


class Material:
    """All sounds' descriptors and families, split into training and test rows."""

    def __init__(self, run):
        autoencoder = vae.load(run)
        c = autoencoder.config
        self.bands = dataset.Bands(dataset.encoded_shards(run.path("clips")), c.n_bands, c.log_floor)
        self.descriptors = principal(describe(autoencoder, self.bands), DESCRIPTOR).to(run.device)
        families = [self.bands.line(i)["info"]["family"] for i in range(len(self.bands))]
        self.names = sorted(set(families))
        number = {name: i for i, name in enumerate(self.names)}
        self.families = torch.tensor([number[name] for name in families], device=run.device)
        order = np.random.default_rng(3).permutation(len(self.bands))
        self.test, self.train = order[:500], order[500:]

    def captions(self, rows, rng):
        """A new caption for each of some rows."""
        return [captioning.draw(self.bands.line(i), rng) for i in rows]


def train(run, encoder, judge, tokenizer, material, rng):
    """Train both sides until the run's time is over."""
    settings = run.settings["text_training"]
    parameters = list(encoder.parameters()) + list(judge.parameters())
    optimizer = torch.optim.AdamW(parameters, settings["lr"], weight_decay=0.02)
    clock, step = runtime.Clock(run), 0
    while not runtime.agree(clock.over(), run):
        share = runtime.rate_at(clock.elapsed, run.seconds, step, 50, 0.3)
        for group in optimizer.param_groups:
            group["lr"] = settings["lr"] * share
        rows = rng.choice(material.train, settings["batch"])
        batch = tokenizer(material.captions(rows, rng), run.device, rng, 0.35, 0.35, 0.1)
        noised = material.descriptors[rows]
        noised = noised + 0.1 * torch.randn_like(noised)
        contrastive, family = judge.loss(encoder(batch)[0][:, 0], noised, material.families[rows])
        optimizer.zero_grad(set_to_none=True)
        (contrastive + 0.5 * family).backward()
        runtime.average_gradients(parameters, run.world)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        clock.add(contrastive=contrastive, family=family)
        if step % 100 == 0:
            clock.report(step)


def main():
    """Train for --minutes from the newest weights, if any."""
    args = runtime.arguments("text").parse_args()
    run = runtime.start(args)
    material = Material(run)
    encoder, tokenizer = create(run)
    state = runtime.load_if_there(run.path("text.pt"))
    if state is not None:
        encoder.load_state_dict(state["encoder"])
    judge = Judge(encoder.config.hidden_size, len(material.names)).to(run.device)
    encoder.to(run.device)
    runtime.spread(encoder, run)
    runtime.spread(judge, run)
    rng = np.random.default_rng(run.rank + 3)
    train(run, encoder, judge, tokenizer, material, rng)
    test = material.test
    captions = material.captions(test, rng)
    share = retrieval(encoder, tokenizer, judge, material.descriptors[test], captions, material.families[test])
    run.log(f"nearest of {len(test)} sounds has the caption's family: {share:.3f}")
    if run.rank == 0:
        runtime.save_atomic({"encoder": encoder.cpu().state_dict()}, run.path("text.pt"))


if __name__ == "__main__":
    main()
