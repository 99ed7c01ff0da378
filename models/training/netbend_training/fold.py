"""The network as plain weights: batch normalisation folded into the convolutions before it, rounded as stored.

Names are those of the exported model: `encoder.1` … `encoder.5`, `mean`, `log_variance`, `expand`,
`decoder.1` … `decoder.5`, each with `.weight` and `.bias`.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .network import (
    DECODER_COLUMNS,
    DECODER_PADDINGS,
    DECODER_ROWS,
    DECODER_STRIDES,
    ENCODER_STRIDE,
    LEAKY_SLOPE,
    Autoencoder,
)

Weights = dict[str, np.ndarray]

LARGEST_HALF = 65504.0


def fold(network: Autoencoder) -> Weights:
    """Weights float16, biases float32. Raises `ValueError` if a weight does not fit in 16 bits."""
    weights: Weights = {}

    def put(name: str, weight: torch.Tensor, bias: torch.Tensor) -> None:
        if not weight.abs().max() < LARGEST_HALF:
            raise ValueError(f"{name}.weight reaches {weight.abs().max().item():.3g}; expected below {LARGEST_HALF}")
        weights[f"{name}.weight"] = weight.detach().contiguous().numpy().astype(np.float16)
        weights[f"{name}.bias"] = bias.detach().numpy().astype(np.float32)

    for index, (convolution, norm) in enumerate(zip(network.encoder, network.encoder_norm), 1):
        gain, bias = _gain_and_bias(norm)
        put(f"encoder.{index}", convolution.weight * gain[:, None, None, None], bias)
    for name in ("mean", "log_variance", "expand"):
        linear = getattr(network, name)
        put(name, linear.weight, linear.bias)
    for index, convolution in enumerate(network.decoder, 1):
        if index == 5:
            put(f"decoder.{index}", convolution.weight, convolution.bias)
        else:
            gain, bias = _gain_and_bias(network.decoder_norm[index - 1])
            put(f"decoder.{index}", convolution.weight * gain[None, :, None, None], bias)
    return weights


def _gain_and_bias(norm: nn.BatchNorm2d) -> tuple[torch.Tensor, torch.Tensor]:
    gain = norm.weight / (norm.running_var + norm.eps).sqrt()
    return gain, norm.bias - norm.running_mean * gain


def run_folded(weights: Weights, spectrogram: np.ndarray) -> dict[str, np.ndarray]:
    """What the exported model must give, computed by PyTorch: every named output and layer."""
    tensors = {name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()}

    def pair(name: str) -> tuple[torch.Tensor, torch.Tensor]:
        return tensors[f"{name}.weight"], tensors[f"{name}.bias"]

    outputs = {}
    with torch.no_grad():
        maps = torch.from_numpy(spectrogram)
        for index in range(1, 6):
            maps = functional.leaky_relu(
                functional.conv2d(maps, *pair(f"encoder.{index}"), stride=ENCODER_STRIDE), LEAKY_SLOPE
            )
        flat = maps.flatten(1)
        outputs["latent_mean"] = functional.linear(flat, *pair("mean"))
        outputs["latent_log_variance"] = functional.linear(flat, *pair("log_variance"))
        seed = functional.relu(functional.linear(outputs["latent_mean"], *pair("expand")))
        maps = seed.view(len(seed), -1, DECODER_ROWS, DECODER_COLUMNS)
        for index in range(1, 6):
            weight, bias = pair(f"decoder.{index}")
            stride, padding = DECODER_STRIDES[index - 1], DECODER_PADDINGS[index - 1]
            maps = functional.conv_transpose2d(maps, weight, bias, stride, padding)
            if index < 5:
                maps = functional.relu(maps)
            outputs[f"decoder_{index}"] = maps
        outputs["decoded"] = maps
    return {name: tensor.numpy() for name, tensor in outputs.items()}
