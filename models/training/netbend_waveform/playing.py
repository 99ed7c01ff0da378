"""A module of TorchScript played block by block, its states set and read."""

import functools
from dataclasses import dataclass

import torch

from . import limits, noise
from .noise import Source, Steered
from .opening import EXPORT, Opened, last_line
from .refusal import Refused


def play(opened: Opened, audio: torch.Tensor, mode: Steered) -> tuple[torch.Tensor, torch.Tensor]:
    """`audio` `[1, channels, block]` encoded and decoded: sound of the same length, and the latent `[1, latent, steps]`."""
    sizes, block = opened.sizes, audio.shape[-1]
    try:
        with torch.no_grad(), torch.jit.optimized_execution(False), mode:
            mode.in_encoder = True
            what = "encode"
            latent = opened.module.encode(audio)
            _hold_shape(what, latent, (1, sizes.latent, block // sizes.ratio))
            what, mode.in_encoder = "decode", False
            output = opened.module.decode(latent)
            _hold_shape(what, output, (1, sizes.channels_out, block))
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - code of strangers may raise anything.
        if mode.refusal is not None:
            raise mode.refusal from None
        raise Refused(f"`{what}` fails on a block of {block} samples: {last_line(str(error))}; {EXPORT}") from None
    return output, latent


def _hold_shape(what: str, value: object, expected: tuple[int, ...]) -> None:
    found = list(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
    if found != list(expected):
        raise Refused(f"`{what}` gives {found} for a block where its `{what}_params` say {list(expected)}; {EXPORT}")
    if value.dtype != torch.float32:
        raise Refused(f"`{what}` gives {str(value.dtype).removeprefix('torch.')}; expected float32")


def set_state(opened: Opened, name: str, value: torch.Tensor) -> None:
    """Puts a copy into the module: what is set would be shared otherwise."""
    *owners, attribute = name.split(".")
    setattr(functools.reduce(getattr, owners, opened.module), attribute, value.clone())


def states(opened: Opened, names: list[str]) -> dict[str, torch.Tensor]:
    """Copies of what they are now."""
    now = dict(opened.module.named_buffers())
    return {name: now[name].clone() for name in names}


def test_audio(channels: int, block: int, blocks: int, seed: int) -> torch.Tensor:
    """`[blocks, 1, channels, block]`: bursts of noise over a few tones, each channel another, within full scale."""
    generator = torch.Generator().manual_seed(seed)
    length = block * blocks
    time = torch.arange(length)
    sound = torch.empty(channels, length)
    for channel in range(channels):
        beats = torch.sin(time * (2 * torch.pi / (3000.0 + 400 * channel))).clamp(min=0) ** 8
        tones = sum(torch.sin(time * f) for f in (0.011, 0.053 + 0.01 * channel, 0.31))
        sound[channel] = 0.6 * beats * (2 * torch.rand(length, generator=generator) - 1) + 0.1 * tones
    return sound.reshape(1, channels, blocks, block).permute(2, 0, 1, 3).contiguous()


@dataclass(frozen=True)
class Rest:
    """The states of a model, as they are after silence."""

    block: int
    values: dict[str, torch.Tensor]
    rows: dict[str, int]
    """How many of the first rows of a state a stream uses: caches are allocated for many streams at once (RAVE's for 64)."""
    settled: bool
    """Whether they stand still in silence."""


def find_rest(opened: Opened, samples: int = limits.USUAL_BLOCK) -> Rest:
    """Of a model that plays blocks of so many samples, or the next longer ones that it can. Plays noise to find what changes, and then silence until it no longer does. The module is left at rest.

    Raises `Refused` where nothing changes, since a model without states cannot be played in blocks."""
    block = _block(opened, samples)
    stretch = _stretch(opened, block)
    rows = _changing(opened, stretch)
    names = list(rows)
    most = limits.MOST_SILENT_BLOCKS
    before, settled = _silent(opened, names, stretch, most * limits.USUAL_BLOCK // max(stretch, limits.USUAL_BLOCK))
    if stretch != block:
        before, settled = _silent(opened, names, block, most if settled else 1)
    for name, value in before.items():
        if value.is_floating_point() and not torch.isfinite(value).all():
            raise Refused(
                f"not-a-number values in `{name}` after silence; the model does not run in its own framework either"
            )
        set_state(opened, name, value)
    return Rest(block, before, rows, settled)


def _silent(opened: Opened, names: list[str], length: int, most: int) -> tuple[dict[str, torch.Tensor], bool]:
    """What states are after silence, at most so many blocks of that length, and whether they stand still."""
    silence = torch.zeros(1, opened.sizes.channels_in, length)
    before = states(opened, names)
    for _ in range(most):
        play(opened, silence, Steered(noise.silent))
        now = states(opened, names)
        if all(_same(now[name], before[name]) for name in names):
            return now, True
        before = now
    return before, False


def _block(opened: Opened, samples: int) -> int:
    """The shortest block that holds so many samples and that it plays: a model with a resampler takes two steps at once."""
    block, first = opened.sizes.block_of(samples), None
    while block <= limits.LONGEST_BLOCK:
        try:
            play(opened, torch.zeros(1, opened.sizes.channels_in, block), Steered(noise.silent))
            return block
        except Refused as error:
            first = first or error
            block *= 2
    raise first or Refused(f"blocks of {block} samples; {limits.LONGEST_BLOCK} at most can be played")


def _stretch(opened: Opened, block: int) -> int:
    """The samples to play at once to find what changes: longer than a block where it can be, so that sound gets through filters and
    delays that take many short blocks."""
    long = block * -(-limits.LONGEST_BLOCK // block)
    try:
        play(opened, torch.zeros(1, opened.sizes.channels_in, long), Steered(noise.silent))
        return long
    except Refused:
        return block


def _changing(opened: Opened, stretch: int) -> dict[str, int]:
    """The buffers that are states, with the rows of each that are used."""
    weights = {name: value.clone() for name, value in opened.module.named_parameters()}
    buffers = {name: value.clone() for name, value in opened.module.named_buffers()}
    source = noise.seeded(1)
    count = max(2, limits.LONGEST_BLOCK // stretch)
    heard = [
        play(opened, audio, Steered(source))[0] for audio in test_audio(opened.sizes.channels_in, stretch, count, 1)
    ]
    _hold_numbers(torch.cat(heard))
    for name, value in opened.module.named_parameters():
        if not torch.equal(value, weights[name]):
            raise Refused(f"it changes its own weight `{name}` while it plays; {EXPORT} after training")
    changed = {
        name: _rows(value, buffers[name])
        for name, value in opened.module.named_buffers()
        if not _same(value, buffers[name])
    }
    if not changed:
        raise Refused(
            f"not streaming: it keeps no states from block to block, so its convolutions are not cached; {EXPORT}"
        )
    if len(changed) > limits.MOST_STATES:
        raise Refused(f"too large: {len(changed)} states, {limits.MOST_STATES} at most")
    return changed


def _rows(now: torch.Tensor, before: torch.Tensor) -> int:
    """Of a state that has changed."""
    if now.dim() < 3 or now.shape != before.shape:
        return now.shape[0] if now.dim() else 1
    return 1 + max(row for row in range(now.shape[0]) if not torch.equal(now[row], before[row]))


def _same(now: torch.Tensor, before: torch.Tensor) -> bool:
    return now.shape == before.shape and torch.equal(now, before)


def _hold_numbers(output: torch.Tensor) -> None:
    odd = int((~torch.isfinite(output)).sum())
    if odd:
        raise Refused(
            f"not-a-number output: {odd} of {output.numel()} samples, from the `.ts` itself; use another training of it"
        )


def run_states(opened: Opened, rest: Rest, blocks: torch.Tensor, source: Source) -> torch.Tensor:
    """What the `.ts` plays from rest: `[blocks, 1, channels, block]`. It is left at rest."""
    for name, value in rest.values.items():
        set_state(opened, name, value)
    output = torch.stack([play(opened, audio, Steered(source))[0] for audio in blocks])
    for name, value in rest.values.items():
        set_state(opened, name, value)
    _hold_numbers(output)
    return output
