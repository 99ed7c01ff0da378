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

from . import bands, inventory, parts_loss
from . import loss as losses
from .devices import CPU, Device
from .evaluate import figures, loop_windows, torch_autoencoder
from .muon import Muon, split_parameters
from .network import BATCH_NORM_MOMENTUM, Autoencoder, Shape
from .parts import BENT_LAYERS, Groups, divide, names_of
from .pool import Pool, quiet
from .revive import Dead, revive
from .start import begin_with, put_in_groups
from .stem_pool import Batch, StemPool
from .validation import held_out_windows

WARM_UP_STEPS = 200
FINAL_RATE_SHARE = 0.01
BETAS = (0.9, 0.99)
WEIGHT_DECAY = 1e-5
ADAM_RATE = 0.5
"""AdamW's share of the learning rate, which is Muon's."""
LARGEST_GRADIENT = 5.0
MOST_SKIPPED = 10
"""Steps in a row that may be left out because their gradient is not finite."""
DIVERGENCE_RISE_SHARE = 0.05
REPORT_STEPS = 100
# Of a session, so that the time it will take is known early.
EARLY_REPORTS = (10, 30)
CHECKPOINT = "checkpoint.pt"
SETTLING_BATCHES = 100
START_BATCHES, ALONE_WINDOWS = 8, 32
POOL_CLIPS, POOL_STEMS = 3000, 1000
LOG = "log.jsonl"
REVIVING_SHARE = 0.75
"""Of the steps: in what is left, a group could not catch up."""
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
    start: str | None = None
    """A model whose weights the run begins with."""
    width: int = 128
    latent: int = 256
    steps: int = 4000
    batch: int = 32
    learning_rate: float = 5e-3
    divergence_weight: float = 2e-4
    convergence_weight: float = 1.0
    """Of the loss's term of the loudest bins; what a part's bends are to do takes most of the gradient."""
    freeze_share: float = 0.3
    seed: int = 1
    threads: int = field(default_factory=default_threads)
    device: str = "auto"
    bfloat16: bool | None = None
    """Convolutions in bfloat16; `None` is on a CUDA GPU only."""
    parts: str = "auto"
    """`on` gives each layer's features to the parts of the corpus, `off` does not, `auto` does where there are two or more."""
    pool_clips: int | None = None
    """Clips in memory; `None` is `POOL_CLIPS`, or `POOL_STEMS` with parts, whose clips are three to four times as large."""
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


@dataclass
class StepLoss:
    """The terms of one step; those but the first where parts are trained."""

    reproduction: losses.Loss
    bands: torch.Tensor | None = None
    alive: torch.Tensor | None = None
    parts: parts_loss.PartsLoss | None = None

    @property
    def bending(self) -> torch.Tensor | float:
        """All but the reproduction."""
        terms = (self.bands, self.alive, self.parts and self.parts.total)
        return sum((term for term in terms if term is not None), 0.0)

    def values(self) -> dict[str, float]:
        """By the names that the log has them under."""
        terms = {
            "decibel": self.reproduction.decibel,
            "magnitude": self.reproduction.magnitude,
            "convergence": self.reproduction.convergence,
            "divergence": self.reproduction.divergence,
            "bands": self.bands,
            "alive": self.alive,
            "parts_decibel": self.parts and self.parts.decibel,
            "parts_energy": self.parts and self.parts.energy,
        }
        there = {name: term for name, term in terms.items() if term is not None}
        return dict(zip(there, torch.stack([term.detach() for term in there.values()]).cpu().tolist()))


class Means:
    """Of the steps since the last report: the terms of the loss, and how far each part's bends do what they are to do."""

    def __init__(self, groups: Groups | None):
        self._groups = groups
        self.clear()

    def clear(self) -> None:
        self.steps = 0
        self._sums: dict[str, float] = {}
        parts = len(self._groups.names) if self._groups else 0
        self._follow = np.zeros((1 + BENT_LAYERS, parts, 2))

    def add(self, terms: StepLoss, batch: np.ndarray | Batch) -> None:
        self.steps += 1
        for name, value in terms.values().items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        if terms.parts is not None:
            follow = terms.parts.follow.cpu().numpy()
            for layer, part, made in zip(batch.bent.layer, batch.bent.single, follow):
                if part >= 0:
                    self._follow[layer, part] += made

    def values(self) -> dict[str, float]:
        return {name: total / self.steps for name, total in self._sums.items()}

    def follow(self) -> dict[str, list[float]]:
        """Of each part by layer, all layers at once first: 1 where bends do what they are to do, 0 where they do nothing."""
        if self._groups is None:
            return {}
        shares = np.nan_to_num(self.shares())
        return {name: shares[:, part].round(2).tolist() for part, name in enumerate(self._groups.names)}

    def shares(self) -> np.ndarray:
        """As `follow`, `[layer, part]`; nothing is said (NaN) of what was not bent."""
        done, asked = np.moveaxis(self._follow, -1, 0)
        return np.where(asked > 0.0, done / np.maximum(asked, 1e-9), np.nan)


