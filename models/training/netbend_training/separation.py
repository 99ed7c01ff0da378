"""Measures what bending takes out of mixes whose stems are known: patterns played from one-shots, the difference voice's
gain (bent over clean) put on the mix.

For a part with the stem S in a mix X = S + R, and a gain M: *lowered* is the energy of M S over that of S, *harmed* that of
M R − R over that of R, *gain* how much nearer M X is to R than X is (the distortion ratio's rise). Decibels; medians over the
patterns in which the part has a thousandth of the energy.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .manifest import KEY
from .network import Autoencoder, Shape
from .parts import BENT_LAYERS, Sound
from .spectrogram import (
    BINS,
    FLOOR_DB,
    FRAMES,
    LAST_SEEN_BIN,
    LAST_SEEN_FRAME,
    MINIMUM_MAGNITUDE,
    REFERENCE_DB,
    quantised_level_db,
    scale,
    window_peak_db,
)
from .stem_pool import spectra
from .stems import StemCorpus
from .train import load_checkpoint

SEED = 5
PATTERNS = 40
FEWEST_PARTS = 3
PEAK = 0.7
AUDIBLE_SHARE = 1e-3
GAIN_RANGE_DB = (-60.0, 12.0)
SEEN_FRAMES = LAST_SEEN_FRAME + 1
ALL_LAYERS = 0


@dataclass(frozen=True)
class Pattern:
    """`stems` are complex spectra `[part, frame, BINS]`; a part that does not play is 0. They add up to the mix."""

    stems: np.ndarray

    @property
    def mix(self) -> np.ndarray:
        return self.stems.sum(axis=0)

    def plays(self, part: int) -> bool:
        return _energy(self.stems[part]) >= AUDIBLE_SHARE * _energy(self.mix)


@dataclass(frozen=True)
class Taken:
    """What a gain does to one part, in decibels: `gain` better the higher, `lowered` and `harmed` the lower."""

    gain: float
    lowered: float
    harmed: float

    def __str__(self) -> str:
        return f"{self.lowered:+6.1f} / {self.harmed:+6.1f} / {self.gain:+6.1f}"

    @classmethod
    def median(cls, taken: list["Taken"]) -> "Taken":
        return cls(*np.median([(t.gain, t.lowered, t.harmed) for t in taken], axis=0))


def stems_of_patterns(
    sounds: list[Sound], names: tuple[str, ...], count: int = PATTERNS, seed: int = SEED
) -> list[np.ndarray]:
    """The stems, float32 `[part, samples]`, of patterns in which at least three parts play (all, where there are fewer),
    always the same ones; a part that does not play is 0."""
    corpus = StemCorpus([sound for sound in sounds if sound.part in names], seed, names, varied=False)
    fewest = min(FEWEST_PARTS, sum(bool(shots) for shots in corpus.shots))
    if not fewest:
        raise ValueError(f"no one-shots of {', '.join(names)} to measure on")
    made = []
    while len(made) < count:
        stems = corpus.pattern()
        if sum(np.abs(stem).max() > 1e-3 for stem in stems.values()) < fewest:
            continue
        gain = PEAK / np.abs(sum(stems.values())).max()
        silent = np.zeros_like(next(iter(stems.values())))
        made.append(np.stack([stems.get(part, silent) for part in range(len(names))]) * np.float32(gain))
    return made


def patterns(sounds: list[Sound], names: tuple[str, ...], count: int = PATTERNS, seed: int = SEED) -> list[Pattern]:
    """The patterns of `stems_of_patterns`."""
    return [Pattern(spectra(stems)) for stems in stems_of_patterns(sounds, names, count, seed)]


def taken(pattern: Pattern, part: int, gain: np.ndarray) -> Taken:
    """What a linear gain `[frame, BINS]` over the pattern's first frames does."""
    stem, mix = pattern.stems[part, : len(gain)], pattern.mix[: len(gain)]
    rest = mix - stem
    part_energy, rest_energy = max(_energy(stem), 1e-20), max(_energy(rest), 1e-20)
    return Taken(
        gain=_db(part_energy / max(_energy(gain * mix - rest), 1e-20)),
        lowered=_db(_energy(gain * stem) / part_energy),
        harmed=_db(_energy(gain * rest - rest) / rest_energy),
    )


