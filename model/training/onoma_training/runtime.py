# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""What the stages share: command line, device, processes, checkpoints, learning rates, logs."""

import argparse
import dataclasses
import os
import sys
import time

import torch
import torch.distributed as dist

from . import config
from .layers import set_compute_dtype


@dataclasses.dataclass
class Run:
    """A stage's surroundings. `rank` of `world` processes; `device` as torch names it."""

    settings: dict
    directory: str
    device: torch.device
    seconds: float
    rank: int = 0
    world: int = 1

    def path(self, *parts):
        """A path inside the run's directory."""
        return os.path.join(self.directory, *parts)

    def log(self, *words):
        """One line on standard output and in the run's log, from the first process only."""
        if self.rank == 0:
            line = " ".join(str(word) for word in words)
            print(line, flush=True)


def arguments(stage, trains=True, **extra):
    """The parser of a stage's command line; `extra` maps option names to argparse's arguments.

    Stages that don't train compute on the CPU in float32 and take no time limit.
    """
    parser = argparse.ArgumentParser(prog=f"python3 -m onoma_training.{stage}")
    parser.add_argument("--config", default=config.default_path(), help="JSON file of the model's size")
    parser.add_argument("--run", required=True, help="directory of data, checkpoints and logs")
    parser.add_argument("--threads", type=int, default=1, help="threads of this process on the CPU")
    if trains:
        parser.add_argument("--device", default="auto", help="cpu, cuda, or auto")
        parser.add_argument("--float32", action="store_true", help="compute in float32, not bfloat16")
        parser.add_argument("--minutes", type=float, default=10.0, help="time this run may take")
    else:
        parser.set_defaults(device="cpu", float32=True, minutes=0.0)
    for name, options in extra.items():
        parser.add_argument("--" + name.replace("_", "-"), **options)
    return parser


def start(args):
    """Prepare torch, and the process group when torchrun started several processes."""
    torch.set_num_threads(args.threads)
    device = args.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if device == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    if world > 1:
        dist.init_process_group("nccl" if device == "cuda" else "gloo")
    set_compute_dtype(torch.float32 if args.float32 else torch.bfloat16)
    os.makedirs(args.run, exist_ok=True)
    settings = config.load(args.config)
    return Run(settings, args.run, torch.device(device), args.minutes * 60, rank, world)


def average_gradients(parameters, world):
    """Average gradients over the processes, in one exchange."""
    if world == 1:
        return
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([g.reshape(-1) for g in gradients])
    dist.all_reduce(flat)
    flat /= world
    offset = 0
    for g in gradients:
        g.copy_(flat[offset : offset + g.numel()].view_as(g))
        offset += g.numel()


def spread(module, run):
    """Give every process the first one's parameters and buffers."""
    if run.world > 1:
        for tensor in module.state_dict().values():
            dist.broadcast(tensor, 0)


def agree(flag, run):
    """True on every process when it is true on the first: so that all stop at the same step."""
    if run.world == 1:
        return flag
    tensor = torch.tensor([float(flag)], device=run.device)
    dist.broadcast(tensor, 0)
    return bool(tensor.item())


def save_atomic(state, path):
    """torch.save that a reader or a power cut never sees half done."""
    temporary = f"{path}.new"
    torch.save(state, temporary)
    os.replace(temporary, path)


def load_if_there(path, device="cpu"):
    """What `save_atomic` wrote, or None."""
    return torch.load(path, map_location=device) if os.path.exists(path) else None


class Average:
    """Exponential moving average of a module's parameters; the rate rises over the first steps."""

    def __init__(self, module, decay):
        self.decay = decay
        self.values = {name: p.detach().clone() for name, p in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module, step):
        """Take in the module's parameters after `step` steps."""
        rate = 1 - min(self.decay, (1 + step) / (10 + step))
        for name, parameter in module.state_dict().items():
            self.values[name].lerp_(parameter, rate)


def rate_at(elapsed, seconds, step, warm_up, decay_from):
    """Share of the learning rate: warm-up by steps, constant, then linear decay to 2 % by time."""
    share = min(1.0, (step + 1) / max(1, warm_up))
    progress = elapsed / max(seconds, 1e-9)
    if progress > decay_from:
        share *= 0.02 + 0.98 * max(0.0, (1 - progress) / (1 - decay_from))
    return share


class Clock:
    """Time budget, checkpoint interval and a log of means."""

    def __init__(self, run, checkpoint_s=180.0):
        self.run = run
        self.began = time.monotonic()
        self.saved = self.began
        self.checkpoint_s = checkpoint_s
        self.sums, self.count = {}, 0

    @property
    def elapsed(self):
        """Seconds since the run began."""
        return time.monotonic() - self.began

    def over(self):
        """True when the time is spent."""
        return self.elapsed >= self.run.seconds

    def due(self):
        """True when a checkpoint should be written, and counts it as written."""
        if time.monotonic() - self.saved < self.checkpoint_s:
            return False
        self.saved = time.monotonic()
        return True

    def add(self, **values):
        """Take in one step's figures."""
        for name, value in values.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value)
        self.count += 1

    def report(self, step):
        """Log and clear the means."""
        means = " ".join(f"{name} {value / self.count:.4f}" for name, value in self.sums.items())
        self.run.log(f"step {step} {self.elapsed:.0f} s {means}")
        self.sums, self.count = {}, 0


def fail(message):
    """End the command with a message on standard error."""
    sys.exit(f"error: {message}")
