"""Measures an autoencoder on whole loops: how far the decoded mean latent is from what went in.

The definitions: a loop is repeated to at least 2 s, cut at 12 s, its peak set to -3 dBFS, and taken in windows of
128 frames every 128 frames. *Audible* bins are those within 60 dB of their window's peak. *Third-octaves* are averaged over
three frames: single bins of noise scatter by 5.6 dB about their mean, so an audible rms cannot fall far below that, and
how loud a band is says more of the sound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import bands
from .audio import read_folders
from .spectrogram import (
    FRAMES,
    LAST_SEEN_FRAME,
    SAMPLE_RATE,
    decibels,
    quantised_level_db,
    scale,
    unscale,
    window_peak_db,
)

SHORTEST_SECONDS = 2.0
LONGEST_SECONDS = 12.0
PEAK_DBFS = -3.0
AUDIBLE_DB = 60.0
ACTIVE_NATS = 0.01
BATCH = 32

Outputs = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Decoded `[batch, 1, time, frequency]`, latent mean and log variance `[batch, latent]`."""


@dataclass(frozen=True)
class Figures:
    """What is reported of a model. Lower is better in every decibel figure."""

    windows: int
    audible_rms_db: float
    convergence_db: float
    divergence_nats: float
    active_dimensions: int
    audible_rms_db_by_frame: np.ndarray
    third_octave_rms_db: float
    third_octave_bias_db: float
    """Below 0 where the output is too quiet."""

    def line(self) -> str:
        return (
            f"audible rms {self.audible_rms_db:.2f} dB, convergence {self.convergence_db:.2f} dB, "
            f"third-octaves {self.third_octave_rms_db:.2f} dB (bias {self.third_octave_bias_db:+.2f}), "
            f"divergence {self.divergence_nats:.0f} nats, {self.active_dimensions} active dimensions"
        )

    def described(self) -> dict:
        """As data, without the figures of single frames."""
        return {
            "windows": self.windows,
            "audible_rms_db": round(self.audible_rms_db, 2),
            "convergence_db": round(self.convergence_db, 2),
            "third_octave_rms_db": round(self.third_octave_rms_db, 2),
            "third_octave_bias_db": round(self.third_octave_bias_db, 2),
            "divergence_nats": round(self.divergence_nats, 1),
            "active_dimensions": self.active_dimensions,
        }


def windows_of(audio: np.ndarray) -> np.ndarray:
    """Whole windows of one loop, float32 `[window, FRAMES, BINS]` decibels with no level taken out."""
    shortest = int(SHORTEST_SECONDS * SAMPLE_RATE)
    if len(audio) < shortest:
        audio = np.tile(audio, -(-shortest // len(audio)))
    audio = audio / np.abs(audio).max() * 10.0 ** (PEAK_DBFS / 20.0)
    spectrum = decibels(audio[: int(LONGEST_SECONDS * SAMPLE_RATE)].astype(np.float32))
    count = len(spectrum) // FRAMES
    return spectrum[: count * FRAMES].reshape(count, FRAMES, -1)


def loop_windows(folder: Path) -> np.ndarray:
    """Every window of every loop in a folder, levelled and scaled, `[window, 1, FRAMES, BINS]`."""
    recordings = read_folders([folder])
    windows_db = np.concatenate([windows_of(recording.samples) for recording in recordings])
    level = quantised_level_db(window_peak_db(windows_db, LAST_SEEN_FRAME))
    return scale(windows_db - level[:, None, None])[:, None].astype(np.float32)


def figures(windows: np.ndarray, autoencoder: Callable[[np.ndarray], Outputs]) -> Figures:
    """Runs `autoencoder` over scaled windows and measures it."""
    parts = [autoencoder(windows[start : start + BATCH]) for start in range(0, len(windows), BATCH)]
    decoded, mean, log_variance = (np.concatenate(column) for column in zip(*parts))
    target_db = unscale(windows.astype(np.float64))
    decoded_db = unscale(np.clip(decoded.astype(np.float64), 0.0, 1.25))
    squared = (decoded_db - target_db) ** 2
    audible = target_db > target_db.max(axis=(2, 3), keepdims=True) - AUDIBLE_DB
    target, output = 10.0 ** (target_db / 20.0), 10.0 ** (decoded_db / 20.0)
    by_dimension = 0.5 * (mean**2 + np.exp(log_variance) - 1.0 - log_variance).mean(axis=0)
    by_frame = (squared * audible).sum(axis=(0, 1, 3)) / np.maximum(audible.sum(axis=(0, 1, 3)), 1)
    third_octave_rms_db, third_octave_bias_db = bands.error_db(decoded_db, target_db)
    return Figures(
        windows=len(windows),
        audible_rms_db=float(np.sqrt(squared[audible].mean())),
        convergence_db=float(10.0 * np.log10(max(((target - output) ** 2).sum() / (target**2).sum(), 1e-30))),
        divergence_nats=float(by_dimension.sum()),
        active_dimensions=int((by_dimension > ACTIVE_NATS).sum()),
        audible_rms_db_by_frame=np.sqrt(by_frame),
        third_octave_rms_db=third_octave_rms_db,
        third_octave_bias_db=third_octave_bias_db,
    )


def torch_autoencoder(network: torch.nn.Module) -> Callable[[np.ndarray], Outputs]:
    """A network, wherever it lies, in evaluation mode (and back in its own mode afterwards)."""

    def run(windows: np.ndarray) -> Outputs:
        was_training, device = network.training, next(network.parameters()).device
        network.eval()
        with torch.no_grad():
            outputs = network(torch.from_numpy(windows).to(device))
        network.train(was_training)
        return tuple(tensor.float().cpu().numpy() for tensor in outputs)

    return run


def onnx_autoencoder(path: Path) -> Callable[[np.ndarray], Outputs]:
    """An exported model, run by onnxruntime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = ["decoded", "latent_mean", "latent_log_variance"]
    return lambda windows: tuple(session.run(names, {"spectrogram": windows}))
