"""A trained run as a streaming `.ts` for nn~ and for `netbend_waveform`."""

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from netbend_training.corpus import parts
from netbend_training.pool import quiet
from netbend_training.spectrogram import SAMPLE_RATE

from .network import Autoencoder
from .shape import Shape
from .sounds import Sounds
from .train import Settings, trained
from .turn import turned

LATENT_SEGMENTS = 64
"""Segments of training sounds that the latent's principal components are found from."""


class Streaming(nn.Module):
    """What nn~ plays: `encode`, `decode` and `forward` on blocks of whole latent steps, states in buffers."""

    def __init__(self, network: Autoencoder, shape: Shape, licence: str) -> None:
        super().__init__()
        made = Autoencoder(shape, streaming=True)
        made.load_state_dict(network.state_dict())
        self.analysis, self.encoder = made.analysis, made.encoder
        self.decoder, self.synthesis = made.decoder, made.synthesis
        self.register_buffer("encode_params", torch.tensor([1, 1, shape.latent, shape.ratio]))
        self.register_buffer("decode_params", torch.tensor([shape.latent, shape.ratio, 1, 1]))
        self.register_buffer("forward_params", torch.tensor([1, 1, 1, 1]))
        self.sample_rate: int = SAMPLE_RATE
        self.licence: str = licence

    @torch.jit.export
    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return self.encoder(self.analysis(x))

    @torch.jit.export
    def decode(self, z: torch.Tensor) -> torch.Tensor:
        waves, gains = self.decoder(z)
        return self.synthesis(waves + gains * torch.randn_like(gains))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(x))


def save(network: Autoencoder, shape: Shape, path: Path, licence: str = "") -> Path:
    """Writes the `.ts`. It is at rest: it has played nothing yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = Streaming(network, shape, licence).eval().requires_grad_(True)
        torch.jit.save(torch.jit.script(module), str(path))
    return path


def training_latents(network: Autoencoder, settings: Settings) -> np.ndarray:
    """`[number, dimension]`: what the encoder says of segments of training sounds."""
    recordings = parts([Path(folder) for folder in settings.data], quiet)[0]
    sounds = Sounds(recordings, settings.seed, LATENT_SEGMENTS, 1)
    with torch.no_grad():
        latent = network.encoder(network.analysis(torch.from_numpy(sounds.batch(0, LATENT_SEGMENTS, settings.samples))))
    return latent.transpose(1, 2).reshape(-1, latent.shape[1]).numpy()


def export(run: Path, path: Path, licence: str = "", data: tuple[str, ...] | None = None) -> np.ndarray:
    """Writes the average of a run's weights with its latent turned; returns the root mean squares of the dimensions."""
    network, shape, checkpoint = trained(run)
    settings = Settings(**(checkpoint["settings"] | ({"data": data} if data else {})))
    made, spreads = turned(network, training_latents(network, settings))
    save(made, shape, path, licence)
    return spreads
