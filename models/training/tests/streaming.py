"""Small streaming autoencoders for the tests of the importer, saved as nn~ expects a `.ts`. Random weights; nothing of anybody else's."""

from pathlib import Path

import torch
from torch import nn

# Caches hold several streams, of which one block of one stream uses the first rows.
STREAMS = 4


class Cached(nn.Module):
    """A convolution that is given the end of the last block before this one."""

    def __init__(self, given: int, made: int, kernel: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(given, made, kernel, stride, dilation=dilation)
        self.kept: int = dilation * (kernel - 1) - (stride - 1)
        self.register_buffer("past", torch.zeros(STREAMS, given, self.kept))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = x.shape[0]
        whole = torch.cat([self.past[:rows], x], -1)
        self.past[:rows].copy_(whole[..., whole.shape[-1] - self.kept :])
        return self.convolution(whole)


class CachedTransposed(nn.Module):
    """A transposed convolution whose tail is added to the next block. Its cache is replaced, not written."""

    def __init__(self, given: int, made: int, stride: int) -> None:
        super().__init__()
        self.convolution = nn.ConvTranspose1d(given, made, 2 * stride, stride, bias=False)
        self.bias = nn.Parameter(0.1 * torch.randn(made))
        self.stride: int = stride
        self.register_buffer("tail", torch.zeros(1, made, stride))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.convolution(x)
        y[..., : self.stride] += self.tail
        self.tail = y[..., y.shape[-1] - self.stride :].clone()
        return y[..., : y.shape[-1] - self.stride] + self.bias[:, None]


class Residual(nn.Module):
    """A dilated branch beside the sound itself."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.dilated = Cached(width, width, 3, dilation=dilation)
        self.mixed = nn.Conv1d(width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.mixed(torch.nn.functional.leaky_relu(self.dilated(x), 0.2))


class Filtered(nn.Module):
    """Noise through a filter for each step, by Fourier transforms."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gains = nn.Conv1d(width, 9, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gains = torch.sigmoid(self.gains(x)).transpose(1, 2)
        noise = torch.rand(gains.shape[0], gains.shape[1], 16) * 2 - 1
        filtered = torch.fft.irfft(torch.fft.rfft(noise) * gains, n=16)
        return 0.05 * filtered.reshape(x.shape[0], 1, -1)


class Autoencoder(nn.Module):
    """Ratio 128, four of eight latent dimensions kept, noise in encoder, padding and sound."""

    def __init__(self, channels: int = 1, resampled: bool = False) -> None:
        super().__init__()
        self.channels: int = channels
        self.resampled: bool = resampled
        ratio = 256 if resampled else 128
        self.first = Cached(1, 4, 5)
        self.down = nn.Sequential(
            nn.LeakyReLU(0.2), Cached(4 * channels, 8, 8, 4), Residual(8, 2), nn.LeakyReLU(0.2), Cached(8, 12, 8, 4), Residual(12, 3),
            nn.LeakyReLU(0.2), Cached(12, 16, 16, 8),
        )  # fmt: skip
        self.up = nn.Sequential(
            Cached(8, 16, 3), nn.LeakyReLU(0.2), CachedTransposed(16, 12, 8), Residual(12, 1), nn.LeakyReLU(0.2), CachedTransposed(12, 8, 4),
            Residual(8, 3), nn.ELU(),
        )  # fmt: skip
        self.last = CachedTransposed(8, channels, 4)
        self.noise = Filtered(16)
        self.before = Cached(16, 16, 1)
        self.start = Cached(8, 16, 3)
        self.register_buffer("basis", torch.linalg.qr(torch.randn(8, 8))[0])
        self.register_buffer("encode_params", torch.tensor([channels, 1, 4, ratio]))
        self.register_buffer("decode_params", torch.tensor([4, ratio, channels, 1]))
        self.register_buffer("forward_params", torch.tensor([channels, 1, channels, 1]))
        self.sample_rate: int = 44100
        self.license: str = "CC0-1.0"

    @torch.jit.export
    def encode(self, x: torch.Tensor) -> torch.Tensor:
        if self.resampled:
            if x.shape[-1] % 4096 != 0:
                raise RuntimeError("the resampler takes 4096 samples at once")
            x = x.reshape(x.shape[0], x.shape[1], -1, 2).mean(-1)
        rows = x.reshape(-1, 1, x.shape[-1])
        rows = self.first(rows)
        hidden = self.down(rows.reshape(1, -1, rows.shape[-1]))
        mean, spread = hidden.chunk(2, 1)
        latent = mean + torch.randn_like(mean) * 0.1 * torch.nn.functional.softplus(spread)
        return torch.nn.functional.conv1d(latent, self.basis[:, :, None])[:, : int(self.encode_params[2])]

    @torch.jit.export
    def decode(self, z: torch.Tensor) -> torch.Tensor:
        padding = torch.randn(z.shape[0], 8 - z.shape[1], z.shape[2])
        whole = torch.nn.functional.conv1d(torch.cat([z, padding], 1), self.basis.t()[:, :, None])
        hidden = self.up(whole)
        sound = torch.tanh(self.last(hidden))
        quiet = self.noise(self.start(whole))
        sound = sound + torch.nn.functional.interpolate(quiet, size=sound.shape[-1], mode="nearest")
        if self.resampled:
            sound = sound.repeat_interleave(2, -1)
        return sound

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(x))


class Delay(nn.Module):
    """Gives the sound back, so many samples later, through what comes `after`."""

    def __init__(self, samples: int, after: nn.Module | None = None) -> None:
        super().__init__()
        self.after = after or nn.Identity()
        self.gain = nn.Conv1d(16, 16, 1)
        with torch.no_grad():
            self.gain.weight.copy_(torch.eye(16)[..., None])
            self.gain.bias.zero_()
        self.register_buffer("line", torch.zeros(1, 1, samples))
        self.register_buffer("encode_params", torch.tensor([1, 1, 16, 16]))
        self.register_buffer("decode_params", torch.tensor([16, 16, 1, 1]))

    @torch.jit.export
    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return self.gain(x.reshape(1, -1, 16).transpose(1, 2))

    @torch.jit.export
    def decode(self, z: torch.Tensor) -> torch.Tensor:
        whole = torch.cat([self.line, z.transpose(1, 2).reshape(1, 1, -1)], -1)
        self.line.copy_(whole[..., whole.shape[-1] - self.line.shape[-1] :])
        return self.after(whole[..., : whole.shape[-1] - self.line.shape[-1]])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(x))


def save(module: nn.Module, path: Path, played: int = 3, files: dict[str, str] | None = None) -> Path:
    """Scripts and saves; `played` blocks of noise leave something in its states, as exports do."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = torch.jit.script(module.eval())
        with torch.no_grad():
            for _ in range(played):
                scripted(0.3 * torch.randn(1, int(getattr(module, "channels", 1)), 4096))
        torch.jit.save(scripted, str(path), _extra_files=files or {})
    return path


def autoencoder(path: Path, channels: int = 1, resampled: bool = False, seed: int = 0) -> Path:
    """The fixture, written to `path`."""
    torch.manual_seed(seed)
    return save(Autoencoder(channels, resampled), path)
