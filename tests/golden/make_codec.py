#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Makes tests/data/onoma-tiny: a small codec of the shipped model's classes with random weights and odd sizes, and
what it should give, by an implementation of doc/model-format.md in plain numpy that shares no code with any other.

    python3 tests/golden/make_codec.py tests/data/onoma-tiny
"""

import heapq
import json
import math
import pathlib
import struct
import sys

import numpy as np

FLOOR = -9.2103
VAE = {
    "_class_name": "OnomaPatchVAE",
    "n_bands": 12,
    "patch_bands": 4,
    "patch_frames": 6,
    "latent_channels": 3,
    "log_floor": FLOOR,
    "scaling_factor": 0.7,
    "layer_norm_eps": 1e-5,
    "decoder": [
        {"channels": 7, "blocks": 1, "up_frames": 3, "up_bands": 2},
        {"channels": 5, "blocks": 2, "up_frames": 2, "up_bands": 1},
        {"channels": 4, "blocks": 0, "up_frames": 1, "up_bands": 2},
    ],
}
VOCODER = {
    "_class_name": "OnomaPghiVocoder",
    "sampling_rate": 8000,
    "n_fft": 64,
    "hop_length": 16,
    "n_bands": 12,
    "log_floor": FLOOR,
    "hidden_size": 10,
    "intermediate_size": 14,
    "num_layers": 2,
    "kernel_size": 5,
    "input_mean": -5.0,
    "input_std": 3.0,
    "magnitude_offset": 1e-4,
    "layer_norm_eps": 1e-6,
    "pghi_tolerance": -2.0,
    "griffin_lim_rounds": 0,
}
N_FFT, HOP, N_BANDS = VOCODER["n_fft"], VOCODER["hop_length"], VOCODER["n_bands"]
N_BINS = N_FFT // 2 + 1
PATCH = VAE["patch_frames"] * VAE["patch_bands"]
RNG = np.random.default_rng(20)
ERF = np.vectorize(math.erf, otypes=[float])


# ---- Files


class Weights:
    """Tensors as they are stored, and as the float64 numbers that they stand for."""

    def __init__(self):
        self.stored, self.values = {}, {}

    def add(self, name, value, kind="F32"):
        value = np.asarray(value, float)
        if kind == "I8":
            scale = (np.abs(value).reshape(len(value), -1).max(1) / 127).astype("<f4")
            rows = scale.astype(float).reshape(-1, *[1] * (value.ndim - 1))
            self.stored[name] = ("I8", np.clip(np.rint(value / rows), -127, 127).astype("i1"))
            self.stored[name + ".scale"] = ("F32", scale)
            self.values[name] = self.stored[name][1].astype(float) * rows
        else:
            self.stored[name] = (kind, value.astype({"F32": "<f4", "F16": "<f2"}[kind]))
            self.values[name] = self.stored[name][1].astype(float)

    def random(self, name, *shape, kind="F32"):
        size = math.prod(shape[1:]) if len(shape) > 1 else 4
        self.add(name, RNG.standard_normal(shape) / math.sqrt(size), kind)

    def __getitem__(self, name):
        return self.values[name]


def save(path, stored):
    """A safetensors file of {name: (dtype, array)}."""
    header, offset = {}, 0
    for name, (kind, array) in stored.items():
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for _, a in stored.values()))


def save_config(path, config):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


# ---- Layers; images are [C,T,F], sequences [T,C]


def gelu(x):
    return x / 2 * (1 + ERF(x / math.sqrt(2)))


def layer_norm(x, weight, bias, eps):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + eps) * weight + bias


def conv3x3(x, weight, bias):
    _, height, width = x.shape
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    out = np.zeros((len(weight), height, width)) + bias[:, None, None]
    for i in range(3):
        for j in range(3):
            out += np.tensordot(weight[:, :, i, j], padded[:, i : i + height, j : j + width], 1)
    return out


def conv_frames(x, weight, bias, depthwise=False):
    """x [T,C] along T, zeros outside."""
    size = weight.shape[2]
    padded = np.pad(x, ((size // 2, size // 2), (0, 0)))
    out = np.zeros((len(x), len(weight))) + bias
    for i in range(size):
        part = padded[i : i + len(x)]
        out += part * weight[:, 0, i] if depthwise else part @ weight[:, :, i].T
    return out


# ---- Front end


def make_bands():
    """Four bins by themselves, then triangles over the others; rows sum to 1."""
    weight = np.zeros((N_BANDS, N_BINS))
    for band in range(4):
        weight[band, band + 1] = 1
    edges = np.geomspace(4, N_BINS + 1, N_BANDS - 4 + 2)
    for band in range(4, N_BANDS):
        low, middle, high = edges[band - 4 : band - 1]
        k = np.arange(N_BINS)
        weight[band] = np.maximum(0, np.minimum((k - low) / (middle - low), (high - k) / (high - middle)))
    return weight / weight.sum(1, keepdims=True)


WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)


def magnitudes(wave, first_sample, n_frames):
    """S [T,K] of frames that begin at first_sample + t hop."""
    out = np.zeros((n_frames, N_BINS))
    for t in range(n_frames):
        frame = np.zeros(N_FFT)
        for i in range(N_FFT):
            at = first_sample + t * HOP + i
            frame[i] = wave[at] if 0 <= at < len(wave) else 0
        out[t] = np.abs(np.fft.rfft(frame * WINDOW))
    return out


def log_bands(spectrum, bands):
    m = spectrum @ bands.T
    return np.log(np.maximum(m / m.max(), math.exp(FLOOR)))


# ---- OnomaPatchVAE


def make_vae():
    w = Weights()
    channels = VAE["latent_channels"]
    w.random("encoder.mean", PATCH)
    w.add("encoder.mean", w["encoder.mean"] - 5)
    w.random("encoder.weight", channels, PATCH)
    w.random("wiener.weight", PATCH, channels, 3, 3, kind="F16")
    w.add("wiener.bias", RNG.uniform(-8, -1, PATCH))
    frames, width, n_in = VAE["patch_frames"], VAE["patch_bands"], channels
    for i, stage in enumerate(VAE["decoder"]):
        p, c = f"decoder.{i}.", stage["channels"]
        n_out = VAE["decoder"][i + 1]["channels"] if i + 1 < len(VAE["decoder"]) else 1
        w.random(p + "conv_in.weight", c, n_in + frames * width, 3, 3)
        w.random(p + "conv_in.bias", c)
        for j in range(stage["blocks"]):
            b = f"{p}blocks.{j}."
            w.add(b + "ln.weight", RNG.uniform(0.5, 1.5, c))
            w.random(b + "ln.bias", c)
            for name in "conv1", "conv2":
                w.random(f"{b}{name}.weight", c, c, 3, 3, kind="I8" if name == "conv1" else "F32")
                w.random(f"{b}{name}.bias", c)
        ups = stage["up_frames"] * stage["up_bands"]
        w.random(p + "proj.weight", ups * n_out, c)
        w.random(p + "proj.bias", ups * n_out)
        frames, width, n_in = frames // stage["up_frames"], width // stage["up_bands"], n_out
    return w


def encode(w, bands):
    rows, columns = N_BANDS // VAE["patch_bands"], len(bands) // VAE["patch_frames"]
    z = np.zeros((VAE["latent_channels"], columns, rows))
    for t in range(columns):
        for f in range(rows):
            patch = bands[
                t * VAE["patch_frames"] : (t + 1) * VAE["patch_frames"],
                f * VAE["patch_bands"] : (f + 1) * VAE["patch_bands"],
            ]
            z[:, t, f] = w["encoder.weight"] @ (patch.reshape(-1) - w["encoder.mean"])
    return z


def decode(w, z):
    frames, width = VAE["patch_frames"], VAE["patch_bands"]
    cells = conv3x3(z, w["wiener.weight"], w["wiener.bias"])
    estimate = np.zeros((z.shape[1] * frames, z.shape[2] * width))
    for (cell, t, f), value in np.ndenumerate(cells):
        estimate[t * frames + cell // width, f * width + cell % width] = value
    h = z
    for i, stage in enumerate(VAE["decoder"]):
        p = f"decoder.{i}."
        of_estimate = np.zeros((frames * width, h.shape[1], h.shape[2]))
        for (cell, t, f), _ in np.ndenumerate(of_estimate):
            of_estimate[cell, t, f] = estimate[t * frames + cell // width, f * width + cell % width]
        h = conv3x3(np.concatenate([h, of_estimate]), w[p + "conv_in.weight"], w[p + "conv_in.bias"])
        for j in range(stage["blocks"]):
            b = f"{p}blocks.{j}."
            x = layer_norm(h.transpose(1, 2, 0), w[b + "ln.weight"], w[b + "ln.bias"], VAE["layer_norm_eps"])
            x = gelu(conv3x3(x.transpose(2, 0, 1), w[b + "conv1.weight"], w[b + "conv1.bias"]))
            h = h + conv3x3(x, w[b + "conv2.weight"], w[b + "conv2.bias"])
        flat = np.tensordot(w[p + "proj.weight"], h, 1) + w[p + "proj.bias"][:, None, None]
        n_out = len(flat) // (stage["up_frames"] * stage["up_bands"])
        split = np.zeros((n_out, h.shape[1] * stage["up_frames"], h.shape[2] * stage["up_bands"]))
        for (channel, t, f), value in np.ndenumerate(flat):
            cell, c = divmod(channel, n_out)
            uf, ub = divmod(cell, stage["up_bands"])
            split[c, t * stage["up_frames"] + uf, f * stage["up_bands"] + ub] = value
        h, frames, width = split, frames // stage["up_frames"], width // stage["up_bands"]
    return np.clip(estimate + h[0], FLOOR, 0)


def comb_latent(w, bands, f0):
    rate, patch = VOCODER["sampling_rate"], VAE["patch_frames"] * HOP
    margin = N_FFT + patch
    n = np.arange(2 * margin + patch)
    wave, h = np.zeros(len(n)), 1
    while h * f0 < 16000:
        wave += np.sin(2 * np.pi * h * f0 * n / rate) / h
        h += 1
    spectrum = magnitudes(wave, margin - (N_FFT - HOP) // 2, VAE["patch_frames"])
    return encode(w, log_bands(spectrum, bands))[:, 0] * VAE["scaling_factor"]


# ---- OnomaPghiVocoder


def make_vocoder():
    w, size, inner, kernel = Weights(), VOCODER["hidden_size"], VOCODER["intermediate_size"], VOCODER["kernel_size"]
    w.add("bands.weight", make_bands())
    w.add("expand.weight", RNG.dirichlet(np.ones(N_BANDS), N_BINS))
    w.random("conv_in.weight", size, N_BANDS, kernel)
    w.random("conv_in.bias", size)
    for name in "ln0", "ln1":
        w.add(name + ".weight", RNG.uniform(0.5, 1.5, size))
        w.random(name + ".bias", size)
    for i in range(VOCODER["num_layers"]):
        p = f"layers.{i}."
        w.random(p + "dw.weight", size, 1, kernel)
        w.random(p + "dw.bias", size)
        w.add(p + "ln.weight", RNG.uniform(0.5, 1.5, size))
        w.random(p + "ln.bias", size)
        w.add(p + "gamma", RNG.uniform(0.2, 0.8, size))
        w.random(p + "pw1.weight", inner, size, kind="I8")
        w.random(p + "pw1.bias", inner)
        w.random(p + "pw2.weight", size, inner, kind="F16")
        w.random(p + "pw2.bias", size)
    w.random("head.weight", N_BINS, size)
    w.random("head.bias", N_BINS)
    return w


def log_magnitude(w, bands):
    eps = VOCODER["layer_norm_eps"]
    x = (bands - VOCODER["input_mean"]) / VOCODER["input_std"]
    h = layer_norm(conv_frames(x, w["conv_in.weight"], w["conv_in.bias"]), w["ln0.weight"], w["ln0.bias"], eps)
    for i in range(VOCODER["num_layers"]):
        p = f"layers.{i}."
        y = conv_frames(h, w[p + "dw.weight"], w[p + "dw.bias"], depthwise=True)
        y = layer_norm(y, w[p + "ln.weight"], w[p + "ln.bias"], eps)
        y = gelu(y @ w[p + "pw1.weight"].T + w[p + "pw1.bias"])
        h = h + w[p + "gamma"] * (y @ w[p + "pw2.weight"].T + w[p + "pw2.bias"])
    h = layer_norm(h, w["ln1.weight"], w["ln1.bias"], eps)
    return bands @ w["expand.weight"].T + h @ w["head.weight"].T + w["head.bias"]


def philox(counter, key):
    """Philox 4x32-10."""
    c, k, mask = list(counter), list(key), 0xFFFFFFFF
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & mask, a >> 32 ^ c[3] ^ k[1], a & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


def random_phase(seed, t, k):
    stream_of_phases = 2
    words = philox((k, 0, t, stream_of_phases), (seed & 0xFFFFFFFF, seed >> 32))
    return 2 * np.pi * words[0] / 2**32


def difference(x):
    """Central differences along the first axis, one-sided at the ends."""
    out = np.zeros(x.shape)
    out[1:-1] = (x[2:] - x[:-2]) / 2
    out[0], out[-1] = x[1] - x[0], x[-1] - x[-2]
    return out


def phases(amplitude, seed):
    """Phase gradient heap integration with the slopes of a Hann window."""
    s = np.log(amplitude + 1e-6)
    c = np.tanh(difference(s.T).T)
    offset = 4 * c / (3 + np.sqrt(9 - 8 * c * c))
    in_time = 2 * np.pi * HOP / N_FFT * (np.arange(N_BINS) + offset)
    in_bins = -np.pi - 2 * np.arctan(np.tanh(difference(s) / 2) / np.tan(np.pi * HOP / N_FFT))
    phase = np.full(s.shape, np.nan)
    heap, threshold = [], s.max() + VOCODER["pghi_tolerance"]

    def start(t, k, value):
        phase[t, k] = value
        heapq.heappush(heap, (-s[t, k], t, k))

    for at in np.argsort(-s, axis=None, kind="stable"):
        t, k = divmod(int(at), N_BINS)
        if not np.isnan(phase[t, k]):
            continue
        if s[t, k] < threshold:
            phase[t, k] = random_phase(seed, t, k)
            continue
        start(t, k, 0)
        while heap:
            _, t, k = heapq.heappop(heap)
            for u, v, gradient, sign in (
                (t + 1, k, in_time, 1),
                (t - 1, k, in_time, -1),
                (t, k + 1, in_bins, 1),
                (t, k - 1, in_bins, -1),
            ):
                inside = 0 <= u < len(s) and 0 <= v < N_BINS
                if inside and np.isnan(phase[u, v]) and s[u, v] >= threshold:
                    start(u, v, phase[t, k] + sign * (gradient[t, k] + gradient[u, v]) / 2)
    return phase


def synthesize(w, y, seed):
    amplitude = np.maximum(np.exp(y) - 1.3 * VOCODER["magnitude_offset"], 0)
    spectrum = amplitude * np.exp(1j * phases(amplitude, seed))
    spectrum[:, [0, -1]] = spectrum[:, [0, -1]].real
    pad = (N_FFT - HOP) // 2
    out, weight = np.zeros((2, len(y) * HOP + 2 * N_FFT))
    for t, frame in enumerate(np.fft.irfft(spectrum, N_FFT)):
        out[t * HOP : t * HOP + N_FFT] += frame * WINDOW
        weight[t * HOP : t * HOP + N_FFT] += WINDOW**2
    return (out / np.maximum(weight, 1e-3))[pad : pad + len(y) * HOP]


# ---- All of it


def main(folder):
    vae, vocoder = make_vae(), make_vocoder()
    save_config(folder / "model/vae/config.json", VAE)
    save(folder / "model/vae/diffusion_pytorch_model.safetensors", vae.stored)
    save_config(folder / "model/vocoder/config.json", VOCODER)
    save(folder / "model/vocoder/model.safetensors", vocoder.stored)

    bands_weight = vocoder["bands.weight"]
    n = np.arange(597)  # not a whole number of hops
    wave = np.sin(0.3 * n) * np.exp(-n / 200) + 0.1 * RNG.standard_normal(len(n))
    wave = wave.astype("f4")
    out = {"frontend/wav": wave}
    n_frames = -(-len(wave) // HOP)
    bands = log_bands(magnitudes(wave, -((N_FFT - HOP) // 2), n_frames), bands_weight)
    out["frontend/bands"] = bands
    whole = np.pad(bands, ((0, -n_frames % VAE["patch_frames"]), (0, 0)), constant_values=FLOOR).astype("f4")
    out["vae/encode/bands"], out["vae/encode/mean"] = whole, encode(vae, whole)
    z = RNG.standard_normal((VAE["latent_channels"], 5, 3)).astype("f4")
    out["vae/decode/z"], out["vae/decode/bands"] = z, decode(vae, z)
    short = RNG.uniform(-6, 0, (13, N_BANDS)).astype("f4")
    y = log_magnitude(vocoder, short)
    out["vocoder/bands"], out["vocoder/log_magnitude"] = short, y
    out["vocoder/samples"] = synthesize(vocoder, y, 0)
    f0 = np.float32(130.8)
    out["comb/f0"], out["comb/latent"] = [f0], comb_latent(vae, bands_weight, float(f0))
    stored = {name: ("F32", np.asarray(value, "<f4")) for name, value in out.items()}
    save(folder / "expected/onoma.safetensors", stored)


main(pathlib.Path(sys.argv[1]))
