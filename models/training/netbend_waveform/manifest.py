"""The JSON that travels inside a waveform model, under the metadata key `netbend`: all a loader needs to know."""

from .building import LATENT, OUTPUT, state_input, state_output
from .comparing import Compared
from .functional import Graph
from .latency import Latency
from .layers import Layer
from .noise import NORMAL, Noise
from .opening import Opened
from .playing import Rest
from .recording import NOISE, WEIGHT

FORMAT = 1
KIND = "waveform"
TERMS = "Converted weights keep the terms of whoever owns them: what the licence of the original file forbids is forbidden with this file, too."
ENCODER, PADDING, SYNTHESIS = "encoder", "padding", "synthesis"


def place_of(noise: Noise, steps: int) -> str:
    """What a draw is for: the encoder's own spread; latent dimensions that the latent leaves out; noise that is part of the sound."""
    if noise.in_encoder:
        return ENCODER
    return PADDING if noise.distribution == NORMAL and len(noise.shape) == 3 and noise.shape[-1] == steps else SYNTHESIS


def noises(graph: Graph) -> list[tuple[str, Noise]]:
    """The inputs for noise, in the order in which they are drawn."""
    return [
        (entry.name, entry.noise) for entry in graph.inputs.values() if entry.kind == NOISE and entry.noise is not None
    ]


def manifest(
    name: str, opened: Opened, rest: Rest, graph: Graph, layers: list[Layer], rate: int, torch_version: str
) -> dict:
    """Without what is measured; see `measured`."""
    sizes = opened.sizes
    steps = rest.block // sizes.ratio
    used = {entry.name for entry in graph.inputs.values() if entry.kind == WEIGHT}
    return {
        "netbend": FORMAT,
        "kind": KIND,
        "name": name,
        "version": "1",
        "sample_rate": rate,
        "block": rest.block,
        "ratio": sizes.ratio,
        "latent_size": sizes.latent,
        "channels_in": sizes.channels_in,
        "channels_out": sizes.channels_out,
        "tensors": {"audio": "audio", "latent": LATENT, "output": OUTPUT},
        "states": [
            {
                "name": state,
                "input": state_input(state),
                "output": state_output(state),
                "shape": list(value.shape),
                "type": str(value.dtype).removeprefix("torch."),
                "rest": "initializer" if bool((value != 0).any()) else "zeros",
            }
            for state, value in graph.rest.items()
        ],
        "rest_settled": rest.settled,
        "noise": [
            {
                "name": entry,
                "shape": list(drawn.shape),
                "distribution": drawn.distribution,
                "place": place_of(drawn, steps),
            }
            for entry, drawn in noises(graph)
        ],
        "layers": [
            {
                "index": number,
                "name": layer.name,
                "tensor": layer.tensor,
                "kind": layer.kind,
                "half": layer.half,
                "rows": layer.rows,
                "features": layer.features,
                "steps": layer.steps,
                "shown": layer.shown,
            }
            for number, layer in enumerate(layers, 1)
        ],
        "weights": [
            {"name": weight, "shape": list(value.shape), "size": value.numel(), "used": weight in used}
            for weight, value in opened.module.named_parameters()
        ],
        "licence": opened.licence,
        "terms": TERMS,
        "source": {
            "file": opened.path.name,
            "sha256": opened.sha256,
            "torch": torch_version,
            "ignored_methods": list(opened.other_methods),
        },
    }


def measured(described: dict, compared: Compared, latency: Latency) -> dict:
    """The manifest with what was measured on the written model."""
    return {**described, "latency": latency.described(), "check": compared.described()}
