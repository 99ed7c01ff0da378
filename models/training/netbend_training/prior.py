"""The Gaussian that a model's latents follow on its training windows, dimension by dimension.

Latents drawn from it lie where the decoder was trained. The unit Gaussian that training pulls towards is wider or
narrower than that in most dimensions.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .evaluate import Outputs
from .pool import training_windows

WINDOWS = 1000
SEED = 20_262
BATCH = 32
DIGITS = 4


def latent_prior(autoencoder: Callable[[np.ndarray], Outputs], windows: np.ndarray) -> dict[str, list[float]]:
    """`mean` and `std` of each latent dimension over scaled windows `[n, 1, time, frequency]`.

    The mixture of all posteriors has the mean of their means, and their means' variance plus their mean variance.
    """
    parts = [autoencoder(windows[start : start + BATCH])[1:] for start in range(0, len(windows), BATCH)]
    mean, log_variance = (np.concatenate(column).astype(np.float64) for column in zip(*parts))
    deviation = np.sqrt(mean.var(axis=0) + np.exp(log_variance).mean(axis=0))
    return {
        "mean": [round(value, DIGITS) for value in mean.mean(axis=0).tolist()],
        "std": [round(value, DIGITS) for value in deviation.tolist()],
    }


def measured_prior(
    autoencoder: Callable[[np.ndarray], Outputs], folders: list[Path], windows: int = WINDOWS
) -> dict[str, list[float]] | None:
    """`latent_prior` over windows of `folders`; `None`, having said so, where one of them is not there (any more)."""
    absent = [folder for folder in folders if not folder.is_dir()]
    if absent:
        print(f"no latent_prior: {absent[0]} is not there; name the training data with --data", flush=True)
        return None
    return latent_prior(autoencoder, training_windows(folders, windows, SEED))
