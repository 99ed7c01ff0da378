"""Element by element: sums, products, functions, comparisons, casts."""

import math

import numpy as np
import torch
from torch import fx

from ..emitter import Complex, Emitter, Unplayable
from ..table import emits

_aten = torch.ops.aten


def _scaled(e: Emitter, node: fx.Node, name: str, alpha: float) -> str:
    return name if alpha == 1 else e.add("Mul", [name, e.const(alpha, e.dtype(node))])


def _sum(e: Emitter, node: fx.Node, kind: str, a, b, alpha) -> str | Complex:
    if e.is_complex(node):
        first, second = e.pair(a), e.pair(b)
        if alpha != 1:
            raise Unplayable("scales complex numbers")
        return Complex(e.add(kind, [first.real, second.real]), e.add(kind, [first.imaginary, second.imaginary]))
    dtype = e.dtype(node)
    return e.add(kind, [e.of(a, dtype), _scaled(e, node, e.of(b, dtype), alpha)])


@emits(_aten.add)
def _add(e, node, a, b, alpha=1):
    return _sum(e, node, "Add", a, b, alpha)


@emits(_aten.sub)
def _sub(e, node, a, b, alpha=1):
    return _sum(e, node, "Sub", a, b, alpha)


@emits(_aten.rsub)
def _rsub(e, node, a, b, alpha=1):
    return e.add("Sub", [e.of(b, e.dtype(node)), _scaled(e, node, e.of(a, e.dtype(node)), alpha)])


@emits(_aten.mul)
def _mul(e, node, a, b):
    if not e.is_complex(node):
        if e.dtype(node) == torch.bool:
            return e.add("And", [e.of(a, torch.bool), e.of(b, torch.bool)])
        return e.add("Mul", [e.of(a, e.dtype(node)), e.of(b, e.dtype(node))])
    if not e.is_complex(a):
        a, b = b, a
    first = e.pair(a)
    if not e.is_complex(b):
        factor = e.of(b, torch.float32)
        return Complex(e.add("Mul", [first.real, factor]), e.add("Mul", [first.imaginary, factor]))
    second = e.pair(b)
    real = e.add("Sub", [e.add("Mul", [first.real, second.real]), e.add("Mul", [first.imaginary, second.imaginary])])
    imaginary = e.add(
        "Add", [e.add("Mul", [first.real, second.imaginary]), e.add("Mul", [first.imaginary, second.real])]
    )
    return Complex(real, imaginary)


@emits(_aten.div)
def _div(e, node, a, b, rounding_mode=None):
    dtype = e.dtype(node)
    if e.is_complex(node):
        if e.is_complex(b):
            raise Unplayable("divides by complex numbers")
        first, divisor = e.pair(a), e.of(b, torch.float32)
        return Complex(e.add("Div", [first.real, divisor]), e.add("Div", [first.imaginary, divisor]))
    if rounding_mode is None:
        return e.add("Div", [e.of(a, dtype), e.of(b, dtype)])
    return _rounded_quotient(e, node, a, b, rounding_mode)


@emits(_aten.floor_divide)
def _floor_divide(e, node, a, b):
    return _rounded_quotient(e, node, a, b, "floor")


def _rounded_quotient(e, node, a, b, mode):
    quotient = e.add("Div", [e.of(a, torch.float32), e.of(b, torch.float32)])
    if mode == "floor":
        quotient = e.add("Floor", [quotient])
    else:
        quotient = e.add("Mul", [e.add("Sign", [quotient]), e.add("Floor", [e.add("Abs", [quotient])])])
    return e.cast(quotient, torch.float32, e.dtype(node))


@emits(_aten.remainder)
def _remainder(e, node, a, b):
    dtype = e.dtype(node)
    first, second = e.of(a, dtype), e.of(b, dtype)
    if not dtype.is_floating_point:
        return e.add("Mod", [first, second])
    return e.add("Sub", [first, e.add("Mul", [e.add("Floor", [e.add("Div", [first, second])]), second])])


@emits(_aten.fmod)
def _fmod(e, node, a, b):
    return e.add("Mod", [e.of(a, e.dtype(node)), e.of(b, e.dtype(node))], fmod=1)


@emits(_aten.pow)
def _pow(e, node, a, b):
    dtype = e.dtype(node)
    base = e.of(a, dtype)
    if not isinstance(b, fx.Node):
        if b == 2:
            return e.add("Mul", [base, base])
        if b == 0.5:
            return e.add("Sqrt", [base])
    return e.add("Pow", [base, e.of(b, dtype)])


@emits(_aten.addcmul)
def _addcmul(e, node, a, b, c, value=1):
    dtype = e.dtype(node)
    return e.add("Add", [e.of(a, dtype), _scaled(e, node, e.add("Mul", [e.of(b, dtype), e.of(c, dtype)]), value)])


