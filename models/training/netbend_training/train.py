"""The training loop: seeded, scheduled by steps, checkpointed, resumable."""

import json
import math
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import inventory
from . import loss as losses
from .devices import CPU, Device
from .evaluate import figures, loop_windows, torch_autoencoder
from .muon import Muon, split_parameters
from .network import BATCH_NORM_MOMENTUM, Autoencoder, Shape
from .pool import Pool
from .validation import held_out_windows

WARM_UP_STEPS = 200
FINAL_RATE_SHARE = 0.01
BETAS = (0.9, 0.99)
WEIGHT_DECAY = 1e-5
ADAM_RATE = 0.5
"""AdamW's share of the learning rate, which is Muon's."""
LARGEST_GRADIENT = 5.0
DIVERGENCE_RISE_SHARE = 0.05
REPORT_STEPS = 100
# Of a session, so that the time it will take is known early.
EARLY_REPORTS = (10, 30)
CHECKPOINT = "checkpoint.pt"
SETTLING_BATCHES = 100
LOG = "log.jsonl"
MOST_THREADS = 16
SEED_STRIDE = 1_000_003
"""Between the seeds of two processes, farther than the steps of a run."""


def default_threads() -> int:
    """All cores but the one that composes clips, at least two."""
    return min(max(2, (os.cpu_count() or 2) - 1), MOST_THREADS)


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides the audio."""

    data: tuple[str, ...]
    width: int = 128
    latent: int = 256
    steps: int = 4000
    batch: int = 32
    learning_rate: float = 5e-3
    divergence_weight: float = 2e-4
    freeze_share: float = 0.3
    seed: int = 1
    threads: int = field(default_factory=default_threads)
    device: str = "auto"
    bfloat16: bool | None = None
    """Convolutions in bfloat16; `None` is on a CUDA GPU only."""
    pool_clips: int = 3000
    first_clips: int = 400
    steps_per_clip: int = 1
    checkpoint_seconds: float = 240.0
    measure_steps: int = 500


def rate_share(step: int, steps: int) -> float:
    """Of the largest learning rate: linear warm-up, then a cosine down to a hundredth."""
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / steps)))
    return warm_up * (FINAL_RATE_SHARE + (1.0 - FINAL_RATE_SHARE) * cosine)


def divergence_weight_at(step: int, settings: Settings) -> float:
    """Rises linearly from 0 (Bowman et al. 2016), so that the latent is worth something before it is regularised."""
    rise = DIVERGENCE_RISE_SHARE * settings.steps
    return settings.divergence_weight * min(1.0, (step + 1) / rise)


class Run:
    """One training run in its folder: `checkpoint.pt` (the latest state), `corpus.json` (what it is trained on) and
    `log.jsonl` (a line per report). Of several processes the first one writes them."""

    def __init__(self, folder: Path, settings: Settings, resume: bool, device: Device = CPU):
        self.folder, self.settings, self.device = folder, settings, device
        folder.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.seed)
        # On a CPU the convolutions are about twice as fast with the features last in memory.
        self.network = Autoencoder(Shape(settings.width, settings.latent)).to(
            device.place, memory_format=torch.channels_last
        )
        # The last layer's one output row has nothing to be orthogonal to, nor has the first layer's one input.
        ends = {self.network.encoder[0].weight, self.network.decoder[-1].weight}
        matrices, rest = split_parameters(self.network, ends)
        self.optimisers = [
            Muon(matrices, settings.learning_rate, WEIGHT_DECAY),
            torch.optim.AdamW(rest, settings.learning_rate * ADAM_RATE, betas=BETAS, weight_decay=WEIGHT_DECAY),
        ]
        self.step, self.seconds = 0, 0.0
        if resume:
            self._restore()
        # Forward through this one: the gradients that Muon makes orthogonal must be the averaged ones.
        self.shared = device.share(self.network)
        if device.kind != "cpu" or not device.is_first:
            torch.manual_seed(self.seed)

    @property
    def seed(self) -> int:
        """Of this process from this step on: no two processes draw the same, nor does a resumed run draw again."""
        return self.settings.seed + self.step + SEED_STRIDE * self.device.rank

    def _restore(self) -> None:
        state = load_checkpoint(self.folder)
        kept = ("width", "latent", "seed", "batch")
        for name in kept:
            if state["settings"][name] != getattr(self.settings, name):
                raise ValueError(f"--{name} is {getattr(self.settings, name)}; the run has {state['settings'][name]}")
        self.network.load_state_dict(state["network"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        torch.set_rng_state(state["random"])
        self.step, self.seconds = state["step"], state["seconds"]
        if state["frozen"]:
            self.network.freeze_statistics()

    def save(self) -> None:
        """Writes the checkpoint beside the old one, then replaces it."""
        if not self.device.is_first:
            return
        state = {
            "settings": asdict(self.settings),
            "step": self.step,
            "seconds": self.seconds,
            "network": self.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "frozen": self.network.statistics_frozen,
            "random": torch.get_rng_state(),
        }
        temporary = self.folder / (CHECKPOINT + ".part")
        torch.save(state, temporary)
        os.replace(temporary, self.folder / CHECKPOINT)

    def train_step(self, windows: np.ndarray) -> losses.Loss:
        settings = self.settings
        share = rate_share(self.step, settings.steps)
        for optimiser, rate in zip(self.optimisers, (1.0, ADAM_RATE)):
            for group in optimiser.param_groups:
                group["lr"] = settings.learning_rate * rate * share
        target = self.device.send(windows)
        with self.device.autocast(settings.bfloat16):
            decoded, mean, log_variance = self.shared(target)
        measured = losses.measure(decoded.float(), target, mean.float(), log_variance.float())
        total = measured.total(divergence_weight_at(self.step, settings))
        if not torch.isfinite(total):
            raise FloatingPointError(f"the loss is {total.item()} at step {self.step}; lower --learning-rate")
        self.network.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        return measured

    def freeze_statistics(self, batches: Iterable[np.ndarray]) -> None:
        """Settles the batch norms on `batches` of every process, and keeps them so from now on."""
        settle(self.network, batches)
        self.device.average(
            [tensor for norm in self.network.norms() for tensor in (norm.running_mean, norm.running_var)]
        )
        self.network.freeze_statistics()


def settle(network: Autoencoder, batches: Iterable[np.ndarray]) -> None:
    """Replaces the running batch-norm statistics, which trail the weights, by averages under these weights."""
    for norm in network.norms():
        norm.reset_running_stats()
        norm.momentum = None  # a plain average over the batches
    was_training, device = network.training, next(network.parameters()).device
    network.train()
    with torch.no_grad():
        for windows in batches:
            network(torch.from_numpy(windows).to(device))
    network.train(was_training)
    for norm in network.norms():
        norm.momentum = BATCH_NORM_MOMENTUM


def train(folder: Path, settings: Settings, resume: bool = False, measure_on: Path | None = None) -> bool:
    """Trains to `settings.steps`. `measure_on` is a folder of loops to report on, never to learn or choose from. Returns
    whether this process is the one that may go on with the trained model."""
    # A polite end, also in the background, where shells make jobs ignore Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    device = Device.open(settings.device)
    try:
        run = Run(folder, settings, resume, device)
        if run.step < settings.steps:
            _train(run, measure_on)
        elif device.is_first:
            print(f"trained already: step {run.step} of {settings.steps}", flush=True)
        return device.is_first
    finally:
        device.close()


def _train(run: Run, measure_on: Path | None) -> None:
    settings, device = run.settings, run.device
    data = [Path(folder) for folder in settings.data]
    measured_windows = {}
    if device.is_first:
        parameters = sum(p.numel() for p in run.network.parameters())
        processes = f", {device.processes} processes" if device.processes > 1 else f", {settings.threads} threads"
        print(
            f"{parameters / 1e6:.2f} M parameters on {device.kind}{processes}; "
            f"starting at step {run.step} of {settings.steps}",
            flush=True,
        )
        stock, held_out = inventory.take_stock(data)
        inventory.write(stock, run.folder)
        print(f"corpus: {stock.line()}", flush=True)
        if measure_on is not None:
            measured_windows["measured"] = loop_windows(measure_on)
        if held_out:
            measured_windows["validation"] = held_out_windows(held_out)
    # A resumed run draws fresh clips: the pool itself is too large to keep.
    pool = Pool(data, run.seed, settings.pool_clips, settings.first_clips)
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
                run.freeze_statistics(pool.windows(settings.batch) for _ in range(SETTLING_BATCHES))
                if device.is_first:
                    print(f"step {run.step}: batch-norm statistics settled and frozen", flush=True)
            terms = run.train_step(pool.windows(settings.batch))
            values = torch.stack([terms.decibel, terms.magnitude, terms.convergence, terms.divergence])
            sums += values.detach().cpu().numpy()
            counted += 1
            now = time.monotonic()
            run.seconds = earlier_seconds + now - began
            if not device.is_first:
                continue
            done = run.step - began_at
            is_early = done in EARLY_REPORTS
            if run.step % REPORT_STEPS == 0 or is_early:
                _report(run, sums / counted, (now - since) / counted, (now - began) / done)
                sums, counted, since = np.zeros(4), 0, now
            if run.step % settings.measure_steps == 0 or run.step == settings.steps:
                for name, windows in measured_windows.items():
                    _measure(run, name, windows)
                since += time.monotonic() - now
            if now - saved > settings.checkpoint_seconds:
                run.save()
                saved = now
    except KeyboardInterrupt:
        if device.is_first:
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


def _measure(run: Run, name: str, windows: np.ndarray) -> None:
    measured = figures(windows, torch_autoencoder(run.network))
    print(f"  {name}: {measured.line()}", flush=True)
    figure = {
        "audible_rms_db": measured.audible_rms_db,
        "convergence_db": measured.convergence_db,
        "active_dimensions": measured.active_dimensions,
    }
    _log(run, {f"{name}_{key}": value for key, value in figure.items()})


def _log(run: Run, values: dict) -> None:
    line = {"step": run.step, "seconds": round(run.seconds, 1), **{k: round(float(v), 4) for k, v in values.items()}}
    with open(run.folder / LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def load_checkpoint(folder: Path) -> dict:
    """The latest checkpoint of a run. Holds tensors and plain values only."""
    path = folder / CHECKPOINT
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; expected the folder of a training run")
    return torch.load(path, map_location="cpu", weights_only=True)
