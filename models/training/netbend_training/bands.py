"""Third-octaves averaged over three frames: how loud a passage is in each, whatever its single bins do.

Single bins of noise scatter by 5.6 dB about their mean, which no network can know; the mean it can.
"""

from itertools import pairwise

import numpy as np
import torch
from torch.nn import functional

from .spectrogram import BINS, FFT_SIZE, LAST_SEEN_FRAME, SAMPLE_RATE

LOWEST_HZ = 40.0
FRAMES_AVERAGED = 3
WEIGHT = 250.0
AUDIBLE_FROM, AUDIBLE_AT = 0.15, 0.3
# One scaled unit is 80 dB, a factor of 10^8 in power.
POWER_DECADES = 8.0
LEAST_POWER = 1e-9
LARGEST_INPUT = 1.1
QUIETEST_DB = -140.0
AUDIBLE_DB = 60.0


def matrix() -> np.ndarray:
    """Which bin is in which band, float32 `[BINS, band]`; bands without a bin are left out."""
    hertz = np.arange(BINS) * SAMPLE_RATE / FFT_SIZE
    edges = [0.0]
    while (edge := LOWEST_HZ * 2.0 ** ((len(edges) - 1) / 3.0)) < SAMPLE_RATE / 2:
        edges.append(edge)
    edges.append(SAMPLE_RATE)
    bands = np.array([(hertz >= low) & (hertz < high) for low, high in pairwise(edges)], np.float32)
    return bands[bands.any(axis=1)].T.copy()


def levels(scaled: torch.Tensor, bins: torch.Tensor) -> torch.Tensor:
    """`[batch, 1, time, BINS]` to the bands' scaled levels, `[batch, 1, time - 2, band]`."""
    power = torch.pow(10.0, (scaled.clamp(0.0, LARGEST_INPUT) - 1.0) * POWER_DECADES) @ bins
    mean = functional.avg_pool2d(power, (FRAMES_AVERAGED, 1), 1)
    return mean.clamp(min=LEAST_POWER).log10() / POWER_DECADES + 1.0


def measure(decoded: torch.Tensor, target: torch.Tensor, bins: torch.Tensor) -> torch.Tensor:
    """The weighted mean square, over the bands that are heard in the target."""
    wanted = levels(target, bins)
    audible = ((wanted - AUDIBLE_FROM) / (AUDIBLE_AT - AUDIBLE_FROM)).clamp(0.0, 1.0)
    return WEIGHT * (audible * (levels(decoded, bins) - wanted).square()).mean()


def error_db(decoded_db: np.ndarray, target_db: np.ndarray) -> tuple[float, float]:
    """How far the bands of `decoded_db` are from those of `target_db`, both `[window, 1, FRAMES, BINS]` decibels, over the frames
    that the encoder sees: root mean square, and mean (below 0 where it is too quiet). A band counts where it is within
    `AUDIBLE_DB` of its window's loudest."""
    bins = matrix().astype(np.float64)
    decoded, target = (_levels_db(levels[:, :, : LAST_SEEN_FRAME + 1], bins) for levels in (decoded_db, target_db))
    audible = target > target.max(axis=(2, 3), keepdims=True) - AUDIBLE_DB
    error = (decoded - target)[audible]
    return float(np.sqrt((error**2).mean())), float(error.mean())


def _levels_db(levels_db: np.ndarray, bins: np.ndarray) -> np.ndarray:
    power = 10.0 ** (levels_db / 10.0) @ bins
    frames = power.shape[2] - FRAMES_AVERAGED + 1
    mean = sum(power[:, :, first : first + frames] for first in range(FRAMES_AVERAGED)) / FRAMES_AVERAGED
    return 10.0 * np.log10(np.maximum(mean, 10.0 ** (QUIETEST_DB / 10.0)))
