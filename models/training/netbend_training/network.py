"""The spectrogram variational autoencoder: five convolutions, a Gaussian latent, five transposed convolutions.

After Broad, Leymarie and Grierson, "Network Bending" (2020), section 3.2 and table 1. The table's resolutions
are kept; `DECODER_PADDINGS` are the paddings that give them. Maps are `[batch, feature, time, frequency]`.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

ENCODER_KERNEL = 5
ENCODER_STRIDE = 2
ENCODER_COLUMNS = 13
LEAKY_SLOPE = 0.1

DECODER_ROWS = 4
DECODER_COLUMNS = 17
DECODER_KERNELS = ((5, 5), (3, 5), (4, 5), (4, 5), (4, 5))
DECODER_STRIDES = ((1, 2), (2, 2), (2, 2), (2, 2), (2, 2))
DECODER_PADDINGS = ((0, 2), (0, 2), (2, 2), (1, 2), (1, 2))
DECODER_SIZES = ((8, 33), (17, 65), (32, 129), (64, 257), (128, 513))

# Batches are small: slow statistics keep evaluation close to training.
BATCH_NORM_MOMENTUM = 0.02
LOG_VARIANCE_RANGE = (-10.0, 4.0)
# A quiet grey instead of silence, so that the first steps have gradients above the floor.
INITIAL_OUTPUT = 0.15


@dataclass(frozen=True)
class Shape:
    """How large a network is: `width` features in the widest layer (a multiple of 8), `latent` dimensions."""

    width: int = 128
    latent: int = 256

    def __post_init__(self):
        if self.width < 8 or self.width % 8:
            raise ValueError(f"width is {self.width}; expected a positive multiple of 8")
        if self.latent < 1:
            raise ValueError(f"latent is {self.latent}; expected at least 1")

    @property
    def encoder_features(self):
        return (1, self.width // 8, self.width // 4, self.width // 2, self.width, self.width)

    @property
    def decoder_features(self):
        return (self.width, self.width, self.width // 2, self.width // 4, self.width // 8, 1)


class Autoencoder(nn.Module):
    """The whole network. Input and output are levelled, scaled decibels (see `spectrogram.scale`)."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.statistics_frozen = False
        self.encoder = nn.ModuleList()
        self.encoder_norm = nn.ModuleList()
        features = shape.encoder_features
        for before, after in pairwise(features):
            self.encoder.append(nn.Conv2d(before, after, ENCODER_KERNEL, ENCODER_STRIDE, bias=False))
            self.encoder_norm.append(nn.BatchNorm2d(after, momentum=BATCH_NORM_MOMENTUM))
        self.mean = nn.Linear(shape.width * ENCODER_COLUMNS, shape.latent)
        self.log_variance = nn.Linear(shape.width * ENCODER_COLUMNS, shape.latent)

        self.expand = nn.Linear(shape.latent, shape.width * DECODER_ROWS * DECODER_COLUMNS)
        self.decoder = nn.ModuleList()
        self.decoder_norm = nn.ModuleList()
        features = shape.decoder_features
        for index in range(5):
            is_output = index == 4
            self.decoder.append(
                nn.ConvTranspose2d(
                    features[index],
                    features[index + 1],
                    DECODER_KERNELS[index],
                    DECODER_STRIDES[index],
                    DECODER_PADDINGS[index],
                    bias=is_output,
                )
            )
            if not is_output:
                self.decoder_norm.append(nn.BatchNorm2d(features[index + 1], momentum=BATCH_NORM_MOMENTUM))
        self.decoder[4].bias.data.fill_(INITIAL_OUTPUT)

    def norms(self) -> list[nn.BatchNorm2d]:
        return [*self.encoder_norm, *self.decoder_norm]

    def train(self, mode: bool = True) -> "Autoencoder":
        """As usual, but frozen statistics stay as they are: training then sees what evaluation sees."""
        super().train(mode)
        if self.statistics_frozen:
            for norm in self.norms():
                norm.eval()
        return self

    def freeze_statistics(self) -> None:
        """From now on the batch norms use their running statistics, in training too."""
        self.statistics_frozen = True
        self.train(self.training)

    def encode(self, spectrogram: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """`[batch, 1, 128, 513]` to the latent's mean and log variance, `[batch, latent]` each."""
        maps = spectrogram
        for convolution, norm in zip(self.encoder, self.encoder_norm):
            maps = functional.leaky_relu(norm(convolution(maps)), LEAKY_SLOPE)
        flat = maps.flatten(1)
        return self.mean(flat), self.log_variance(flat).clamp(*LOG_VARIANCE_RANGE)

    def decode_layers(self, latent: torch.Tensor, statistics: list | None = None) -> list[torch.Tensor]:
        """`[batch, latent]` to the five layers' maps after their activations; the last one is the spectrogram. Appends the
        mean and variance that each batch norm uses to `statistics`, for `decode_bent`."""
        seed = functional.relu(self.expand(latent))
        maps = seed.view(-1, self.shape.width, DECODER_ROWS, DECODER_COLUMNS)
        layers = []
        for index, convolution in enumerate(self.decoder):
            maps = convolution(maps)
            if index < 4:
                norm = self.decoder_norm[index]
                if statistics is not None:
                    statistics.append(_statistics(norm, maps))
                maps = functional.relu(norm(maps))
            layers.append(maps)
        return layers

    def decode_bent(self, layers: list[torch.Tensor], rows, masks, statistics) -> torch.Tensor:
        """Decodes the windows `rows[layer - 1]` once more from that layer on, `[bend, 1, 128, 513]` in the order they begin.
        `masks[layer - 1]`, `[bends begun by then, features]`, multiply that layer's maps. Norms do as for the clean maps."""
        bent = None
        for index, (begun, mask) in enumerate(zip(rows, masks)):
            if bent is not None:
                norm, (mean, variance) = self.decoder_norm[index], statistics[index]
                maps = self.decoder[index](bent)
                bent = functional.relu(
                    functional.batch_norm(maps, mean, variance, norm.weight, norm.bias, False, 0.0, norm.eps)
                )
            if len(begun):
                started = _chosen(layers[index], begun)
                bent = started if bent is None else torch.cat([bent, started])
            if bent is not None:
                bent = bent.contiguous(memory_format=torch.channels_last) * mask.to(bent.dtype)[..., None, None]
        return self.decoder[-1](bent)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """`[batch, latent]` to `[batch, 1, 128, 513]`."""
        return self.decode_layers(latent)[-1]

    def forward(self, spectrogram: torch.Tensor, rows=None, masks=None) -> tuple[torch.Tensor, ...]:
        """Decoded spectrogram, latent mean, log variance; with `rows` and `masks` (of `bends.BentRows`) also the windows that
        are bent, decoded so. Samples the latent only while training."""
        mean, log_variance = self.encode(spectrogram)
        latent = mean
        if self.training:
            latent = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        if rows is None:
            return self.decode(latent), mean, log_variance
        statistics = []
        layers = self.decode_layers(latent, statistics)
        return layers[-1], mean, log_variance, self.decode_bent(layers, rows, masks, statistics)


def _chosen(maps: torch.Tensor, windows: torch.Tensor) -> torch.Tensor:
    """The maps of some windows. Features stay last in memory, in the gradient too: mixed layouts cost a fifth of a step."""
    return maps.permute(0, 2, 3, 1).index_select(0, windows).permute(0, 3, 1, 2)


@torch.no_grad()
def _statistics(norm: nn.BatchNorm2d, maps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean and variance that `norm` is about to use for `maps`."""
    if not norm.training:
        return norm.running_mean, norm.running_var
    variance, mean = torch.var_mean(maps.float(), (0, 2, 3), correction=0)
    return mean, variance
