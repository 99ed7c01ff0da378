"""`netbend export` in Python's ONNX Runtime, against OpenCV, the float64 reference and the engine."""

import json

import numpy as np
import onnx
import pytest
import yaml

import opencv
import programs
import reference
from figures import note
from models import Model

# Of the map's range, or of 1.
OPENCV_MOVES = 2e-2
EXACT = 1e-4
# Exported graph and engine, absolute, on values of a size near 1.
ENGINE = 1e-5

SIZES = [(8, 33), (17, 65), (32, 129), (64, 257), (11, 33)]
FEATURES = 3
CLUSTERS = ((0, 2), (1,))

KINDS = [
    ("ablate", []),
    ("invert", []),
    ("scalar-multiply", [-2.5]),
    ("binary-thresh", [0.5]),
    ("flip-h", []),
    ("flip-v", []),
    ("translate", [0.3, -0.21]),
    ("translate", [-0.5, 0.25]),
    ("scale", [1.4]),
    ("scale", [0.35]),
    ("rotate", [33]),
    ("rotate", [270]),
    ("erode", [2]),
    ("dilate", [5]),
]


def preset(*bends, seed=1):
    """The text of a preset; a bend is `(layer, transform, params, selection, amount)`."""
    entries = [
        {"layer": layer, "transform": transform, "params": list(params), **selection, "amount": amount}
        for layer, transform, params, selection, amount in bends
    ]
    return yaml.safe_dump({"netbend": 1, "seed": seed, "transforms": entries})


ALL = {"features": "all"}
FIRST_CLUSTER = {"features": "cluster", "feature-param": 0}


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def model(request, tmp_path_factory):
    made = Model(FEATURES, *request.param, clusters=CLUSTERS)
    made.path = made.save(tmp_path_factory.mktemp("model") / "maps.onnx")
    return made


def latents(model, batch, seed):
    return np.random.default_rng(seed).uniform(-1, 2, (batch, model.size)).astype(np.float32)


def error(found, expected, span):
    return float(np.max(np.abs(found - expected))) / span


def expected(model, latents, bends, bend):
    """What the bends `(layer, transform, params, features, amount)` make of the model, by `bend`."""
    windows = []
    for maps in latents.reshape(-1, *model.shape):
        for _, *rest in (b for b in bends if b[0] == 1):
            maps = bend(maps, *rest)
        maps = model.second(maps)
        for _, *rest in (b for b in bends if b[0] == 2):
            maps = bend(maps, *rest)
        windows.append(np.ravel(maps))
    return np.array(windows)


@pytest.mark.parametrize("transform,params", KINDS, ids=lambda value: str(value))
def test_every_transform_is_opencvs_the_formula_and_the_engines(model, tmp_path, transform, params):
    for layer, selection, features, amount in [
        (1, ALL, None, 1.0),
        (2, ALL, None, 0.5),
        (1, FIRST_CLUSTER, [0, 2], 0.7),
    ]:
        text = preset((layer, transform, params, selection, amount))
        bends = [(layer, transform, params, features, amount)]
        decoder = programs.export(model.path, text, tmp_path / "decoder.onnx", "--decoder")
        for batch in (1, 3):
            latent = latents(model, batch, batch + 10 * layer)
            found = programs.onnx_runtime(decoder, "latent", latent).reshape(batch, -1)
            exact = expected(model, latent, bends, reference.bend)
            span = max(np.ptp(exact), 1.0)
            assert note(f"export and float64, {transform}", error(found, exact, span)) <= EXACT
            allowed = OPENCV_MOVES if transform in opencv.MOVES else EXACT
            by_opencv = expected(model, latent, bends, opencv.bend)
            assert note(f"export and OpenCV, {transform}", error(found, by_opencv, span)) <= allowed
            by_engine = programs.decode(model.path, latent, text)
            assert note(f"export and engine, {transform}", error(found, by_engine, span)) <= ENGINE


CHAIN = [
    (0, "scalar-multiply", [-1.5], ALL, 0.8),
    (1, "scale", [1.3], ALL, 0.5),
    (2, "dilate", [2.5], ALL, 0.25),
    (1, "invert", [], FIRST_CLUSTER, 1.0),
    (2, "rotate", [12], ALL, 1.0),
    (1, "flip-v", [], {"features": "random", "feature-param": 0.5}, 1.0),
    (1, "erode", [1], {"features": "cluster", "feature-param": 1}, 0.7),
    (2, "translate", [0.1, -0.3], {"features": "random", "feature-param": 0.75}, 0.9),
    (1, "scalar-multiply", [3], {"features": "random", "feature-param": 0.4}, 0.4),
    (0, "invert", [], {"features": "random", "feature-param": 0.3}, 0.5),
    (1, "ablate", [], {"features": "cluster", "feature-param": 1, "invert-selection": True}, 0.5),
]


