"""Each operator that the importer knows gives in ONNX Runtime what it gives in PyTorch."""

from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
import torch
from torch.nn import functional as F

from netbend_waveform.building import build
from netbend_waveform.functional import functional
from netbend_waveform.playing import Rest
from netbend_waveform.recording import AUDIO, Input, Recording

# Sums of float32 in other orders, for values of about 1.
TOLERANCE = 2e-5
_W = torch.randn(6, 6, generator=torch.Generator().manual_seed(3))
_TABLE = torch.randn(5, 4, generator=torch.Generator().manual_seed(4))
_PLACES = torch.tensor([3, 0, 2])

# From a tensor [1, 4, 6]; results are floats.
CASES = {
    "sums": lambda x: (x + 2 * x - 0.5).sub(x, alpha=0.3) + torch.rsub(x, 2),
    "quotients": lambda x: x / 3 + x / (x.abs() + 1) + torch.div(x, 0.3, rounding_mode="floor"),
    "truncated quotient": lambda x: torch.div(x * 7, 2, rounding_mode="trunc"),
    "remainders": lambda x: torch.remainder(x, 0.7) + torch.fmod(x, 0.7),
    "powers": lambda x: x**2 + x.abs() ** 0.5 + x.abs() ** 1.7 + 2**x,
    "functions": lambda x: x.sin() + x.cos() + x.exp() + x.atan() + x.tanh() + x.erf() + x.floor() + x.ceil() + x.round(),
    "roots and logarithms": lambda x: (x.abs() + 1).sqrt().log() + (x.abs() + 1).rsqrt() + x.abs().log1p() + x.expm1(),
    "other logarithms": lambda x: (x.abs() + 1).log2() + (x.abs() + 1).log10() + (x.abs() + 1).reciprocal(),
    "signs": lambda x: x.sign() + (-x).trunc() + x.abs() + x.square(),
    "activations": lambda x: F.relu(x) + F.leaky_relu(x, 0.2) + F.elu(x, 0.7) + F.silu(x) + torch.sigmoid(x) + F.mish(x),
    "further activations": lambda x: F.softplus(x) + F.softplus(x, 3) + F.gelu(x) + F.gelu(x, approximate="tanh"),
    "bounded activations": lambda x: F.hardtanh(x) + F.hardtanh(x, -0.3, 0.2) + F.hardsigmoid(x) + F.hardswish(x) + F.relu6(x),
    "prelu": lambda x: F.prelu(x, torch.tensor([0.3])),
    "gated": lambda x: F.glu(x, 1),
    "bounds": lambda x: x.clamp(-0.5, 0.4) + x.clamp(min=0.1) + x.clamp(max=0.2) + x.clamp_min(0) + x.clamp_max(0),
    "bounds of tensors": lambda x: torch.minimum(x, -x) + torch.maximum(x, 2 * x) + x.clamp(x * 0.5, x.abs()),
    "comparisons": lambda x: (x > 0).float() + (x <= 0.3).float() * 2 + (x.round() == 1).float() + (x.round() != 0).float() * 4,
    "logic": lambda x: ((x > 0) & (x < 0.5) | ~(x > -0.5)).float() + torch.logical_not(x > 0).float(),
    "choices": lambda x: torch.where(x > 0, x, x * 2) + x.masked_fill(x > 0.5, -1.0),
    "no numbers": lambda x: torch.nan_to_num(torch.log(x), nan=0.3, neginf=-1.0),
    "blends": lambda x: torch.lerp(x, x * 2, 0.3) + torch.addcmul(x, x, x, value=0.5),
    "types": lambda x: (x * 3).long().float() + (x * 3).int().float() + (x > 0).long().float(),
    "views": lambda x: x.reshape(2, 12).t().reshape(1, 4, 6) + x.view(1, 4, 6).unsqueeze(0).squeeze(0) + x.flatten().view(1, 4, 6),
    "turns": lambda x: x.permute(2, 0, 1).permute(1, 2, 0) + x.transpose(1, 2).transpose(-1, -2),
    "copies": lambda x: x[:, :1].expand(1, 4, 6) + x[:, :2].repeat(1, 2, 1) + x[0, :2].repeat(1, 2, 1),
    "joins": lambda x: torch.cat([x, x * 2], 1)[:, 2:6] + torch.stack([x, x + 1], -1)[..., 1],
    "cuts": lambda x: x[:, 1:3, ::2] * x[:, -3:-1, 1:4] + x[:, :2].narrow(-1, 2, 3),
    "divisions": lambda x: x.chunk(2, 1)[1] + x.split(2, 1)[0] + x.split([1, 3], 1)[1][:, 1:] + x.unbind(1)[3][:, None],
    "writes": lambda x: _written(x),
    "shifts": lambda x: x.flip(1) + x.flip(1, 2) + x.roll(2, -1) + x.roll((1, 2), (1, 2)) + x.roll(5),
    "paddings": lambda x: F.pad(x, (2, 1), value=0.5)[..., 1:7] + F.pad(x, (2, 3), mode="reflect")[..., :6] + F.pad(x, (2, 1), mode="replicate")[..., :6],
    "cuts by padding": lambda x: F.pad(x, (-1, 2, 0, -1)),
    "frames": lambda x: x.unfold(-1, 3, 2).sum(-1),
    "strides": lambda x: x.as_strided((4, 5), (1, 4), 2),
    "tables": lambda x: F.embedding((x[0, 0] > 0).long() + 1, _TABLE) + _TABLE[(x[0, 0] > 0).long()],
    "places": lambda x: x.index_select(1, _PLACES) + x[:, _PLACES] + x.gather(1, _PLACES.view(1, 3, 1).expand(1, 3, 6)),
    "masks": lambda x: x[:, torch.tensor([True, False, True, True])],
    "scatters": lambda x: torch.zeros(1, 4, 6).scatter(1, x.argmax(1, keepdim=True), 2.0) + x,
    "largest": lambda x: x.max(1)[0] + x.min(1)[0] + x.max(1)[1].float() + x.argmin(1).float() + x.amax(1) + x.amin(1),
    "largest of all": lambda x: x.max() + x.min() + x.argmax().float(),
    "sums of axes": lambda x: x.sum(1) + x.mean(1) + x.sum() + x.mean((1, 2)) + x.sum(1, keepdim=True)[:, 0],
    "products": lambda x: x.prod(1) + x.cumsum(1)[:, 2],
    "spreads": lambda x: x.var(1) + x.std(1) + x.var(1, unbiased=False) + x.var() + x.norm(dim=1) + x.norm(1, dim=1),
    "shares": lambda x: x.softmax(1) + x.log_softmax(-1),
    "layer norm": lambda x: F.layer_norm(x, (6,), torch.ones(6) * 2, torch.ones(6)) + F.layer_norm(x, (4, 6)),
    "group norm": lambda x: F.group_norm(x, 2, torch.arange(4.0), torch.ones(4)),
    "batch norm": lambda x: F.batch_norm(x, torch.ones(4) * 0.1, torch.ones(4) * 2, torch.arange(4.0), torch.ones(4)),
    "matrices": lambda x: x @ _W + F.linear(x, _W, _W[0]) + torch.bmm(x, _W[None]) + torch.mm(x[0], _W)[None] + torch.addmm(x[0], x[0], _W),
    "batched sums": lambda x: torch.baddbmm(x, x, _W[None], beta=0.5, alpha=2),
    "convolution": lambda x: F.conv1d(x, _W[:, :2, None].repeat(1, 1, 2), _W[0], stride=2, padding=2, dilation=2, groups=2),
    "transposed convolution": lambda x: F.conv_transpose1d(x, _W[:4, :, None].repeat(1, 1, 4), _W[0], 2, 1, output_padding=1),
    "convolution of planes": lambda x: F.conv2d(x[None], _W[:2, :1, None, None].repeat(1, 1, 3, 3), padding=1),
    "distances": lambda x: torch.cdist(x[0].reshape(1, 6, 4), _TABLE[None]),
    "pools": lambda x: F.avg_pool1d(x, 2) + F.max_pool1d(x, 2) + F.avg_pool1d(x, 3, 2, 1),
    "resampling": lambda x: F.interpolate(x, 9) + F.interpolate(x, 9, mode="linear") + F.interpolate(x, 9, mode="linear", align_corners=True),
    "real transforms": lambda x: torch.fft.irfft(torch.fft.rfft(x) * torch.fft.rfft(x.flip(-1)), n=6),
    "transforms by other axes": lambda x: torch.fft.irfft(torch.fft.rfft(x, dim=1, norm="ortho") * 2, n=4, dim=1, norm="forward"),
    "odd transforms": lambda x: torch.fft.irfft(torch.fft.rfft(x[..., :5]) / 2, n=5) + torch.fft.rfft(x[..., :5]).abs().sum(-1, keepdim=True),
    "complex transforms": lambda x: torch.view_as_real(torch.fft.ifft(torch.fft.fft(torch.complex(x, x * 2)) * (1 + 2j))).sum(-1),
    "complex numbers": lambda x: torch.view_as_real(torch.view_as_complex(x.reshape(1, 4, 3, 2)).conj() * torch.polar(x.abs(), x)[..., :3]),
    "complex shapes": lambda x: torch.fft.rfft(x)[:, 1:3].transpose(1, 2).unsqueeze(0).real + torch.fft.rfft(x)[:, :2].imag.transpose(1, 2),
    "constants": lambda x: x * torch.arange(6.0) + torch.zeros_like(x) + torch.ones(6) + x.new_full((6,), 2.0),
    "weight norm": lambda x: F.conv1d(x, torch._weight_norm(_W[:, :4, None], _W[:, :1, None], 0)),
}  # fmt: skip


