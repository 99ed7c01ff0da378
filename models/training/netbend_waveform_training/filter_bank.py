"""A cosine-modulated filter bank: sound as `bands` signals at a `bands`th of its rate, and back, almost without loss.

The prototype is a Kaiser window's low-pass, whose cutoff is searched for (Lin and Vaidyanathan, "A Kaiser window approach for the
design of prototype filters of cosine modulated filterbanks", IEEE Signal Processing Letters 5(6), 1998).
"""

import functools

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.signal import firwin
from torch import nn

from .past import Following

KAISER_BETA = 9.0
# About the root mean square of a loud drum loop's lowest band, and how it falls from band to band.
LOWEST_LEVEL, LEVEL_FALL = 0.25, 1.25


@functools.cache
def prototype(bands: int, taps: int) -> np.ndarray:
    """`[taps]`: the low-pass whose shifted copies add up to one."""

    def low_pass(cutoff: float) -> np.ndarray:
        return firwin(taps, cutoff, window=("kaiser", KAISER_BETA))

    def ripple(cutoff: float) -> float:
        filter_ = low_pass(cutoff)
        product = np.convolve(filter_, filter_[::-1])[taps - 1 :: 2 * bands]
        return np.abs(product[1:]).max()

    best = minimize_scalar(ripple, bounds=(0.3 / bands, 1.0 / bands), method="bounded", options={"xatol": 1e-12})
    return low_pass(best.x)


@functools.cache
def filters(bands: int, taps: int) -> tuple[np.ndarray, np.ndarray]:
    """`[bands, taps]` each: those that take sound apart, and those that put it together again after `taps - 1` samples."""
    low_pass = prototype(bands, taps)
    band, time = np.arange(bands)[:, None], np.arange(taps)[None]
    angle = (2 * band + 1) * np.pi / (2 * bands) * (time - (taps - 1) / 2)
    turn = (-1.0) ** band * np.pi / 4
    scale = 2 * np.sqrt(bands)
    return scale * low_pass * np.cos(angle + turn), scale * low_pass * np.cos(angle - turn)


def levels(bands: int) -> np.ndarray:
    """`[bands]`: what each band is divided by on its way in and multiplied by on its way out, so that the network sees all of them alike."""
    return LOWEST_LEVEL / (1.0 + np.arange(bands)) ** LEVEL_FALL


class Analysis(Following):
    """`[batch, 1, samples]` to `[batch, bands, samples / bands]`."""

    def __init__(self, bands: int, taps: int, streaming: bool) -> None:
        super().__init__(1, taps - bands, streaming)
        self.bands: int = bands
        # A convolution takes its filters back to front.
        filters_in = filters(bands, taps)[0][:, ::-1] / levels(bands)[:, None]
        bank = torch.from_numpy(filters_in.copy()).float()
        self.register_buffer("bank", bank[:, None], persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv1d(self.preceded(x), self.bank, stride=self.bands)


class Synthesis(Following):
    """`[batch, bands, steps]` to `[batch, 1, bands * steps]`, later by `taps - bands` samples than what was taken apart."""

    def __init__(self, bands: int, taps: int, streaming: bool) -> None:
        super().__init__(bands, taps // bands - 1, streaming)
        self.bands: int = bands
        # The transposed convolution as a plain one: of each step, `bands` samples from the last `taps / bands` steps.
        filters_out = filters(bands, taps)[1] * levels(bands)[:, None]
        bank = filters_out.reshape(bands, taps // bands, bands)[:, ::-1].copy()
        self.register_buffer("bank", torch.from_numpy(bank).float().permute(2, 0, 1).contiguous(), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        samples = nn.functional.conv1d(self.preceded(x), self.bank)
        return samples.transpose(1, 2).reshape(x.shape[0], 1, -1)
