"""A graph of PyTorch's operators as ONNX, node by node. What each operator becomes is in `operators`."""

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import fx

from .functional import Graph
from .recording import AUDIO, CONSTANT, NOISE, STATE, WEIGHT
from .refusal import Refused
from .table import PARTWISE, TABLE

OPSET = 17
IR_VERSION = 8
TYPES = {
    torch.float32: TensorProto.FLOAT,
    torch.float64: TensorProto.DOUBLE,
    torch.int64: TensorProto.INT64,
    torch.int32: TensorProto.INT32,
    torch.uint8: TensorProto.UINT8,
    torch.bool: TensorProto.BOOL,
}


@dataclass(frozen=True)
class Complex:
    """A complex tensor: the names of two real ones."""

    real: str
    imaginary: str


class Emitter:
    """Collects nodes and initialisers. Handlers of `operators` are called with it, the node and the node's arguments."""

    def __init__(self, graph: Graph, names: dict[fx.Node, str]) -> None:
        """`names` are those that tensors get; others are numbered."""
        self.graph = graph
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        self._constants: dict[tuple, str] = {}
        self._names: dict[fx.Node, Any] = {}
        self._wanted = names
        self._part = ""
        self._count = 0
        for node, entry in graph.inputs.items():
            if entry.kind == WEIGHT or (entry.kind == CONSTANT and entry.name):
                self._names[node] = entry.name
                if not graph.values[node].is_complex():
                    self.initializers[entry.name] = numpy_helper.from_array(_array(graph.values[node]), entry.name)
                else:
                    del self._names[node]
            elif entry.kind == STATE:
                self._names[node] = f"state.{entry.name}"
            elif entry.kind in (AUDIO, NOISE):
                self._names[node] = entry.name

    def run(self) -> None:
        """Emits every node. Raises `Refused` naming all operators that are not known."""
        unknown = {
            str(node.target)
            for node in self.graph.nodes
            if node.target is not operator.getitem and node.target not in TABLE
        }
        if unknown:
            names = ", ".join(sorted(f"`{name.removesuffix('.default')}`" for name in unknown))
            raise Refused(f"operators that cannot be played: {names}; use a model without them")
        for node in self.graph.nodes:
            start = len(self.nodes)
            self._names[node] = self._emitted(node)
            wanted = self._wanted.get(node)
            if wanted is not None:
                self._rename(node, wanted, start)

    def _emitted(self, node: fx.Node) -> Any:
        if node.target is operator.getitem:
            return self._names[node.args[0]][node.args[1]]
        handler = TABLE[node.target]
        try:
            parts = [argument for argument in node.all_input_nodes if self.is_complex(argument)]
            if parts and node.target in PARTWISE:
                self._part = "real"
                real = handler(self, node, *node.args, **node.kwargs)
                self._part = "imaginary"
                imaginary = handler(self, node, *node.args, **node.kwargs)
                if isinstance(real, list):
                    return [Complex(*pair) for pair in zip(real, imaginary)]
                return Complex(real, imaginary)
            return handler(self, node, *node.args, **node.kwargs)
        except Unplayable as error:
            raise Refused(f"`{node.target}` {error}; use a model without it") from None
        finally:
            self._part = ""

    def _rename(self, node: fx.Node, wanted: str, start: int) -> None:
        name = self._names[node]
        made = [output for entry in self.nodes[start:] for output in entry.output]
        if name in made:
            for entry in self.nodes[start:]:
                for names in (entry.input, entry.output):
                    for place, found in enumerate(names):
                        if found == name:
                            names[place] = wanted
        else:
            self.nodes.append(helper.make_node("Identity", [name], [wanted]))
        self._names[node] = wanted

    # What handlers use.

    def of(self, value: Any, dtype: torch.dtype | None = None) -> str:
        """The name of a node's tensor or of a number as a constant, as `dtype`. Inside a part-wise handler it is the part's."""
        if not isinstance(value, fx.Node):
            return self.const(np.asarray(value), dtype or torch.float32)
        if value not in self._names:
            self._names[value] = self._constant(self.graph.values[value])
        name = self._names[value]
        if isinstance(name, Complex):
            if not self._part:
                raise Unplayable("is given complex numbers")
            return name.real if self._part == "real" else name.imaginary
        return self.cast(name, self.dtype(value), dtype) if dtype is not None else name

    def pair(self, value: Any) -> Complex:
        """The two parts of a complex tensor; the imaginary one of a real tensor or number is 0."""
        if isinstance(value, fx.Node) and self.is_complex(value):
            if value not in self._names:
                self._names[value] = self._constant(self.graph.values[value])
            return self._names[value]
        if isinstance(value, complex):
            return Complex(self.const(np.float32(value.real)), self.const(np.float32(value.imag)))
        return Complex(self.of(value, torch.float32), self.const(np.float32(0)))

    def _constant(self, value: torch.Tensor) -> str | Complex:
        if value.is_complex():
            return Complex(self.const(_array(value.real)), self.const(_array(value.imag)))
        return self.const(_array(value))

    def is_complex(self, node: Any) -> bool:
        value = self.graph.values.get(node) if isinstance(node, fx.Node) else node
        return isinstance(value, complex) or (isinstance(value, torch.Tensor) and value.is_complex())

    def shape(self, node: fx.Node) -> list[int]:
        return list(self.graph.values[node].shape)

    def dtype(self, node: Any) -> torch.dtype:
        return self.graph.values[node].dtype if isinstance(node, fx.Node) else torch.get_default_dtype()

    def is_constant(self, node: Any) -> bool:
        return not isinstance(node, fx.Node) or not self.graph.depends[node]

    def value(self, node: Any) -> Any:
        """What a constant is."""
        if not self.is_constant(node):
            raise Unplayable("takes from the sound what has to be known beforehand")
        return self.graph.values[node] if isinstance(node, fx.Node) else node

    def const(self, value: np.ndarray, dtype: torch.dtype | None = None) -> str:
        """An initialiser; equal ones are one."""
        array = np.asarray(value)
        if dtype is not None:
            array = array.astype(helper.tensor_dtype_to_np_dtype(TYPES[dtype]))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = f"constant.{len(self._constants)}"
            self._constants[key] = name
            self.initializers[name] = numpy_helper.from_array(array, name)
        return self._constants[key]

    def ints(self, *values: int) -> str:
        return self.const(np.asarray(values, np.int64))

    def add(self, kind: str, inputs: list[str], count: int = 1, **attributes: Any) -> Any:
        """One ONNX node: the name of its output, or a list where it has several."""
        names = []
        for _ in range(count):
            names.append(f"t{self._count}")
            self._count += 1
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if count == 1 else names

    def cast(self, name: str, given: torch.dtype, wanted: torch.dtype) -> str:
        return name if given == wanted else self.add("Cast", [name], to=_kind(wanted))

    def reshape(self, name: str, shape: list[int]) -> str:
        return self.add("Reshape", [name, self.ints(*shape)])

    def cut(self, name: str, axis: int, start: int, end: int, step: int = 1) -> str:
        return self.add("Slice", [name, self.ints(start), self.ints(end), self.ints(axis), self.ints(step)])

    def transposed(self, name: str, first: int, second: int, axes: int) -> str:
        if first == second:
            return name
        order = list(range(axes))
        order[first], order[second] = order[second], order[first]
        return self.add("Transpose", [name], perm=order)


class Unplayable(Exception):
    """An operator is used in a way that has no counterpart."""


def _kind(dtype: torch.dtype) -> int:
    if dtype not in TYPES:
        raise Unplayable(f"computes in {dtype}")
    return TYPES[dtype]


def _array(value: torch.Tensor) -> np.ndarray:
    # `ascontiguousarray` would make a vector of a scalar.
    return value.detach().resolve_conj().resolve_neg().contiguous().numpy().copy()


def value_info(name: str, value: torch.Tensor) -> onnx.ValueInfoProto:
    """A tensor's type and shape."""
    return helper.make_tensor_value_info(name, _kind(value.dtype), list(value.shape))
