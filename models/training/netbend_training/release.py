"""From a training run to a model file: fold, describe, build, check against PyTorch, write."""

from pathlib import Path

import numpy as np
import torch

from .evaluate import figures, loop_windows, onnx_autoencoder, torch_autoencoder
from .export import LARGEST_DIFFERENCE, build, largest_difference, write
from .fold import fold
from .manifest import manifest
from .network import Autoencoder, Shape
from .prior import WINDOWS as PRIOR_WINDOWS
from .prior import measured_prior
from .spectrogram import BINS, FRAMES
from .train import load_checkpoint

CHECK_WINDOWS = 8


def command_line(settings: dict) -> str:
    """How to repeat the run, with folder names in place of whole paths."""
    folders = " ".join(Path(folder).name for folder in settings["data"])
    options = {
        "width": settings["width"],
        "latent": settings["latent"],
        "steps": settings["steps"],
        "batch": settings["batch"],
        "learning-rate": settings["learning_rate"],
        "divergence-weight": settings["divergence_weight"],
        "convergence-weight": settings.get("convergence_weight", 1.0),
        "freeze-share": settings["freeze_share"],
        "seed": settings["seed"],
    }
    written = " ".join(f"--{name} {value}" for name, value in options.items())
    if settings.get("start"):
        written += f" --start {Path(settings['start']).name}"
    if "parts" in settings:
        written += f" --parts {settings['parts']}"
    bfloat16 = " --bfloat16" if settings["bfloat16"] else ""
    return f"python -m netbend_training train --data {folders} {written}{bfloat16} --run RUN"


def release(
    run: Path,
    out: Path,
    name: str,
    version: str,
    loops: Path | None,
    note: str = "",
    licence: str = "",
    data: list[Path] | None = None,
    prior_windows: int = PRIOR_WINDOWS,
) -> None:
    """Exports the run's checkpoint to `out`. Raises `ValueError`, writing nothing, if the export is not faithful. `data` is
    where the training data lies, if not where it lay."""
    state = load_checkpoint(run)
    settings = state["settings"]
    network = Autoencoder(Shape(settings["width"], settings["latent"]))
    network.load_state_dict(state["network"])
    network.eval()
    weights = fold(network)

    training = {
        "command": command_line(settings),
        "seed": settings["seed"],
        "steps": state["step"],
        "data": ", ".join(Path(folder).name for folder in settings["data"]),
    }
    if note:
        training["note"] = note
    windows = None if loops is None else loop_windows(loops)
    if windows is not None:
        training["figures"] = figures(windows, torch_autoencoder(network)).described()
    folders = data or [Path(folder) for folder in settings["data"]]
    prior = measured_prior(torch_autoencoder(network), folders, prior_windows)
    model = build(weights, manifest(network.shape, name, version, training, licence, prior, state.get("parts")))

    random = np.random.default_rng(0).uniform(0.0, 1.25, (CHECK_WINDOWS, 1, FRAMES, BINS)).astype(np.float32)
    examples = random if windows is None else np.concatenate([random, windows[:CHECK_WINDOWS]])
    difference = largest_difference(model, weights, examples)
    if difference > LARGEST_DIFFERENCE:
        raise ValueError(f"onnxruntime differs from PyTorch by {difference:.2g}; expected {LARGEST_DIFFERENCE} at most")
    with torch.no_grad():
        unrounded = network(torch.from_numpy(examples))[0].numpy()
    write(model, out)
    rounded = onnx_autoencoder(out)(examples)[0]
    print(
        f"{out}: step {state['step']}, {out.stat().st_size / 1e6:.1f} MB; largest difference from PyTorch "
        f"{difference:.1e}, from unrounded weights {np.abs(rounded - unrounded).max():.1e}"
    )
    if windows is not None:
        print(figures(windows, onnx_autoencoder(out)).line())
