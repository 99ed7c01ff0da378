"""Complex numbers, as pairs of real tensors, and Fourier transforms, as products with their matrices."""

import torch

from .. import limits
from ..emitter import Complex, Emitter, Unplayable
from ..table import emits

_aten = torch.ops.aten


@emits(_aten.view_as_complex)
def _view_as_complex(e: Emitter, node, x):
    axis = len(e.shape(x)) - 1
    parts = (e.reshape(e.cut(e.of(x), axis, place, place + 1), e.shape(node)) for place in range(2))
    return Complex(*parts)


@emits(_aten.view_as_real)
def _view_as_real(e, node, x):
    parts = e.pair(x)
    axis = len(e.shape(x))
    return e.add(
        "Concat", [e.add("Unsqueeze", [part, e.ints(axis)]) for part in (parts.real, parts.imaginary)], axis=axis
    )


@emits(_aten.complex)
def _complex(e, node, real, imaginary):
    return Complex(e.of(real), e.of(imaginary))


@emits(_aten.polar)
def _polar(e, node, absolute, angle):
    return Complex(
        e.add("Mul", [e.of(absolute), e.add("Cos", [e.of(angle)])]),
        e.add("Mul", [e.of(absolute), e.add("Sin", [e.of(angle)])]),
    )


@emits(_aten.real)
def _real(e, node, x):
    return e.pair(x).real


@emits(_aten.imag)
def _imaginary(e, node, x):
    return e.pair(x).imaginary


@emits(_aten._conj, _aten.conj, _aten._conj_physical)
def _conjugate(e, node, x):
    parts = e.pair(x)
    return Complex(parts.real, e.add("Neg", [parts.imaginary]))


def _one_axis(dims) -> int:
    if len(dims) != 1:
        raise Unplayable("transforms several axes")
    return dims[0]


def _identity(length: int) -> torch.Tensor:
    if length > limits.LONGEST_TRANSFORM:
        raise Unplayable(f"has a length of {length}; {limits.LONGEST_TRANSFORM} at most can be played")
    return torch.eye(length, dtype=torch.float64)


def _matrix(e: Emitter, matrix: torch.Tensor) -> str:
    return e.const(matrix.to(torch.float32).resolve_conj().resolve_neg().contiguous().numpy())


def _along(e: Emitter, name: str, axis: int, axes: int, matrix: str) -> str:
    """The product along an axis."""
    product = e.add("MatMul", [e.transposed(name, axis, axes - 1, axes), matrix])
    return e.transposed(product, axis, axes - 1, axes)


@emits(_aten._fft_r2c)
def _real_to_complex(e, node, x, dims, norm, onesided):
    axis, axes = _one_axis(dims) % len(e.shape(x)), len(e.shape(x))
    matrix = torch.ops.aten._fft_r2c(_identity(e.shape(x)[axis]), [1], norm, onesided)
    return Complex(*(_along(e, e.of(x), axis, axes, _matrix(e, part)) for part in (matrix.real, matrix.imag)))


@emits(_aten._fft_c2r)
def _complex_to_real(e, node, x, dims, norm, length):
    axis, axes = _one_axis(dims) % len(e.shape(x)), len(e.shape(x))
    identity = _identity(e.shape(x)[axis]).to(torch.complex128)
    _identity(length)
    parts = e.pair(x)
    products = [
        _along(e, part, axis, axes, _matrix(e, torch.ops.aten._fft_c2r(identity * unit, [1], norm, length)))
        for part, unit in ((parts.real, 1), (parts.imaginary, 1j))
    ]
    return e.add("Add", products)


@emits(_aten._fft_c2c)
def _complex_to_complex(e, node, x, dims, norm, forward):
    axis, axes = _one_axis(dims) % len(e.shape(x)), len(e.shape(x))
    matrix = torch.ops.aten._fft_c2c(_identity(e.shape(x)[axis]).to(torch.complex128), [1], norm, forward)
    real, imaginary, parts = _matrix(e, matrix.real), _matrix(e, matrix.imag), e.pair(x)

    def along(part, by):
        return _along(e, part, axis, axes, by)

    return Complex(
        e.add("Sub", [along(parts.real, real), along(parts.imaginary, imaginary)]),
        e.add("Add", [along(parts.real, imaginary), along(parts.imaginary, real)]),
    )
