"""Third-octaves averaged over three frames: how loud a passage is in each, whatever its single bins do.

Single bins of noise scatter by 5.6 dB about their mean, which no network can know; the mean it can.
"""

from itertools import pairwise

import numpy as np
import torch
from torch.nn import functional

from .spectrogram import BINS, FFT_SIZE, SAMPLE_RATE

LOWEST_HZ = 40.0
FRAMES_AVERAGED = 3
WEIGHT = 100.0
AUDIBLE_FROM, AUDIBLE_AT = 0.15, 0.3
# One scaled unit is 80 dB, a factor of 10^8 in power.
POWER_DECADES = 8.0
LEAST_POWER = 1e-9
LARGEST_INPUT = 1.1


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