class Run:
    """One training run in its folder: `checkpoint.pt` (the latest state), `corpus.json` (what it is trained on) and
    `log.jsonl` (a line per report). Of several processes the first one writes them."""

    def __init__(
        self, folder: Path, settings: Settings, resume: bool, device: Device = CPU, groups: Groups | None = None
    ):
        self.folder, self.settings, self.device, self.groups = folder, settings, device, groups
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
        self._bands = torch.from_numpy(bands.matrix()).to(device.place)
        self.step, self.seconds, self._skipped, self._dead = 0, 0.0, 0, Dead()
        if resume:
            self._restore()
        # Forward through this one: the gradients that Muon makes orthogonal must be the averaged ones.
        self.shared = device.share(self.network)
        if device.kind != "cpu" or not device.is_first:
            torch.manual_seed(self.seed)

    @property
    def is_reviving(self) -> bool:
        """Whether groups that died are brought back: once statistics are frozen, while there is time to learn, and not where
        several processes would have to agree on it."""
        is_alone = self.groups is not None and self.device.processes == 1
        share = self.step / self.settings.steps
        is_time = self.network.statistics_frozen and self.settings.freeze_share <= share <= REVIVING_SHARE
        return is_alone and is_time

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
            "parts": self.groups.described() if self.groups else None,
        }
        temporary = self.folder / (CHECKPOINT + ".part")
        torch.save(state, temporary)
        os.replace(temporary, self.folder / CHECKPOINT)

    def train_step(self, batch: np.ndarray | Batch) -> "StepLoss":
        """One update on windows `[batch, 1, FRAMES, BINS]`, or on windows with bends."""
        settings = self.settings
        share = rate_share(self.step, settings.steps)
        for optimiser, rate in zip(self.optimisers, (1.0, ADAM_RATE)):
            for group in optimiser.param_groups:
                group["lr"] = settings.learning_rate * rate * share
        terms = self._loss(batch)
        weights = settings.convergence_weight, divergence_weight_at(self.step, settings)
        total = terms.reproduction.total(*weights) + terms.bending
        if not torch.isfinite(total):
            raise FloatingPointError(f"the loss is {total.item()} at step {self.step}; lower --learning-rate")
        self.network.zero_grad()
        total.backward()
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        if torch.isfinite(norm):
            for optimiser in self.optimisers:
                optimiser.step()
            self._skipped = 0
        else:
            # One such gradient would end the run: the weights would never be finite again.
            self._skipped += 1
            print(f"step {self.step}: the gradient is not finite; the step is left out", flush=True)
            if self._skipped == MOST_SKIPPED:
                raise FloatingPointError(f"{MOST_SKIPPED} gradients in a row are not finite; lower --learning-rate")
        self.step += 1
        return terms

    def _loss(self, batch: np.ndarray | Batch) -> "StepLoss":
        windows, bent_rows = (batch.windows, batch.bent) if isinstance(batch, Batch) else (batch, None)
        target = self.device.send(windows)
        if bent_rows is None:
            with self.device.autocast(self.settings.bfloat16):
                decoded, mean, log_variance = self.shared(target)
        else:
            rows, masks = (
                [self.device.send(array) for array in arrays] for arrays in (bent_rows.rows, bent_rows.masks)
            )
            with self.device.autocast(self.settings.bfloat16):
                decoded, mean, log_variance, bent = self.shared(target, rows, masks)
        decoded = decoded.float()
        reproduction = losses.measure(decoded, target, mean.float(), log_variance.float())
        if self.groups is None:
            return StepLoss(reproduction)
        terms = StepLoss(reproduction, bands=bands.measure(decoded, target, self._bands))
        terms.alive = parts_loss.liveliness(self.network.decoder_norm)
        if bent_rows is not None:
            order = torch.cat(rows)
            maps = (bent_rows.power, bent_rows.wanted_cross, bent_rows.wanted_power)
            terms.parts = parts_loss.measure(
                bent.float(), decoded[order], target[order], *(self.device.send(array) for array in maps)
            )
        return terms

    def revive(self, shares: np.ndarray) -> None:
        """Brings back the groups that `shares` of this report and the last show as dead."""
        for layer, part in self._dead.found(shares):
            source = revive(self.network, self.groups, self.optimisers, layer, part)
            name = self.groups.names[part]
            said = f"layer {layer}: the group of {name} did nothing; it begins again as a copy of feature {source}"
            print(f"  {said}", flush=True)

    def freeze_statistics(self, batches: Iterable[np.ndarray]) -> None:
        """Settles the batch norms on `batches` of every process, and keeps them so from now on."""
        settle(self.network, batches)
        self.device.average(
            [tensor for norm in self.network.norms() for tensor in (norm.running_mean, norm.running_var)]
        )
        self.network.freeze_statistics()


