"""One block of a module written down, operator by operator.

The interpreter of TorchScript hands every operator to a dispatch mode, so control flow is gone: what remains is a list. What it decided
by numbers that depend on the sound or on a state would be wrong in other blocks, and is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch.utils._pytree import tree_flatten, tree_map

from . import noise as noises
from .noise import Noise, Steered
from .opening import EXPORT, Opened
from .playing import Rest, play, test_audio
from .refusal import Refused

AUDIO, WEIGHT, STATE, NOISE, CONSTANT = "audio", "weight", "state", "noise", "constant"


@dataclass(frozen=True)
class Reference:
    """A tensor of the recording, by its number."""

    number: int


@dataclass
class Input:
    """What goes into a block from outside."""

    kind: str
    name: str
    number: int
    value: torch.Tensor
    """What it was while the block was recorded."""
    noise: Noise | None = None


@dataclass
class Step:
    """One operator."""

    operator: Callable
    arguments: tuple
    keywords: dict
    results: list[int | None]
    """Numbers of the tensors it gave, in the order of the flattened result."""


@dataclass
class Recording:
    """A block: `replay` computes it anew from other inputs."""

    inputs: list[Input]
    steps: list[Step]
    output: int
    latent: int
    states: dict[str, int]
    """The tensors that states have become, by the states' names."""

    def replay(self, *values: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Output, latent and states of a block with these inputs, in the order of `inputs`."""
        tensors = {entry.number: value for entry, value in zip(self.inputs, values, strict=True)}
        for step in self.steps:
            arguments, keywords = tree_map(
                lambda leaf: tensors[leaf.number] if isinstance(leaf, Reference) else leaf,
                (step.arguments, step.keywords),
            )
            leaves, _ = tree_flatten(step.operator(*arguments, **keywords))
            for number, value in zip(step.results, leaves, strict=True):
                if number is not None:
                    tensors[number] = value
        return tuple(tensors[number] for number in (self.output, self.latent, *self.states.values()))

    def of(self, kind: str) -> Iterator[Input]:
        """The inputs of one kind."""
        return (entry for entry in self.inputs if entry.kind == kind)


class _Recorder(Steered):
    def __init__(self, opened: Opened, rest: Rest, audio: torch.Tensor) -> None:
        super().__init__(noises.seeded(2))
        self.inputs: list[Input] = []
        self.steps: list[Step] = []
        self._numbers: dict[int, int] = {}
        # Kept alive, so that no other tensor takes the identity of one that is known.
        self._alive: list[torch.Tensor] = []
        # Storages that hold something of the block, or of what went before.
        self._moving: set[int] = set()
        self._enter(AUDIO, "audio", audio)
        for name, value in opened.module.named_parameters():
            self._enter(WEIGHT, name, value)
        for name, value in opened.module.named_buffers():
            self._enter(STATE if name in rest.values else CONSTANT, name, value)

    def number(self, tensor: torch.Tensor) -> int:
        known = self._numbers.get(id(tensor))
        return self._enter(CONSTANT, "", tensor) if known is None else known

    def drawn(self, noise: Noise, value: torch.Tensor) -> None:
        count = sum(entry.kind == NOISE for entry in self.inputs)
        self._enter(NOISE, f"noise{count}", value, noise)

    def run(self, func, args, kwargs):
        given = [leaf for leaf in tree_flatten((args, kwargs))[0] if isinstance(leaf, torch.Tensor)]
        if func is torch.ops.aten._local_scalar_dense.default:
            # The number is in the arguments of what follows.
            if any(_storage(tensor) in self._moving for tensor in given):
                self.refuse(
                    "control flow or sizes that depend on the sound, the noise or a state: such a model computes something else in every "
                    "block, and cannot be written as one graph"
                )
            return func(*args, **kwargs)
        arguments, keywords = tree_map(
            lambda leaf: Reference(self.number(leaf)) if isinstance(leaf, torch.Tensor) else leaf, (args, kwargs)
        )
        result = func(*args, **kwargs)
        results: list[int | None] = []
        moves = any(_storage(tensor) in self._moving for tensor in given)
        for leaf in tree_flatten(result)[0]:
            if not isinstance(leaf, torch.Tensor):
                results.append(None)
                continue
            results.append(self._numbers[id(leaf)] if id(leaf) in self._numbers else self._know(leaf))
            if moves:
                self._moving.add(_storage(leaf))
        self.steps.append(Step(func, arguments, keywords, results))
        return result

    def _enter(self, kind: str, name: str, tensor: torch.Tensor, noise: Noise | None = None) -> int:
        number = self._know(tensor)
        # Steps may write to it afterwards.
        self.inputs.append(Input(kind, name, number, tensor, noise))
        if kind in (AUDIO, STATE, NOISE):
            self._moving.add(_storage(tensor))
        return number

    def _know(self, tensor: torch.Tensor) -> int:
        number = len(self._alive)
        self._numbers[id(tensor)] = number
        self._alive.append(tensor)
        return number


def _storage(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata


def record(opened: Opened, rest: Rest) -> Recording:
    """Plays one block of sound from rest and writes it down. The states are as after that block.

    Raises `Refused` where what is computed depends on more than operators."""
    audio = test_audio(opened.sizes.channels_in, rest.block, 1, 2)[0]
    recorder = _Recorder(opened, rest, audio)
    output, latent = play(opened, audio, recorder)
    after = dict(opened.module.named_buffers())
    numbers = {name: recorder.number(after[name]) for name in rest.values}
    for entry in recorder.inputs:
        if entry.kind == STATE:
            entry.value = rest.values[entry.name]
    lost = next(
        (name for name, now in after.items() if name in rest.values and now.shape != rest.values[name].shape), None
    )
    if lost is not None:
        raise Refused(f"the state `{lost}` changes its shape from block to block; {EXPORT}")
    return Recording(recorder.inputs, recorder.steps, recorder.number(output), recorder.number(latent), numbers)
