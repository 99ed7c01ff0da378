"""The metric's shapes and its export: what `netbend cluster` relies on."""

import json

import numpy as np
import onnx
import pytest
import torch

from netbend_training.export import build as build_model
from netbend_training.export import write
from netbend_training.exported import Layer, Model
from netbend_training.fold import fold
from netbend_training.manifest import manifest
from netbend_training.metric import EMBEDDING, KEY, Classifier, accuracy, build, depth, fit, largest_difference
from netbend_training.network import DECODER_SIZES, Autoencoder, Shape
from netbend_training.spectrogram import BINS, FRAMES

FEATURES = (16, 8, 4, 2)
# The Rust side refuses any other operator (models/src/onnx/check.rs).
OPERATORS = {
    "Conv", "Relu", "MaxPool", "Slice", "Concat", "Reshape", "Transpose", "GlobalAveragePool", "Flatten", "Gemm",
}  # fmt: skip


def layers() -> list[Layer]:
    return [
        Layer(index, f"decoder_{index}", features, *size)
        for index, (features, size) in enumerate(zip(FEATURES, DECODER_SIZES), 1)
    ]


def test_the_export_has_the_agreed_operators_and_equals_pytorch():
    torch.manual_seed(0)
    classifiers = {layer.index: Classifier(layer.features, depth(layer)).eval() for layer in layers()}
    exported = build(classifiers, layers(), {"model": "tiny"})
    assert {node.op_type for node in exported.graph.node} == OPERATORS
    assert json.loads(exported.metadata_props[0].value)["model"] == "tiny" and exported.metadata_props[0].key == KEY
    shapes = {
        value.name: [d.dim_value for d in value.type.tensor_type.shape.dim][1:]
        for value in (*exported.graph.input, *exported.graph.output)
    }
    random = np.random.default_rng(1)
    maps = {}
    for layer in layers():
        assert shapes[f"maps_{layer.index}"] == [1, layer.rows, layer.columns]
        assert shapes[f"embedding_{layer.index}"] == [EMBEDDING]
        maps[layer.index] = random.random((3, layer.rows, layer.columns), np.float32)
    pytest.importorskip("onnxruntime")
    assert largest_difference(exported, classifiers, maps) < 1e-4


def test_features_that_differ_are_learned_apart():
    layer = Layer(1, "decoder_1", 4, 8, 33)
    random = np.random.default_rng(2)
    maps = random.random((40, 4, 8, 33), np.float32) * 0.3
    for feature in range(4):
        maps[:, feature, :, feature * 8 : feature * 8 + 8] += feature + 1
    maps = maps.astype(np.float16)
    classifier = fit(layer, maps[:30], steps=60, learning_rate=3e-3, seed=1)
    assert accuracy(classifier, maps[30:]) > 0.9


def test_maps_come_from_the_model_file(tmp_path):
    pytest.importorskip("onnxruntime")
    torch.manual_seed(0)
    network = Autoencoder(Shape(width=16, latent=6)).eval()
    path = tmp_path / "tiny.onnx"
    write(build_model(fold(network), manifest(network.shape, "tiny", "0.0.1", {})), path)
    model = Model(path, threads=1)
    assert [layer.features for layer in model.layers] == list(FEATURES)
    latents = model.encode(np.random.default_rng(3).random((9, 1, FRAMES, BINS), np.float32))
    maps = model.maps(latents)
    with torch.no_grad():
        expected = network.decode_layers(torch.from_numpy(latents))
    for layer in model.layers:
        assert maps[layer.index].shape == (9, layer.features, layer.rows, layer.columns)
        assert np.abs(maps[layer.index] - expected[layer.index - 1].numpy()).max() < 2e-2


def test_a_file_without_manifest_is_refused(tmp_path):
    pytest.importorskip("onnxruntime")
    path = tmp_path / "plain.onnx"
    onnx.save(build({}, [], {"model": "none"}), path)
    with pytest.raises(ValueError, match="netbend"):
        Model(path, threads=1)
