"""The same weights and bends in PyTorch, one thread, whole windows: what `netbend-bench --against pytorch` compares with.

Transforms are done as the code of *Network Bending* (Broad, Leymarie, Grierson 2022) does them: an activation is split per feature, the
selected features are transformed one by one, and all are concatenated.

Reads a job from the first line of standard input: the model file, the bends, a window and what ONNX Runtime made of it. Answers with
one line, and then with one line of milliseconds for every further line. Ends with its input. A job without a model asks only
whether everything needed is installed.
"""

import importlib.util
import json
import os
import sys
import time

NEEDED = ("torch", "onnx")
# The time all threads of this process work; Windows counts it too coarsely.
CLOCK = time.process_time if os.name == "posix" else time.perf_counter
# Calls before anything counts: PyTorch specialises traced code in the first few.
WARM_UP = 5

# Windows that are timed one after the other.
IN_A_ROW = 5


def answer(**what):
    print(json.dumps(what), flush=True)


def main():
    job = json.loads(sys.stdin.readline())
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return answer(missing=missing)
    if "model" not in job:
        return answer()
    try:
        variants, facts = prepare(job)
    except NotImplementedError as problem:
        return answer(problem=str(problem))
    answer(**facts)
    import torch

    with torch.inference_mode():
        for _ in sys.stdin:
            times = {}
            for name, (network, inputs) in variants.items():
                times[name] = []
                for _ in range(IN_A_ROW):
                    start = CLOCK()
                    network(inputs)
                    times[name].append(1e3 * (CLOCK() - start))
            answer(**times)


def prepare(job):
    """The networks to time, by name, each with its input, and what is to be known of them."""
    import onnx
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    graph = onnx.load(job["model"]).graph
    names = job["tensors"]
    encoder = chain(graph, names["spectrogram"], names["latent_mean"], [])
    clean = chain(graph, names["latent"], names["decoded"], [])
    bent = chain(graph, names["latent"], names["decoded"], job["bends"])
    window = torch.tensor(job["window"]).reshape(1, 1, job["frames"], job["bins"])
    pair = both(encoder, clean, bent).eval()
    one = torch.nn.Sequential(encoder, bent).eval()
    variants = {}
    with torch.inference_mode():
        errors = [
            float((ours.flatten() - torch.tensor(theirs)).abs().max())
            for ours, theirs in zip(pair(window), (job["clean"], job["bent"]))
        ]
        for name, network in (("pair", pair), ("bent", one)):
            variants[f"eager_{name}"] = network, window
            script = torch_script(network, window)
            if script is not None:
                variants[f"script_{name}"] = script, window
        for network, inputs in variants.values():
            for _ in range(WARM_UP):
                network(inputs)
    return variants, {
        "torch": torch.__version__,
        "python": sys.version.split()[0],
        "clean_error": errors[0],
        "bent_error": errors[1],
    }


def torch_script(network, window):
    """Traced, frozen and optimised; None where this PyTorch no longer does that."""
    import warnings

    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            traced = torch.jit.freeze(torch.jit.trace(network, window))
        except (AttributeError, RuntimeError):
            return None
        try:
            return torch.jit.optimize_for_inference(traced)
        except (AttributeError, RuntimeError):
            return traced


def chain(graph, start, end, bends):
    """The nodes from tensor `start` to tensor `end` as one module, with the bends behind the layers they name."""
    import torch

    constants = constants_of(graph)
    producers = {name: node for node in graph.node for name in node.output}
    modules = []
    name = end
    while name != start:
        if name not in producers:
            raise NotImplementedError(f"`{end}` does not follow from `{start}` in one chain")
        node = producers[name]
        modules.extend(bend_module(bend) for bend in reversed(bends) if bend["tensor"] == name)
        modules.append(module_of(node, constants))
        name = node.input[0]
    modules.extend(bend_module(bend) for bend in reversed(bends) if bend["tensor"] == start)
    return torch.nn.Sequential(*reversed(modules)).eval()


def constants_of(graph):
    """Initializers by name as tensors, those behind a `Cast` too."""
    import torch
    from onnx import numpy_helper

    constants = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in constants:
            constants[node.output[0]] = constants[node.input[0]].float()
    return constants