def test_chained_bends_of_two_layers_are_the_engines(model, tmp_path):
    text = preset(*CHAIN, seed=77)
    decoder = programs.export(model.path, text, tmp_path / "decoder.onnx", "--decoder")
    whole = programs.export(model.path, text, tmp_path / "whole.onnx")
    for batch in (1, 3):
        latent = latents(model, batch, 5)
        engine = programs.decode(model.path, latent, text)
        span = max(np.ptp(engine), 1.0)
        found = programs.onnx_runtime(decoder, "latent", latent).reshape(batch, -1)
        assert note("export and engine, chains", error(found, engine, span)) <= ENGINE
        # This model's latent is its spectrogram.
        window = latent.reshape(batch, 1, -1, model.columns)
        heard = programs.onnx_runtime(whole, "spectrogram", window).reshape(batch, -1)
        assert error(heard, engine, span) <= ENGINE
        # The whole model is a Netbend model itself, its tensors carrying what was bent.
        again = programs.decode(whole, latent)
        assert error(again, engine, span) <= ENGINE


@pytest.mark.parametrize("opset", [8, 11, 13, 15, 16, 17, 18, 20])
def test_standard_operators_of_the_models_own_operator_set(opset, tmp_path):
    model = Model(FEATURES, 8, 33, opset=opset, clusters=CLUSTERS)
    path = model.save(tmp_path / "maps.onnx")
    bends = [(1 + n % 2, t, p, FIRST_CLUSTER if n % 2 == 0 else ALL, 0.8) for n, (t, p) in enumerate(KINDS)]
    text = preset(*bends)
    for options in ([], ["--decoder"]):
        out = programs.export(path, text, tmp_path / "out.onnx", *options)
        written = onnx.load(out)
        onnx.checker.check_model(written, full_check=True)
        assert [(i.domain, i.version) for i in written.opset_import] == [("", opset)]
        assert all(node.domain in ("", "ai.onnx") for node in written.graph.node)
    latent = latents(model, 2, 3)
    found = programs.onnx_runtime(out, "latent", latent).reshape(2, -1)
    engine = programs.decode(path, latent, text)
    assert error(found, engine, max(np.ptp(engine), 1.0)) <= ENGINE


WEIGHTS = [
    {"layer": 3, "transform": "offset", "percentage": 0.2, "amount": 0.3},
    {"layer": 5, "transform": "randomise", "percentage": 1.0, "amount": 0.2, "seed": 3},
    {"layer": 5, "transform": "roll", "percentage": 0.1, "amount": 0.25},
]

SHIPPED = [
    (0, "scalar-multiply", [1.5], {"features": "random", "feature-param": 0.5}, 1.0),
    (1, "rotate", [20], ALL, 0.5),
    (2, "dilate", [1.5], {"features": "random", "feature-param": 0.4}, 1.0),
    (2, "invert", [], {"features": "cluster", "feature-param": 1}, 0.3),
    (3, "translate", [0.1, 0.05], {"features": "cluster", "feature-param": 0}, 1.0),
    (3, "scalar-multiply", [2], {"features": "random", "feature-param": 0.2}, 1.0),
    (4, "scale", [1.2], ALL, 0.4),
    (4, "flip-v", [], {"features": "random", "feature-param": 0.1}, 1.0),
    (5, "erode", [1], ALL, 0.5),
]


@pytest.mark.parametrize("weights", [[], WEIGHTS], ids=["bends", "weights"])
def test_the_shipped_model_sounds_the_same_exported(tmp_path, weights):
    text = preset(*SHIPPED, seed=4) + yaml.safe_dump({"weights": weights})
    model = programs.shipped_model()
    decoder = programs.export(model, text, tmp_path / "decoder.onnx", "--decoder")
    latent = likely_latents(model, 4)
    found = programs.onnx_runtime(decoder, "latent", latent).reshape(len(latent), -1)
    engine = programs.decode(model, latent, text)
    unbent = programs.decode(model, latent, preset(*SHIPPED, seed=4) if weights else None)
    span = max(float(np.ptp(engine)), 1.0)
    what = "nine bends" + (" and three of weights" if weights else "")
    assert note(f"export and engine, the shipped model with {what}", error(found, engine, span)) <= ENGINE
    assert np.abs(engine - unbent).max() > 0.1


def likely_latents(model, count):
    """Latents such as sounds have, drawn from the model's prior."""
    entries = {entry.key: entry.value for entry in onnx.load(model).metadata_props}
    prior = json.loads(entries["netbend"])["latent_prior"]
    return np.random.default_rng(8).normal(prior["mean"], prior["std"], (count, len(prior["mean"]))).astype(np.float32)
