# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: train the vocoder's magnitude network on original and on codec-reconstructed bands."""

import numpy as np
import torch

from . import config, dataset, frontend, runtime, vae
from .pghi_vocoder import OnomaPghiVocoder, VocoderConfig

_DB = 8.685889638


def create(settings):
    """An untrained vocoder of a config file's "vocoder" section."""
    front = frontend.config_from(settings)
    shared = ("sampling_rate", "n_fft", "hop_length", "n_bands", "log_floor")
    values = {name: getattr(front, name) for name in shared}
    return OnomaPghiVocoder(config.fill(VocoderConfig, {**values, **settings["vocoder"]}), front)


def load(run):
    """The newest averaged vocoder of a run, without gradients."""
    vocoder = create(run.settings)
    state = runtime.load_if_there(run.path("vocoder.pt"))
    if state is None:
        runtime.fail(f"{run.path('vocoder.pt')} is missing: run the stage 'vocoder' first")
    vocoder.load_state_dict(state["average"])
    return vocoder.requires_grad_(False).eval()


class Crops:
    """Random crops: the bands that go in, and the log magnitudes that should come out."""

    def __init__(self, run, waves, autoencoder, rng):
        self.settings, self.waves, self.vae, self.rng = run.settings["vocoder_training"], waves, autoencoder, rng
        self.front_end = frontend.NumpyFrontEnd(frontend.config_from(run.settings))
        self.noise = run.settings["vae_training"]["noise"]

    def spectra(self, i):
        """(bands [T,F], magnitudes [T,K]) of a crop of clip i, over the crop's loudest band.

        Now and then the level is that of a passage far below the clip's peak.
        """
        c, frames = self.front_end.config, self.settings["frames"]
        margin = (c.n_fft // c.hop_length) * c.hop_length
        length = self.waves.line(i)["length"]
        begin = -margin if self.rng.random() < 0.4 else int(self.rng.integers(-margin, max(1, length - margin)))
        wave = self.waves.wave(i, begin, 2 * margin + frames * c.hop_length)
        first = margin // c.hop_length
        magnitudes = self.front_end.magnitudes(wave)[first : first + frames]
        bands = magnitudes @ self.front_end.weight
        peak = max(float(bands.max()), 1e-6)
        if self.rng.random() < 0.4:
            peak *= np.exp(self.rng.uniform(0, 4))
        floor = c.log_floor
        return np.log(np.maximum(bands / peak, np.exp(floor))), magnitudes / peak

    @torch.no_grad()
    def draw(self, offset):
        """(bands [B,T,F], target [B,T,K]): half of the bands have gone through the noised codec."""
        picks = self.rng.integers(0, len(self.waves), self.settings["batch"])
        pairs = [self.spectra(int(i)) for i in picks]
        bands = torch.as_tensor(np.stack([pair[0] for pair in pairs])).float()
        target = torch.as_tensor(np.stack([pair[1] for pair in pairs])).float()
        half = len(bands) // 2
        z = self.vae.encode(bands[:half])
        z = z + self.noise * torch.rand(half, 1, 1, 1) * torch.randn_like(z)
        bands[:half] = self.vae.decode(z)
        return bands, (target + offset).log()


def train(run, vocoder, average, crops):
    """Weighted L1 on log magnitudes: loud cells count up to four times what the floor does."""
    settings = run.settings["vocoder_training"]
    parameters = [p for p in vocoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, settings["lr"], betas=(0.9, 0.98), weight_decay=0.01)
    state = runtime.load_if_there(run.path("vocoder.pt"), run.device)
    step = 0
    if state is not None:
        vocoder.load_state_dict(state["vocoder"])
        average.values, step = state["average"], state["step"]
        optimizer.load_state_dict(state["optimizer"])
    runtime.spread(vocoder, run)
    first, clock, offset = step, runtime.Clock(run), vocoder.config.magnitude_offset

    def save():
        if run.rank == 0:
            nets = {"vocoder": vocoder.state_dict(), "average": average.values}
            nets.update(optimizer=optimizer.state_dict(), step=step)
            runtime.save_atomic(nets, run.path("vocoder.pt"))

    while not runtime.agree(clock.over(), run):
        share = runtime.rate_at(clock.elapsed, run.seconds, step - first, 50, 0.4)
        for group in optimizer.param_groups:
            group["lr"] = settings["lr"] * share
        bands, target = (x.to(run.device) for x in crops.draw(offset))
        error = (vocoder(bands) - target).abs()
        weight = 0.3 + (target - np.log(offset)) / -np.log(offset)
        loss = (error * weight).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        runtime.average_gradients(parameters, run.world)
        torch.nn.utils.clip_grad_norm_(parameters, 2.0)
        optimizer.step()
        step += 1
        average.update(vocoder, step)
        clock.add(loss=loss, dB=error.mean() * _DB)
        if step % 100 == 0:
            clock.report(step)
        if clock.due():
            save()
    save()


def main():
    """Train for --minutes from the newest checkpoint, if any."""
    args = runtime.arguments("vocoder").parse_args()
    run = runtime.start(args)
    torch.manual_seed(2000 + run.rank)
    autoencoder = vae.load(run)
    waves = dataset.Waves(dataset.shard_paths(run.path("clips")))
    vocoder = create(run.settings).to(run.device)
    average = runtime.Average(vocoder, 0.998)
    rng = np.random.default_rng([int.from_bytes(np.random.bytes(4), "little"), run.rank])
    train(run, vocoder, average, Crops(run, waves, autoencoder, rng))


if __name__ == "__main__":
    main()
