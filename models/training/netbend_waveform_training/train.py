"""The training loop: seeded, scheduled by steps, checkpointed, resumable to the bit."""

import copy
import json
import math
import os
import signal
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from netbend_training import inventory
from netbend_training.devices import pick

from .beginning import begin, patches
from .loss import SIZES, Loss, Spectra, wave_error
from .network import Autoencoder
from .shape import Shape
from .sounds import Sounds

WARM_UP_STEPS = 100
FINAL_RATE_SHARE = 0.01
# Adam's. Muon, which trains the spectrogram models, was behind it here: the beginning is worth keeping.
BETAS = (0.8, 0.99)
BEGINNING_SEGMENTS = 96
"""Segments of sounds whose patches the network begins with."""
LARGEST_GRADIENT = 1.0
MOST_SKIPPED = 10
"""Steps in a row that may be left out because their gradient is not finite."""
AVERAGED_STEPS = 500
"""Over about so many of the last steps weights are averaged; the average is what is exported."""
SIZES_A_STEP = 3
"""Of the loss's resolutions, drawn anew for every step: the transforms cost more than the network."""
REPORT_STEPS = 100
EARLY_REPORTS = (10, 30)
LITTLE_SECONDS = 30.0
"""Of sound to train on, below which a training says what comes of it."""
CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides the audio and the shape."""

    data: tuple[str, ...]
    steps: int = 5000
    batch: int = 8
    samples: int = 24_576
    learning_rate: float = 1e-3
    latent_noise: float = 0.1
    """Standard deviation of what is added to the latent in training, so that what lies near a sound sounds near."""
    seed: int = 1
    clips: int = 256
    steps_per_clip: int = 2
    threads: int = 1
    device: str = "auto"
    checkpoint_seconds: float = 180.0


def rate_share(step: int, steps: int) -> float:
    """Of the largest learning rate: linear warm-up, then a cosine down to a hundredth."""
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / steps)))
    return warm_up * (FINAL_RATE_SHARE + (1.0 - FINAL_RATE_SHARE) * cosine)


class Run:
    """A training: the network, its average, the optimiser, and where it is."""

    def __init__(self, folder: Path, shape: Shape, settings: Settings, resume: bool) -> None:
        self.folder, self.shape, self.settings = folder, shape, settings
        self.device = torch.device(pick(settings.device))
        torch.manual_seed(settings.seed)
        self.network = Autoencoder(shape).to(self.device)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.optimiser = torch.optim.Adam(self.network.parameters(), settings.learning_rate, BETAS)
        self.spectra = Spectra().to(self.device)
        self.step, self.seconds, self._skipped = 0, 0.0, 0
        if resume:
            self._load(load_checkpoint(folder))

    def _load(self, checkpoint: dict) -> None:
        self.network.load_state_dict(checkpoint["network"])
        self.average.load_state_dict(checkpoint["average"])
        self.optimiser.load_state_dict(checkpoint["optimiser"])
        self.step, self.seconds = checkpoint["step"], checkpoint["seconds"]

    def begin(self, sound: np.ndarray) -> None:
        """Takes the patches of `[batch, 1, samples]` for the beginning."""
        with torch.no_grad():
            bands = self.network.analysis(torch.from_numpy(sound).to(self.device)).cpu().numpy()
            begin(self.network, self.shape, patches(bands, self.shape))
            self.average.load_state_dict(self.network.state_dict())

    def save(self) -> None:
        """Writes beside the checkpoint, then replaces it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / CHECKPOINT
        temporary = path.with_suffix(".part")
        torch.save(
            {
                "shape": asdict(self.shape),
                "settings": asdict(self.settings),
                "network": self.network.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "step": self.step,
                "seconds": self.seconds,
            },
            temporary,
        )
        os.replace(temporary, path)

    def loss(self, sound: torch.Tensor, random: torch.Generator, sizes: tuple[int, ...] = SIZES) -> Loss:
        """Of `[batch, 1, samples]`."""
        network, shape = self.network, self.shape
        with torch.no_grad():
            bands = network.analysis(sound)
        latent = network.encoder(bands)
        noise = torch.randn(latent.shape, generator=random).to(latent)
        waves, gains = network.decoder(latent + self.settings.latent_noise * noise)
        drawn = torch.randn((2, *gains.shape), generator=random).to(gains)
        first, second = (network.synthesis(waves + gains * one)[:, 0, shape.latency :] for one in drawn)
        wanted = sound[:, 0, : -shape.latency]
        return Loss(
            self.spectra.energy_distance(wanted, first, second, sizes),
            wave_error(waves[..., shape.lookahead :], bands[..., : -shape.lookahead]),
            latent.square().mean(),
        )

    def train_step(self, batch: np.ndarray) -> dict[str, float]:
        """One update. Returns the loss's terms."""
        random = torch.Generator().manual_seed(self.settings.seed * 1_000_003 + self.step)
        drawn = torch.randperm(len(SIZES), generator=random)[:SIZES_A_STEP].tolist()
        terms = self.loss(torch.from_numpy(batch).to(self.device), random, tuple(SIZES[place] for place in drawn))
        self.optimiser.zero_grad(set_to_none=True)
        terms.total().backward()
        size = nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        if torch.isfinite(size):
            self._skipped = 0
            self._update()
        else:
            self._skipped += 1
            if self._skipped >= MOST_SKIPPED:
                raise RuntimeError(f"{MOST_SKIPPED} gradients in a row were not finite; try a lower --learning-rate")
        self.step += 1
        return {
            "spectra": terms.spectra.item(),
            "waves": terms.waves.item(),
            "latent": terms.latent.item(),
            "gradient": size.item(),
        }

    def _update(self) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * rate_share(self.step, self.settings.steps)
        self.optimiser.step()
        # At first over fewer steps, so that the beginning is soon forgotten.
        kept = 1.0 - 1.0 / min(AVERAGED_STEPS, 1 + self.step / 5)
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.network.parameters()):
                mean.lerp_(now, 1.0 - kept)


