# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: train the denoiser as a flow (d = 0), with the text encoder along at a lower rate."""

import numpy as np
import torch

from . import captioning, dataset, frontend, runtime, text, vae
from .conditions import Combs, timestep_cond
from .unet import UNet2DConditionModel

# Keys of unet/config.json that every size shares.
_FIXED = {
    "in_channels": 32,
    "out_channels": 16,
    "mid_block_type": "UNetMidBlock2DCrossAttn",
    "norm_num_groups": 16,
    "norm_eps": 1e-5,
    "act_fn": "silu",
    "flip_sin_to_cos": True,
    "freq_shift": 0,
    "class_embed_type": "projection",
    "class_embeddings_concat": False,
    "time_cond_proj_dim": 128,
    "use_linear_projection": True,
    "only_cross_attention": False,
    "sample_size": None,
}


def unet_config(settings):
    """The full U-Net config of a config file."""
    size = settings["text_encoder"].get("hidden_size", 192)
    widths = {"cross_attention_dim": size, "projection_class_embeddings_input_dim": size}
    return {**_FIXED, **widths, **settings["unet"]}


def create(settings):
    """An untrained U-Net: conditions that training may leave untouched start without effect."""
    unet = UNet2DConditionModel(unet_config(settings))
    for layer in (unet.time_embedding.cond_proj, unet.conv_out):
        torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(unet.conv_out.bias)
    for module in unet.modules():
        if hasattr(module, "conv2") and hasattr(module, "time_emb_proj"):
            torch.nn.init.zeros_(module.conv2.weight)
        if hasattr(module, "proj_out"):
            torch.nn.init.zeros_(module.proj_out.weight)
    return unet.to(memory_format=torch.channels_last)


class Batches:
    """Draws training batches: one length a batch, captions and crops anew each time."""

    def __init__(self, run, autoencoder, bands, step):
        self.settings = run.settings["denoiser"]
        rng = np.random.default_rng([step, run.rank])
        # The same on every process: batches of one step must be of one length, or some would wait.
        self.shapes = np.random.default_rng([step, 1 << 20])
        self.vae, self.bands, self.rng, self.device = autoencoder, bands, rng, run.device
        self.combs = Combs(autoencoder, frontend.config_from(run.settings))
        front = self.combs.front_end.config
        self.column_s = autoencoder.config.patch_frames * front.hop_length / front.sampling_rate
        loops = np.array([bands.is_loop(i) for i in range(len(bands))])
        self.once, self.loops = np.nonzero(~loops)[0], np.nonzero(loops)[0]
        self.loop_columns = run.settings["encode"]["loop_columns"]

    def pick(self, columns, loop):
        """(entry, first frame, frames) triples: onsets mostly, anywhere in textures."""
        patch = self.vae.config.patch_frames
        picks = []
        for i in self.rng.choice(self.loops if loop else self.once, self.settings["batch"]):
            begin = 0
            texture = self.bands.line(i)["info"]["loop"]
            if loop:
                begin = int(self.rng.integers(self.bands.frames(i)))
            elif texture and self.rng.random() < 0.5:
                room = self.bands.frames(i) // patch - columns
                begin = patch * int(self.rng.integers(max(1, room + 1)))
            picks.append((int(i), begin, columns * patch))
        return picks

    def draw(self):
        """A batch: latents, combs, prompts, seconds, loop flag."""
        settings, rng = self.settings, self.rng
        loop = len(self.loops) > 0 and self.shapes.random() < settings["loop_share"]
        columns = int(self.shapes.choice(settings["columns"], p=settings["column_shares"]))
        columns = self.loop_columns if loop else columns
        picks = self.pick(columns, loop)
        lines = [self.bands.line(pick[0]) for pick in picks]
        prompts, pitches = [], []
        for line in lines:
            dropped = rng.random(2) < (settings["prompt_dropout"], settings["pitch_dropout"])
            prompts.append("" if dropped[0] else captioning.draw(line, rng))
            pitches.append(None if dropped[1] else line["info"]["f0"])
        with torch.no_grad():
            z = self.vae.encode(self.bands.batch(picks)) * self.vae.config.scaling_factor
        combs = self.combs.batch(pitches, columns)
        seconds = torch.full((len(picks),), columns * self.column_s)
        flags = torch.full((len(picks),), float(loop))
        return [x.to(self.device) for x in (z, combs, seconds, flags)] + [prompts]


def flow_loss(unet, z, combs, states, mask, cond):
    """Mean squared error of the velocity at logit-normal times, one draw a sample.

    The mean lies towards noise: what a prompt decides is decided there.
    """
    t = torch.sigmoid(0.3 + 1.1 * torch.randn(len(z), device=z.device))
    noise = torch.randn_like(z)
    x = z + t[:, None, None, None] * (noise - z)
    made = unet(torch.cat([x, combs], 1), 1000 * t, states, states[:, 0], cond, mask)
    return (made - (noise - z)).square().mean()


