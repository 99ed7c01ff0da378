"""The autoencoder: sub-bands down to a slow latent and back up to waves and noise in each sub-band.

What cannot be foretold from the latent, such as the hiss of a hat, is noise whose level in each sub-band the decoder says; what can
be is a wave. All is causal: no step sees what comes after it. The trunk is linear, what is not lies in branches beside it.
"""

import torch
from torch import nn

from .cached import Cached, CachedTransposed, Snake, Unit
from .filter_bank import Analysis, Synthesis
from .shape import Shape

STAGES = ("fine", "middle", "coarse", "slow")
DILATIONS = (1, 3, 9)
FIRST_SHARE = 0.01
"""Waves and the noise's gains begin with this share of their weights, near silence."""


def _units(width: int, count: int, tonal: bool, streaming: bool) -> nn.Sequential:
    dilations = [DILATIONS[number % len(DILATIONS)] for number in range(count)]
    return nn.Sequential(*(Unit(width, dilation, tonal, streaming) for dilation in dilations))


class Encoder(nn.Module):
    """`[batch, bands, steps]` to `[batch, latent, steps / (ratio / bands)]`."""

    def __init__(self, shape: Shape, streaming: bool) -> None:
        super().__init__()
        widths = shape.widths
        first = _units(widths[0], shape.encoder_units[0], False, streaming)
        stages = [nn.Sequential(Cached(shape.bands, widths[0], 7, streaming), first)]
        for number, stride in enumerate(shape.strides):
            down = Cached(widths[number], widths[number + 1], 2 * stride, streaming, stride)
            units = _units(widths[number + 1], shape.encoder_units[number + 1], False, streaming)
            stages.append(nn.Sequential(down, units))
        self.fine, self.middle, self.coarse, self.slow = stages
        self.out = Cached(widths[-1], shape.latent, 3, streaming)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.slow(self.coarse(self.middle(self.fine(x))))
        return self.out(hidden)


class Decoder(nn.Module):
    """`[batch, latent, steps]` to waves and the noise's gains, both `[batch, bands, steps * (ratio / bands)]`."""

    def __init__(self, shape: Shape, streaming: bool) -> None:
        super().__init__()
        widths = shape.widths
        first = _units(widths[-1], shape.decoder_units[-1], True, streaming)
        stages = [nn.Sequential(Cached(shape.latent, widths[-1], 3, streaming), first)]
        for number in reversed(range(len(shape.strides))):
            up = CachedTransposed(widths[number + 1], widths[number], shape.strides[number], streaming)
            units = _units(widths[number], shape.decoder_units[number], True, streaming)
            stages.append(nn.Sequential(up, units))
        self.slow, self.coarse, self.middle, self.fine = stages
        self.rough = Snake(widths[0])
        self.waves = Cached(widths[0], shape.bands, 7, streaming)
        self.noise = Cached(widths[0], shape.bands, 7, streaming)
        with torch.no_grad():
            self.waves.convolution.weight.mul_(FIRST_SHARE)
            self.noise.convolution.weight.mul_(FIRST_SHARE)

    def forward(self, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.fine(self.middle(self.coarse(self.slow(z))))
        return self.waves(hidden), self.noise(self.rough(hidden))


class Autoencoder(nn.Module):
    """Mono. `streaming` builds one that plays block by block from states."""

    def __init__(self, shape: Shape, streaming: bool = False) -> None:
        super().__init__()
        self.analysis = Analysis(shape.bands, shape.taps, streaming)
        self.encoder = Encoder(shape, streaming)
        self.decoder = Decoder(shape, streaming)
        self.synthesis = Synthesis(shape.bands, shape.taps, streaming)
