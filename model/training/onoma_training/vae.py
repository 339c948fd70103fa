# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: fit the patch VAE. Closed form: Karhunen-Loeve transform and Wiener decoder. Trained: the residual."""

import numpy as np
import torch

from . import config, dataset, runtime
from .patch_vae import OnomaPatchVAE, VaeConfig, to_patches

_DB = 8.685889638


def vae_config(settings):
    """VaeConfig of a config file's "vae" section."""
    values = dict(settings["vae"])
    values["decoder"] = tuple(values.get("decoder", ()))
    return config.fill(VaeConfig, values)


def load(run):
    """The newest VAE of a run, without gradients."""
    vae = OnomaPatchVAE(vae_config(run.settings))
    state = runtime.load_if_there(run.path("vae.pt"))
    if state is None:
        runtime.fail(f"{run.path('vae.pt')} is missing: run the stage 'vae' first")
    vae.load_state_dict(state["average"])
    return vae.requires_grad_(False).eval()


def draw_batch(bands, rng, count, frames, device="cpu"):
    """M [B,frames,F]: whole patches of random clips, mostly from the onset on."""
    picks = []
    for i in rng.integers(0, len(bands), count):
        columns = max(1, bands.frames(i) // 16)
        begin = 0 if rng.random() < 0.6 else int(rng.integers(0, columns)) * 16
        picks.append((int(i), begin, frames))
    return bands.batch(picks, device)


def fit_transform(vae, patches, exponent):
    """Karhunen-Loeve transform of patches [N,P]; returns the components' standard deviations.

    Rows are divided by std^exponent and brought to unit mean square together: exponent 1 would make
    every component equally loud and so waste the denoiser on inaudible ones.
    """
    mean = patches.mean(0)
    centred = (patches - mean).double()
    covariance = centred.T @ centred / len(centred)
    values, vectors = torch.linalg.eigh(covariance)
    channels = vae.config.latent_channels
    deviation = values.flip(0)[:channels].clamp_min(1e-12).sqrt()
    basis = vectors.flip(1)[:, :channels]
    basis = basis * torch.sign(basis.sum(0) + 1e-12)
    divisor = deviation**exponent
    divisor = divisor * (deviation / divisor).square().mean().sqrt()
    vae.encoder.mean.copy_(mean)
    vae.encoder.weight.copy_((basis / divisor).T)
    return deviation, deviation / divisor


def fit_wiener(vae, batches, noise, generator):
    """Least squares from 3x3 noised latents to patches, zero padding included."""
    channels, size = vae.config.latent_channels, vae.config.patch_size
    width = channels * 9 + 1
    left = torch.zeros(width, width, dtype=torch.float64)
    right = torch.zeros(width, size, dtype=torch.float64)
    for bands in batches:
        z = vae.encode(bands)
        z = z + noise * torch.randn(z.shape, generator=generator)
        context = torch.nn.functional.unfold(z, 3, padding=1).transpose(1, 2).reshape(-1, width - 1)
        context = torch.cat([context, torch.ones(len(context), 1)], 1).double()
        target = to_patches(bands, vae.config).reshape(-1, size).double()
        left += context.T @ context
        right += context.T @ target
    left += 1e-6 * left.diagonal().mean() * torch.eye(width, dtype=torch.float64)
    solution = torch.linalg.solve(left, right).float()
    vae.wiener.weight.data.copy_(solution[:-1].T.reshape(size, channels, 3, 3))
    vae.wiener.bias.data.copy_(solution[-1])


@torch.no_grad()
def measure(vae, bands, floor):
    """Mean error in dB on active cells of the Wiener estimate and of the decoder, and border fluxes.

    A border's flux is the mean change across patch borders over that inside patches; 1 means that
    borders don't show. It is relative to the same figure of the original.
    """
    z = vae.encode(bands)
    active = bands > floor + 10 / _DB

    def flux(x, period):
        change = (x[:, 1:] - x[:, :-1]).abs()
        both = active[:, 1:] & active[:, :-1]
        border = torch.zeros(change.shape[1], dtype=torch.bool)
        border[period - 1 :: period] = True
        return change[:, border][both[:, border]].mean() / change[:, ~border][both[:, ~border]].mean()

    figures = {}
    for name, estimate in (("wiener", vae.linear(z).clamp(floor, 0)), ("decoder", vae.decode(z))):
        figures[f"{name} dB"] = float((estimate - bands).abs()[active].mean() * _DB)
        ratio = flux(estimate, vae.config.patch_frames) / flux(bands, vae.config.patch_frames)
        figures[f"{name} flux"] = float(ratio)
    return figures


def fit_closed_form(run, vae, bands, rng):
    """Transform and Wiener decoder from random batches."""
    settings = run.settings["vae_training"]
    batches = [draw_batch(bands, rng, 32, 352) for _ in range(settings["fit_batches"])]
    patches = torch.cat([to_patches(b, vae.config).reshape(-1, vae.config.patch_size)[::3] for b in batches])
    deviation, scaled = fit_transform(vae, patches, settings["whitening"])
    run.log("standard deviations", np.round(deviation.numpy(), 2), "scaled", np.round(scaled.numpy(), 2))
    fit_wiener(vae, batches, settings["wiener_noise"], torch.Generator().manual_seed(1))


def train_residual(run, vae, bands, rng):
    """Train the residual decoder on noised latents: L1 on cells and on their changes in time."""
    settings = run.settings["vae_training"]
    floor = vae.config.log_floor
    parameters = list(vae.decoder.parameters())
    optimizer = torch.optim.AdamW(parameters, settings["lr"], betas=(0.9, 0.98), weight_decay=0.01)
    average = runtime.Average(vae, 0.998)
    torch.manual_seed(4000 + run.rank)
    clock, step = runtime.Clock(run), 0
    while not runtime.agree(clock.over(), run):
        share = runtime.rate_at(clock.elapsed, run.seconds, step, 50, 0.3)
        for group in optimizer.param_groups:
            group["lr"] = settings["lr"] * share
        bands_true = draw_batch(bands, rng, settings["batch"], settings["frames"], run.device)
        with torch.no_grad():
            z = vae.encode(bands_true)
            level = torch.rand(len(z), 1, 1, 1, device=run.device) * settings["noise"]
            z = z + level * torch.randn_like(z)
            estimate = vae.linear(z)
        made = (estimate + vae.residual(z, estimate)).clamp(floor - 1, 1)
        weight = 0.2 + 0.8 * (bands_true > floor + 0.5)
        loss = ((made - bands_true).abs() * weight).mean()
        change = (made[:, 1:] - made[:, :-1]) - (bands_true[:, 1:] - bands_true[:, :-1])
        total = loss + 0.4 * (change.abs() * weight[:, 1:]).mean()
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        runtime.average_gradients(parameters, run.world)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        average.update(vae, step)
        clock.add(loss=loss, total=total)
        if step % 100 == 0:
            clock.report(step)
        if clock.due() and run.rank == 0:
            runtime.save_atomic({"average": average.values}, run.path("vae.pt"))
    vae.load_state_dict(average.values)


def main():
    """Fit (unless --resume) and train for --minutes."""
    parser = runtime.arguments(
        "vae", resume={"action": "store_true", "help": "keep the transform, train the residual on"}
    )
    args = parser.parse_args()
    run = runtime.start(args)
    c = vae_config(run.settings)
    stems = dataset.encoded_shards(run.path("clips"))
    held_out, stems = stems[:1], stems[1:] or stems
    bands = dataset.Bands(stems, c.n_bands, c.log_floor)
    test_set = dataset.Bands(held_out, c.n_bands, c.log_floor)
    test = draw_batch(test_set, np.random.default_rng(9), 64, 352)
    vae = OnomaPatchVAE(c)
    rng = np.random.default_rng(5 + run.rank)
    with torch.no_grad():
        if args.resume:
            vae.load_state_dict(runtime.load_if_there(run.path("vae.pt"))["average"])
        else:
            fit_closed_form(run, vae, bands, rng)
    runtime.spread(vae, run)
    vae.encoder.requires_grad_(False)
    if run.seconds > 0 and c.decoder:
        train_residual(run, vae.to(run.device), bands, rng)
        vae.cpu()
    if run.rank == 0:
        runtime.save_atomic({"average": vae.state_dict()}, run.path("vae.pt"))
    run.log(measure(vae, test, c.log_floor))


if __name__ == "__main__":
    main()
