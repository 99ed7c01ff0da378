"""What each process of `test_two_processes_train_one_network` does. Started by torchrun with a folder for the results."""

import sys
from pathlib import Path

import numpy as np
import torch

from netbend_training import loss as losses
from netbend_training.devices import Device
from netbend_training.spectrogram import BINS, FRAMES
from netbend_training.train import Run, Settings


def flat(tensors) -> np.ndarray:
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).numpy().copy()


def gradient(run: Run, network: torch.nn.Module, batch: torch.Tensor) -> np.ndarray:
    run.network.zero_grad()
    decoded, mean, log_variance = network(batch)
    losses.measure(decoded, batch, mean, log_variance).total(1.0, 1e-4).backward()
    return flat(parameter.grad for parameter in run.network.parameters())


def main(folder: Path) -> None:
    device = Device.open("cpu")
    settings = Settings(data=(), width=8, latent=4, steps=20, batch=2, threads=1)
    run = Run(folder / "run", settings, resume=False, device=device)
    random = np.random.default_rng(device.rank)

    def windows() -> np.ndarray:
        return random.uniform(0, 1, (2, 1, FRAMES, BINS)).astype(np.float32)

    before = flat(run.network.parameters())
    # Without the latent's noise, so that both ways of making a gradient see the same network.
    run.network.eval()
    batch = torch.from_numpy(windows())
    own, averaged = gradient(run, run.network, batch), gradient(run, run.shared, batch)
    run.network.train()

    decibel = [run.train_step(windows()).reproduction.decibel.item() for _ in range(4)]
    run.freeze_statistics([windows()])
    decibel += [run.train_step(windows()).reproduction.decibel.item() for _ in range(2)]
    statistics = flat(tensor for norm in run.network.norms() for tensor in (norm.running_mean, norm.running_var))
    np.savez(
        folder / f"{device.rank}.npz",
        before=before,
        weights=flat(run.network.parameters()),
        statistics=statistics,
        losses=decibel,
        own_gradient=own,
        gradient=averaged,
    )
    run.save()
    device.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
