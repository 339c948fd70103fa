# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: teach the denoiser to jump, by regression on its own guided trajectories.

`--cache N` runs the trained flow with guidance weights drawn from [guidance_min, guidance_max] and
stores the states at t = 1, 0.75, 0.5, 0.25 and 0. Without it, the network learns the average velocity
between any two stored states, given the step size d and the weight w; half of every batch remains
plain flow matching at d = 0, so that one network serves both modes.
"""

import os

import numpy as np
import torch

from . import captioning, dataset, denoiser, frontend, runtime, vae
from .conditions import Combs, Sampler, timestep_cond

GRID = 4


@torch.no_grad()
def guided_states(sampler, prompts, pitches, columns, steps, weights, seeds):
    """States [B,GRID+1,C,T',F'] of guided Euler trajectories; weights [B] differ by sample."""
    velocities = [sampler.prepare(prompts, pitches, columns, w) for w in (0.0, 1.0)]
    shape = (-1, 1, 1, 1)
    weight = weights.to(sampler.device).view(shape)
    x = sampler.noise(seeds, columns)
    states = [x]
    for k in range(steps):
        t = 1 - k / steps
        unconditional, conditional = (velocity(x, t) for velocity in velocities)
        x = x - (unconditional + weight * (conditional - unconditional)) / steps
        if (k + 1) * GRID % steps == 0:
            states.append(x)
    return torch.stack(states, 1)


def cache(run, count):
    """Append `count` trajectories to the run's cache."""
    settings = run.settings["distill"]
    unet, encoder, tokenizer = denoiser.load(run)
    unet.to(run.device), encoder.to(run.device)
    autoencoder = vae.load(run)
    c = autoencoder.config
    bands = dataset.Bands(dataset.encoded_shards(run.path("clips")), c.n_bands, c.log_floor)
    combs = Combs(autoencoder, frontend.config_from(run.settings))
    sampler = Sampler(unet, encoder, tokenizer, combs, run.device)
    path = run.path("trajectories.pt")
    chunks = runtime.load_if_there(path) or []
    made = sum(len(chunk["prompts"]) for chunk in chunks)
    rng = np.random.default_rng([77, made])
    shapes = run.settings["denoiser"]
    while made < count:
        columns = int(rng.choice(shapes["columns"], p=shapes["column_shares"]))
        size = settings["batch"]
        lines = [bands.line(int(i)) for i in rng.integers(0, len(bands), size)]
        prompts = [captioning.draw(line, rng) for line in lines]
        drop = rng.random(size) < shapes["pitch_dropout"]
        pitches = [None if gone else line["info"]["f0"] for line, gone in zip(lines, drop)]
        low, high = settings["guidance_min"], settings["guidance_max"]
        weights = torch.as_tensor(rng.uniform(low, high, size), dtype=torch.float32)
        seeds = [int(seed) for seed in rng.integers(1 << 40, 1 << 41, size)]
        states = guided_states(sampler, prompts, pitches, columns, settings["teacher_steps"], weights, seeds)
        chunk = {"states": states.half().cpu(), "weights": weights, "prompts": prompts}
        chunks.append(dict(chunk, pitches=pitches, columns=columns))
        made += size
        if len(chunks) % 10 == 0 or made >= count:
            runtime.save_atomic(chunks, path)
            run.log(f"{made} of {count} trajectories")


class Jumps:
    """Draws regression targets from the cache."""

    def __init__(self, run, chunks, combs, rng):
        self.run, self.chunks, self.combs, self.rng = run, chunks, combs, rng

    def draw(self):
        """A batch: state, mean velocity, time, step size, weights, combs, prompts, columns."""
        chunk = self.chunks[int(self.rng.integers(len(self.chunks)))]
        states = chunk["states"].float()
        count = len(states)
        first = self.rng.integers(0, GRID, count)
        length = np.array([self.rng.integers(1, GRID - f + 1) for f in first])
        rows = torch.arange(count)
        x, y = states[rows, torch.as_tensor(first)], states[rows, torch.as_tensor(first + length)]
        d = torch.as_tensor(length / GRID, dtype=torch.float32)
        t = 1 - torch.as_tensor(first / GRID, dtype=torch.float32)
        target = (x - y) / d[:, None, None, None]
        combs = self.combs.batch(chunk["pitches"], chunk["columns"])
        tensors = (x, target, t, d, chunk["weights"], combs)
        return [v.to(self.run.device) for v in tensors] + [chunk["prompts"], chunk["columns"]]


def train(run, trainer, batches, jumps):
    """Alternate gradients of both losses in every step."""
    clock = runtime.Clock(run)
    peak = run.settings["distill"]["lr"]
    while not runtime.agree(clock.over(), run):
        share = runtime.rate_at(clock.elapsed, run.seconds, trainer.step - trainer.warm_from, 30, 0.3)
        for group in trainer.optimizer.param_groups:
            group["lr"] = peak * share
        x, target, t, d, w, combs, prompts, columns = jumps.draw()
        with torch.no_grad():
            states, mask = trainer.encoder(trainer.tokenizer(prompts, run.device))
        seconds = torch.full_like(t, columns * batches.column_s)
        cond = timestep_cond(d, w, seconds, torch.zeros_like(t))
        made = trainer.unet(torch.cat([x, combs], 1), 1000 * t, states, states[:, 0], cond, mask)
        jump = (made - target).square().mean()
        z, combs, seconds, flags, prompts = batches.draw()
        with torch.no_grad():
            states, mask = trainer.encoder(trainer.tokenizer(prompts, run.device))
        cond = timestep_cond(torch.zeros_like(seconds), torch.ones_like(seconds), seconds, flags)
        flow = denoiser.flow_loss(trainer.unet, z, combs, states, mask, cond)
        trainer.optimizer.zero_grad(set_to_none=True)
        (jump + flow).backward()
        parameters = list(trainer.unet.parameters())
        runtime.average_gradients(parameters, run.world)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        trainer.optimizer.step()
        trainer.step += 1
        trainer.averages["unet"].update(trainer.unet, trainer.step)
        clock.add(jump=jump, flow=flow)
        if trainer.step % 50 == 0:
            clock.report(trainer.step)
        if clock.due() and run.rank == 0:
            trainer.save(trainer.path)
    if run.rank == 0:
        trainer.save(trainer.path)


def main():
    """Cache trajectories, or train on them for --minutes."""
    parser = runtime.arguments(
        "distill", cache={"type": int, "default": 0, "help": "make this many trajectories and stop"}
    )
    args = parser.parse_args()
    run = runtime.start(args)
    torch.manual_seed(3000 + run.rank)
    if args.cache:
        cache(run, args.cache)
        return
    chunks = runtime.load_if_there(run.path("trajectories.pt"))
    if not chunks:
        runtime.fail(f"{run.path('trajectories.pt')} is missing: run with --cache first")
    autoencoder = vae.load(run)
    c = autoencoder.config
    bands = dataset.Bands(dataset.encoded_shards(run.path("clips")), c.n_bands, c.log_floor)
    path = run.path("distilled.pt")
    if run.rank == 0 and not os.path.exists(path):
        runtime.save_atomic(denoiser.student_state(run), path)
    trainer = denoiser.Trainer(run, path)
    rng = np.random.default_rng([trainer.step, run.rank])
    batches = denoiser.Batches(run, autoencoder, bands, trainer.step)
    train(run, trainer, batches, Jumps(run, chunks, batches.combs, rng))


if __name__ == "__main__":
    main()
