"""The network's sizes, what the encoder sees, and that a step of training runs and repeats."""

import numpy as np
import pytest
import torch

from netbend_training.network import DECODER_SIZES, Autoencoder, Shape
from netbend_training.spectrogram import BINS, FRAMES, LAST_SEEN_BIN, LAST_SEEN_FRAME
from netbend_training.train import Run, Settings, settle


def test_layers_have_the_papers_resolutions():
    network = Autoencoder(Shape(width=16, latent=4))
    layers = network.decode_layers(torch.zeros(2, 4))
    features = [16, 8, 4, 2, 1]
    assert [tuple(layer.shape) for layer in layers] == [
        (2, count, *size) for count, size in zip(features, DECODER_SIZES)
    ]


def test_the_encoder_sees_exactly_frames_to_124_and_bins_to_508():
    torch.manual_seed(0)
    network = Autoencoder(Shape(width=16, latent=4)).eval()
    spectrogram = torch.rand(1, 1, FRAMES, BINS, requires_grad=True)
    mean, _ = network.encode(spectrogram)
    mean.square().sum().backward()
    seen = spectrogram.grad[0, 0] != 0
    assert seen.any(dim=1).nonzero().max() == LAST_SEEN_FRAME
    assert seen.any(dim=0).nonzero().max() == LAST_SEEN_BIN


def test_evaluation_decodes_the_mean_without_noise():
    network = Autoencoder(Shape(width=8, latent=4)).eval()
    spectrogram = torch.rand(2, 1, FRAMES, BINS)
    first, second = (network(spectrogram)[0] for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("width", [0, 4, 12])
def test_a_width_that_cannot_be_halved_thrice_is_refused(width):
    with pytest.raises(ValueError, match="multiple of 8"):
        Shape(width=width)


def test_a_seed_repeats_training_and_a_checkpoint_continues_it(tmp_path):
    settings = Settings(data=(), width=8, latent=4, steps=4, batch=2, threads=1)
    windows = np.random.default_rng(0).uniform(0, 1, (4, 2, 1, FRAMES, BINS)).astype(np.float32)

    def losses(run, batches):
        return [run.train_step(batch).reproduction.decibel.item() for batch in batches]

    whole = losses(Run(tmp_path / "whole", settings, resume=False), windows)
    halves = Run(tmp_path / "halves", settings, resume=False)
    first = losses(halves, windows[:2])
    halves.save()
    second = losses(Run(tmp_path / "halves", settings, resume=True), windows[2:])
    assert first + second == pytest.approx(whole, rel=1e-5)


def test_settling_makes_evaluation_agree_with_the_batches_own_statistics():
    torch.manual_seed(0)
    network = Autoencoder(Shape(width=8, latent=4))
    windows = np.random.default_rng(0).uniform(0, 1, (8, 1, FRAMES, BINS)).astype(np.float32)
    settle(network, [windows])
    with torch.no_grad():
        by_batch, _ = network.encode(torch.from_numpy(windows))
        settled, _ = network.eval().encode(torch.from_numpy(windows))
    assert settled.numpy() == pytest.approx(by_batch.numpy(), abs=0.02)


def test_frozen_statistics_stay_while_weights_train(tmp_path):
    run = Run(tmp_path, Settings(data=(), width=8, latent=4, steps=4, batch=2, threads=1), resume=False)
    windows = np.random.default_rng(0).uniform(0, 1, (2, 1, FRAMES, BINS)).astype(np.float32)
    run.network.freeze_statistics()
    norm = run.network.decoder_norm[0]
    statistics, gain = norm.running_mean.clone(), norm.weight.detach().clone()
    run.train_step(windows)
    assert torch.equal(norm.running_mean, statistics) and not torch.equal(norm.weight, gain)
    run.save()
    assert Run(tmp_path, run.settings, resume=True).network.statistics_frozen