def module_of(node, constants):
    import onnx
    import torch
    from torch import nn

    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    weights = [constants.get(name) for name in node.input[1:]]
    if node.op_type in ("Conv", "ConvTranspose"):
        return convolution(node.op_type, attributes, weights)
    if node.op_type == "Gemm":
        factors = attributes.get("alpha", 1.0), attributes.get("beta", 1.0), attributes.get("transA", 0)
        if factors == (1.0, 1.0, 0):
            return linear(weights, attributes.get("transB", 0))
    simple = {
        "Identity": nn.Identity,
        "Relu": nn.ReLU,
        "LeakyRelu": lambda: nn.LeakyReLU(attributes.get("alpha", 0.01)),
        "Elu": lambda: nn.ELU(attributes.get("alpha", 1.0)),
        "Sigmoid": nn.Sigmoid,
        "Tanh": nn.Tanh,
        "Softplus": nn.Softplus,
        "Flatten": lambda: nn.Flatten(attributes.get("axis", 1)),
        "Reshape": lambda: nn.Unflatten(1, torch.Size(weights[0][1:].tolist())),
    }
    if node.op_type not in simple:
        raise NotImplementedError(f"the comparison does not know the operator {node.op_type}")
    return simple[node.op_type]()


def convolution(kind, attributes, weights):
    from torch import nn

    weight, bias = weights[0], weights[1] if len(weights) > 1 else None
    axes = weight.dim() - 2
    pads = attributes.get("pads", [0] * 2 * axes)
    groups = attributes.get("group", 1)
    if axes != 2 or pads[:axes] != pads[axes:] or attributes.get("auto_pad", b"NOTSET") != b"NOTSET":
        raise NotImplementedError(f"the comparison does not know a {kind} of {axes} axes padded by {pads}")
    if "output_shape" in attributes:
        raise NotImplementedError(f"the comparison does not know a {kind} with an output shape")
    common = {
        "kernel_size": tuple(weight.shape[2:]),
        "stride": tuple(attributes.get("strides", [1] * axes)),
        "padding": tuple(pads[:axes]),
        "dilation": tuple(attributes.get("dilations", [1] * axes)),
        "groups": groups,
        "bias": bias is not None,
    }
    if kind == "Conv":
        module = nn.Conv2d(weight.shape[1] * groups, weight.shape[0], **common)
    else:
        more = tuple(attributes.get("output_padding", [0] * axes))
        module = nn.ConvTranspose2d(weight.shape[0], weight.shape[1] * groups, output_padding=more, **common)
    return filled(module, weight, bias)


def linear(weights, transposed):
    from torch import nn

    weight, bias = weights[0], weights[1] if len(weights) > 1 else None
    weight = weight if transposed else weight.T
    return filled(nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None), weight, bias)


def filled(module, weight, bias):
    import torch

    with torch.no_grad():
        module.weight.copy_(weight)
        if bias is not None:
            module.bias.copy_(bias)
    return module


def bend_module(bend):
    import torch

    class Bend(torch.nn.Module):
        """One transform of some features, as the paper's code lays it out."""

        def __init__(self):
            super().__init__()
            self.features = frozenset(bend["features"])
            self.transform = transform(bend["transform"], bend["parameters"])

        def forward(self, x):
            maps = list(torch.split(x, 1, 1))
            for feature, activation in enumerate(maps):
                if feature in self.features:
                    maps[feature] = self.transform(activation)
            return torch.cat(maps, 1)

    return Bend()


def transform(name, parameters):
    import torch

    known = {
        "ablate": lambda x: x * 0,
        "invert": lambda x: 1 - x,
        "scalar-multiply": lambda x: x * parameters[0],
        "binary-thresh": lambda x: (x >= parameters[0]).to(x.dtype),
        "flip-h": lambda x: torch.flip(x, (3,)),
        "flip-v": lambda x: torch.flip(x, (2,)),
    }
    if name not in known:
        raise NotImplementedError(f"the comparison does not know the transform {name}")
    return known[name]


def both(encoder, clean, bent):
    """Encodes once and decodes twice, clean and bent: what the difference of two decodes needs."""
    import torch

    class Both(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.clean, self.bent = encoder, clean, bent

        def forward(self, window):
            latent = self.encoder(window)
            return self.clean(latent), self.bent(latent)

    return Both()


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)
