# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""What codec and vocoder lose: real clips to bands, through the codec, to magnitudes and back to waves."""

import collections

import numpy as np
import torch

from . import dataset, frontend, patch_vae, pghi, runtime, steering, vae, vocoder


def log_spectrum(wave, size=2048, floor_db=-70.0):
    """Power in dB [T,K] of a wave, at least `floor_db` under its maximum."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(wave, size), size)[:: size // 4]
    power = 20 * np.log10(np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) + 1e-9)
    return np.maximum(power, power.max() + floor_db)


def distance(made, real):
    """Log-spectral distance in dB: RMS over bins, mean over frames."""
    a, b = (log_spectrum(wave / np.abs(wave).max()) for wave in (made, real))
    return float(np.sqrt(((a - b) ** 2).mean(1)).mean())


def sine_figures(wave, f0):
    """(cents off, power within 8 Hz of the peak over the rest in dB) of what should be a sine."""
    middle = wave[len(wave) // 5 : -len(wave) // 5]
    power = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
    hz = np.arange(len(power)) * 44100 / len(middle)
    peak = hz[np.argmax(power)]
    near = np.abs(hz - peak) < 8
    return 1200 * np.log2(peak / f0), float(10 * np.log10(power[near].sum() / power[~near].sum()))


class Copier:
    """Waves to waves."""

    def __init__(self, run, through_codec):
        self.front_end = frontend.from_settings(run.settings)
        self.vae = vae.load(run) if through_codec else None
        self.vocoder = vocoder.load(run)

    @torch.no_grad()
    def __call__(self, wave):
        bands = self.front_end(torch.as_tensor(wave)[None])
        if self.vae is not None:
            frames = bands.shape[1]
            padded = patch_vae.pad_frames(bands, self.vae.config)
            bands = self.vae.decode(self.vae.encode(padded))[:, :frames]
        return pghi.synthesize(self.vocoder, self.front_end, bands[0]).numpy()[: len(wave)]


def main():
    """Print distances by group, tuning of notes, and purity of sines."""
    parser = runtime.arguments(
        "copysynth",
        trains=False,
        clips={"type": int, "default": 120, "help": "number of clips"},
        shard={"type": int, "default": 0, "help": "shard to take them from"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    waves = dataset.Waves(dataset.shard_paths(run.path("clips"))[args.shard : args.shard + 1])
    for through_codec in (False, True):
        copy = Copier(run, through_codec)
        distances, errors = collections.defaultdict(list), []
        for i in range(min(args.clips, len(waves))):
            info, real = waves.line(i)["info"], waves.wave(i)
            made = copy(real)
            distances[info["group"]].append(distance(made, real))
            if info["midi"] is not None:
                true = steering.pitch(real)
                if abs(steering.cents(true, info["midi"])) < 50:
                    errors.append(abs(1200 * np.log2(max(steering.pitch(made), 1) / true)))
        run.log("codec and vocoder" if through_codec else "vocoder alone")
        for group, values in sorted(distances.items()):
            run.log(f"  {group}: {np.mean(values):.2f} dB of {len(values)} clips")
        errors = np.array(errors)
        run.log(f"  within 20 cent: {(errors < 20).mean():.3f} of {len(errors)} notes")
        n = np.arange(66150)
        for f0 in (110.0, 440.0, 1760.0):
            sine = np.sin(2 * np.pi * f0 * n / 44100).astype(np.float32)
            cents, purity = sine_figures(copy(sine), f0)
            run.log(f"  sine of {f0:.0f} Hz: {cents:+.1f} cent, purity {purity:.1f} dB")


if __name__ == "__main__":
    main()
