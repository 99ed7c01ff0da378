"""A run's report: one HTML file with its pictures inside, for whoever trained the model."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import inventory, plots
from .baseline import fit_windows
from .evaluate import Figures, figures, torch_autoencoder
from .inventory import Inventory
from .network import Autoencoder, Shape
from .page import Page, cards, table
from .pool import training_windows
from .prior import latent_prior
from .samples import SEED, Measured, band_powers, compare, draw, onset_rates
from .train import LOG, load_checkpoint
from .validation import WINDOWS_PER_CLIP, held_out_windows

WINDOWS = 1000
"""Training windows that ranges, principal components and the latent's Gaussian are taken from."""
WINDOWS_PER_DIMENSION = 2
MEASURED_WINDOWS = 64
SHOWN_WINDOWS = 4
SHOWN_SAMPLES = 6
SAMPLES = 200
SAMPLE_SEED = 1


@dataclass(frozen=True)
class Sounds:
    """The windows a report is about."""

    training: np.ndarray
    """As trained on."""
    measured: np.ndarray
    held_out: bool
    """Whether `measured` is sound the run never trained on."""


def write_report(run: Path, out: Path, data: list[Path] | None = None, windows: int = WINDOWS) -> None:
    """Writes the report of the run's latest checkpoint to `out`. `data` is where the training data lies, if not where it
    lay; without the data the report has the curves and settings only. `windows`: training windows to compare with."""
    began = time.monotonic()
    state = load_checkpoint(run)
    settings = state["settings"]
    print("report: measuring …", flush=True)
    network = Autoencoder(Shape(settings["width"], settings["latent"]))
    network.load_state_dict(state["network"])
    network.eval()
    folders = data or [Path(folder) for folder in settings["data"]]
    present = all(folder.is_dir() for folder in folders)
    stock, held_out = inventory.read(run), None
    if present:
        found, _, recordings = inventory.take_stock(folders, say=False, with_parts=bool(state.get("parts")))
        stock, held_out = stock or found, held_out_windows(recordings)
    page = Page(f"{run.resolve().name} – Netbend training report")
    page.heading(run.resolve().name)
    page.text(_summary(state, stock))
    log = read_log(run)
    if present:
        count = max(windows, WINDOWS_PER_DIMENSION * settings["latent"])
        _with_sounds(page, network, settings, log, _sounds(folders, count, held_out))
    else:
        page.warning(
            "The training data is not where it was, so this report has no pictures of sounds: "
            "write it again with --data FOLDER."
        )
        page.section("Training")
        page.picture(plots.training_curves(log, None, 0), "Losses over steps")
    _corpus(page, stock)
    page.section("Settings")
    page.raw(table([(name, _plain(value)) for name, value in settings.items()]))
    temporary = out.with_suffix(out.suffix + ".part")
    temporary.write_text(page.html(), encoding="utf-8")
    os.replace(temporary, out)
    print(f"report: {out} ({time.monotonic() - began:.0f} s)", flush=True)


def _sounds(folders: list[Path], windows: int, held_out: np.ndarray | None) -> Sounds:
    training = training_windows(folders, windows, SEED)
    if held_out is not None:
        return Sounds(training, held_out, held_out=True)
    return Sounds(training, training[:MEASURED_WINDOWS].copy(), held_out=False)


