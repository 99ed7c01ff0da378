"""A recording as a graph without writes in place: what depends on no input is folded, states are cut to the rows that are used."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import fx
from torch.fx.experimental.proxy_tensor import make_fx

from . import limits
from .playing import Rest
from .recording import AUDIO, NOISE, STATE, WEIGHT, Input, Recording
from .refusal import Refused

_aten = torch.ops.aten
# What these give depends on no value of what they are given, only on its shape.
_SHAPE_ONLY = {
    _aten.zeros_like, _aten.ones_like, _aten.full_like, _aten.empty_like, _aten.new_zeros, _aten.new_ones, _aten.new_full, _aten.new_empty,
    _aten.new_empty_strided,
}  # fmt: skip
_EMPTY = {_aten.empty, _aten.empty_like, _aten.new_empty, _aten.new_empty_strided, _aten.empty_strided}


@dataclass
class Graph:
    """A block as operators without side effects."""

    nodes: list[fx.Node]
    """Those that are needed, in order; inputs and constants left out."""
    inputs: dict[fx.Node, Input]
    output: fx.Node
    latent: fx.Node
    states: dict[str, fx.Node]
    """What becomes of each state, by its name."""
    values: dict[fx.Node, Any]
    """What every node gave when the block was recorded: shapes and types of all, and the values of constants."""
    depends: dict[fx.Node, frozenset[str]]
    """The kinds of input that a node depends on; of constants, none."""
    rest: dict[str, torch.Tensor]
    """The states after silence, cut to the rows that are used."""


def functional(recording: Recording, rest: Rest) -> Graph:
    """Raises `Refused` where the writes of the recording cannot be undone, or the graph is too large."""
    cut = {name: value[: rest.rows[name]].clone() if value.dim() > 2 else value for name, value in rest.values.items()}
    try:
        return _traced(recording, cut)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - rows that are not played may be needed all the same.
        return _traced(recording, dict(rest.values))


def _traced(recording: Recording, rest: dict[str, torch.Tensor]) -> Graph:
    values = [(rest[entry.name] if entry.kind == STATE else entry.value).clone() for entry in recording.inputs]
    with torch.no_grad():
        traced = make_fx(torch.func.functionalize(recording.replay, remove="mutations"))(
            *[value.clone() for value in values]
        )
    nodes = list(traced.graph.nodes)
    placeholders = [node for node in nodes if node.op == "placeholder"]
    inputs = dict(zip(placeholders, recording.inputs, strict=True))
    (returned,) = (node for node in nodes if node.op == "output")
    output, latent, *states = returned.args[0]
    needed = _needed([output, latent, *states])
    found, depends = _computed(
        traced, [node for node in nodes if node in needed], dict(zip(placeholders, values)), inputs
    )
    kept = [node for node in nodes if node in needed and node.op == "call_function" and depends[node]]
    if len(kept) > limits.MOST_NODES:
        raise Refused(f"too large: {len(kept)} operators in a block, {limits.MOST_NODES} at most")
    elements = sum(value.numel() for value in rest.values())
    if elements > limits.MOST_STATE_ELEMENTS:
        raise Refused(f"too large: {elements} numbers in its states, {limits.MOST_STATE_ELEMENTS} at most")
    if AUDIO not in depends[output]:
        raise Refused("what it plays does not depend on the sound that goes in; use a model that encodes sound")
    used = {node: entry for node, entry in inputs.items() if node in needed or entry.kind in (AUDIO, STATE)}
    return Graph(kept, used, output, latent, dict(zip(recording.states, states)), found, depends, rest)


def _needed(ends: list[fx.Node]) -> set[fx.Node]:
    needed: set[fx.Node] = set()
    waiting = list(ends)
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting.extend(node.all_input_nodes)
    return needed


def _computed(
    traced: fx.GraphModule, nodes: list[fx.Node], given: dict, inputs: dict[fx.Node, Input]
) -> tuple[dict, dict]:
    values: dict[fx.Node, Any] = dict(given)
    moving = {AUDIO, WEIGHT, STATE, NOISE}
    depends = {node: frozenset({entry.kind} & moving) for node, entry in inputs.items()}
    with torch.no_grad():
        for node in nodes:
            if node.op == "get_attr":
                values[node], depends[node] = getattr(traced, node.target), frozenset()
            elif node.op == "call_function":
                arguments, keywords = fx.map_arg((node.args, node.kwargs), lambda argument: values[argument])
                packet = getattr(node.target, "overloadpacket", None)
                values[node] = node.target(*arguments, **keywords)
                if packet in _EMPTY:
                    values[node] = torch.zeros_like(values[node])
                free = packet in _SHAPE_ONLY
                depends[node] = frozenset() if free else frozenset().union(*(depends[a] for a in node.all_input_nodes))
    return values, depends
