"""Small Netbend models whose activation maps are whatever the latent is."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Second layer = first layer · GAIN[feature] + OFFSET[feature].
GAIN = (0.5, -1.25, 2.0, 0.75, -0.5, 1.5, 1.0, -2.0)
OFFSET = (0.25, 0.5, -0.125, 0.0, 1.0, -0.5, 0.75, 0.3)


class Model:
    """An autoencoder that passes a spectrogram of `features · rows` frames through two layers of `features` maps each.

    The latent is the maps of layer 1, flat. Columns must be a power of two and one, as numbers of bins are.
    """

    def __init__(self, features, rows, columns, opset=17, clusters=()):
        self.features, self.rows, self.columns = features, rows, columns
        self.opset, self.clusters = opset, clusters

    @property
    def shape(self):
        return self.features, self.rows, self.columns

    @property
    def size(self):
        return self.features * self.rows * self.columns

    def features_of(self):
        return {0: self.size, 1: self.features, 2: self.features}

    def second(self, maps):
        """Layer 2 of bent maps of layer 1."""
        gain, offset = self.constants()
        return np.asarray(maps) * gain + offset

    def constants(self):
        return (np.array(x[: self.features], np.float32)[:, None, None] for x in (GAIN, OFFSET))

    def manifest(self):
        frames, bins = self.features * self.rows, self.columns
        layer = {"features": self.features, "rows": self.rows, "columns": self.columns}
        return {
            "netbend": 1,
            "name": "maps",
            "version": "0.0.1",
            "sample_rate": 44100,
            "fft_size": 2 * (bins - 1),
            "hop": (bins - 1) // 2,
            "bins": bins,
            "frames": frames,
            "last_seen_frame": frames - 1,
            "decibels": {"floor_db": -80.0, "reference_db": 0.0, "ceiling_db": 20.0},
            "level": {"kind": "window-peak", "step_db": 6.0},
            "tensors": {
                name: name for name in ("spectrogram", "latent_mean", "latent_log_variance", "latent", "decoded")
            },
            "latent_size": self.size,
            "layers": [{"index": n, "tensor": f"layer_{n}", **layer} for n in (1, 2)],
            "clusters": [{"layer": 1, "clusters": [list(group) for group in self.clusters]}] if self.clusters else [],
        }

    def save(self, path):
        frames = self.features * self.rows
        window = ["batch", 1, frames, self.columns]
        gain, offset = self.constants()
        constants = {
            "flat": np.array([-1, self.size], np.int64),
            "maps": np.array([-1, *self.shape], np.int64),
            "window": np.array([-1, *window[1:]], np.int64),
            "gain": gain,
            "offset": offset,
        }
        nodes = [
            helper.make_node("Reshape", ["spectrogram", "flat"], ["latent_mean"]),
            helper.make_node("Identity", ["latent_mean"], ["latent_log_variance"]),
            helper.make_node("Identity", ["latent_mean"], ["latent"]),
            helper.make_node("Reshape", ["latent", "maps"], ["layer_1"]),
            helper.make_node("Mul", ["layer_1", "gain"], ["louder"]),
            helper.make_node("Add", ["louder", "offset"], ["layer_2"]),
            helper.make_node("Reshape", ["layer_2", "window"], ["decoded"]),
        ]

        def value(name, shape):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        latents = [value(name, ["batch", self.size]) for name in ("latent_mean", "latent_log_variance")]
        graph = helper.make_graph(
            nodes,
            "maps",
            [value("spectrogram", window)],
            [value("decoded", window), *latents],
            [numpy_helper.from_array(array, name) for name, array in constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        entry = model.metadata_props.add()
        entry.key, entry.value = "netbend", json.dumps(self.manifest())
        onnx.checker.check_model(model)
        onnx.save(model, path)
        return path