def _written(x):
    y = x.clone()
    y[:, 1:3] += 1
    y[..., 2] = x[..., 0]
    y[:, :, 4:].mul_(2)
    z = torch.empty(1, 4, 6)
    z.copy_(x[:, :1])
    z.fill_(3.0)
    z[0, 0].copy_(x[0, 1])
    return y + z


class _Function(Recording):
    """A function in place of a recording."""

    def __init__(self, function, audio):
        super().__init__([Input(AUDIO, "audio", 0, audio)], [], 0, 0, {})
        self.function = function

    def replay(self, *values):
        return self.function(values[0]), values[0][:, :1] * 1.0


@pytest.mark.parametrize("name", CASES)
def test_it_is_the_same_in_onnx(name):
    audio = torch.randn(1, 4, 6, generator=torch.Generator().manual_seed(len(name)))
    expected = CASES[name](audio.clone()).numpy()
    graph = functional(_Function(CASES[name], audio), Rest(6, {}, {}, True))
    layers = [SimpleNamespace(node=graph.output, tensor="output")]
    model = build(graph, layers, {"name": "operator"})
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (played,) = session.run(["output"], {"audio": audio.numpy()})
    assert played.shape == expected.shape
    np.testing.assert_allclose(played, expected, rtol=TOLERANCE, atol=TOLERANCE)
