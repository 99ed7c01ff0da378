"""The optimiser: orthogonal updates, each weight seen with its outputs as rows."""

import pytest
import torch
from torch import nn

from netbend_training.muon import Muon, as_matrix, orthogonal, split_parameters


@pytest.mark.parametrize("shape", [(16, 64), (64, 16), (24, 24)])
def test_an_orthogonal_update_has_singular_values_near_one(shape):
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape) * 37.0))
    assert 0.6 < values.min() and values.max() < 1.3


def test_small_directions_grow_and_zero_stays_zero():
    torch.manual_seed(0)
    rows = torch.logspace(-3, 0, 32)[:, None] * torch.linalg.qr(torch.randn(64, 32)).Q.T
    values = torch.linalg.svdvals(orthogonal(rows))
    assert values.min() > 0.05 and values.max() < 1.3
    assert torch.equal(orthogonal(torch.zeros(4, 8)), torch.zeros(4, 8))


def test_weights_become_matrices_with_a_row_for_each_output_feature():
    network = nn.Sequential(nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), nn.ConvTranspose2d(6, 4, 3), nn.Linear(5, 7))
    matrices, rest = split_parameters(network, {network[3].weight})
    assert [as_matrix(weight, outputs).shape for weight, outputs in matrices] == [(6, 18), (4, 54)]
    assert len(matrices) + len(rest) == len(list(network.parameters()))


def test_a_step_moves_every_weight_by_the_same_amount_whatever_its_gradient():
    torch.manual_seed(0)
    weight = nn.Parameter(torch.zeros(4, 6, 3, 3))
    weight.grad = torch.randn(4, 6, 3, 3) * 1e-4
    Muon([(weight, 1)], learning_rate=0.1).step()
    size = weight.detach().square().mean().sqrt().item()
    # An orthogonal 6 x 36 matrix has the rms value 1/6, and is scaled by the root of its longer side.
    assert size == pytest.approx(0.2 * 0.1, rel=0.2)
