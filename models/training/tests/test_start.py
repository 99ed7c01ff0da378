"""A training may begin with the weights of an export: nothing is lost, and its features are put where their parts are."""

import numpy as np
import pytest
import torch

from netbend_training.export import build, write
from netbend_training.fold import fold, run_folded
from netbend_training.manifest import manifest
from netbend_training.network import Autoencoder, Shape
from netbend_training.parts import Groups
from netbend_training.spectrogram import BINS, FRAMES
from netbend_training.start import begin_with, order_of, put_in_groups

SHAPE = Shape(width=64, latent=6)
NAMES = ("kick", "hats")


@pytest.fixture(scope="module")
def windows():
    return np.random.default_rng(1).uniform(0, 1.25, (4, 1, FRAMES, BINS)).astype(np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    torch.manual_seed(0)
    network = Autoencoder(SHAPE)
    for _ in range(3):
        network(torch.rand(2, 1, FRAMES, BINS))
    path = tmp_path_factory.mktemp("model") / "own.onnx"
    write(build(fold(network.eval()), manifest(SHAPE, "own", "0.0.1", {"seed": 0})), path)
    return path, fold(network)


def begun(model, windows) -> Autoencoder:
    torch.manual_seed(3)
    network = Autoencoder(SHAPE)
    begin_with(network, model[0], windows)
    return network


def said(network, windows):
    with torch.no_grad():
        return network.eval()(torch.from_numpy(windows))[0].numpy()


def test_a_run_begins_with_what_the_model_says_and_norms_that_know_their_input(model, windows):
    network = begun(model, windows)
    assert network.statistics_frozen
    expected = run_folded(model[1], windows)["decoded"]
    assert np.abs(said(network, windows) - expected).max() < 1e-3
    heard = []
    norm = network.decoder_norm[2]
    norm.register_forward_hook(lambda _norm, _inputs, output: heard.append(output))
    said(network, windows)
    spread = ((heard[0] - norm.bias[None, :, None, None]) / norm.weight[None, :, None, None]).std((0, 2, 3))
    expected = (norm.running_var / (norm.running_var + norm.eps)).sqrt()
    assert torch.allclose(spread, expected, atol=0.02)


def test_features_are_put_into_groups_and_nothing_changes(model, windows):
    network = begun(model, windows)
    before = said(network, windows)
    first = network.decoder[0].weight.detach().clone()
    put_in_groups(network, Groups.of(SHAPE, NAMES), [windows[:2], 0.5 * windows[2:]])
    assert np.abs(said(network, windows) - before).max() < 1e-4
    assert not torch.equal(network.decoder[0].weight, first)


def test_a_feature_goes_to_the_part_it_answers_most():
    heard = np.array([[0.1, 0.9], [0.5, 0.5], [0.8, 0.2], [0.0, 0.0]])
    order = order_of(heard, ((0, 1), (1, 2)))
    assert order[0] == 2 and order[1] == 0
    assert sorted(order) == [0, 1, 2, 3]


def test_a_model_of_another_width_is_refused(model, windows):
    with pytest.raises(ValueError, match="encoder.1.weight has .*expected"):
        begin_with(Autoencoder(Shape(width=32, latent=6)), model[0], windows)
