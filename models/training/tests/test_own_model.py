"""The worked example of `docs/your-own-model.md`: its script runs, and writes a model as its sidecar describes it."""

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile
import torch

FOLDER = Path(__file__).parents[3] / "docs" / "your-own-model"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("autoencoder", FOLDER / "autoencoder.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def model(script, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 44_100).astype(np.float32)
    soundfile.write(folder / "noise.wav", noise, 44_100)
    network = script.Autoencoder()
    script.train(network, script.read(folder), steps=1)
    path = folder / "my-loops.onnx"
    script.export(network, path)
    assert [file.name for file in folder.glob("*.onnx*")] == ["my-loops.onnx"], "the weights lie outside the file"
    return network, onnx.load(path)


def test_a_full_scale_sine_becomes_one(script):
    bin_hz = 44_100 / script.FFT_SIZE
    sine = torch.sin(2 * torch.pi * 100 * bin_hz * torch.arange(44_100) / 44_100)
    middle = script.spectrogram(sine)[40]
    assert middle[100] == pytest.approx(1.0, abs=1e-4) and middle.argmax() == 100


def test_the_file_is_the_network_for_any_number_of_windows(script, model):
    onnxruntime = pytest.importorskip("onnxruntime")
    network, written = model
    onnx.checker.check_model(written)
    session = onnxruntime.InferenceSession(written.SerializeToString(), providers=["CPUExecutionProvider"])
    for count in (1, 3):
        windows = np.random.default_rng(2).uniform(0, 1, (count, 1, script.FRAMES, 1025)).astype(np.float32)
        with torch.no_grad():
            decoded, latent = network(torch.from_numpy(windows))
        ran = session.run(["decoded", "latent"], {"window": windows})
        assert np.abs(ran[0] - decoded.numpy()).max() < 1e-4
        assert np.abs(ran[1] - latent.numpy()).max() < 1e-3


def test_the_sidecar_says_what_the_script_does(script, model):
    sidecar = (FOLDER / "my-loops.yaml").read_text()
    _, written = model
    for line in (f"fft_size: {script.FFT_SIZE}", f"floor_db: {script.FLOOR_DB:.0f}", "reference_db: 0"):
        assert line in sidecar
    computed = {name for node in written.graph.node for name in node.output}
    assert {"latent", "decoded"} <= computed and written.graph.input[0].name == "window"
    for line in ("spectrogram: window", "latent: latent", "decoded: decoded"):
        assert line in sidecar
