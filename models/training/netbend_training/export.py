"""Writes a trained network as one ONNX file, built node by node so that its names and operators are ours.

    spectrogram -> encoder -> latent_mean, latent_log_variance
    latent_mean -> Identity -> latent -> decoder_1 … decoder_5 -> Identity -> decoded

A loader may cut the graph at `latent` and bend any `decoder_N` (taken after its activation).
"""

import json
import os
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .fold import Weights, run_folded
from .manifest import KEY
from .network import (
    DECODER_COLUMNS,
    DECODER_KERNELS,
    DECODER_PADDINGS,
    DECODER_ROWS,
    DECODER_SIZES,
    DECODER_STRIDES,
    ENCODER_KERNEL,
    ENCODER_STRIDE,
    LEAKY_SLOPE,
)
from .spectrogram import BINS, FRAMES

OPSET = 17
IR_VERSION = 8
BATCH = "batch"
# onnxruntime and PyTorch add the same float32 products in different orders.
LARGEST_DIFFERENCE = 1e-3


def build(weights: Weights, described: dict) -> onnx.ModelProto:
    """The checked model. `described` is its manifest."""
    nodes, initializers = [], []
    for name, value in weights.items():
        initializers.append(numpy_helper.from_array(value, name))
        if value.dtype == np.float16:
            nodes.append(helper.make_node("Cast", [name], [f"{name}.float"], f"{name}.cast", to=TensorProto.FLOAT))

    def add(operator: str, inputs: list[str], output: str, **attributes) -> str:
        nodes.append(helper.make_node(operator, inputs, [output], output, **attributes))
        return output

    def parameters(name: str) -> list[str]:
        return [f"{name}.weight.float", f"{name}.bias"]

    tensor = "spectrogram"
    for index in range(1, 6):
        stride, kernel = [ENCODER_STRIDE] * 2, [ENCODER_KERNEL] * 2
        tensor = add(
            "Conv", [tensor, *parameters(f"encoder.{index}")], f"encoder_{index}.linear",
            kernel_shape=kernel, strides=stride,
        )  # fmt: skip
        tensor = add("LeakyRelu", [tensor], f"encoder_{index}", alpha=LEAKY_SLOPE)
    flat = add("Flatten", [tensor], "encoder_flat", axis=1)
    add("Gemm", [flat, *parameters("mean")], "latent_mean", transB=1)
    add("Gemm", [flat, *parameters("log_variance")], "latent_log_variance", transB=1)

    latent = add("Identity", ["latent_mean"], "latent")
    tensor = add("Gemm", [latent, *parameters("expand")], "decoder_seed.linear", transB=1)
    tensor = add("Relu", [tensor], "decoder_seed")
    width = weights["decoder.1.weight"].shape[0]
    seed_shape = np.array([0, width, DECODER_ROWS, DECODER_COLUMNS], np.int64)
    initializers.append(numpy_helper.from_array(seed_shape, "decoder_seed.shape"))
    tensor = add("Reshape", [tensor, "decoder_seed.shape"], "decoder_seed.maps")
    for index in range(1, 6):
        layer = index - 1
        tensor = add(
            "ConvTranspose", [tensor, *parameters(f"decoder.{index}")],
            f"decoder_{index}" if index == 5 else f"decoder_{index}.linear",
            kernel_shape=DECODER_KERNELS[layer], strides=DECODER_STRIDES[layer], pads=DECODER_PADDINGS[layer] * 2,
        )  # fmt: skip
        if index < 5:
            tensor = add("Relu", [tensor], f"decoder_{index}")
    add("Identity", [tensor], "decoded")

    def float_value(name: str, *shape: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [BATCH, *shape])

    latent_size = weights["mean.weight"].shape[0]
    layers = [
        float_value(f"decoder_{index}", weights[f"decoder.{index}.weight"].shape[1], *size)
        for index, size in enumerate(DECODER_SIZES, 1)
    ]
    graph = helper.make_graph(
        nodes,
        described["name"],
        [float_value("spectrogram", 1, FRAMES, BINS)],
        [
            float_value("decoded", 1, FRAMES, BINS),
            float_value("latent_mean", latent_size),
            float_value("latent_log_variance", latent_size),
        ],
        initializers,
        value_info=[float_value("latent", latent_size), *layers],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="netbend-training"
    )
    helper.set_model_props(model, {KEY: json.dumps(described)})
    onnx.checker.check_model(model, full_check=True)
    return model


def largest_difference(model: onnx.ModelProto, weights: Weights, windows: np.ndarray) -> float:
    """Runs the model in onnxruntime with every layer as an output, against PyTorch on the same weights."""
    import onnxruntime

    expected = run_folded(weights, windows)
    opened = onnx.ModelProto()
    opened.CopyFrom(model)
    declared = {output.name for output in opened.graph.output}
    opened.graph.output.extend(value for value in opened.graph.value_info if value.name not in declared | {"latent"})
    session = onnxruntime.InferenceSession(opened.SerializeToString(), providers=["CPUExecutionProvider"])
    names = list(expected)
    outputs = session.run(names, {"spectrogram": windows})
    return max(float(np.abs(output - expected[name]).max()) for name, output in zip(names, outputs))


def write(model: onnx.ModelProto, path: Path) -> None:
    """Writes beside `path`, then replaces it, so that no reader ever sees half a file."""
    temporary = path.with_suffix(path.suffix + ".part")
    temporary.write_bytes(model.SerializeToString(deterministic=True))
    os.replace(temporary, path)
