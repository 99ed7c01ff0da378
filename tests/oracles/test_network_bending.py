"""Files of network-bending's form, read plainly in Python and bent in NumPy, against the engine and `netbend export`."""

from pathlib import Path

import numpy as np
import pytest

import network_bending
import programs
import reference
from figures import note
from models import Model

EXAMPLES = Path(__file__).parent / "examples"
FILES = ["transforms.yaml", "chain.yaml", "seeded.yaml", "netbend.yaml"]
# Of the values' range, or of 1.
EXACT = 1e-4


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model of two layers of eight maps whose clusters come from the example file."""
    folder = tmp_path_factory.mktemp("model")
    made = Model(8, 17, 65)
    plain = made.save(folder / "plain.onnx")
    made.path = folder / "clustered.onnx"
    programs.netbend("cluster", plain, "--import", EXAMPLES / "clusters.yaml", "--out", made.path)
    return made


@pytest.mark.parametrize("file", FILES)
def test_a_file_selects_and_bends_what_it_says(model, tmp_path, file):
    text = (EXAMPLES / file).read_text()
    bends = network_bending.read(text, (EXAMPLES / "clusters.yaml").read_text(), model.features_of())
    latents = np.random.default_rng(21).uniform(-1, 2, (2, model.size)).astype(np.float32)
    expected = []
    for values in latents:
        for layer in (0, 1, 2):
            if layer == 1:
                maps = values.reshape(model.shape)
            elif layer == 2:
                maps = model.second(maps)
            for _, *bend in (bend for bend in bends if bend[0] == layer):
                if layer == 0:  # values that are no places on a map
                    values = reference.bend(values[:, None, None], *bend)
                else:
                    maps = reference.bend(maps, *bend)
        expected.append(np.ravel(maps))
    span = max(np.ptp(expected), 1.0)
    engine = programs.decode(model.path, latents, text)
    assert note("network-bending files, engine and float64", np.max(np.abs(engine - expected)) / span) <= EXACT
    exported = programs.export(model.path, text, tmp_path / "decoder.onnx", "--decoder")
    found = programs.onnx_runtime(exported, "latent", latents).reshape(2, -1)
    assert note("network-bending files, export and float64", np.max(np.abs(found - expected)) / span) <= EXACT


@pytest.mark.parametrize("share", [0.0, 0.125, 0.29, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("layer", [1, 2])
def test_random_features_are_those_of_the_documented_draw(model, layer, share):
    # Multiplied apart, each bend's features show in the figures: 1, 3, 7 or 21.
    for seed in (0, 1, 65535, 2**32 - 1):
        text = f"netbend: 1\nseed: {seed}\ntransforms:\n" + "".join(
            f"- {{layer: {layer}, transform: scalar-multiply, params: [{factor}], features: random, "
            f"feature-param: {share}}}\n"
            for factor in (3, 7)
        )
        bends = network_bending.read(text, "", model.features_of())
        factors = np.ones(8)
        for _, _, [factor], features, _ in bends:
            factors[features] *= factor
        ones = np.ones((1, model.size), np.float32)
        maps = ones.reshape(model.shape) * (factors[:, None, None] if layer == 1 else 1)
        maps = model.second(maps) * (factors[:, None, None] if layer == 2 else 1)
        found = programs.decode(model.path, ones, text).reshape(model.shape)
        assert np.allclose(found, maps, atol=1e-5), f"seed {seed}"
