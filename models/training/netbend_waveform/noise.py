"""Random numbers of a model, steered: whatever it draws comes from us, so that what it plays can be repeated."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from .refusal import Refused

NORMAL, UNIFORM = "normal", "uniform"
_DRAWN = {
    "randn": NORMAL,
    "randn_like": NORMAL,
    "normal_": NORMAL,
    "rand": UNIFORM,
    "rand_like": UNIFORM,
    "uniform_": UNIFORM,
}


@dataclass(frozen=True)
class Noise:
    """One draw of a block: standard normal, or uniform from 0 to 1."""

    distribution: str
    shape: tuple[int, ...]
    in_encoder: bool


Source = Callable[[Noise], torch.Tensor]


def silent(noise: Noise) -> torch.Tensor:
    """The middle of each distribution: 0 of a normal one, one half of a uniform one."""
    return torch.full(noise.shape, 0.0 if noise.distribution == NORMAL else 0.5)


def seeded(seed: int) -> Source:
    """Noise that is the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)

    def draw(noise: Noise) -> torch.Tensor:
        drawn = torch.randn if noise.distribution == NORMAL else torch.rand
        return drawn(noise.shape, generator=generator)

    return draw


class Steered(TorchDispatchMode):
    """While it is active, operators that draw random numbers take them from `source`. `refusal` is what stopped a block: the
    interpreter of TorchScript turns every error into its own."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.in_encoder = True
        self.refusal: Refused | None = None

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if torch.Tag.nondeterministic_seeded in func.tags:
            return self._draw(func, args, kwargs)
        return self.run(func, args, kwargs)

    def run(self, func, args, kwargs):
        """Any other operator."""
        return func(*args, **kwargs)

    def drawn(self, noise: Noise, value: torch.Tensor) -> None:
        """Told of every draw."""

    def refuse(self, message: str) -> None:
        self.refusal = self.refusal or Refused(message)
        raise self.refusal

    def _draw(self, func, args, kwargs):
        name = func.overloadpacket.__name__
        distribution = _DRAWN.get(name)
        if distribution is None:
            self.refuse(f"it draws random numbers by `aten::{name}`; normal and uniform noise can be played")
        in_place = name.endswith("_")
        shape = tuple(args[0].shape) if isinstance(args[0], torch.Tensor) else tuple(args[0])
        noise = Noise(distribution, shape, self.in_encoder)
        value = self.source(noise)
        self.drawn(noise, value)
        if not in_place:
            return value
        low, high = (*args[1:3], *(0.0, 1.0)[len(args) - 1 :])
        aten = torch.ops.aten
        spread = high if distribution == NORMAL else high - low
        scaled = self.run(aten.mul.Tensor, (value, float(spread)), {})
        return self.run(aten.copy_.default, (args[0], self.run(aten.add.Tensor, (scaled, float(low)), {})), {})
