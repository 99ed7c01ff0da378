"""Muon: momentum whose update of every weight matrix is made orthogonal (Jordan et al. 2024, kellerjordan.github.io/posts/muon).

PyTorch's own `torch.optim.Muon` takes two-dimensional parameters only; convolutions need theirs seen as a matrix
with a row for each output feature. What it gained over AdamW is in `../../drums.md`.
"""

import math

import torch
from torch import nn

MOMENTUM = 0.95
# Update size in proportion to AdamW's usual one (Liu et al. 2025, "Muon is scalable for LLM training", section 2.2).
UPDATE_RMS = 0.2
# Odd polynomials that drive every singular value in (0, 1] near 1 in five steps, faster than the classical
# Newton-Schulz iteration (coefficients found by You Jiacheng).
POLYNOMIALS = (
    (4.0848, -6.8946, 2.9270),
    (3.9505, -6.3029, 2.6377),
    (3.7418, -5.5913, 2.3037),
    (2.8769, -3.1427, 1.2046),
    (2.8366, -3.0525, 1.2012),
)


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """About the nearest matrix whose singular values are all alike (0.7 to 1.2). Any float32 matrix.

    The polynomials of X commute with its Gram matrix XXᵀ, so they are iterated on that one, the smaller of the two,
    and applied to X once. The Gram matrix needs float32: rounded coarser, small singular values turn negative and diverge.
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    wide = matrix.T if is_tall else matrix
    wide = wide / (wide.norm() * 1.01 + 1e-12)
    gram = wide @ wide.T
    identity = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    polynomial, product = None, None
    for first, third, fifth in POLYNOMIALS:
        if polynomial is not None:
            gram = polynomial @ gram @ polynomial
        polynomial = first * identity + third * gram + fifth * (gram @ gram)
        product = polynomial if product is None else polynomial @ product
    # The product is symmetric; this way round the result lies in memory as the matrix does.
    return wide.T @ product.T if is_tall else product @ wide


def as_matrix(weight: torch.Tensor, outputs: int) -> torch.Tensor:
    """A weight with its axis of output features, number `outputs`, as rows and everything else as columns."""
    return weight.movedim(outputs, 0).flatten(1)


def split_parameters(network: nn.Module, kept: set[nn.Parameter]) -> tuple[list, list]:
    """Matrices, as `(parameter, axis of its output features)`, and everything else. `kept` matrices count as the rest."""
    axis = {}
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            axis[module.weight] = 0
        elif isinstance(module, nn.ConvTranspose2d):
            axis[module.weight] = 1
    matrices = [(p, axis[p]) for p in network.parameters() if p in axis and p not in kept]
    taken = {parameter for parameter, _ in matrices}
    return matrices, [p for p in network.parameters() if p not in taken]


class Muon(torch.optim.Optimizer):
    """Takes `(parameter, axis of its output features)` pairs."""

    def __init__(self, matrices: list[tuple[nn.Parameter, int]], learning_rate: float, weight_decay: float = 0.0):
        groups = [{"params": [parameter], "outputs": outputs} for parameter, outputs in matrices]
        super().__init__(groups, {"lr": learning_rate, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        """One update from the gradients that are there."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                state["momentum"].lerp_(parameter.grad, 1.0 - MOMENTUM)
                # Nesterov's: a step ahead along the momentum.
                ahead = parameter.grad.lerp(state["momentum"], MOMENTUM)
                matrix = as_matrix(ahead, group["outputs"]).contiguous()
                update = orthogonal(matrix) * (UPDATE_RMS * math.sqrt(max(matrix.shape)))
                moved = ahead.movedim(group["outputs"], 0).shape
                parameter.mul_(1.0 - group["lr"] * group["weight_decay"])
                parameter.add_(update.reshape(moved).movedim(0, group["outputs"]), alpha=-group["lr"])
