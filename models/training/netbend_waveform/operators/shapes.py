"""Shapes and places: views, cuts, joins, repetitions. Every shape is known."""

import math

import numpy as np
import torch

from ..emitter import Unplayable
from ..table import emits

_aten = torch.ops.aten


@emits(
    _aten.clone, _aten.detach, _aten.alias, _aten.contiguous, _aten.lift_fresh, _aten.lift_fresh_copy, _aten.lift, _aten.resolve_conj,
    _aten.resolve_neg, _aten.native_dropout, partwise=True,
)  # fmt: skip
def _same(e, node, x, *given, **_):
    if node.target.overloadpacket is _aten.native_dropout:
        raise Unplayable("is training")
    return e.of(x)


@emits(
    _aten.view, _aten._unsafe_view, _aten.reshape, _aten.squeeze, _aten.unsqueeze, _aten.flatten, _aten.unflatten, _aten._reshape_alias,
    _aten.squeeze_copy, partwise=True,
)  # fmt: skip
def _view(e, node, x, *given, **named):
    if named.get("dtype") is not None or (given and isinstance(given[0], torch.dtype)):
        raise Unplayable("reads numbers as another type")
    return e.of(x) if e.shape(node) == e.shape(x) else e.reshape(e.of(x), e.shape(node))


@emits(_aten.permute, partwise=True)
def _permute(e, node, x, dims):
    return e.add("Transpose", [e.of(x)], perm=[dim % len(dims) for dim in dims])


@emits(_aten.transpose, partwise=True)
def _transpose(e, node, x, first, second):
    axes = len(e.shape(x))
    return e.transposed(e.of(x), first % axes, second % axes, axes)


@emits(_aten.t, partwise=True)
def _t(e, node, x):
    return e.add("Transpose", [e.of(x)], perm=[1, 0]) if len(e.shape(x)) == 2 else e.of(x)


@emits(_aten.expand, partwise=True)
def _expand(e, node, x, size, **_):
    return e.of(x) if e.shape(node) == e.shape(x) else e.add("Expand", [e.of(x), e.ints(*e.shape(node))])


@emits(_aten.repeat, partwise=True)
def _repeat(e, node, x, repeats):
    shape = e.shape(x)
    name = e.of(x)
    if len(repeats) > len(shape):
        name = e.reshape(name, [1] * (len(repeats) - len(shape)) + shape)
    return e.add("Tile", [name, e.ints(*repeats)])


@emits(_aten.cat, partwise=True)
def _cat(e, node, tensors, dim=0):
    kept = [tensor for tensor in tensors if 0 not in e.shape(tensor)]
    names = [e.of(tensor) if e.is_complex(tensor) else e.of(tensor, e.dtype(node)) for tensor in kept]
    return names[0] if len(names) == 1 else e.add("Concat", names, axis=dim % len(e.shape(node)))


@emits(_aten.stack, partwise=True)
def _stack(e, node, tensors, dim=0):
    axis = dim % len(e.shape(node))
    return e.add("Concat", [e.add("Unsqueeze", [e.of(tensor), e.ints(axis)]) for tensor in tensors], axis=axis)


def _bounds(length: int, start: int | None, end: int | None) -> tuple[int, int]:
    first, last, _ = slice(start, end).indices(length)
    return first, max(first, last)


@emits(_aten.slice, partwise=True)
def _slice(e, node, x, dim=0, start=None, end=None, step=1):
    axis = dim % len(e.shape(x))
    first, last = _bounds(e.shape(x)[axis], start, end)
    if (first, last, step) == (0, e.shape(x)[axis], 1):
        return e.of(x)
    return e.cut(e.of(x), axis, first, last, step)


@emits(_aten.narrow, partwise=True)
def _narrow(e, node, x, dim, start, length):
    return e.cut(e.of(x), dim % len(e.shape(x)), start, start + length)


@emits(_aten.select, partwise=True)
def _select(e, node, x, dim, index):
    axis = dim % len(e.shape(x))
    return e.add("Gather", [e.of(x), e.const(np.int64(index % e.shape(x)[axis]))], axis=axis)


def _split_up(e, x, dim, sizes):
    axis = dim % len(e.shape(x))
    ends = np.cumsum(sizes)
    return [e.cut(e.of(x), axis, int(end - size), int(end)) for size, end in zip(sizes, ends)]


@emits(_aten.split, partwise=True)
def _split(e, node, x, size, dim=0):
    if isinstance(size, (list, tuple)):
        return _split_up(e, x, dim, size)
    length = e.shape(x)[dim]
    return _split_up(e, x, dim, [min(size, length - start) for start in range(0, length, size)])


@emits(_aten.split_with_sizes, partwise=True)
def _split_with_sizes(e, node, x, sizes, dim=0):
    return _split_up(e, x, dim, sizes)


