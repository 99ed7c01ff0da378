"""A graph as an ONNX model: sound, states and noise go in; sound and the states of the next block come out."""

import json

import onnx
from onnx import helper, numpy_helper

from . import limits
from . import operators as _operators  # noqa: F401 - fills the table.
from .emitter import IR_VERSION, OPSET, Emitter, value_info
from .functional import Graph
from .layers import Layer
from .recording import AUDIO, NOISE, STATE
from .refusal import Refused

KEY = "netbend"
OUTPUT, LATENT = "output", "latent"


def state_input(name: str) -> str:
    """The tensor that a state goes in by. Its initialiser of the same name, if there is one, is the state after silence; else it is 0."""
    return f"state.{name}"


def state_output(name: str) -> str:
    """The tensor that a state comes out by."""
    return f"next.{name}"


def build(graph: Graph, layers: list[Layer], described: dict) -> onnx.ModelProto:
    """The checked model. `described` is its manifest. Raises `Refused` where an operator is not known."""
    names = {layer.node: layer.tensor for layer in layers}
    emitter = Emitter(graph, names)
    emitter.run()
    nodes, initializers = emitter.nodes, emitter.initializers
    outputs = [value_info(OUTPUT, graph.values[graph.output])]
    for name, node in graph.states.items():
        nodes.append(helper.make_node("Identity", [emitter.of(node)], [state_output(name)]))
        outputs.append(value_info(state_output(name), graph.rest[name]))
    inputs = []
    for node, entry in graph.inputs.items():
        if entry.kind == STATE:
            rest = graph.rest[entry.name]
            inputs.append(value_info(state_input(entry.name), rest))
            if bool((rest != 0).any()):
                name = state_input(entry.name)
                initializers[name] = numpy_helper.from_array(rest.contiguous().numpy(), name)
        elif entry.kind in (AUDIO, NOISE):
            inputs.append(value_info(entry.name, graph.values[node]))
    read = {name for node in nodes for name in node.input} | {value.name for value in inputs}
    shown = [value_info(layer.tensor, graph.values[layer.node]) for layer in layers if layer.tensor != OUTPUT]
    kept = [value for name, value in initializers.items() if name in read]
    made = helper.make_graph(nodes, described["name"], inputs, outputs, kept, value_info=shown)
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="netbend-waveform"
    )
    describe(model, described)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise Refused(
            f"what was written is no valid ONNX: {str(error).splitlines()[0]}; please report this model"
        ) from None
    return model


def describe(model: onnx.ModelProto, described: dict) -> None:
    """Puts the manifest into the model. Raises `Refused` where it is too long."""
    text = json.dumps(described, ensure_ascii=False)
    if len(text.encode()) > limits.MANIFEST_BYTES:
        raise Refused(
            f"too large: a manifest of {len(text.encode())} bytes, {limits.MANIFEST_BYTES} at most; its names are too long"
        )
    helper.set_model_props(model, {KEY: text})
