"""An exported model, opened with onnxruntime: its encoder, its decoder, and the maps its layers make."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from .manifest import KEY

# The model is run on a few windows at once: layer 4's maps are a megabyte a window.
RUN_WINDOWS = 8


@dataclass(frozen=True)
class Layer:
    """A bendable layer of the model, as its manifest describes it."""

    index: int
    tensor: str
    features: int
    rows: int
    columns: int


class Model:
    """An exported model that gives its layers' activation maps."""

    def __init__(self, path: Path, threads: int):
        import onnxruntime

        model = onnx.load(path)
        properties = {entry.key: entry.value for entry in model.metadata_props}
        if KEY not in properties:
            raise ValueError(f"{path} holds no `{KEY}` metadata; expected a model made by `export`")
        manifest = json.loads(properties[KEY])
        self.name, self.version, self.latent_size = manifest["name"], manifest["version"], manifest["latent_size"]
        self.latent_prior: dict | None = manifest.get("latent_prior")
        self.layers = [Layer(**layer) for layer in manifest["layers"] if layer["features"] > 1]
        self._tensors = manifest["tensors"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._encoder = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
        self._decoder = onnxruntime.InferenceSession(
            self._decoder_model(model).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def _decoder_model(self, model: onnx.ModelProto) -> onnx.ModelProto:
        latent = self._tensors["latent"]
        names = [layer.tensor for layer in self.layers]
        declared = {value.name: value for value in (*model.graph.value_info, *model.graph.output)}
        del model.graph.output[:]
        for layer in self.layers:
            shape = ["batch", layer.features, layer.rows, layer.columns]
            value = helper.make_tensor_value_info(layer.tensor, TensorProto.FLOAT, shape)
            model.graph.output.append(declared.get(layer.tensor, value))
        model.graph.output.append(declared[self._tensors["decoded"]])
        if latent not in declared:
            model.graph.value_info.append(
                helper.make_tensor_value_info(latent, TensorProto.FLOAT, ["batch", self.latent_size])
            )
        return onnx.utils.Extractor(model).extract_model([latent], [*names, self._tensors["decoded"]])

    def encode(self, windows: np.ndarray) -> np.ndarray:
        """Scaled windows `[n, 1, time, frequency]` to the latent's means `[n, latent]`."""
        parts = [
            self._encoder.run([self._tensors["latent_mean"]], {self._tensors["spectrogram"]: part})[0]
            for part in _parts(windows)
        ]
        return np.concatenate(parts)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """`[n, latent]` to scaled spectrograms `[n, 1, time, frequency]`."""
        given = self._tensors["latent"]
        return np.concatenate([self._decoder.run([self._tensors["decoded"]], {given: p})[0] for p in _parts(latents)])

    def maps(self, latents: np.ndarray) -> dict[int, np.ndarray]:
        """By layer number: `[window, feature, rows, columns]`, float16 to save memory."""
        parts = [
            self._decoder.run([layer.tensor for layer in self.layers], {self._tensors["latent"]: part})
            for part in _parts(latents)
        ]
        columns = zip(*([maps.astype(np.float16) for maps in part] for part in parts))
        return {layer.index: np.concatenate(column) for layer, column in zip(self.layers, columns)}


def _parts(batch: np.ndarray) -> list[np.ndarray]:
    return [batch[start : start + RUN_WINDOWS] for start in range(0, len(batch), RUN_WINDOWS)]
