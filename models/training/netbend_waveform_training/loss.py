"""What training minimises: the energy distance of spectra, the error of waves in each sub-band, and how large the latent is.

Two draws of the decoder's noise, y and y', are compared with the sound x and with each other: d(x, y) / 2 + d(x, y') / 2 - d(y, y') / 2
(Gritsenko et al., "A spectral energy distance for parallel speech synthesis", 2020). The last term keeps noise as loud and as wild as
it is in x, where a distance alone would rather have it weak.
"""

from dataclasses import dataclass

import torch
from torch import nn

from .filter_bank import levels

SIZES = (2048, 1024, 512, 256, 128)
# Power below which a bin counts as silent: 70 dB below a full-scale sine.
FLOOR = 1e-7
ROOT_WEIGHT = 10.0
# Half the octaves lie in a fiftieth of the bins: the lowest count three times, from this frequency on half of that extra.
LOW_EXTRA, LOW_HALF_HZ = 2.0, 700.0
RATE = 44_100
# Of the waves' error, and of the latent's mean square.
WAVE_WEIGHT = 1.0
LATENT_WEIGHT = 1e-3
QUIET = 0.1
"""Mean sub-band magnitude added to what errors of waves are relative to: what is quiet counts for less, and silence divides by nothing."""
BAND_POWER = 0.75
"""Bands count by their usual level to this power: phases are heard, and foretold, in the low ones."""


@dataclass
class Loss:
    """The terms of one batch, unweighted."""

    spectra: torch.Tensor
    waves: torch.Tensor
    latent: torch.Tensor

    def total(self) -> torch.Tensor:
        return self.spectra + WAVE_WEIGHT * self.waves + LATENT_WEIGHT * self.latent


class Spectra(nn.Module):
    """Magnitudes of several resolutions, as logarithms and as roots."""

    def __init__(self, sizes: tuple[int, ...] = SIZES) -> None:
        super().__init__()
        self.sizes = sizes
        for size in sizes:
            window = torch.hann_window(size)
            self.register_buffer(f"window_{size}", window * (2.0 / window.sum()), persistent=False)
            hertz = torch.arange(size // 2 + 1) * (RATE / size)
            weight = 1.0 + LOW_EXTRA * LOW_HALF_HZ / (LOW_HALF_HZ + hertz)
            self.register_buffer(f"weight_{size}", (weight / weight.mean())[:, None], persistent=False)

    def of(self, x: torch.Tensor, sizes: tuple[int, ...]) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Of `[batch, samples]`: for each size logarithms and roots `[batch, bins, frames]`."""
        found = []
        for size in sizes:
            window = getattr(self, f"window_{size}")
            spectrum = torch.view_as_real(torch.stft(x, size, size // 4, window=window, center=False, return_complex=True))
            logarithm = 0.5 * torch.log(spectrum.square().sum(-1) + FLOOR)
            found.append((logarithm, torch.exp(0.5 * logarithm)))
        return found

    def distance(self, a: list, b: list, sizes: tuple[int, ...]) -> torch.Tensor:
        """Mean absolute difference over bins, frames and `sizes`, which are those of `a` and `b`."""
        total = torch.zeros((), device=a[0][0].device)
        for size, (log_a, root_a), (log_b, root_b) in zip(sizes, a, b):
            difference = (log_a - log_b).abs() + ROOT_WEIGHT * (root_a - root_b).abs()
            total = total + (difference * getattr(self, f"weight_{size}")).mean()
        return total / len(sizes)

    def energy_distance(
        self, wanted: torch.Tensor, first: torch.Tensor, second: torch.Tensor, sizes: tuple[int, ...]
    ) -> torch.Tensor:
        """Of two draws from what is wanted, all `[batch, samples]`."""
        with torch.no_grad():
            at = self.of(wanted, sizes)
        one, other = self.of(first, sizes), self.of(second, sizes)
        towards = self.distance(one, at, sizes) + self.distance(other, at, sizes)
        return 0.5 * (towards - self.distance(one, other, sizes))


def wave_error(waves: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean absolute error over sub-bands `[batch, bands, steps]`, relative to each sound's mean magnitude."""
    weight = torch.from_numpy(levels(wanted.shape[1]) ** BAND_POWER).to(wanted)
    weight = (weight / weight.mean())[:, None]
    loudness = (weight * wanted).abs().mean((1, 2), keepdim=True) + QUIET
    return (weight * (waves - wanted).abs() / loudness).mean()
