"""What a network begins with: the best linear autoencoder of patches, passed through its stages, and branches that do almost nothing.

A patch is all that a latent step stands for: `bands` sub-bands over `ratio / bands` steps. Strided convolutions stack neighbouring
steps until a whole patch lies in the features of the slowest stage; the latent is its principal components, and the decoder is the
way back. Random weights took thousands of steps to find as much.
"""

import numpy as np
import torch

from .filter_bank import levels
from .loss import BAND_POWER
from .network import Autoencoder
from .shape import Shape

EXTRA_SHARE = 0.5
"""Of their usual size: random weights of the features that no patch needs, for the branches to work with."""


def patches(bands: np.ndarray, shape: Shape) -> np.ndarray:
    """Of sub-bands `[batch, bands, steps]`: `[number, ratio]`, in the order in which the stages stack them."""
    steps = shape.ratio // shape.bands
    batch, count, length = bands.shape
    whole = bands[..., : length // steps * steps].reshape(batch, count, -1, steps)
    return whole.transpose(0, 2, 3, 1).reshape(-1, steps * count)


def components(patches_: np.ndarray, shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """`[latent, ratio]` and `[ratio, latent]`: into the latent, whose mean square is 1 on these patches, and back.

    Bands count as they do in the error of waves."""
    weight = np.tile(levels(shape.bands) ** BAND_POWER, shape.ratio // shape.bands)
    weighted = patches_.astype(np.float64) * weight
    values, vectors = np.linalg.eigh(weighted.T @ weighted / len(weighted))
    kept = vectors[:, ::-1][:, : shape.latent]
    size = np.sqrt(values[::-1][: shape.latent].mean())
    return kept.T * weight / size, kept / weight[:, None] * size


def begin(network: Autoencoder, shape: Shape, patches_: np.ndarray) -> None:
    """Sets the trunk's weights. Raises `ValueError` where a stage has too few features to hold its part of a patch."""
    held = [shape.bands]
    for stride in shape.strides:
        held.append(held[-1] * stride)
    if any(width < needed for width, needed in zip(shape.widths, held)):
        raise ValueError(f"widths of {shape.widths}; expected at least {tuple(held)}, which is what patches need")
    into, back = (torch.from_numpy(matrix).float() for matrix in components(patches_, shape))
    encoder, decoder = network.encoder, network.decoder
    with torch.no_grad():
        first = encoder.fine[0].convolution.weight
        first.mul_(EXTRA_SHARE)[: shape.bands] = 0.0
        first[: shape.bands, :, -1] = torch.eye(shape.bands)
        for number, stage in enumerate((encoder.middle, encoder.coarse, encoder.slow)):
            weight, stride, count = stage[0].convolution.weight, shape.strides[number], held[number]
            weight.mul_(EXTRA_SHARE)[: stride * count] = 0.0
            for step in range(stride):
                weight[step * count : (step + 1) * count, :count, step - stride] = torch.eye(count)
        encoder.out.convolution.weight.zero_()
        encoder.out.convolution.weight[:, : held[-1], -1] = into
        # The lookahead is a whole step: what is played now is the last patch.
        weight = decoder.slow[0].convolution.weight
        weight.mul_(EXTRA_SHARE)[: held[-1]] = 0.0
        weight[: held[-1], :, -1 - shape.lookahead_steps] = back
        for number, stage in zip((2, 1, 0), (decoder.coarse, decoder.middle, decoder.fine)):
            weight, stride, count = stage[0].convolution.weight, shape.strides[number], held[number]
            weight.mul_(EXTRA_SHARE)[:, :count] = 0.0
            for step in range(stride):
                weight[step * count : (step + 1) * count, :count, step] = torch.eye(count)
        decoder.waves.convolution.weight.zero_()
        decoder.waves.convolution.weight[:, : shape.bands, -1] = torch.eye(shape.bands)
