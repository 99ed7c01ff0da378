"""The latent turned so that its first dimensions carry most: principal components, put into the weights on both sides of it.

What the network plays stays the same. Each of the first dimensions has a mean of 0 and all have one common scale, at which the first
has a standard deviation of 1; so offsets and scales of the first few are worth turning.
"""

import copy

import numpy as np
import torch

from .network import Autoencoder


def principal(latents: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of `[number, dimension]`: the mean, the components as rows in the order of what they carry, and their standard deviations."""
    mean = latents.mean(0)
    values, vectors = np.linalg.eigh(np.cov(latents - mean, rowvar=False))
    order = np.argsort(values)[::-1]
    components = vectors[:, order].T
    # A component's sign is nobody's choice: its largest entry is made positive, so that a second export is the same.
    largest = np.abs(components).argmax(1)
    components *= np.sign(components[np.arange(len(components)), largest])[:, None]
    return mean, components, np.sqrt(np.maximum(values[order], 0.0))


def turned(network: Autoencoder, latents: np.ndarray) -> tuple[Autoencoder, np.ndarray]:
    """A copy with its latent turned, and the standard deviations of the new dimensions. `latents` are `[number, dimension]`."""
    mean, components, spreads = principal(latents.astype(np.float64))
    size = float(spreads[0])
    made = copy.deepcopy(network)
    out, into = made.encoder.out.convolution, made.decoder.slow[0].convolution
    with torch.no_grad():
        weight, bias = out.weight.double().numpy(), out.bias.double().numpy()
        out.weight.copy_(torch.from_numpy(np.einsum("de,eck->dck", components, weight) / size))
        out.bias.copy_(torch.from_numpy(components @ (bias - mean) / size))
        weight, bias = into.weight.double().numpy(), into.bias.double().numpy()
        into.weight.copy_(torch.from_numpy(np.einsum("oek,de->odk", weight, components) * size))
        into.bias.copy_(torch.from_numpy(bias + weight.sum(2) @ mean))
    return made, spreads / size
