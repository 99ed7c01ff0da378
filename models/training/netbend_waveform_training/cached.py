"""Causal convolutions: over a whole sound from silence, or block by block with the end of the last one kept.

A module is built for one or the other; weights have the same names in both. None has a bias: silence stays silence, exactly.
"""

import torch
from torch import nn

from .past import Following

SLOPE = 0.2
"""Of the leaky rectifier, for what is negative."""
FIRST_BRANCH = 0.01
"""The share of their usual size that branches begin with, so that a deep network begins near the identity."""


def begin(convolution: nn.Conv1d | nn.ConvTranspose1d, inputs: int) -> None:
    """Random weights that hand on the signal as loud as it comes (He et al., 2015), for so many numbers that go into one output."""
    with torch.no_grad():
        convolution.weight.normal_(0.0, (2.0 / ((1.0 + SLOPE**2) * inputs)) ** 0.5)


class Cached(Following):
    """A convolution whose step sees only samples up to its own."""

    def __init__(self, given: int, made: int, kernel: int, streaming: bool, stride: int = 1, dilation: int = 1) -> None:
        super().__init__(given, dilation * (kernel - 1) - (stride - 1), streaming)
        self.convolution = nn.Conv1d(given, made, kernel, stride, dilation=dilation, bias=False)
        begin(self.convolution, given * kernel)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.convolution(self.preceded(x))


class CachedTransposed(nn.Module):
    """A transposed convolution over two steps, whose tail is added to the next block."""

    def __init__(self, given: int, made: int, stride: int, streaming: bool) -> None:
        super().__init__()
        self.convolution = nn.ConvTranspose1d(given, made, 2 * stride, stride, bias=False)
        begin(self.convolution, 2 * given)
        self.stride: int = stride
        self.streaming: bool = streaming
        self.register_buffer("tail", torch.zeros(1, made, stride), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.convolution(x)
        if self.streaming:
            first = y[..., : self.stride] + self.tail
            self.tail.copy_(y[..., y.shape[-1] - self.stride :])
            y = torch.cat([first, y[..., self.stride :]], -1)
        return y[..., : y.shape[-1] - self.stride]


class Snake(nn.Module):
    """x + depth sin²(rate x): the identity with ripples, which makes tones easy (Ziyin et al., "Neural networks fail to learn periodic
    functions and how to fix it", 2020). Nothing is divided by a weight, so that any bend of one stays finite."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.rate = nn.Parameter(torch.ones(width, 1))
        self.depth = nn.Parameter(torch.ones(width, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.depth * torch.sin(self.rate * x).square()


def activation(width: int, tonal: bool) -> nn.Module:
    """What lies between convolutions: snakes where tones are made, else a leaky rectifier."""
    return Snake(width) if tonal else nn.LeakyReLU(SLOPE)


class Unit(nn.Module):
    """A dilated branch beside the sound itself."""

    def __init__(self, width: int, dilation: int, tonal: bool, streaming: bool) -> None:
        super().__init__()
        self.before = activation(width, tonal)
        self.dilated = Cached(width, width, 3, streaming, dilation=dilation)
        self.between = activation(width, tonal)
        self.mixed = nn.Conv1d(width, width, 1, bias=False)
        begin(self.mixed, width)
        with torch.no_grad():
            self.mixed.weight.mul_(FIRST_BRANCH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.mixed(self.between(self.dilated(self.before(x))))