@emits(_aten.lerp)
def _lerp(e, node, a, b, weight):
    start = e.of(a)
    return e.add("Add", [start, e.add("Mul", [e.add("Sub", [e.of(b), start]), e.of(weight, torch.float32)])])


def _one_to_one() -> None:
    kinds = {
        _aten.relu: "Relu", _aten.tanh: "Tanh", _aten.sigmoid: "Sigmoid", _aten.exp: "Exp", _aten.log: "Log", _aten.sqrt: "Sqrt",
        _aten.sin: "Sin", _aten.cos: "Cos", _aten.tan: "Tan", _aten.asin: "Asin", _aten.acos: "Acos", _aten.atan: "Atan",
        _aten.sinh: "Sinh", _aten.cosh: "Cosh", _aten.erf: "Erf", _aten.ceil: "Ceil", _aten.floor: "Floor", _aten.round: "Round",
        _aten.reciprocal: "Reciprocal", _aten.sign: "Sign", _aten.sgn: "Sign", _aten.hardswish: "HardSwish",
    }  # fmt: skip
    for packet, kind in kinds.items():

        def handler(e, node, x, *, _kind=kind):
            return e.add(_kind, [e.of(x, e.dtype(node))])

        emits(packet)(handler)


_one_to_one()


@emits(_aten.abs)
def _abs(e, node, x):
    if not e.is_complex(x):
        return e.add("Abs", [e.of(x)])
    parts = e.pair(x)
    return e.add("Sqrt", [e.add("Add", [e.add("Mul", [part, part]) for part in (parts.real, parts.imaginary)])])


@emits(_aten.neg, partwise=True)
def _neg(e, node, x):
    return e.add("Neg", [e.of(x)])


@emits(_aten.trunc)
def _trunc(e, node, x):
    return e.add("Mul", [e.add("Sign", [e.of(x)]), e.add("Floor", [e.add("Abs", [e.of(x)])])])


@emits(_aten.square)
def _square(e, node, x):
    return e.add("Mul", [e.of(x), e.of(x)])


@emits(_aten.rsqrt)
def _rsqrt(e, node, x):
    return e.add("Reciprocal", [e.add("Sqrt", [e.of(x)])])


@emits(_aten.log1p)
def _log1p(e, node, x):
    return e.add("Log", [e.add("Add", [e.of(x), e.const(1.0, e.dtype(node))])])


@emits(_aten.expm1)
def _expm1(e, node, x):
    return e.add("Sub", [e.add("Exp", [e.of(x)]), e.const(1.0, e.dtype(node))])


@emits(_aten.log2)
def _log2(e, node, x):
    return e.add("Div", [e.add("Log", [e.of(x)]), e.const(math.log(2), e.dtype(node))])


@emits(_aten.log10)
def _log10(e, node, x):
    return e.add("Div", [e.add("Log", [e.of(x)]), e.const(math.log(10), e.dtype(node))])


@emits(_aten.leaky_relu)
def _leaky_relu(e, node, x, slope=0.01):
    return e.add("LeakyRelu", [e.of(x)], alpha=float(slope))


@emits(_aten.prelu, _aten._prelu_kernel)
def _prelu(e, node, x, weight):
    return e.add("PRelu", [e.of(x), e.of(weight)])


@emits(_aten.elu)
def _elu(e, node, x, alpha=1.0, scale=1.0, input_scale=1.0):
    if scale != 1 or input_scale != 1:
        raise Unplayable("is scaled")
    return e.add("Elu", [e.of(x)], alpha=float(alpha))


@emits(_aten.softplus)
def _softplus(e, node, x, beta=1, threshold=20):
    if beta == 1:
        return e.add("Softplus", [e.of(x)])
    scaled = e.add("Softplus", [e.add("Mul", [e.of(x), e.const(float(beta), torch.float32)])])
    return e.add("Div", [scaled, e.const(float(beta), torch.float32)])


@emits(_aten.gelu)
def _gelu(e, node, x, approximate="none"):
    name = e.of(x)

    def number(value):
        return e.const(value, torch.float32)

    if approximate == "none":
        inner = e.add("Erf", [e.add("Mul", [name, number(math.sqrt(0.5))])])
    else:
        cube = e.add("Mul", [e.add("Mul", [name, name]), name])
        inner = e.add("Add", [name, e.add("Mul", [cube, number(0.044715)])])
        inner = e.add("Tanh", [e.add("Mul", [inner, number(math.sqrt(2 / math.pi))])])
    return e.add("Mul", [e.add("Mul", [name, number(0.5)]), e.add("Add", [inner, number(1.0)])])


@emits(_aten.silu)
def _silu(e, node, x):
    return e.add("Mul", [e.of(x), e.add("Sigmoid", [e.of(x)])])


