"""Begins a training with the weights of an exported model: what it has learnt need not be learnt again.

An export has its batch norms folded into the convolutions. Here they are unfolded so that each norm has the statistics that its
input really has, and the network still says what the model says. Where parts are trained, each layer's features are put in the order
of the groups, each into that of the part which it answers most.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from scipy.optimize import linear_sum_assignment

from .network import Autoencoder
from .parts import BENT_LAYERS, Groups

LEAST_VARIANCE = 1e-6
SHARED_SCORE = 0.3
"""What a feature of no part's own is worth, where a part's own feature is worth the share of its answer that is to that part."""


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """The weights of a model that `export` wrote, by name, float32."""
    model = onnx.load(path)
    return {tensor.name: numpy_helper.to_array(tensor).astype(np.float32) for tensor in model.graph.initializer}


@torch.no_grad()
def begin_with(network: Autoencoder, path: Path, windows: np.ndarray) -> None:
    """Gives `network` the weights of the model at `path`, and its norms, frozen, the statistics of `windows`
    `[n, 1, time, frequency]`. Raises `ValueError` where the model has another shape or is none of ours."""
    weights = read_weights(path)

    def put(parameter: torch.Tensor, name: str) -> None:
        found = weights.get(name)
        if found is None or found.shape != tuple(parameter.shape):
            shape = "no such weights" if found is None else f"{list(found.shape)}"
            raise ValueError(f"{path}: {name} has {shape}; expected {list(parameter.shape)}, of an export of the same width")
        parameter.copy_(torch.from_numpy(found))

    pairs = [*zip(network.encoder, network.encoder_norm), *zip(network.decoder, network.decoder_norm)]
    names = [*(f"encoder.{n}" for n in range(1, 6)), *(f"decoder.{n}" for n in range(1, 5))]
    for (convolution, norm), name in zip(pairs, names):
        put(convolution.weight, f"{name}.weight")
        put(norm.bias, f"{name}.bias")
        norm.running_mean.zero_()
        norm.running_var.fill_(1.0 - norm.eps)
        norm.weight.fill_(1.0)
    put(network.decoder[4].weight, "decoder.5.weight")
    put(network.decoder[4].bias, "decoder.5.bias")
    for name in ("mean", "log_variance", "expand"):
        put(getattr(network, name).weight, f"{name}.weight")
        put(getattr(network, name).bias, f"{name}.bias")
    for norm, (mean, variance) in zip(network.norms(), _statistics(network, windows)):
        spread = (variance + norm.eps).sqrt()
        norm.bias.add_(mean)
        norm.weight.copy_(spread)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
    network.freeze_statistics()


def _statistics(network: Autoencoder, windows: np.ndarray) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Mean and variance of each norm's input over `windows`."""
    sums = {norm: [0.0, 0.0, 0] for norm in network.norms()}

    def hear(norm, inputs, _output):
        maps = inputs[0].float()
        total = sums[norm]
        total[0] = total[0] + maps.sum((0, 2, 3))
        total[1] = total[1] + maps.square().sum((0, 2, 3))
        total[2] += maps.numel() // maps.shape[1]

    hooks = [norm.register_forward_hook(hear) for norm in network.norms()]
    _run(network, windows, lambda part: network(part))
    for hook in hooks:
        hook.remove()
    found = []
    for first, second, count in sums.values():
        mean = first / count
        found.append((mean, (second / count - mean.square()).clamp(min=LEAST_VARIANCE)))
    return found


def _run(network: Autoencoder, windows: np.ndarray, ask) -> list:
    was_training, place = network.training, next(network.parameters()).device
    network.eval()
    with torch.no_grad():
        answers = [ask(torch.from_numpy(windows[at : at + 8]).to(place)) for at in range(0, len(windows), 8)]
    network.train(was_training)
    return answers


@torch.no_grad()
def put_in_groups(network: Autoencoder, groups: Groups, alone: list[np.ndarray]) -> None:
    """Reorders each layer's features so that each group has those which answer its part most. `alone` has, of each part, windows in which
    it plays alone. The network says what it said."""
    answers = [_answers(network, part) for part in alone]
    for layer in groups.layers:
        heard = np.stack([answer[layer - 1] for answer in answers], 1)
        order = order_of(heard, groups.ranges[layer - 1])
        convolution, norm = network.decoder[layer - 1], network.decoder_norm[layer - 1]
        convolution.weight.copy_(convolution.weight[:, order].clone())
        for values in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            values.copy_(values[order].clone())
        following = network.decoder[layer].weight
        following.copy_(following[order].clone())


def _answers(network: Autoencoder, windows: np.ndarray) -> list[np.ndarray]:
    """How high each feature of layers 1 to 4 goes in the mean over `windows`, `[feature]` each."""
    found = _run(
        network,
        windows,
        lambda part: [maps.float().mean((0, 2, 3)).cpu().numpy() for maps in network.decode_layers(network.encode(part)[0])[:BENT_LAYERS]],
    )
    return [np.mean([answer[layer] for answer in found], 0) for layer in range(BENT_LAYERS)]


def order_of(heard: np.ndarray, ranges: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Which feature comes to each place, where `heard[feature, part]` says how much it answers each part: parts have the places of
    `ranges`, and the rest is shared."""
    share = heard / np.maximum(heard.sum(1, keepdims=True), 1e-12)
    worth = np.full((len(heard), len(heard)), SHARED_SCORE)
    for part, (first, end) in enumerate(ranges):
        worth[:, first:end] = share[:, part : part + 1]
    features, places = linear_sum_assignment(-worth)
    order = np.empty(len(heard), np.int64)
    order[places] = features
    return order
