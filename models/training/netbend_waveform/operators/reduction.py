"""Sums, means and other reductions; softmax; norms of layers."""

import math

import numpy as np
import torch

from ..emitter import Unplayable
from ..table import emits

_aten = torch.ops.aten


def _axes(e, x, dim):
    count = len(e.shape(x))
    if dim is None or (isinstance(dim, (list, tuple)) and not dim):
        return list(range(count))
    return [axis % count for axis in (dim if isinstance(dim, (list, tuple)) else [dim])]


@emits(_aten.sum, partwise=True)
def _sum(e, node, x, dim=None, keepdim=False, **_):
    name = e.of(x) if e.is_complex(x) else e.of(x, e.dtype(node))
    return e.add("ReduceSum", [name, e.ints(*_axes(e, x, dim))], keepdims=int(keepdim))


@emits(_aten.mean, partwise=True)
def _mean(e, node, x, dim=None, keepdim=False, **_):
    return e.add("ReduceMean", [e.of(x)], axes=_axes(e, x, dim), keepdims=int(keepdim))


@emits(_aten.amax)
def _amax(e, node, x, dim=(), keepdim=False):
    return e.add("ReduceMax", [e.of(x)], axes=_axes(e, x, dim), keepdims=int(keepdim))


@emits(_aten.amin)
def _amin(e, node, x, dim=(), keepdim=False):
    return e.add("ReduceMin", [e.of(x)], axes=_axes(e, x, dim), keepdims=int(keepdim))


@emits(_aten.prod)
def _prod(e, node, x, dim=None, keepdim=False, **_):
    return e.add("ReduceProd", [e.of(x)], axes=_axes(e, x, dim), keepdims=int(keepdim))


def _variance(e, x, axes, correction, keepdim):
    count = math.prod(e.shape(x)[axis] for axis in axes)
    centred = e.add("Sub", [e.of(x), e.add("ReduceMean", [e.of(x)], axes=axes, keepdims=1)])
    mean = e.add("ReduceMean", [e.add("Mul", [centred, centred])], axes=axes, keepdims=int(keepdim))
    return e.add("Mul", [mean, e.const(count / max(count - correction, 1), torch.float32)])


def _correction(given, correction, unbiased):
    return float(correction if correction is not None else (1 if unbiased else 0))


@emits(_aten.var)
def _var(e, node, x, dim=None, unbiased=True, keepdim=False, correction=None):
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    return _variance(e, x, _axes(e, x, dim), _correction(dim, correction, unbiased), keepdim)


@emits(_aten.std)
def _std(e, node, x, dim=None, unbiased=True, keepdim=False, correction=None):
    return e.add("Sqrt", [_var(e, node, x, dim, unbiased, keepdim, correction)])


@emits(_aten.norm, _aten.linalg_vector_norm)
def _norm(e, node, x, p=2, dim=None, keepdim=False, **_):
    if p not in (None, 1, 2):
        raise Unplayable(f"is of order {p}")
    return e.add("ReduceL1" if p == 1 else "ReduceL2", [e.of(x)], axes=_axes(e, x, dim), keepdims=int(keepdim))


@emits(_aten.cumsum)
def _cumsum(e, node, x, dim, **_):
    return e.add("CumSum", [e.of(x, e.dtype(node)), e.const(np.int64(dim % len(e.shape(x))))])


@emits(_aten._softmax, _aten.softmax)
def _softmax(e, node, x, dim, *_given, **_named):
    return e.add("Softmax", [e.of(x)], axis=dim % len(e.shape(x)))


@emits(_aten._log_softmax, _aten.log_softmax)
def _log_softmax(e, node, x, dim, *_given, **_named):
    return e.add("LogSoftmax", [e.of(x)], axis=dim % len(e.shape(x)))


@emits(_aten.native_layer_norm)
def _layer_norm(e, node, x, shape, weight, bias, eps):
    inputs = [e.of(x), e.of(weight) if weight is not None else e.const(np.ones(shape, np.float32))]
    if bias is not None:
        inputs.append(e.of(bias))
    return [e.add("LayerNormalization", inputs, axis=-len(shape), epsilon=float(eps))]


@emits(_aten.native_group_norm)
def _group_norm(e, node, x, weight, bias, batch, channels, _positions, groups, eps):
    rows = e.reshape(e.of(x), [batch, groups, -1])
    centred = e.add("Sub", [rows, e.add("ReduceMean", [rows], axes=[2], keepdims=1)])
    variance = e.add("ReduceMean", [e.add("Mul", [centred, centred])], axes=[2], keepdims=1)
    deviation = e.add("Sqrt", [e.add("Add", [variance, e.const(float(eps), torch.float32)])])
    name = e.reshape(e.add("Div", [centred, deviation]), e.shape(x))
    return [_affine(e, name, len(e.shape(x)), weight, bias)]


@emits(_aten.native_batch_norm, _aten._native_batch_norm_legit_no_training)
def _batch_norm(e, node, x, weight, bias, mean, variance, *given):
    training = bool(given[0]) if node.target.overloadpacket is _aten.native_batch_norm else False
    eps = float(given[-1])
    if training:
        raise Unplayable("measures the sound while it plays, as in training")
    axes = len(e.shape(x))
    shape = [1, -1, *[1] * (axes - 2)]
    centred = e.add("Sub", [e.of(x), e.reshape(e.of(mean), shape)])
    deviation = e.add("Sqrt", [e.add("Add", [e.of(variance), e.const(eps, torch.float32)])])
    name = e.add("Div", [centred, e.reshape(deviation, shape)])
    return [_affine(e, name, axes, weight, bias)]


def _affine(e, name, axes, weight, bias):
    shape = [1, -1, *[1] * (axes - 2)]
    if weight is not None:
        name = e.add("Mul", [name, e.reshape(e.of(weight), shape)])
    if bias is not None:
        name = e.add("Add", [name, e.reshape(e.of(bias), shape)])
    return name