@emits(_aten.mish)
def _mish(e, node, x):
    return e.add("Mul", [e.of(x), e.add("Tanh", [e.add("Softplus", [e.of(x)])])])


@emits(_aten.hardsigmoid)
def _hardsigmoid(e, node, x):
    return e.add("HardSigmoid", [e.of(x)], alpha=1 / 6, beta=0.5)


@emits(_aten.glu)
def _glu(e, node, x, dim=-1):
    axis = dim % len(e.shape(x))
    half = e.shape(x)[axis] // 2
    return e.add("Mul", [e.cut(e.of(x), axis, 0, half), e.add("Sigmoid", [e.cut(e.of(x), axis, half, 2 * half)])])


@emits(_aten.clamp, _aten.hardtanh, _aten.clamp_min, _aten.clamp_max)
def _clamp(e, node, x, *given, **named):
    dtype = e.dtype(node)
    packet = node.target.overloadpacket
    low, high = named.get("min"), named.get("max")
    if packet is _aten.hardtanh:
        low, high = (*given, -1.0, 1.0)[:2] if len(given) != 1 else (given[0], 1.0)
    elif packet is _aten.clamp_max:
        high = given[0] if given else high
    else:
        low = given[0] if given else low
        high = given[1] if len(given) > 1 else high
    name = e.of(x, dtype)
    for bound, kind in ((low, "Max"), (high, "Min")):
        if bound is not None:
            name = e.add(kind, [name, e.of(bound, dtype)])
    return name


def _comparisons() -> None:
    for packet, kind, turned in (
        (_aten.eq, "Equal", False), (_aten.ne, "Equal", True), (_aten.lt, "Less", False), (_aten.gt, "Greater", False),
        (_aten.le, "LessOrEqual", False), (_aten.ge, "GreaterOrEqual", False),
    ):  # fmt: skip

        def handler(e, node, a, b, *, _kind=kind, _turned=turned):
            types = [e.dtype(value) if isinstance(value, fx.Node) else None for value in (a, b)]
            known = [dtype for dtype in types if dtype is not None]
            dtype = torch.promote_types(*known) if len(known) == 2 else known[0]
            if len(known) == 1 and not dtype.is_floating_point and isinstance(b, float):
                dtype = torch.float32
            if dtype == torch.bool and _kind != "Equal":
                dtype = torch.int64
            result = e.add(_kind, [e.of(a, dtype), e.of(b, dtype)])
            return e.add("Not", [result]) if _turned else result

        emits(packet)(handler)
    for packet, kind in (
        (_aten.minimum, "Min"), (_aten.maximum, "Max"), (_aten.logical_and, "And"), (_aten.logical_or, "Or"),
        (_aten.logical_xor, "Xor"), (_aten.bitwise_and, "And"), (_aten.bitwise_or, "Or"),
    ):  # fmt: skip

        def binary(e, node, a, b, *, _kind=kind):
            dtype = e.dtype(node)
            if _kind in ("And", "Or", "Xor") and dtype != torch.bool:
                raise Unplayable("works on bits")
            return e.add(_kind, [e.of(a, dtype), e.of(b, dtype)])

        emits(packet)(binary)


_comparisons()


@emits(_aten.logical_not, _aten.bitwise_not)
def _not(e, node, x):
    if e.dtype(node) != torch.bool:
        raise Unplayable("works on bits")
    return e.add("Not", [e.of(x, torch.bool)])


@emits(_aten.where)
def _where(e, node, condition, a, b):
    return e.add("Where", [e.of(condition, torch.bool), e.of(a, e.dtype(node)), e.of(b, e.dtype(node))])


@emits(_aten.masked_fill)
def _masked_fill(e, node, x, mask, value):
    return e.add("Where", [e.of(mask, torch.bool), e.of(value, e.dtype(node)), e.of(x)])


@emits(_aten._to_copy)
def _to_copy(e, node, x, **_):
    if e.is_complex(node):
        return e.pair(x)
    if e.is_complex(x):
        return e.pair(x).real
    return e.cast(e.of(x), e.dtype(x), e.dtype(node))


@emits(_aten.nan_to_num)
def _nan_to_num(e, node, x, nan=None, posinf=None, neginf=None):
    most = float(np.finfo(np.float32).max)
    name = e.of(x)
    name = e.add("Where", [e.add("IsNaN", [name]), e.const(float(nan or 0.0), torch.float32), name])
    for infinite, wanted, otherwise in ((np.inf, posinf, most), (-np.inf, neginf, -most)):
        is_it = e.add("Equal", [name, e.const(infinite, torch.float32)])
        name = e.add("Where", [is_it, e.const(otherwise if wanted is None else wanted, torch.float32), name])
    return name
