"""Where a block can be bent: maps `[batch, features, steps]` behind stage entries, convolutions, sums of branches, the latent, the output."""

from dataclasses import dataclass

import torch
from torch import fx

from .functional import Graph
from .recording import AUDIO, STATE, WEIGHT

STAGE, CONVOLUTION, SUM, LATENT, OUTPUT = "stage", "convolution", "sum", "latent", "output"
ENCODER, DECODER = "encoder", "decoder"
# Layers that are shown at first; all others are there as well.
MOST_SHOWN = 13
# Channels that a block of one stream has at most, each a row of the batch.
MOST_ROWS = 2

_aten = torch.ops.aten
_PASSED = {
    _aten.slice.Tensor,
    _aten.slice_scatter.default,
    _aten.add.Tensor,
    _aten.clone.default,
    _aten.copy.default,
    _aten.alias.default,
}


@dataclass
class Layer:
    """A map that can be bent. What comes after it, states included, is computed from the bent map."""

    node: fx.Node
    name: str
    """What nn~'s users know it by: the path of its module."""
    tensor: str
    """Its name in the graph."""
    kind: str
    half: str
    """`encoder` (the latent included) or `decoder`."""
    rows: int
    features: int
    steps: int
    learnt: bool
    """Whether its weights were: filter banks and turns of the latent are not what a model is bent for."""
    shown: bool = False


def layers(graph: Graph) -> list[Layer]:
    """All of them, in the order they are computed."""
    place = {node: number for number, node in enumerate(graph.nodes)}
    heard = _ancestors(graph.output)
    encoder = _ancestors(graph.latent)
    users = {node: [user for user in node.users if user in heard and user in place] for node in graph.nodes}
    found: dict[fx.Node, tuple[str, str, bool]] = {}
    passed: set[fx.Node] = set()
    for node in graph.nodes:
        if node not in heard:
            continue
        if node.target is _aten.convolution.default and AUDIO in graph.depends[node]:
            ends, chain = _end(graph, node, users, place)
            passed |= chain
            if _is_map(graph, ends):
                path, learnt = _path(graph, node)
                found[ends] = (CONVOLUTION, path or f"convolution.{len(found)}", learnt)
    for node in graph.nodes:
        if node in heard and node not in passed and node not in found and _is_sum(graph, node):
            found[node] = (SUM, "", True)
    found[graph.latent] = (LATENT, LATENT, True)
    found[graph.output] = (OUTPUT, OUTPUT, True)
    return _named(graph, sorted(found.items(), key=lambda entry: place.get(entry[0], -1)), encoder)


def _named(graph: Graph, found: list, encoder: set[fx.Node]) -> list[Layer]:
    made: list[Layer] = []
    names: set[str] = set()
    last_path, last_size = "", (0, 0)
    for node, (kind, path, learnt) in found:
        if kind == SUM:
            path = f"{last_path}.sum" if last_path else "sum"
        elif kind == CONVOLUTION:
            last_path = path
        name, count = path, 1
        while name in names:
            count += 1
            name = f"{path}.{count}"
        names.add(name)
        rows, features, steps = graph.values[node].shape
        if kind == CONVOLUTION and (features, steps) != last_size:
            kind = STAGE
        last_size = (features, steps)
        tensor = kind if kind in (LATENT, OUTPUT) else f"map.{name}"
        half = ENCODER if node in encoder else DECODER
        made.append(Layer(node, name, tensor, kind, half, rows, features, steps, learnt))
    _show(made)
    return made


def _show(made: list[Layer]) -> None:
    """Latent and output; of each run of maps of one size the last one, which is what a stage hands on; the largest where there are many."""
    ends: list[Layer] = []
    for layer in made:
        layer.shown = layer.kind in (LATENT, OUTPUT)
        if layer.shown or not layer.learnt:
            continue
        if ends and _size(ends[-1]) == _size(layer):
            ends.pop()
        ends.append(layer)
    for layer in sorted(ends, key=lambda layer: layer.features * layer.steps, reverse=True)[: MOST_SHOWN - 2]:
        layer.shown = True


def _size(layer: Layer) -> tuple[int, int, str]:
    return layer.features, layer.steps, layer.half


def _ancestors(node: fx.Node) -> set[fx.Node]:
    seen: set[fx.Node] = set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(node.all_input_nodes)
    return seen


def _is_map(graph: Graph, node: fx.Node) -> bool:
    value = graph.values[node]
    return (
        isinstance(value, torch.Tensor)
        and value.dim() == 3
        and value.shape[0] <= MOST_ROWS
        and value.dtype == torch.float32
    )


def _is_sum(graph: Graph, node: fx.Node) -> bool:
    """Two branches that carry the sound, added."""
    if node.target is not _aten.add.Tensor or not _is_map(graph, node) or len(node.args) != 2:
        return False
    branches = [value for value in node.args if isinstance(value, fx.Node)]
    shape = graph.values[node].shape
    carries = [graph.depends[branch] & {AUDIO, STATE} and graph.values[branch].shape == shape for branch in branches]
    return len(branches) == 2 and all(carries)


def _end(graph: Graph, start: fx.Node, users: dict, place: dict) -> tuple[fx.Node, set[fx.Node]]:
    """The map behind a convolution's bias and, where it is transposed, behind what it adds to its past and cuts off; and all between."""
    transposed = start.args[6]
    features = graph.values[start].shape[1] if graph.values[start].dim() == 3 else -1
    chain, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        for user in users[node]:
            if (
                user in chain
                or user.target not in _PASSED
                or not _is_map(graph, user)
                or graph.values[user].shape[1] != features
            ):
                continue
            if not transposed and user.target is not _aten.add.Tensor:
                continue
            if user.target is _aten.add.Tensor and not all(
                _adds(graph, value, chain, start) for value in user.args[:2]
            ):
                continue
            chain.add(user)
            waiting.append(user)
    return max(chain, key=place.__getitem__), chain


def _adds(graph: Graph, value: object, chain: set[fx.Node], start: fx.Node) -> bool:
    """Whether it belongs to the convolution: its own map, its bias, or what it kept of the last block."""
    if not isinstance(value, fx.Node) or value in chain or not graph.depends[value] - {WEIGHT}:
        return True
    return AUDIO not in graph.depends[value] and graph.values[value].shape[-1] != graph.values[start].shape[-1]


def _path(graph: Graph, convolution: fx.Node) -> tuple[str, bool]:
    """The module whose weight it uses, and whether that is a weight rather than a table."""
    waiting, seen = [convolution.args[1]], set()
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, fx.Node) or node in seen:
            continue
        seen.add(node)
        entry = graph.inputs.get(node)
        if entry is not None and entry.name:
            owner = entry.name.rpartition(".")[0] or entry.name
            return owner.removesuffix(".weight").removesuffix(".parametrizations"), entry.kind == WEIGHT
        waiting.extend(node.all_input_nodes)
    return "", False
