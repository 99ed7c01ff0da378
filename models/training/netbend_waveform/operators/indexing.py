"""Places looked up: tables, indices, the largest of several."""

import numpy as np
import torch
from torch import fx

from ..emitter import Unplayable
from ..table import emits

_aten = torch.ops.aten


@emits(_aten.embedding)
def _embedding(e, node, weight, indices, *_given, **_named):
    return e.add("Gather", [e.of(weight), e.of(indices)], axis=0)


@emits(_aten.index_select, partwise=True)
def _index_select(e, node, x, dim, index):
    return e.add("Gather", [e.of(x), e.of(index)], axis=dim % len(e.shape(x)))


@emits(_aten.gather)
def _gather(e, node, x, dim, index, **_):
    return e.add("GatherElements", [e.of(x), e.of(index)], axis=dim % len(e.shape(x)))


@emits(_aten.scatter)
def _scatter(e, node, x, dim, index, source, **named):
    if named.get("reduce") is not None:
        raise Unplayable("reduces while it writes")
    if isinstance(source, fx.Node):
        if e.shape(source) != e.shape(index):
            raise Unplayable("writes part of a tensor")
        values = e.of(source, e.dtype(node))
    else:
        values = e.add("Expand", [e.const(source, e.dtype(node)), e.ints(*e.shape(index))])
    return e.add("ScatterElements", [e.of(x), e.of(index), values], axis=dim % len(e.shape(x)))


@emits(_aten.index, _aten._unsafe_index, partwise=True)
def _index(e, node, x, indices):
    given = [(axis, index) for axis, index in enumerate(indices) if index is not None]
    if len(given) != 1:
        raise Unplayable("looks up places along several axes")
    axis, index = given[0]
    if e.dtype(index) in (torch.bool, torch.uint8):
        mask = e.value(index)
        if mask.dim() != 1:
            raise Unplayable("looks up places by a mask of several axes")
        return e.add("Gather", [e.of(x), e.const(np.flatnonzero(mask.numpy()).astype(np.int64))], axis=axis)
    return e.add("Gather", [e.of(x), e.of(index)], axis=axis)


def _place_of(kind):
    def handler(e, node, x, dim=None, keepdim=False):
        name, axes = e.of(x), len(e.shape(x))
        if dim is None:
            name, axis, keepdim = e.reshape(name, [-1]), 0, False
        else:
            axis = dim % axes
        return e.add(kind, [name], axis=axis, keepdims=int(keepdim))

    return handler


emits(_aten.argmax)(_place_of("ArgMax"))
emits(_aten.argmin)(_place_of("ArgMin"))


def _extreme(reduce, place):
    def handler(e, node, x, dim=None, keepdim=False):
        if isinstance(dim, fx.Node):
            return e.add("Max" if reduce == "ReduceMax" else "Min", [e.of(x), e.of(dim, e.dtype(node))])
        if dim is None:
            return e.add(reduce, [e.of(x)], keepdims=0)
        axis = dim % len(e.shape(x))
        return [
            e.add(reduce, [e.of(x)], axes=[axis], keepdims=int(keepdim)),
            e.add(place, [e.of(x)], axis=axis, keepdims=int(keepdim)),
        ]

    return handler


emits(_aten.max)(_extreme("ReduceMax", "ArgMax"))
emits(_aten.min)(_extreme("ReduceMin", "ArgMin"))
