# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The front end: log-band spectrograms, level-normalised per clip (doc/model-format.md)."""

import dataclasses

import numpy as np
import scipy.fft
import scipy.signal
import scipy.sparse
import torch
from torch.nn import functional as F

from . import config


@dataclasses.dataclass(frozen=True)
class FrontEndConfig:
    """`n_linear` bands are single bins from bin 1 on; the rest are spaced on the Slaney mel scale."""

    sampling_rate: int = 44100
    n_fft: int = 2048
    hop_length: int = 256
    n_bands: int = 128
    n_linear: int = 48
    log_floor: float = -9.2103


def _hz_to_mel(hz):
    hz = np.asarray(hz, float)
    logarithmic = 15 + np.log(np.maximum(hz, 1) / 1000) / (np.log(6.4) / 27)
    return np.where(hz < 1000, hz * 3 / 200, logarithmic)


def _mel_to_hz(mel):
    mel = np.asarray(mel, float)
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


def band_edges(c):
    """Edges of the mel part in hertz, [n_mel + 2]: triangle j spans edges j to j + 2."""
    spacing = c.sampling_rate / c.n_fft
    low = _hz_to_mel((c.n_linear + 1) * spacing)
    mel = np.linspace(low, _hz_to_mel(c.sampling_rate / 2), c.n_bands - c.n_linear + 1)
    return np.concatenate([[c.n_linear * spacing], _mel_to_hz(mel)])


def band_weights(c):
    """bands.weight [n_bands, n_fft/2 + 1]; rows sum to 1."""
    n_bins = c.n_fft // 2 + 1
    hz = np.linspace(0, c.sampling_rate / 2, n_bins)
    weight = np.zeros((c.n_bands, n_bins))
    for band in range(c.n_linear):
        weight[band, band + 1] = 1
    edges = band_edges(c)
    rising = (hz[None] - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hz[None]) / np.diff(edges)[1:, None]
    weight[c.n_linear :] = np.maximum(0, np.minimum(rising, falling))
    sums = weight.sum(1, keepdims=True)
    if not (sums > 0).all():
        raise ValueError("front end: a band holds no bin; use fewer bands")
    return (weight / sums).astype(np.float32)


def band_centres(c):
    """Centre frequency of every band in hertz, [n_bands]."""
    linear = c.sampling_rate / c.n_fft * np.arange(1, c.n_linear + 1)
    return np.concatenate([linear, band_edges(c)[1:-1]])


def expand_weights(c):
    """expand.weight [n_fft/2 + 1, n_bands]: bands to bins, linear in frequency, held at the ends."""
    centres = band_centres(c)
    hz = np.linspace(0, c.sampling_rate / 2, c.n_fft // 2 + 1)
    left = np.clip(np.searchsorted(centres, hz) - 1, 0, c.n_bands - 2)
    share = np.clip((hz - centres[left]) / (centres[left + 1] - centres[left]), 0, 1)
    weight = np.zeros((len(hz), c.n_bands), np.float32)
    weight[np.arange(len(hz)), left] = 1 - share
    weight[np.arange(len(hz)), left + 1] += share
    return weight


class FrontEnd:
    """Waveforms to magnitudes and log bands on one device."""

    def __init__(self, c=FrontEndConfig(), device="cpu", weight=None):
        self.config = c
        weight = torch.as_tensor(band_weights(c)) if weight is None else weight
        self.weight = weight.float().to(device)
        self.window = torch.hann_window(c.n_fft, device=device)

    def stft(self, wave):
        """Complex spectra [B, n_fft/2 + 1, T] of waves [B,N]; N a multiple of the hop. Zeros outside."""
        c = self.config
        pad = (c.n_fft - c.hop_length) // 2
        wave = F.pad(wave, (pad, pad))
        return torch.stft(
            wave, c.n_fft, c.hop_length, window=self.window, center=False, return_complex=True
        )

    def magnitudes(self, wave):
        """S [B, T, n_fft/2 + 1] of waves [B,N], padded to whole hops."""
        hop = self.config.hop_length
        wave = F.pad(wave, (0, -wave.shape[-1] % hop))
        return self.stft(wave).abs().transpose(1, 2)

    def bands(self, magnitudes, peak=None):
        """(M [B,T,n_bands], the peak [B,1,1] that normalised it) of magnitudes [B,T,K]."""
        bands = magnitudes @ self.weight.T
        if peak is None:
            peak = bands.amax((1, 2), keepdim=True).clamp_min(1e-9)
        return (bands / peak).log().clamp(self.config.log_floor, 0), peak

    def __call__(self, wave):
        """M [B,T,n_bands] of waves [B,N]."""
        return self.bands(self.magnitudes(wave))[0]

    def inverse(self, spectrum):
        """Waves [B, hop T] from complex spectra [B,K,T]: overlap-add over the squared windows' sum."""
        c = self.config
        frames = torch.fft.irfft(spectrum.transpose(1, 2), c.n_fft) * self.window
        n_frames = frames.shape[1]
        size = (1, (n_frames - 1) * c.hop_length + c.n_fft)

        def overlap(x):
            folded = F.fold(x.transpose(1, 2), size, (1, c.n_fft), stride=(1, c.hop_length))
            return folded[:, 0, 0]

        total = overlap(self.window.square().expand(1, n_frames, -1)).clamp_min(1e-3)
        pad = (c.n_fft - c.hop_length) // 2
        wave = overlap(frames) / total
        return wave[:, pad : pad + c.hop_length * n_frames]


class NumpyFrontEnd:
    """The same front end for single clips: several times faster than torch's on a CPU core."""

    def __init__(self, c=FrontEndConfig()):
        self.config = c
        self.weight = scipy.sparse.csr_matrix(band_weights(c).T)
        self.window = scipy.signal.get_window("hann", c.n_fft).astype(np.float32)

    def magnitudes(self, wave):
        """S [T, n_fft/2 + 1] of a wave [N]."""
        c = self.config
        pad = (c.n_fft - c.hop_length) // 2
        wave = np.pad(wave.astype(np.float32), (pad, pad + -len(wave) % c.hop_length))
        frames = np.lib.stride_tricks.sliding_window_view(wave, c.n_fft)[:: c.hop_length]
        return np.abs(scipy.fft.rfft(frames * self.window, axis=1))

    def __call__(self, wave, frames=slice(None)):
        """M [T,F] of a wave [N]; of some of its frames if asked, which are then the whole clip."""
        bands = self.magnitudes(wave)[frames] @ self.weight
        bands = bands / max(float(bands.max()), 1e-9)
        floor = self.config.log_floor
        return np.log(np.maximum(bands, np.exp(floor))).clip(floor, 0).astype(np.float32)


def config_from(settings):
    """The front end that a config file's "frontend" section describes."""
    return config.fill(FrontEndConfig, settings.get("frontend", {}))


def from_settings(settings, device="cpu"):
    """A torch front end for a config file."""
    return FrontEnd(config_from(settings), device)