@emits(_aten.chunk, partwise=True)
def _chunk(e, node, x, chunks, dim=0):
    length = e.shape(x)[dim]
    return _split(e, node, x, -(-length // chunks), dim)


@emits(_aten.unbind, partwise=True)
def _unbind(e, node, x, dim=0):
    axis = dim % len(e.shape(x))
    return [e.add("Gather", [e.of(x), e.const(np.int64(place))], axis=axis) for place in range(e.shape(x)[axis])]


@emits(_aten.slice_scatter)
def _slice_scatter(e, node, x, source, dim=0, start=None, end=None, step=1):
    if step != 1:
        raise Unplayable("writes to every other place")
    axis = dim % len(e.shape(x))
    length = e.shape(x)[axis]
    return _written(e, node, x, e.of(source, e.dtype(node)), axis, *_bounds(length, start, end))


@emits(_aten.select_scatter)
def _select_scatter(e, node, x, source, dim, index):
    axis = dim % len(e.shape(x))
    place = index % e.shape(x)[axis]
    row = e.add("Unsqueeze", [e.of(source, e.dtype(node)), e.ints(axis)])
    return _written(e, node, x, row, axis, place, place + 1)


def _written(e, node, x, source, axis, first, last):
    length = e.shape(x)[axis]
    if first == last:
        return e.of(x)
    parts = [source]
    if first > 0:
        parts.insert(0, e.cut(e.of(x), axis, 0, first))
    if last < length:
        parts.append(e.cut(e.of(x), axis, last, length))
    return parts[0] if len(parts) == 1 else e.add("Concat", parts, axis=axis)


@emits(_aten.copy)
def _copy(e, node, x, source, **_):
    name = e.of(source, e.dtype(node))
    return name if e.shape(source) == e.shape(node) else e.add("Expand", [name, e.ints(*e.shape(node))])


@emits(_aten.fill)
def _fill(e, node, x, value):
    return e.add("Expand", [e.of(value, e.dtype(node)), e.ints(*e.shape(node))])


@emits(_aten.flip, partwise=True)
def _flip(e, node, x, dims):
    name = e.of(x)
    for dim in dims:
        axis = dim % len(e.shape(x))
        length = e.shape(x)[axis]
        name = e.add("Gather", [name, e.const(np.arange(length)[::-1].astype(np.int64))], axis=axis)
    return name


@emits(_aten.roll, partwise=True)
def _roll(e, node, x, shifts, dims=()):
    shifts = shifts if isinstance(shifts, (list, tuple)) else [shifts]
    dims = dims if isinstance(dims, (list, tuple)) else [dims]
    name, shape = e.of(x), e.shape(x)
    if not dims:
        name, shape, dims = e.reshape(name, [math.prod(shape)]), [math.prod(shape)], [0]
    for shift, dim in zip(shifts, dims):
        axis = dim % len(shape)
        places = np.roll(np.arange(shape[axis]), shift).astype(np.int64)
        name = e.add("Gather", [name, e.const(places)], axis=axis)
    return e.reshape(name, e.shape(node))


@emits(_aten.constant_pad_nd, partwise=True)
def _pad(e, node, x, pad, value=0):
    axes = len(e.shape(x))
    before, after = [0] * axes, [0] * axes
    for place in range(len(pad) // 2):
        before[axes - 1 - place], after[axes - 1 - place] = pad[2 * place], pad[2 * place + 1]
    name = e.of(x)
    if min(before + after) < 0:
        for axis in range(axes):
            length = e.shape(x)[axis]
            if min(before[axis], after[axis]) < 0:
                name = e.cut(name, axis, max(0, -before[axis]), length - max(0, -after[axis]))
        before, after = [max(0, number) for number in before], [max(0, number) for number in after]
    if not any(before + after):
        return name
    return e.add("Pad", [name, e.ints(*before, *after), e.const(value, e.dtype(node))])


def _padded_by(mode):
    def handler(e, node, x, pad):
        axes = len(e.shape(x))
        before, after = [0] * axes, [0] * axes
        for place in range(len(pad) // 2):
            before[axes - 1 - place], after[axes - 1 - place] = pad[2 * place], pad[2 * place + 1]
        return e.add("Pad", [e.of(x), e.ints(*before, *after)], mode=mode)

    return handler


emits(_aten.reflection_pad1d, _aten.reflection_pad2d)(_padded_by("reflect"))
emits(_aten.replication_pad1d, _aten.replication_pad2d)(_padded_by("edge"))


@emits(_aten.unfold, partwise=True)
def _unfold(e, node, x, dim, size, step):
    axes = len(e.shape(x))
    axis = dim % axes
    starts = np.arange(0, e.shape(x)[axis] - size + 1, step)
    places = (starts[:, None] + np.arange(size)[None]).astype(np.int64)
    name = e.add("Gather", [e.of(x), e.const(places)], axis=axis)
    order = [place for place in range(axes + 1) if place != axis + 1] + [axis + 1]
    return e.add("Transpose", [name], perm=order)


@emits(_aten.as_strided, partwise=True)
def _as_strided(e, node, x, size, stride, offset=None):
    places = np.full(size, offset or 0, np.int64)
    for axis, (length, step) in enumerate(zip(size, stride)):
        places += (np.arange(length) * step).reshape([-1 if place == axis else 1 for place in range(len(size))])
    return e.add("Gather", [e.reshape(e.of(x), [-1]), e.const(places)], axis=0)
