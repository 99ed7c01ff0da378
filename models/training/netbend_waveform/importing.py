"""From a `.ts` to a checked ONNX file: open, find the states, record a block, write it, compare, measure."""

import os
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch

from . import limits
from .building import build, describe
from .comparing import Compared, compare, hold
from .functional import functional
from .latency import Latency, measure
from .layers import layers
from .manifest import manifest, measured
from .opening import Opened, opened
from .playing import Rest, find_rest, set_state
from .progress import Progress
from .recording import NOISE, record
from .refusal import Refused
from .running import Running

STEPS = 6


@dataclass
class Imported:
    """A model that was compared and measured."""

    model: onnx.ModelProto
    described: dict
    running: Running
    opened: Opened
    rest: Rest
    compared: Compared
    latency: Latency


def import_model(
    path: Path,
    rate: int | None = None,
    name: str | None = None,
    progress: Progress | None = None,
    block: int = limits.USUAL_BLOCK,
) -> Imported:
    """Writes nothing. Raises `Refused`, naming the cause, where the file cannot be played or is not played alike."""
    progress = progress or Progress(path.name, STEPS, quiet=True)
    if rate is not None and not limits.LOWEST_RATE <= rate <= limits.HIGHEST_RATE:
        raise Refused(f"a rate of {rate} Hz; expected {limits.LOWEST_RATE} to {limits.HIGHEST_RATE}")
    if not limits.SHORTEST_BLOCK <= block <= limits.LONGEST_BLOCK:
        raise Refused(f"a block of {block} samples; expected {limits.SHORTEST_BLOCK} to {limits.LONGEST_BLOCK}")
    progress.step("opening")
    source = opened(path)
    rate = rate or source.rate
    if rate is None:
        raise Refused("the file does not say its sample rate; give it, such as --rate 44100 or --rate 48000")
    progress.step("finding the states")
    rest = find_rest(source, block)
    progress.step("recording a block")
    recording = record(source, rest)
    for state, value in rest.values.items():
        set_state(source, state, value)
    graph = functional(recording, rest)
    progress.step("writing")
    found = layers(graph)
    described = manifest(name or model_name(path), source, rest, graph, found, rate, torch.__version__)
    model = build(graph, found, described)
    # Every draw of a block, those included that nothing depends on.
    drawn = [(entry.name, entry.noise) for entry in recording.of(NOISE)]
    running = Running(model, {state: value.numpy() for state, value in graph.rest.items()}, drawn)
    progress.step("comparing with the .ts")
    compared = compare(
        source,
        rest,
        running,
        limits.COMPARED_BLOCKS,
        lambda done: progress.step("comparing with the .ts", done / limits.COMPARED_BLOCKS),
    )
    hold(compared)
    progress.step("measuring its latency")
    latency = measure(running, source.sizes.channels_in, rest.block, rate)
    described = measured(described, compared, latency)
    describe(model, described)
    progress.end()
    return Imported(model, described, running, source, rest, compared, latency)


def model_name(path: Path) -> str:
    """The file's name as presets can write it: letters, digits, `-`, `_` and spaces."""
    name = "".join(letter if letter.isalnum() or letter in "-_ " else "_" for letter in path.stem).strip()
    return name[:64] or "model"


def write(model: onnx.ModelProto, path: Path) -> None:
    """Writes beside `path`, then replaces it, so that no reader ever sees half a file."""
    temporary = path.with_suffix(path.suffix + ".part")
    try:
        temporary.write_bytes(model.SerializeToString(deterministic=True))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def sources(given: Path) -> list[Path]:
    """The file, or the `.ts` files of the folder."""
    if not given.is_dir():
        return [given]
    found = sorted(path for path in given.iterdir() if path.suffix.lower() == ".ts" and path.is_file())
    if not found:
        raise Refused(f"no .ts file lies in {given}; give a .ts file or a folder of them")
    return found
