"""The learned metric features are clustered by: per layer, a small classifier of which feature made an activation map.

After Broad, Leymarie and Grierson, "Network Bending" (2020), section 4. The head is dropped after training; what
stays is the ten numbers before it, the *embedding* of a map. `netbend cluster` clusters features by their mean embedding.
Activation maps come from an exported model, so that any model file will do.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .export import IR_VERSION, OPSET, write
from .exported import RUN_WINDOWS, Layer, Model
from .pool import Pool

KEY = "netbend-metric"
FORMAT = 1

WIDTH = 50
EMBEDDING = 10
DEEPEST = 7
BATCH = 100
BETAS = (0.9, 0.999)
FINAL_RATE_SHARE = 0.05
# Deeper layers have larger maps but fewer features to tell apart.
STEPS = {1: 6000, 2: 3000, 3: 1000}
STEPS_BEYOND = 500
PRIOR_SHARE = 0.2
"""Share of the training windows that are drawn from the prior instead of encoded."""
TEST_WINDOWS = 100
WINDOWS_PER_CLIP = 4
LARGEST_DIFFERENCE = 1e-3
HALVES = WIDTH // 2


def depth(layer: Layer) -> int:
    """Shuffle units: as many as the layer's number, as the paper's 1, 2, 3, 4 for layers 1 to 4."""
    return min(layer.index, DEEPEST)


class Unit(nn.Module):
    """ShuffleNet-v2's basic unit: half the features pass, half are convolved, then both are interleaved."""

    def __init__(self):
        super().__init__()
        self.before = nn.Conv2d(HALVES, HALVES, 1, bias=False)
        self.before_norm = nn.BatchNorm2d(HALVES)
        self.depthwise = nn.Conv2d(HALVES, HALVES, 3, padding=1, groups=HALVES, bias=False)
        self.depthwise_norm = nn.BatchNorm2d(HALVES)
        self.after = nn.Conv2d(HALVES, HALVES, 1, bias=False)
        self.after_norm = nn.BatchNorm2d(HALVES)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        passed, maps = maps.chunk(2, dim=1)
        maps = functional.relu(self.before_norm(self.before(maps)))
        maps = self.depthwise_norm(self.depthwise(maps))
        maps = functional.relu(self.after_norm(self.after(maps)))
        return torch.stack([passed, maps], dim=2).flatten(1, 2)