def begin(run: Run, pool: Pool | StemPool) -> None:
    """Gives a run the weights of the model that it is to begin with. Raises `ValueError` where several processes would each begin
    with the statistics of their own windows."""
    if run.device.processes > 1:
        raise ValueError(f"--start in {run.device.processes} processes; expected one, which a checkpoint lets more go on from")
    windows = np.concatenate([pool.windows(run.settings.batch) for _ in range(START_BATCHES)])
    begin_with(run.network, Path(run.settings.start), windows)
    if run.groups is not None:
        parts = range(len(run.groups.names))
        put_in_groups(run.network, run.groups, [pool.alone(part, ALONE_WINDOWS) for part in parts])
    if run.device.is_first:
        print(f"begins with the weights of {Path(run.settings.start).name}", flush=True)


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


def groups_of(folder: Path, settings: Settings, resume: bool, say: bool = True) -> Groups | None:
    """The groups that a run trains: those of its checkpoint, else those of the parts of its sounds; `None` for none."""
    if settings.parts not in ("auto", "on", "off"):
        raise ValueError(f"--parts is {settings.parts}; expected auto, on or off")
    shape = Shape(settings.width, settings.latent)
    if resume:
        described = load_checkpoint(folder).get("parts")
        if settings.parts != "auto" and (settings.parts == "on") != bool(described):
            raise ValueError(
                f"--parts is {settings.parts}; the run was trained {'with' if described else 'without'} parts"
            )
        return Groups.read(shape, described) if described else None
    if settings.parts == "off":
        return None
    names = names_of(divide([Path(data) for data in settings.data], quiet)[0])
    groups = Groups.of(shape, names) if len(names) > 1 else None
    if groups is not None and groups.layers:
        return groups
    why = f"a width of {settings.width} is too little for {len(names)} parts" if groups else "fewer than two parts"
    if settings.parts == "on":
        raise ValueError(f"no parts to train: {why}; one-shots of two or more parts are needed")
    if say:
        print(f"no parts: {why}", flush=True)
    return None


def train(folder: Path, settings: Settings, resume: bool = False, measure_on: Path | None = None) -> bool:
    """Trains to `settings.steps`. `measure_on` is a folder of loops to report on, never to learn or choose from. Returns
    whether this process is the one that may go on with the trained model."""
    # A polite end, also in the background, where shells make jobs ignore Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    device = Device.open(settings.device)
    try:
        run = Run(folder, settings, resume, device, groups_of(folder, settings, resume, device.is_first))
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
        stock, _, held_out = inventory.take_stock(data, with_parts=run.groups is not None)
        inventory.write(stock, run.folder)
        print(f"corpus: {stock.line()}", flush=True)
        if measure_on is not None:
            measured_windows["measured"] = loop_windows(measure_on)
        if held_out:
            measured_windows["validation"] = held_out_windows(held_out)
    # A resumed run draws fresh clips: the pool itself is too large to keep.
    if run.groups:
        if device.is_first:
            print(f"parts: {', '.join(run.groups.names)}; at least {run.groups.smallest} features each", flush=True)
        pool = StemPool(data, run.groups, run.seed, settings.pool_clips or POOL_STEMS, settings.first_clips)
        draw = pool.batch
    else:
        pool = Pool(data, run.seed, settings.pool_clips or POOL_CLIPS, settings.first_clips)
        draw = pool.windows
    if settings.start and run.step == 0:
        begin(run, pool)
    means, since = Means(run.groups), time.monotonic()
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
            batch = draw(settings.batch)
            means.add(run.train_step(batch), batch)
            now = time.monotonic()
            run.seconds = earlier_seconds + now - began
            if not device.is_first:
                continue
            done = run.step - began_at
            is_early = done in EARLY_REPORTS
            if run.step % REPORT_STEPS == 0 or is_early:
                _report(run, means, (now - since) / means.steps, (now - began) / done)
                if run.is_reviving and not is_early:
                    run.revive(means.shares())
                means.clear()
                since = now
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


def _report(run: Run, means: Means, seconds_per_step: float, mean_seconds_per_step: float) -> None:
    left = (run.settings.steps - run.step) * mean_seconds_per_step
    end = time.strftime("%H:%M", time.localtime(time.time() + left))
    values = means.values()
    terms = " ".join(f"{name} {value:.3f}" for name, value in values.items() if name != "divergence")
    print(
        f"step {run.step} of {run.settings.steps}: {terms} divergence {values['divergence']:.1f} nats; "
        f"{seconds_per_step:.3f} s a step, {left / 60:.0f} min left (until {end})",
        flush=True,
    )
    follow = means.follow()
    if follow:
        written = "; ".join(f"{name} {' '.join(f'{share:.2f}' for share in shares)}" for name, shares in follow.items())
        print(f"  bends follow (all layers at once, 1, 2 …): {written}", flush=True)
    _log(run, values | ({"follow": follow} if follow else {}))


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
    line = {"step": run.step, "seconds": round(run.seconds, 1), **{k: _rounded(v) for k, v in values.items()}}
    with open(run.folder / LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def _rounded(value):
    return value if isinstance(value, dict) else round(float(value), 4)


def load_checkpoint(folder: Path) -> dict:
    """The latest checkpoint of a run. Holds tensors and plain values only."""
    path = folder / CHECKPOINT
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; expected the folder of a training run")
    return torch.load(path, map_location="cpu", weights_only=True)