def train(folder: Path, shape: Shape, settings: Settings, resume: bool = False) -> None:
    """Trains to `settings.steps`. Ends politely on SIGTERM and Ctrl-C: the checkpoint is written."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    torch.set_num_threads(settings.threads)
    run = Run(folder, shape, settings, resume)
    if run.step >= settings.steps:
        # What was made from the checkpoint stays newer than it.
        print(f"trained already: step {run.step} of {settings.steps}", flush=True)
        return
    stock, recordings, _ = inventory.take_stock([Path(data) for data in settings.data])
    folder.mkdir(parents=True, exist_ok=True)
    inventory.write(stock, folder)
    print(f"corpus: {stock.line()}", flush=True)
    if stock.training_seconds < LITTLE_SECONDS:
        print("a model of so little sound knows little else; more loops or one-shots make it broader", flush=True)
    sounds = Sounds(recordings, settings.seed, settings.clips, settings.steps_per_clip)
    if run.step == 0:
        run.begin(sounds.batch(0, BEGINNING_SEGMENTS, settings.samples))
    parameters = sum(parameter.numel() for parameter in run.network.parameters())
    print(
        f"{parameters / 1e6:.2f} M weights on {run.device}, latency {shape.latency} samples, ratio {shape.ratio}; "
        f"starting at step {run.step} of {settings.steps}",
        flush=True,
    )
    sums: dict[str, float] = {}
    began = since = saved = time.monotonic()
    earlier, first, counted = run.seconds, run.step, 0
    try:
        while run.step < settings.steps:
            terms = run.train_step(sounds.batch(run.step, settings.batch, settings.samples))
            sums = {name: sums.get(name, 0.0) + value for name, value in terms.items()}
            counted += 1
            now = time.monotonic()
            run.seconds = earlier + now - began
            if run.step % REPORT_STEPS == 0 or run.step - first in EARLY_REPORTS:
                _report(run, {name: value / counted for name, value in sums.items()}, (now - since) / counted)
                sums, counted, since = {}, 0, now
            if now - saved > settings.checkpoint_seconds:
                run.save()
                saved = now
    except KeyboardInterrupt:
        print(f"stopped at step {run.step}; continue with --resume", flush=True)
        raise
    finally:
        run.save()


def _report(run: Run, means: dict[str, float], seconds: float) -> None:
    left = (run.settings.steps - run.step) * seconds / 60
    terms = " ".join(f"{name} {value:.4f}" for name, value in means.items())
    print(f"step {run.step} of {run.settings.steps}: {terms}; {seconds:.3f} s a step, {left:.0f} min left", flush=True)
    line = {"step": run.step, "seconds": round(run.seconds, 1)}
    line |= {name: round(value, 5) for name, value in means.items()}
    with open(run.folder / LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def load_checkpoint(folder: Path) -> dict:
    """The latest checkpoint of a run: tensors and plain values."""
    path = folder / CHECKPOINT
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; expected the folder of a training run")
    return torch.load(path, map_location="cpu", weights_only=True)


def trained(folder: Path) -> tuple[Autoencoder, Shape, dict]:
    """The averaged network of a run, its shape, and its checkpoint."""
    checkpoint = load_checkpoint(folder)
    shape = Shape(**checkpoint["shape"])
    network = Autoencoder(shape)
    network.load_state_dict(checkpoint["average"])
    return network.eval(), shape, checkpoint


def resumed(
    folder: Path, steps: int | None = None, threads: int | None = None, data: tuple[str, ...] | None = None
) -> tuple[Shape, Settings]:
    """The shape and settings that a run goes on with. Another number of steps stretches or shortens the rest of its schedule; `data` is
    where its audio lies by now."""
    checkpoint = load_checkpoint(folder)
    settings = Settings(**(checkpoint["settings"] | {"data": tuple(checkpoint["settings"]["data"])}))
    given = {"steps": steps, "threads": threads, "data": data}
    return Shape(**checkpoint["shape"]), replace(settings, **{name: value for name, value in given.items() if value})