def _with_sounds(page: Page, network: Autoencoder, settings: dict, log: list[dict], sounds: Sounds) -> None:
    latent = settings["latent"]
    autoencoder = torch_autoencoder(network)
    model = figures(sounds.measured, autoencoder)
    prior = latent_prior(autoencoder, sounds.training)
    comparisons = compare(
        lambda latents: _decode(network, latents), latent, prior, sounds.training, SAMPLES, SAMPLE_SEED
    )
    data = Measured.of(sounds.training)
    examples = sounds.training[:SHOWN_SAMPLES].copy()
    # Centres the training windows in place: nothing reads them afterwards.
    components = figures(sounds.measured, fit_windows(sounds.training.reshape(len(sounds.training), -1), latent))
    what = "sounds it has never heard" if sounds.held_out else "sounds it was trained on (too few to hold any out)"

    inside = comparisons["latent_prior"]
    page.raw(
        cards(
            [
                (f"{model.audible_rms_db:.1f} dB", "error over what is audible", _beside(components, "audible_rms_db")),
                (f"{model.convergence_db:.1f} dB", "error of the loudest parts", _beside(components, "convergence_db")),
                (f"{model.active_dimensions} of {latent}", "latent dimensions in use", ""),
                (
                    f"{inside.bands_inside.sum()} of {len(inside.bands_inside)}",
                    "frequency bands where random samples are like the training sounds",
                    f"onsets a second: {inside.samples.onset_rates.mean():.1f}, training {inside.data_rate:.1f}",
                ),
            ]
        )
    )
    page.text(
        f"Measured on {model.windows} windows of {what}. Lower errors are better. Principal components are the "
        f"simplest way to squeeze a window into {latent} numbers: a network that is not better has learned little, "
        "though its features can be bent and theirs cannot."
    )
    page.section("Training")
    page.picture(plots.training_curves(log, components.audible_rms_db, latent), "Losses and errors over steps")

    page.section("What it makes of sounds")
    page.text(
        f"Four windows of {what}, 0.74 s each. Blue in the last row is what the model leaves out, red what it adds. "
        "Beyond the thin line the model guesses: its encoder does not see the last three frames."
    )
    chosen = _lively(sounds.measured[::WINDOWS_PER_CLIP], SHOWN_WINDOWS)
    page.picture(plots.reconstructions(chosen, autoencoder(chosen)[0]), "Originals beside reconstructions")
    page.text("The same error at each frame of the window:")
    page.picture(
        plots.error_by_frame(model.audible_rms_db_by_frame, components.audible_rms_db_by_frame, latent),
        "Error by frame",
    )

    page.section("What its layers do")
    page.text(
        "Features of each layer while it makes the first of the windows above, time to the right, frequency upwards, the "
        "strongest first. These are what Netbend's bends switch off, turn over and multiply."
    )
    page.picture(plots.activations(_layers(network, chosen[:1])), "Activation maps of every layer")

    page.section("Sounds from nothing")
    page.text(
        "Random latents decoded, beside training windows. The plain unit Gaussian, N(0, I), is where training pulls "
        "towards; latent_prior is the Gaussian the model's latents really follow, and travels in the model file."
    )
    rows = {"Training windows": examples}
    for name, given in {"N(0, I)": None, "latent_prior": prior}.items():
        rows[f"Samples of {name}"] = _decode(network, draw(SHOWN_SAMPLES, latent, SAMPLE_SEED, given))
    page.picture(plots.sampled(rows), "Sampled latents")
    page.picture(plots.likeness(comparisons, data), "Spectra and onset rates of samples")
    for name, comparison in comparisons.items():
        page.text(f"{name}: " + "; ".join(comparison.lines()) + ".")


def _beside(components: Figures, name: str) -> str:
    return f"principal components: {getattr(components, name):.1f} dB"


def _lively(windows: np.ndarray, count: int) -> np.ndarray:
    """The windows with the most onsets, in their order."""
    rates = onset_rates(band_powers(windows))
    return windows[np.sort(np.argsort(-rates, kind="stable")[:count])]


def _decode(network: Autoencoder, latents: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return np.concatenate([network.decode(part).numpy() for part in torch.from_numpy(latents).split(32)])


def _layers(network: Autoencoder, window: np.ndarray) -> list[np.ndarray]:
    with torch.no_grad():
        mean, _ = network.encode(torch.from_numpy(window))
        return [maps[0].numpy() for maps in network.decode_layers(mean)[:-1]]


def _duration(seconds: float) -> str:
    if seconds < 120.0:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60.0:.0f} minutes" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} hours"


def _summary(state: dict, stock: Inventory | None) -> str:
    settings, step = state["settings"], state["step"]
    done = "" if step >= settings["steps"] else f" of {settings['steps']} (not finished)"
    took = _duration(state["seconds"])
    heard = "" if stock is None else f" on {stock.training_seconds / 60:.1f} minutes of audio"
    return f"{step} steps{done} in {took}{heard}; widest layer {settings['width']} features. Written {time.strftime('%Y-%m-%d %H:%M')}."


def _corpus(page: Page, stock: Inventory | None) -> None:
    page.section("Training data")
    if stock is None:
        page.text("Not known: the run has no corpus.json.")
        return
    roles = [(f"one-shots: {role}", str(count)) for role, count in stock.training_one_shots.items() if count]
    rows = [("folders", ", ".join(stock.folders)), ("loops", str(stock.training_loops)), *roles]
    page.raw(table([*rows, ("altogether", f"{stock.training_seconds / 60:.1f} minutes")]))
    if stock.held_out:
        page.text("Held out to measure on: " + ", ".join(Path(path).name for path in stock.held_out) + ".")
    if stock.skipped:
        page.text(f"{len(stock.skipped)} files could not be used:")
        page.raw(table([(entry["file"], entry["reason"]) for entry in stock.skipped], ("file", "why not")))
    else:
        page.text("Every audio file could be used.")


def _plain(value) -> str:
    return (
        ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else "by device" if value is None else str(value)
    )


def read_log(run: Path) -> list[dict]:
    """The run's log in the order of its steps, each step once."""
    path = run / LOG
    if not path.is_file():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    # A run that was killed goes on from its last checkpoint: of steps it made twice the later ones count.
    kept: list[dict] = []
    for line in lines:
        while kept and kept[-1]["step"] > line["step"]:
            kept.pop()
        if kept and kept[-1]["step"] == line["step"] and kept[-1].keys() == line.keys():
            kept.pop()
        kept.append(line)
    return kept
