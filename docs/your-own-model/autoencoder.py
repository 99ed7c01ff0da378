"""Trains a small convolutional autoencoder on the sounds in a folder and writes it as ONNX, for Netbend to bend.

    python autoencoder.py FOLDER grains.onnx --steps 2000

Needs PyTorch, onnx and soundfile. Windows are 64 frames × 1025 bins at an FFT of 2048; any others will do.
"""

import argparse
from pathlib import Path

import soundfile
import torch
from torch import nn

FFT_SIZE, HOP, FRAMES, LATENT = 2048, 512, 64, 64
FLOOR_DB = -100.0  # becomes 0; a full-scale sine, 0 dB, becomes 1


def spectrogram(samples: torch.Tensor) -> torch.Tensor:
    """`[frames, bins]`, 0 to 1: decibels relative to a full-scale sine, which is what Netbend hands to a model."""
    spectrum = torch.stft(samples, FFT_SIZE, HOP, window=torch.hann_window(FFT_SIZE), return_complex=True)
    magnitude = spectrum.abs().T / (FFT_SIZE / 4)  # the window's sum, halved: a full-scale sine has magnitude 1
    decibels = 20 * torch.log10(magnitude.clamp(min=1e-7))
    return (1 - decibels / FLOOR_DB).clamp(0, 1)


def read(folder: Path) -> list[torch.Tensor]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".wav", ".flac", ".aif", ".ogg"})
    sounds = [torch.from_numpy(soundfile.read(path, dtype="float32", always_2d=True)[0].mean(1)) for path in files]
    return [spectrogram(nn.functional.pad(sound, (0, FRAMES * HOP))) for sound in sounds]


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        # 64 × 1025 → 32 × 257 → 16 × 65 → 8 × 17, and back
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, (4, 5), (2, 4), (1, 2)), nn.BatchNorm2d(16), nn.SiLU(),
            nn.Conv2d(16, 32, (4, 5), (2, 4), (1, 2)), nn.BatchNorm2d(32), nn.SiLU(),
            nn.Conv2d(32, 64, (4, 5), (2, 4), (1, 2)), nn.BatchNorm2d(64), nn.SiLU(),
            nn.Flatten(), nn.Linear(64 * 8 * 17, LATENT),
        )  # fmt: skip
        self.expand = nn.Sequential(nn.Linear(LATENT, 64 * 8 * 17), nn.SiLU())
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(64, 32, (4, 5), (2, 4), (1, 2)), nn.BatchNorm2d(32), nn.SiLU(),
            nn.ConvTranspose2d(32, 16, (4, 5), (2, 4), (1, 2)), nn.BatchNorm2d(16), nn.SiLU(),
            nn.Conv2d(16, 16, 3, 1, 1), nn.BatchNorm2d(16), nn.SiLU(),
            nn.ConvTranspose2d(16, 1, (4, 5), (2, 4), (1, 2)), nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, window: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        latent = self.encoder(window)
        return self.decoder(self.expand(latent).view(-1, 64, 8, 17)), latent


def train(network: Autoencoder, sounds: list[torch.Tensor], steps: int) -> None:
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    for step in range(1, steps + 1):
        chosen = [sounds[index] for index in torch.randint(len(sounds), (16,))]
        starts = [int(torch.randint(len(sound) - FRAMES + 1, ())) for sound in chosen]
        batch = torch.stack([sound[start : start + FRAMES] for sound, start in zip(chosen, starts)])[:, None]
        loss = nn.functional.l1_loss(network(batch)[0], batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0 or step == steps:
            print(f"step {step}: {loss.item() * -FLOOR_DB:.1f} dB off on average", flush=True)


def export(network: Autoencoder, path: Path) -> None:
    """One file, weights inside, and a batch axis that is left open: Netbend decodes several windows at once."""
    names = ["window", "decoded", "latent"]
    torch.onnx.export(
        network.eval(), (torch.zeros(2, 1, FRAMES, FFT_SIZE // 2 + 1),), path, dynamo=False, opset_version=17,
        input_names=names[:1], output_names=names[1:], dynamic_axes={name: {0: "batch"} for name in names},
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=2000)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    network = Autoencoder()
    train(network, read(arguments.folder), arguments.steps)
    export(network, arguments.out)


if __name__ == "__main__":
    main()
