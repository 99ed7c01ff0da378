"""The command line: `python -m netbend_waveform_training train …`, `export`, `evaluate`."""

import argparse
import os
import sys
from pathlib import Path

from netbend_training.command import positive, run, whole


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m netbend_waveform_training", description="Trains small causal autoencoders of sound itself."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train on folders of audio, or go on with a run")
    train.add_argument("--run", type=Path, required=True, help="the folder of the run")
    train.add_argument(
        "--data",
        nargs="+",
        metavar="FOLDER",
        help="folders of one-shots, loops, or both; with --resume where they lie by now",
    )
    train.add_argument("--steps", type=whole, help="length of the schedule (default: 5000, or what the run has)")
    train.add_argument("--learning-rate", type=positive, default=1e-3)
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--threads", type=whole, help="threads for the arithmetic (default: 1, or what the run has)")
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    train.add_argument("--resume", action="store_true", help="go on where the run was stopped")
    export = commands.add_parser("export", help="write a run as a streaming .ts, and as Netbend's file")
    export.add_argument("run", type=Path)
    export.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="NAME",
        help="NAME.ts for nn~; NAME.onnx imports that as well, and keeps it in RUN",
    )
    export.add_argument("--licence", default="", help="what the file says of its terms")
    export.add_argument("--data", nargs="+", metavar="FOLDER", help="where the audio lies by now")
    evaluate = commands.add_parser("evaluate", help="figures on loops, best ones the run never heard")
    evaluate.add_argument("run", type=Path)
    evaluate.add_argument("--loops", type=Path, required=True, metavar="FOLDER")
    evaluate.add_argument("--write", type=Path, metavar="FOLDER", help="write what the run makes of them as WAV")
    return parser


BLOCK = 512
"""Samples of a block in Netbend's file: two steps of the latent, so that it is played with as little delay as there can be."""


def _train(arguments: argparse.Namespace) -> None:
    from .shape import Shape
    from .train import CHECKPOINT, Settings, resumed, train

    if arguments.resume:
        shape, settings = resumed(arguments.run, arguments.steps, arguments.threads, tuple(arguments.data or ()))
        train(arguments.run, shape, settings, resume=True)
        return
    if (arguments.run / CHECKPOINT).exists():
        raise ValueError(f"{arguments.run} holds a training; add --resume to go on with it, or give another folder")
    if not arguments.data:
        raise ValueError("--data is missing; name folders of audio files")
    settings = Settings(
        tuple(arguments.data),
        steps=arguments.steps or Settings.steps,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
        threads=arguments.threads or 1,
        device=arguments.device,
    )
    train(arguments.run, Shape(), settings)


def _export(arguments: argparse.Namespace) -> None:
    from .export import export

    out = arguments.out
    if out.suffix not in (".ts", ".onnx"):
        raise ValueError(f"--out {out}: expected a name that ends in .ts or .onnx")
    played = out if out.suffix == ".ts" else arguments.run / f"{out.stem}.ts"
    spreads = export(arguments.run, played, arguments.licence, tuple(arguments.data or ()) or None)
    print(f"{played}: latent dimensions spread by {' '.join(f'{spread:.2f}' for spread in spreads)}")
    if out != played:
        from netbend_waveform.single import import_file

        if not import_file(played, out, block=BLOCK):
            raise RuntimeError(f"{played} was not imported, for the reason above")


def _evaluate(arguments: argparse.Namespace) -> None:
    from .evaluate import loops, measure, player, silence_dbfs, write
    from .train import trained

    network, shape, checkpoint = trained(arguments.run)
    sounds = loops(arguments.loops)
    play = player(network)
    print(f"step {checkpoint['step']}")
    for name, figures in measure(sounds, play, shape.latency).items():
        print(f"{name}: {figures.line()}")
    print(f"silence: {silence_dbfs(play):.0f} dBFS")
    if arguments.write is not None:
        write(sounds, play, shape.latency, arguments.write)


def main(arguments: list[str] | None = None) -> int:
    # Threads that wait for each other on a busy machine make small networks slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    given = _parser().parse_args(arguments)
    commands = {"train": _train, "export": _export, "evaluate": _evaluate}
    return run(lambda: commands[given.command](given))


if __name__ == "__main__":
    sys.exit(main())