def ideal(pattern: Pattern, part: int) -> np.ndarray:
    """The ideal ratio mask that takes a part out."""
    power = np.abs(pattern.stems) ** 2
    return np.sqrt(1.0 - power[part] / (power.sum(axis=0) + 1e-12))


def _energy(spectrum: np.ndarray) -> float:
    return float((np.abs(spectrum) ** 2).sum())


def _db(ratio: float) -> float:
    return float(10.0 * np.log10(max(ratio, 1e-12)))


Masks = dict[int, np.ndarray]
"""By layer, the factors of its features, float32 `[features]`; a layer that is left out is not bent."""
Decode = Callable[[np.ndarray, list[Masks]], list[np.ndarray]]
"""Scaled windows `[n, 1, FRAMES, BINS]` decoded as they are and then with each of the masks."""


@dataclass(frozen=True)
class Model:
    """What can be taken out of a model: its parts, or else its clusters."""

    name: str
    """With its version, or the steps of a run."""
    parts: list[dict]
    clusters: list[tuple[str, int, list[int]]]
    """Name, layer, features."""
    features: dict[int, int]
    decode: Decode


def open_model(path: Path) -> Model:
    """An exported model, or a run's folder."""
    return _open_run(path) if path.is_dir() else _open_exported(path)


def _open_run(folder: Path) -> Model:
    state = load_checkpoint(folder)
    shape = Shape(state["settings"]["width"], state["settings"]["latent"])
    network = Autoencoder(shape)
    network.load_state_dict(state["network"])
    network.eval()

    def decode(windows: np.ndarray, bends: list[Masks]) -> list[np.ndarray]:
        nobody = torch.empty(0, dtype=torch.int64)
        everybody = torch.arange(len(windows))
        with torch.no_grad():
            latent = network.encode(torch.from_numpy(windows))[0]
            statistics: list = []
            layers = network.decode_layers(latent, statistics)
            decoded = [layers[-1].numpy()]
            for bend in bends:
                first = min(bend)
                rows = [everybody if layer == first else nobody for layer in range(1, BENT_LAYERS + 1)]
                masks = []
                for layer in range(1, BENT_LAYERS + 1):
                    count = len(windows) if layer >= first else 0
                    ones = np.ones(shape.decoder_features[layer], np.float32)
                    masks.append(torch.from_numpy(np.tile(bend.get(layer, ones), (count, 1))))
                decoded.append(network.decode_bent(layers, rows, masks, statistics).numpy())
        return decoded

    features = dict(enumerate(shape.decoder_features[1 : 1 + BENT_LAYERS], 1))
    name = f"{folder.resolve().name}, {state['step']} steps"
    return Model(name, state.get("parts") or [], [], features, decode)


def _open_exported(path: Path) -> Model:
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    model = onnx.load(path)
    manifest = json.loads({entry.key: entry.value for entry in model.metadata_props}[KEY])
    layers = {layer["index"]: layer for layer in manifest["layers"] if layer["features"] > 1}
    for layer in layers.values():
        # Every reader of the layer's maps reads them through a mask.
        name, nodes = layer["tensor"], model.graph.node
        for node in nodes:
            node.input[:] = [f"{name}.masked" if tensor == name else tensor for tensor in node.input]
        made = next(index for index, node in enumerate(nodes) if name in node.output)
        nodes.insert(made + 1, helper.make_node("Mul", [name, f"{name}.mask"], [f"{name}.masked"]))
        shape = [1, layer["features"], 1, 1]
        model.graph.input.append(helper.make_tensor_value_info(f"{name}.mask", TensorProto.FLOAT, shape))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    tensors = manifest["tensors"]

    def run(windows: np.ndarray, bend: Masks) -> np.ndarray:
        given = {tensors["spectrogram"]: windows}
        for index, layer in layers.items():
            mask = bend.get(index, np.ones(layer["features"], np.float32))
            given[f"{layer['tensor']}.mask"] = mask.reshape(1, -1, 1, 1)
        return session.run([tensors["decoded"]], given)[0]

    clusters = [
        (f"layer {of_layer['layer']}, cluster {number}", of_layer["layer"], cluster)
        for of_layer in manifest.get("clusters", [])
        for number, cluster in enumerate(of_layer["clusters"])
    ]
    features = {index: layer["features"] for index, layer in layers.items()}
    return Model(
        f"{manifest['name']} {manifest['version']}",
        manifest.get("parts", []),
        clusters,
        features,
        lambda windows, bends: [run(windows, bend) for bend in ({}, *bends)],
    )


