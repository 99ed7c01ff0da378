"""A yardstick for the network: principal component analysis of whole windows, on the same windows as training."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .evaluate import Outputs
from .pool import training_windows
from .spectrogram import BINS, FRAMES

WINDOWS_PER_CLIP = 6


def fit(folders: list[Path], components: int, windows: int, seed: int) -> Callable[[np.ndarray], Outputs]:
    """An autoencoder of `components` numbers a window, fitted on `windows` training windows."""
    data = training_windows(folders, windows, seed, WINDOWS_PER_CLIP).reshape(windows, -1)
    return fit_windows(data, components)


def fit_windows(data: np.ndarray, components: int) -> Callable[[np.ndarray], Outputs]:
    """`fit` on flattened windows `[n, FRAMES * BINS]`, which are centred in place."""
    middle = data.mean(axis=0)
    data -= middle
    # Fewer windows than values in a window: the small Gram matrix has the same leading components.
    values, vectors = np.linalg.eigh(data @ data.T)
    leading = slice(-1, -components - 1, -1)
    basis = (vectors[:, leading] / np.sqrt(values[leading])).T @ data

    def run(batch: np.ndarray) -> Outputs:
        coordinates = (batch.reshape(len(batch), -1) - middle) @ basis.T
        decoded = (coordinates @ basis + middle).reshape(-1, 1, FRAMES, BINS)
        nothing = np.zeros_like(coordinates)
        return decoded.astype(np.float32), nothing, nothing

    return run