class Trainer:
    """The nets, their averages, the optimizer, and the checkpoint that holds them."""

    def __init__(self, run, path=None):
        self.run = run
        self.path = path or run.path("denoiser.pt")
        self.encoder, self.tokenizer = text.load(run)
        self.encoder.to(run.device)
        self.unet = create(run.settings).to(run.device)
        settings = run.settings["denoiser"]
        self.parameters = list(self.unet.parameters()) + list(self.encoder.parameters())
        groups = [
            {"params": list(self.unet.parameters()), "peak": settings["lr"]},
            {"params": list(self.encoder.parameters()), "peak": settings["text_lr"]},
        ]
        self.optimizer = torch.optim.AdamW(groups, settings["lr"], betas=(0.9, 0.98), weight_decay=0.01)
        self.step = 0
        state = runtime.load_if_there(self.path, run.device)
        if state is not None:
            self.unet.load_state_dict(state["unet"])
            self.encoder.load_state_dict(state["text"])
            self.step = state["step"]
            if "optimizer" in state:
                self.optimizer.load_state_dict(state["optimizer"])
                for group, name in zip(self.optimizer.param_groups, ("lr", "text_lr")):
                    group["peak"] = settings[name]
        self.averages = {
            "unet": runtime.Average(self.unet, settings["average"]),
            "text": runtime.Average(self.encoder, settings["average"]),
        }
        if state is not None:
            for name, average in self.averages.items():
                average.values = state[name + "_average"]
        self.warm_from = self.step
        runtime.spread(self.unet, run)
        runtime.spread(self.encoder, run)

    def save(self, path):
        """Write a checkpoint."""
        state = {"unet": self.unet.state_dict(), "text": self.encoder.state_dict(), "step": self.step}
        for name, average in self.averages.items():
            state[name + "_average"] = average.values
        state["optimizer"] = self.optimizer.state_dict()
        runtime.save_atomic(state, path)

    def train_step(self, batch, share):
        """One optimizer step at `share` of the peak rates; returns (loss, gradient norm)."""
        z, combs, seconds, flags, prompts = batch
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * share
        tokens = self.tokenizer(prompts, self.run.device, self.rng, 0.15, 0.15, 0.05)
        states, mask = self.encoder(tokens)
        zero, one = torch.zeros_like(seconds), torch.ones_like(seconds)
        cond = timestep_cond(zero, one, seconds, flags)
        loss = flow_loss(self.unet, z, combs, states, mask, cond)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        runtime.average_gradients(self.parameters, self.run.world)
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.step += 1
        self.averages["unet"].update(self.unet, self.step)
        self.averages["text"].update(self.encoder, self.step)
        return loss.item(), norm.item()

    def fit(self, batches, decay_from):
        """Train until the run's time is over; keep the checkpoint from before the decay."""
        clock, kept = runtime.Clock(self.run), False
        self.rng = batches.rng
        warm_up = self.run.settings["denoiser"]["warm_up"]
        while not runtime.agree(clock.over(), self.run):
            elapsed = clock.elapsed
            if not kept and elapsed > decay_from * self.run.seconds:
                kept = True
                if self.run.rank == 0:
                    self.save(self.run.path("denoiser-constant.pt"))
            share = runtime.rate_at(elapsed, self.run.seconds, self.step - self.warm_from, warm_up, decay_from)
            loss, norm = self.train_step(batches.draw(), share)
            clock.add(loss=loss, norm=norm, rate=share)
            if self.step % 50 == 0:
                clock.report(self.step)
            if clock.due() and self.run.rank == 0:
                self.save(self.path)
        if self.run.rank == 0:
            self.save(self.path)


def student_state(run):
    """A checkpoint that starts from the averaged weights, without the optimizer's state."""
    state = runtime.load_if_there(run.path("denoiser.pt"))
    kept = {"unet": state["unet_average"], "text": state["text_average"], "step": state["step"]}
    return {**kept, "unet_average": state["unet_average"], "text_average": state["text_average"]}


def load(run, path=None):
    """(U-Net, text encoder, tokenizer) with the averaged weights of a checkpoint."""
    encoder, tokenizer = text.create(run)
    unet = create(run.settings)
    path = path or run.path("denoiser.pt")
    state = runtime.load_if_there(path)
    if state is None:
        runtime.fail(f"{path} is missing: run the stage 'denoiser' first")
    unet.load_state_dict(state["unet_average"])
    encoder.load_state_dict(state["text_average"])
    return unet.requires_grad_(False).eval(), encoder.requires_grad_(False).eval(), tokenizer


def main():
    """Train for --minutes from the newest checkpoint, if any."""
    parser = runtime.arguments(
        "denoiser",
        constant={"action": "store_true", "help": "keep the rate to the end: more training will follow"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    autoencoder = vae.load(run)
    c = autoencoder.config
    bands = dataset.Bands(dataset.encoded_shards(run.path("clips")), c.n_bands, c.log_floor)
    trainer = Trainer(run)
    torch.manual_seed(64 * trainer.step + run.rank)
    count = sum(p.numel() for p in trainer.unet.parameters())
    run.log(f"U-Net of {count / 1e6:.2f} M parameters, {len(bands)} clips, from step {trainer.step}")
    batches = Batches(run, autoencoder, bands, trainer.step)
    trainer.fit(batches, 2.0 if args.constant else run.settings["denoiser"]["decay_from"])


if __name__ == "__main__":
    main()