def part_masks(model: Model, part: int, layer: int) -> Masks:
    """What takes a part out of one layer, or out of `ALL_LAYERS` at once; empty where it has no features there."""
    masks = {}
    for entry in model.parts[part]["layers"]:
        if layer in (ALL_LAYERS, entry["layer"]):
            masks[entry["layer"]] = _without(model, entry["layer"], entry["features"])
    return masks


def _without(model: Model, layer: int, features: list[int]) -> np.ndarray:
    mask = np.ones(model.features[layer], np.float32)
    mask[features] = 0.0
    return mask


def gains(decode: Decode, pattern: Pattern, bends: list[Masks]) -> list[np.ndarray]:
    """The difference voice's linear gains for each bend, `[frame, BINS]` over the pattern's whole windows of seen frames."""
    mix_db = 20.0 * np.log10(np.maximum(np.abs(pattern.mix), MINIMUM_MAGNITUDE)).astype(np.float32)
    count = len(mix_db) // SEEN_FRAMES
    seen = mix_db[: count * SEEN_FRAMES].reshape(count, SEEN_FRAMES, BINS)
    windows = np.concatenate([seen, np.repeat(seen[:, -1:], FRAMES - SEEN_FRAMES, axis=1)], axis=1)
    level = quantised_level_db(window_peak_db(windows, LAST_SEEN_FRAME))
    clean, *bent = decode(scale(windows - level[:, None, None])[:, None], bends)
    linear = []
    for decoded in bent:
        gain_db = np.clip((decoded - clean) * (REFERENCE_DB - FLOOR_DB), *GAIN_RANGE_DB)[:, 0, :SEEN_FRAMES]
        # What the encoder does not see follows the highest bin that it does.
        gain_db[..., LAST_SEEN_BIN:] = gain_db[..., LAST_SEEN_BIN - 1 : LAST_SEEN_BIN]
        linear.append(10.0 ** (gain_db.reshape(-1, BINS) / 20.0))
    return linear


def ideal_masks(made: list[Pattern], names: tuple[str, ...]) -> dict[str, Taken]:
    """By part: what the ideal ratio masks do."""
    results = {}
    for part, name in enumerate(names):
        of_part = [taken(pattern, part, ideal(pattern, part)) for pattern in made if pattern.plays(part)]
        if of_part:
            results[name] = Taken.median(of_part)
    return results


def measure_parts(model: Model, made: list[Pattern]) -> dict[tuple[str, int], Taken]:
    """By part and layer (or `ALL_LAYERS`): what ablating the part's features does to it."""
    kinds = [(part, layer) for part in range(len(model.parts)) for layer in (*sorted(model.features), ALL_LAYERS)]
    kinds = [(part, layer, masks) for part, layer in kinds if (masks := part_masks(model, part, layer))]
    found: dict[tuple[str, int], list[Taken]] = {}
    for pattern in made:
        playing = [kind for kind in kinds if pattern.plays(kind[0])]
        for (part, layer, _), gain in zip(playing, gains(model.decode, pattern, [masks for *_, masks in playing])):
            found.setdefault((model.parts[part]["name"], layer), []).append(taken(pattern, part, gain))
    return {key: Taken.median(values) for key, values in found.items()}


def measure_clusters(model: Model, made: list[Pattern], names: tuple[str, ...]) -> dict[str, tuple[str, Taken]]:
    """By part, the cluster whose ablation helps most to take it out, and what that does."""
    found: dict[tuple[str, str], list[Taken]] = {}
    bends = [{layer: _without(model, layer, features)} for _, layer, features in model.clusters]
    for pattern in made:
        for (cluster, *_), gain in zip(model.clusters, gains(model.decode, pattern, bends)):
            for part, name in enumerate(names):
                if pattern.plays(part):
                    found.setdefault((name, cluster), []).append(taken(pattern, part, gain))
    best: dict[str, tuple[str, Taken]] = {}
    for (name, cluster), values in found.items():
        median = Taken.median(values)
        if name not in best or median.gain > best[name][1].gain:
            best[name] = (cluster, median)
    return best
