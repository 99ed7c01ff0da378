"""The exported model equals the network and says what a loader needs."""

import json

import numpy as np
import onnx
import pytest
import torch

from netbend_training.bands import matrix
from netbend_training.evaluate import figures
from netbend_training.export import build, largest_difference, write
from netbend_training.fold import fold, run_folded
from netbend_training.manifest import manifest
from netbend_training.network import DECODER_SIZES, Autoencoder, Shape
from netbend_training.spectrogram import BINS, FRAMES

OPERATORS = {"Conv", "ConvTranspose", "LeakyRelu", "Relu", "Flatten", "Reshape", "Gemm", "Identity", "Cast"}
# Half-precision weights: eleven significant bits, over at most a few thousand products.
HALF_TOLERANCE = 2e-2


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    network = Autoencoder(Shape(width=16, latent=6))
    for _ in range(3):
        network(torch.rand(2, 1, FRAMES, BINS))
    return network.eval()


@pytest.fixture(scope="module")
def model(network):
    return build(fold(network), manifest(network.shape, "tiny", "0.0.1", {"seed": 0}))


@pytest.fixture(scope="module")
def windows():
    return np.random.default_rng(1).uniform(0, 1.25, (3, 1, FRAMES, BINS)).astype(np.float32)


def test_folded_weights_equal_the_network_within_half_precision(network, windows):
    folded = run_folded(fold(network), windows)
    with torch.no_grad():
        decoded, mean, _ = network(torch.from_numpy(windows))
    assert np.abs(folded["decoded"] - decoded.numpy()).max() < HALF_TOLERANCE
    assert np.abs(folded["latent_mean"] - mean.numpy()).max() < HALF_TOLERANCE


def test_onnxruntime_equals_pytorch_at_every_layer(network, model, windows):
    pytest.importorskip("onnxruntime")
    assert largest_difference(model, fold(network), windows) < 1e-4


def test_the_graph_has_the_agreed_operators_names_and_shapes(model):
    graph = model.graph
    assert {node.op_type for node in graph.node} == OPERATORS
    assert model.ir_version == 8 and model.opset_import[0].version == 17
    shapes = {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output, *graph.value_info)
    }
    assert shapes["spectrogram"] == shapes["decoded"] == ["batch", 1, FRAMES, BINS]
    assert shapes["latent_mean"] == shapes["latent_log_variance"] == shapes["latent"] == ["batch", 6]
    for index, (features, size) in enumerate(zip([16, 8, 4, 2, 1], DECODER_SIZES), 1):
        assert shapes[f"decoder_{index}"] == ["batch", features, *size]
    initializers = {initializer.name: initializer.data_type for initializer in graph.initializer}
    for name in ("encoder.1", "mean", "log_variance", "expand", "decoder.5"):
        assert initializers[f"{name}.weight"] == onnx.TensorProto.FLOAT16
        assert initializers[f"{name}.bias"] == onnx.TensorProto.FLOAT
    (latent,) = (node for node in graph.node if "latent" in node.output)
    assert latent.op_type == "Identity" and list(latent.input) == ["latent_mean"]


def test_the_manifest_travels_in_the_file(model, tmp_path):
    path = tmp_path / "tiny.onnx"
    write(model, path)
    (entry,) = onnx.load(path).metadata_props
    described = json.loads(entry.value)
    assert entry.key == "netbend" and described["netbend"] == 1
    assert described["layers"][1] == {"index": 2, "tensor": "decoder_2", "features": 8, "rows": 17, "columns": 65}
    assert described["latent_size"] == 6 and described["last_seen_frame"] == 124


def test_a_weight_too_large_for_half_precision_is_refused(network):
    copy = Autoencoder(network.shape).eval()
    copy.load_state_dict(network.state_dict())
    copy.expand.weight.data[0, 0] = 1e6
    with pytest.raises(ValueError, match="expand.weight reaches"):
        fold(copy)


def test_a_perfect_autoencoder_has_no_error_and_a_constant_offset_is_seen(windows):
    nothing = np.zeros((3, 6), np.float32)
    assert figures(windows, lambda batch: (batch, nothing, nothing)).audible_rms_db == 0.0
    quiet = windows * 0.8
    off_by_a_decibel = figures(quiet, lambda batch: (batch + np.float32(1 / 80), nothing, nothing))
    assert off_by_a_decibel.audible_rms_db == pytest.approx(1.0, abs=1e-4)
    assert off_by_a_decibel.active_dimensions == 0


def test_third_octaves_see_how_loud_a_band_is_and_not_which_of_its_bins(windows):
    nothing = np.zeros((3, 6), np.float32)

    def measured(decoded):
        return figures(windows * 0.8, lambda batch: (decoded(batch).astype(np.float32), nothing, nothing))

    quieter = measured(lambda batch: batch - 2 / 80)
    assert quieter.third_octave_rms_db == pytest.approx(2.0, abs=0.1)
    assert quieter.third_octave_bias_db == pytest.approx(-2.0, abs=0.1)
    within_bands = np.concatenate([np.flatnonzero(band)[::-1] for band in matrix().T])
    shuffled = measured(lambda batch: batch[..., within_bands])
    assert shuffled.audible_rms_db > 5.0
    assert shuffled.third_octave_rms_db < 1e-3
