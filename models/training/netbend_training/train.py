"""The training loop: seeded, scheduled by steps, checkpointed, resumable."""

import json
import math
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import loss as losses
from .evaluate import figures, loop_windows, torch_autoencoder
from .network import BATCH_NORM_MOMENTUM, Autoencoder, Shape
from .pool import Pool

WARM_UP_STEPS = 200
FINAL_RATE_SHARE = 0.01
BETAS = (0.9, 0.99)
WEIGHT_DECAY = 1e-5
LARGEST_GRADIENT = 5.0
REPORT_STEPS = 100
CHECKPOINT = "checkpoint.pt"
SETTLING_BATCHES = 100


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides the audio."""

    data: tuple[str, ...]
    width: int = 128
    latent: int = 256
    steps: int = 9000
    batch: int = 16
    learning_rate: float = 2.5e-3
    divergence_weight: float = 4e-4
    freeze_share: float = 0.5
    seed: int = 1
    threads: int = 2
    bfloat16: bool = False
    pool_clips: int = 3000
    first_clips: int = 400
    steps_per_clip: int = 2
    checkpoint_seconds: float = 240.0
    measure_steps: int = 1000


def learning_rate_at(step: int, settings: Settings) -> float:
    """Linear warm-up, then a cosine down to a hundredth."""
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / settings.steps)))
    return settings.learning_rate * warm_up * (FINAL_RATE_SHARE + (1.0 - FINAL_RATE_SHARE) * cosine)


class Run:
    """One training run in its folder: `checkpoint.pt` (the latest state) and `log.jsonl` (a line per report)."""

    def __init__(self, folder: Path, settings: Settings, resume: bool):
        self.folder, self.settings = folder, settings
        folder.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.seed)
        # On a CPU the convolutions are about twice as fast with the features last in memory.
        self.network = Autoencoder(Shape(settings.width, settings.latent)).to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), settings.learning_rate, betas=BETAS, weight_decay=WEIGHT_DECAY, fused=True
        )
        self.step, self.seconds = 0, 0.0
        if resume:
            self._restore()

    def _restore(self) -> None:
        state = load_checkpoint(self.folder)
        kept = ("width", "latent", "seed", "batch")
        for name in kept:
            if state["settings"][name] != getattr(self.settings, name):
                raise ValueError(f"--{name} is {getattr(self.settings, name)}; the run has {state['settings'][name]}")
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        self.step, self.seconds = state["step"], state["seconds"]
        if state["frozen"]:
            self.network.freeze_statistics()

    def save(self) -> None:
        """Writes the checkpoint beside the old one, then replaces it."""
        state = {
            "settings": asdict(self.settings),
            "step": self.step,
            "seconds": self.seconds,
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "frozen": self.network.statistics_frozen,
            "random": torch.get_rng_state(),
        }
        temporary = self.folder / (CHECKPOINT + ".part")
        torch.save(state, temporary)
        os.replace(temporary, self.folder / CHECKPOINT)

    def train_step(self, windows: np.ndarray) -> losses.Loss:
        settings = self.settings
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate_at(self.step, settings)
        target = torch.from_numpy(windows)
        with torch.autocast("cpu", torch.bfloat16, enabled=settings.bfloat16):
            decoded, mean, log_variance = self.network(target)
        measured = losses.measure(decoded.float(), target, mean.float(), log_variance.float())
        total = measured.total(settings.divergence_weight)
        if not torch.isfinite(total):
            raise FloatingPointError(f"the loss is {total.item()} at step {self.step}; lower --learning-rate")
        self.optimiser.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        self.step += 1
        return measured


def settle(network: Autoencoder, batches: Iterable[np.ndarray]) -> None:
    """Replaces the running batch-norm statistics, which trail the weights, by averages under these weights."""
    for norm in network.norms():
        norm.reset_running_stats()
        norm.momentum = None  # a plain average over the batches
    was_training = network.training
    network.train()
    with torch.no_grad():
        for windows in batches:
            network(torch.from_numpy(windows))
    network.train(was_training)
    for norm in network.norms():
        norm.momentum = BATCH_NORM_MOMENTUM


def train(folder: Path, settings: Settings, resume: bool = False, measure_on: Path | None = None) -> None:
    """Trains to `settings.steps`. `measure_on` is a folder of loops to report on, never to learn or choose from."""
    # A polite end, also in the background, where shells make jobs ignore Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = Run(folder, settings, resume)
    parameters = sum(p.numel() for p in run.network.parameters())
    print(f"{parameters / 1e6:.2f} M parameters; starting at step {run.step} of {settings.steps}", flush=True)
    measured_windows = None if measure_on is None else loop_windows(measure_on)
    # A resumed run draws fresh clips: the pool itself is too large to keep.
    pool = Pool([Path(p) for p in settings.data], settings.seed + run.step, settings.pool_clips, settings.first_clips)
    print(f"corpus: {pool.summary}", flush=True)
    sums, counted, since = np.zeros(4), 0, time.monotonic()
    saved = since
    began, began_at = since, run.step
    earlier_seconds = run.seconds
    try:
        while run.step < settings.steps:
            if run.step % settings.steps_per_clip == 0:
                pool.refresh()
            if run.step >= settings.freeze_share * settings.steps and not run.network.statistics_frozen:
                # A batch's own statistics tell the network about the batch, which the plug-in's one window cannot.
                settle(run.network, (pool.windows(settings.batch) for _ in range(SETTLING_BATCHES)))
                run.network.freeze_statistics()
                print(f"step {run.step}: batch-norm statistics settled and frozen", flush=True)
            terms = run.train_step(pool.windows(settings.batch))
            sums += [float(t.detach()) for t in (terms.decibel, terms.magnitude, terms.convergence, terms.divergence)]
            counted += 1
            now = time.monotonic()
            run.seconds = earlier_seconds + now - began
            if run.step % REPORT_STEPS == 0:
                _report(run, sums / counted, (now - since) / counted, (now - began) / (run.step - began_at))
                sums, counted, since = np.zeros(4), 0, now
            if measured_windows is not None and run.step % settings.measure_steps == 0:
                _measure(run, measured_windows)
                since += time.monotonic() - now
            if now - saved > settings.checkpoint_seconds:
                run.save()
                saved = now
    except KeyboardInterrupt:
        print(f"stopped at step {run.step}; continue with --resume", flush=True)
        raise
    finally:
        run.save()
        pool.close()


def _report(run: Run, means: np.ndarray, seconds_per_step: float, mean_seconds_per_step: float) -> None:
    left = (run.settings.steps - run.step) * mean_seconds_per_step
    end = time.strftime("%H:%M", time.localtime(time.time() + left))
    print(
        f"step {run.step} of {run.settings.steps}: decibel {means[0]:.3f} magnitude {means[1]:.3f} "
        f"convergence {means[2]:.3f} divergence {means[3]:.1f} nats; {seconds_per_step:.3f} s a step, "
        f"{left / 60:.0f} min left (until {end})",
        flush=True,
    )
    _log(run, {"decibel": means[0], "magnitude": means[1], "convergence": means[2], "divergence": means[3]})


def _measure(run: Run, windows: np.ndarray) -> None:
    measured = figures(windows, torch_autoencoder(run.network))
    print(f"  measured: {measured.line()}", flush=True)
    _log(run, {"audible_rms_db": measured.audible_rms_db, "convergence_db": measured.convergence_db})


def _log(run: Run, values: dict) -> None:
    line = {"step": run.step, "seconds": round(run.seconds, 1), **{k: round(float(v), 4) for k, v in values.items()}}
    with open(run.folder / "log.jsonl", "a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def load_checkpoint(folder: Path) -> dict:
    """The latest checkpoint of a run. Holds tensors and plain values only."""
    path = folder / CHECKPOINT
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; expected the folder of a training run")
    return torch.load(path, map_location="cpu", weights_only=True)
