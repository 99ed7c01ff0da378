"""Convolutions, products of matrices, pooling, resampling."""

import numpy as np
import torch

from ..emitter import Unplayable
from ..table import emits

_aten = torch.ops.aten


@emits(_aten.convolution)
def _convolution(e, node, x, weight, bias, stride, padding, dilation, transposed, output_padding, groups):
    inputs = [e.of(x), e.of(weight)] + ([e.of(bias)] if bias is not None else [])
    axes = len(e.shape(weight)) - 2

    def per_axis(value):
        return list(value) * axes if len(value) == 1 else list(value)

    attributes = {
        "kernel_shape": e.shape(weight)[2:],
        "strides": per_axis(stride),
        "pads": per_axis(padding) * 2,
        "dilations": per_axis(dilation),
        "group": groups,
    }
    if transposed:
        return e.add("ConvTranspose", inputs, output_padding=per_axis(output_padding), **attributes)
    return e.add("Conv", inputs, **attributes)


@emits(_aten.mm, _aten.bmm, _aten.matmul, _aten.mv, _aten.dot)
def _product(e, node, a, b):
    return e.add("MatMul", [e.of(a), e.of(b)])


def _scaled(e, name, factor):
    return name if factor == 1 else e.add("Mul", [name, e.const(factor, torch.float32)])


@emits(_aten.addmm, _aten.baddbmm)
def _addmm(e, node, bias, a, b, beta=1, alpha=1):
    product = _scaled(e, e.add("MatMul", [e.of(a), e.of(b)]), alpha)
    return e.add("Add", [product, _scaled(e, e.of(bias), beta)])


@emits(_aten.linear)
def _linear(e, node, x, weight, bias=None):
    product = e.add("MatMul", [e.of(x), e.add("Transpose", [e.of(weight)], perm=[1, 0])])
    return product if bias is None else e.add("Add", [product, e.of(bias)])


@emits(_aten._weight_norm_interface)
def _weight_norm(e, node, v, g, dim=0):
    axes = [axis for axis in range(len(e.shape(v))) if axis != dim % len(e.shape(v))]
    norm = e.add("ReduceL2", [e.of(v)], axes=axes, keepdims=1)
    scale = e.add(
        "Div", [e.reshape(e.of(g), [n if a == dim % len(e.shape(v)) else 1 for a, n in enumerate(e.shape(v))]), norm]
    )
    return [e.add("Mul", [e.of(v), scale])]


@emits(_aten._euclidean_dist)
def _euclidean(e, node, a, b):
    return _distance(e, a, b)


@emits(_aten._cdist_forward)
def _cdist(e, node, a, b, p, _mode=None):
    if p != 2:
        raise Unplayable(f"is of order {p}")
    return _distance(e, a, b)


def _distance(e, a, b):
    def squares(value):
        return e.add("ReduceSum", [e.add("Mul", [e.of(value), e.of(value)]), e.ints(-1)], keepdims=1)

    axes = len(e.shape(b))
    turned = e.transposed(e.of(b), axes - 2, axes - 1, axes)
    cross = e.add("Mul", [e.add("MatMul", [e.of(a), turned]), e.const(2.0, torch.float32)])
    total = e.add("Add", [squares(a), e.transposed(squares(b), axes - 2, axes - 1, axes)])
    return e.add("Sqrt", [e.add("Max", [e.add("Sub", [total, cross]), e.const(0.0, torch.float32)])])


@emits(_aten.avg_pool1d, _aten.avg_pool2d)
def _avg_pool(e, node, x, kernel, stride=(), padding=(0,), ceil_mode=False, count_include_pad=True, divisor=None):
    if divisor is not None or ceil_mode:
        raise Unplayable("divides by another number")
    pads = (list(padding) * (len(kernel) // len(padding))) * 2
    # A batch of one may be left out.
    whole = e.of(x) if len(e.shape(x)) == len(kernel) + 2 else e.reshape(e.of(x), [1, *e.shape(x)])
    pooled = e.add(
        "AveragePool", [whole], kernel_shape=list(kernel), strides=list(stride or kernel), pads=pads, count_include_pad=int(count_include_pad)
    )  # fmt: skip
    return e.reshape(pooled, e.shape(node))


@emits(_aten.max_pool2d_with_indices, _aten.max_pool1d)
def _max_pool(e, node, x, kernel, stride=(), padding=(0,), dilation=(1,), ceil_mode=False):
    def per_axis(value):
        return list(value) * (len(kernel) // len(value))

    if ceil_mode:
        raise Unplayable("rounds lengths up")
    pooled = e.add(
        "MaxPool", [e.of(x)], kernel_shape=list(kernel), strides=per_axis(stride or kernel), pads=per_axis(padding) * 2, dilations=per_axis(dilation)
    )  # fmt: skip
    return [pooled] if node.target.overloadpacket is _aten.max_pool2d_with_indices else pooled


@emits(_aten.upsample_nearest1d)
def _nearest(e, node, x, size, *_):
    given, wanted = e.shape(x)[-1], e.shape(node)[-1]
    places = torch.nn.functional.interpolate(torch.arange(float(given))[None, None], wanted)[0, 0]
    return e.add("Gather", [e.of(x), e.const(places.numpy().astype(np.int64))], axis=2)


@emits(_aten.upsample_linear1d)
def _linearly(e, node, x, size, align_corners, *_):
    given, wanted = e.shape(x)[-1], e.shape(node)[-1]
    matrix = torch.nn.functional.interpolate(
        torch.eye(given)[None], wanted, mode="linear", align_corners=align_corners
    )[0]
    return e.add("MatMul", [e.of(x), e.const(matrix.numpy())])
