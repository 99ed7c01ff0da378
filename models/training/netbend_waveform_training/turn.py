"""The latent turned so that its first dimensions carry most: principal components, put into the weights on both sides of it.

What the network plays stays the same, and 0 stays silence. All dimensions have one common scale, at which the first has a root mean
square of 1; so offsets and scales of the first few are worth turning.
"""

import copy

import numpy as np
import torch

from .network import Autoencoder


def principal(latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of `[number, dimension]`: the components as rows, in the order of what they carry, and their root mean squares."""
    values, vectors = np.linalg.eigh(latents.T @ latents / len(latents))
    order = np.argsort(values)[::-1]
    components = vectors[:, order].T
    # A component's sign is nobody's choice: its largest entry is made positive, so that a second export is the same.
    largest = np.abs(components).argmax(1)
    components *= np.sign(components[np.arange(len(components)), largest])[:, None]
    return components, np.sqrt(np.maximum(values[order], 0.0))


def turned(network: Autoencoder, latents: np.ndarray) -> tuple[Autoencoder, np.ndarray]:
    """A copy with its latent turned, and the root mean squares of the new dimensions. `latents` are `[number, dimension]`."""
    components, spreads = principal(latents.astype(np.float64))
    size = float(spreads[0])
    made = copy.deepcopy(network)
    out, into = made.encoder.out.convolution, made.decoder.slow[0].convolution
    with torch.no_grad():
        out.weight.copy_(torch.from_numpy(np.einsum("de,eck->dck", components, out.weight.double().numpy()) / size))
        into.weight.copy_(torch.from_numpy(np.einsum("oek,de->odk", into.weight.double().numpy(), components) * size))
    return made, spreads / size