class Classifier(nn.Module):
    """`[n, 1, rows, columns]` to one score per feature, by way of the embedding."""

    def __init__(self, features: int, depth: int):
        super().__init__()
        self.first = nn.Conv2d(1, WIDTH, 3, stride=2, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(WIDTH)
        self.units = nn.ModuleList(Unit() for _ in range(depth))
        self.bottleneck = nn.Linear(WIDTH, EMBEDDING)
        self.head = nn.Linear(EMBEDDING, features)

    def embed(self, maps: torch.Tensor) -> torch.Tensor:
        maps = functional.relu(self.first_norm(self.first(maps)))
        maps = functional.max_pool2d(maps, 3, 2, 1)
        for unit in self.units:
            maps = functional.max_pool2d(unit(maps), 3, 2, 1)
        return self.bottleneck(maps.mean((2, 3)))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return self.head(self.embed(maps))


def training_latents(model: Model, folders: list[Path], windows: int, seed: int) -> np.ndarray:
    """Posterior means of windows cut from training clips."""
    pool = Pool(folders, seed, clips := -(-windows // WINDOWS_PER_CLIP), clips, in_process=True)
    return np.concatenate([model.encode(pool.windows(min(RUN_WINDOWS, windows - start)))
                           for start in range(0, windows, RUN_WINDOWS)])  # fmt: skip


def fit(layer: Layer, maps: np.ndarray, steps: int, learning_rate: float, seed: int) -> Classifier:
    """Trains one layer's classifier on `[window, feature, rows, columns]`."""
    torch.manual_seed(seed + layer.index)
    random = np.random.default_rng([seed, layer.index])
    classifier = Classifier(layer.features, depth(layer)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(classifier.parameters(), learning_rate, betas=BETAS)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps, learning_rate * FINAL_RATE_SHARE)
    began, total = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        windows = random.integers(len(maps), size=BATCH)
        features = random.integers(layer.features, size=BATCH)
        batch = torch.from_numpy(maps[windows, features].astype(np.float32))[:, None]
        loss = functional.cross_entropy(classifier(batch), torch.from_numpy(features))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 100 == 0:
            left = (steps - step) * (time.monotonic() - began) / step
            print(f"layer {layer.index} step {step} of {steps}: loss {total / 100:.3f}, {left:.0f} s left", flush=True)
            total = 0.0
    return classifier.eval()


def accuracy(classifier: Classifier, maps: np.ndarray) -> float:
    """Share of the maps whose feature gets the highest score."""
    hits = 0
    with torch.no_grad():
        for window in maps:
            scores = classifier(torch.from_numpy(window.astype(np.float32))[:, None])
            hits += int((scores.argmax(1) == torch.arange(len(window))).sum())
    return hits / (maps.shape[0] * maps.shape[1])


def build(classifiers: dict[int, Classifier], layers: list[Layer], described: dict) -> onnx.ModelProto:
    """One graph for each layer, `maps_N` → `embedding_N`, with the batch norms folded in and the heads left out."""
    graph = _Graph()
    for layer in layers:
        graph.add_layer(layer, classifiers[layer.index])
    model = helper.make_model(
        helper.make_graph(graph.nodes, f"{described['model']} metric", graph.inputs, graph.outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="netbend-training",
    )
    helper.set_model_props(model, {KEY: json.dumps(described)})
    onnx.checker.check_model(model, full_check=True)
    return model


class _Graph:
    def __init__(self):
        self.nodes, self.weights, self.inputs, self.outputs = [], [], [], []

    def _add(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], output, **attributes))
        return output

    def _weight(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _convolution(self, tensor: str, name: str, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> str:
        folded = fuse_conv_bn_eval(convolution, norm)
        weight = self._weight(f"{name}.weight", folded.weight.detach().numpy())
        bias = self._weight(f"{name}.bias", folded.bias.detach().numpy())
        return self._add(
            "Conv", [tensor, weight, bias], name, kernel_shape=folded.kernel_size, strides=folded.stride,
            pads=folded.padding * 2, group=folded.groups,
        )  # fmt: skip

    def _pool(self, tensor: str, output: str) -> str:
        return self._add("MaxPool", [tensor], output, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)

    def _half(self, tensor: str, output: str, start: int) -> str:
        bounds = {"start": start, "end": start + HALVES, "axis": 1}
        names = [self._weight(f"{output}.{key}", np.array([value], np.int64)) for key, value in bounds.items()]
        return self._add("Slice", [tensor, *names], output)

    def _unit(self, tensor: str, name: str, unit: Unit, rows: int, columns: int) -> str:
        passed = self._half(tensor, f"{name}.passed", 0)
        maps = self._half(tensor, f"{name}.half", HALVES)
        maps = self._convolution(maps, f"{name}.before", unit.before, unit.before_norm)
        maps = self._add("Relu", [maps], f"{name}.before.relu")
        maps = self._convolution(maps, f"{name}.depthwise", unit.depthwise, unit.depthwise_norm)
        maps = self._convolution(maps, f"{name}.after", unit.after, unit.after_norm)
        maps = self._add("Relu", [maps], f"{name}.after.relu")
        both = self._add("Concat", [passed, maps], f"{name}.both", axis=1)
        apart = self._weight(f"{name}.apart.shape", np.array([0, 2, HALVES, rows, columns], np.int64))
        both = self._add("Reshape", [both, apart], f"{name}.apart")
        both = self._add("Transpose", [both], f"{name}.interleaved", perm=[0, 2, 1, 3, 4])
        joined = self._weight(f"{name}.shape", np.array([0, WIDTH, rows, columns], np.int64))
        return self._add("Reshape", [both, joined], name)

    def add_layer(self, layer: Layer, classifier: Classifier) -> None:
        prefix, batch = f"metric_{layer.index}", f"batch_{layer.index}"

        def value(name: str, *shape: int) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, *shape])

        self.inputs.append(value(f"maps_{layer.index}", 1, layer.rows, layer.columns))
        self.outputs.append(value(f"embedding_{layer.index}", EMBEDDING))
        rows, columns = (layer.rows + 1) // 2, (layer.columns + 1) // 2
        maps = self._convolution(f"maps_{layer.index}", f"{prefix}.first", classifier.first, classifier.first_norm)
        maps = self._add("Relu", [maps], f"{prefix}.first.relu")
        maps = self._pool(maps, f"{prefix}.first.pool")
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
        for number, unit in enumerate(classifier.units, 1):
            maps = self._unit(maps, f"{prefix}.unit_{number}", unit, rows, columns)
            maps = self._pool(maps, f"{prefix}.unit_{number}.pool")
            rows, columns = (rows + 1) // 2, (columns + 1) // 2
        maps = self._add("GlobalAveragePool", [maps], f"{prefix}.mean")
        maps = self._add("Flatten", [maps], f"{prefix}.flat", axis=1)
        weight = self._weight(f"{prefix}.bottleneck.weight", classifier.bottleneck.weight.detach().numpy())
        bias = self._weight(f"{prefix}.bottleneck.bias", classifier.bottleneck.bias.detach().numpy())
        self._add("Gemm", [maps, weight, bias], f"embedding_{layer.index}", transB=1)


def largest_difference(
    model: onnx.ModelProto, classifiers: dict[int, Classifier], maps: dict[int, np.ndarray]
) -> float:
    """Runs the exported metric in onnxruntime against PyTorch on `[n, rows, columns]` maps of every layer."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    given = {f"maps_{index}": some[:, None].astype(np.float32) for index, some in maps.items()}
    largest = 0.0
    for index, classifier in classifiers.items():
        with torch.no_grad():
            expected = classifier.embed(torch.from_numpy(given[f"maps_{index}"])).numpy()
        (output,) = session.run([f"embedding_{index}"], given)
        largest = max(largest, float(np.abs(output - expected).max() / np.abs(expected).max()))
    return largest


def metric(
    model_path: Path,
    out: Path,
    folders: list[Path],
    windows: int,
    learning_rate: float,
    steps_share: float,
    seed: int,
    threads: int,
    test_windows: int = TEST_WINDOWS,
    say: Callable[[str], None] = lambda line: print(line, flush=True),
) -> dict:
    """Trains every layer's classifier and writes them to `out`. Returns what the file says of itself."""
    torch.set_num_threads(threads)
    model = Model(model_path, threads)
    random = np.random.default_rng(seed)
    drawn = round(PRIOR_SHARE * windows)
    encoded = training_latents(model, folders, windows - drawn, seed)
    prior = random.standard_normal((drawn, model.latent_size)).astype(np.float32)
    test_maps = model.maps(training_latents(model, folders, test_windows, seed + 1))
    maps = model.maps(np.concatenate([encoded, prior]))
    say(f"{len(encoded)} encoded and {drawn} drawn windows, {test_windows} to test on")
    classifiers, described_layers = {}, []
    for layer in model.layers:
        steps = max(1, round(steps_share * STEPS.get(layer.index, STEPS_BEYOND)))
        classifiers[layer.index] = fit(layer, maps[layer.index], steps, learning_rate, seed)
        hit = accuracy(classifiers[layer.index], test_maps[layer.index])
        alive = float((maps[layer.index].max(axis=(0, 2, 3)) > 0).sum())
        say(
            f"layer {layer.index}: {hit:.1%} of held-out maps told apart, {alive:.0f} of {layer.features} features alive"
        )
        described_layers.append(
            {
                "layer": layer.index,
                "maps": f"maps_{layer.index}",
                "embedding": f"embedding_{layer.index}",
                "features": layer.features,
                "rows": layer.rows,
                "columns": layer.columns,
                "accuracy": round(hit, 4),
            }
        )
    described = {
        "format": FORMAT,
        "model": model.name,
        "version": model.version,
        "embedding_size": EMBEDDING,
        "layers": described_layers,
        "training": {
            "data": ", ".join(folder.name for folder in folders),
            "windows": windows,
            "drawn_windows": drawn,
            "test_windows": test_windows,
            "learning_rate": learning_rate,
            "steps_share": steps_share,
            "seed": seed,
        },
    }
    exported = build(classifiers, model.layers, described)
    difference = largest_difference(exported, classifiers, {index: some[0] for index, some in test_maps.items()})
    if difference > LARGEST_DIFFERENCE:
        raise ValueError(f"onnxruntime differs from PyTorch by {difference:.2g}; expected {LARGEST_DIFFERENCE} at most")
    write(exported, out)
    say(f"{out}: {out.stat().st_size / 1e3:.0f} kB; largest relative difference from PyTorch {difference:.1e}")
    return described
