"""What goes missing when a cluster's features are set to zero, over the windows of a folder of loops."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from .evaluate import loop_windows
from .exported import RUN_WINDOWS, Model
from .manifest import KEY
from .spectrogram import unscale

AUDIBLE_DB = 60.0


def removed(model_path: Path, loops: Path) -> dict[int, np.ndarray]:
    """By layer: `[cluster, window, time, frequency]`, decibels that ablating the cluster takes away from the decoded mean
    latent. Bins more than 60 dB below their window's peak, before as well as after, count as unchanged."""
    import onnxruntime

    opened = onnx.load(model_path)
    manifest = json.loads({entry.key: entry.value for entry in opened.metadata_props}[KEY])
    decoded_name = manifest["tensors"]["decoded"]
    model = Model(model_path, threads=1)
    latents = model.encode(loop_windows(loops))
    clusters = {group["layer"]: group["clusters"] for group in manifest["clusters"]}
    result = {}
    for layer in model.layers:
        if layer.index not in clusters:
            continue
        tail_model = onnx.load(model_path)
        shape = ["batch", layer.features, layer.rows, layer.columns]
        if layer.tensor not in {value.name for value in tail_model.graph.value_info}:
            tail_model.graph.value_info.append(helper.make_tensor_value_info(layer.tensor, TensorProto.FLOAT, shape))
        tail = onnxruntime.InferenceSession(
            onnx.utils.Extractor(tail_model).extract_model([layer.tensor], [decoded_name]).SerializeToString(),
            providers=["CPUExecutionProvider"],
        )
        by_cluster = [[] for _ in clusters[layer.index]]
        for start in range(0, len(latents), RUN_WINDOWS):
            maps = model.maps(latents[start : start + RUN_WINDOWS])[layer.index].astype(np.float32)
            whole = _audible(tail.run(None, {layer.tensor: maps})[0])
            for cluster, features in enumerate(clusters[layer.index]):
                bent = maps.copy()
                bent[:, features] = 0.0
                by_cluster[cluster].append((whole - _audible(tail.run(None, {layer.tensor: bent})[0]))[:, 0])
        result[layer.index] = np.stack([np.concatenate(parts) for parts in by_cluster])
    return result


def _audible(decoded: np.ndarray) -> np.ndarray:
    decibels = unscale(np.clip(decoded, 0.0, 1.25))
    return np.maximum(decibels, decibels.max(axis=(2, 3), keepdims=True) - AUDIBLE_DB)


def report(model_path: Path, loops: Path) -> None:
    """Prints, for each layer, the rms of what every cluster removes and how far two clusters' removals differ."""
    for layer, changes in removed(model_path, loops).items():
        flat = changes.reshape(len(changes), -1)
        size = np.sqrt((flat.astype(np.float64) ** 2).mean(axis=1))
        print(f"layer {layer}: a cluster removes (rms dB) " + ", ".join(f"{value:.1f}" for value in size))
        for one, two in combinations(range(len(flat)), 2):
            difference = float(np.sqrt(((flat[one] - flat[two]).astype(np.float64) ** 2).mean()))
            correlation = float(np.corrcoef(flat[one], flat[two])[0, 1])
            print(
                f"  {one} against {two}: differ by {difference:.1f} dB rms, correlation {correlation:+.2f}", flush=True
            )
