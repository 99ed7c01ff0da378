"""The command line: `python -m netbend_waveform_training train …`."""

import argparse
import os
import sys
from pathlib import Path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m netbend_waveform_training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train on folders of audio, or go on with a run")
    train.add_argument("--run", type=Path, required=True, help="the folder of the run")
    train.add_argument("--data", nargs="+", help="folders of one-shots, loops, or both")
    train.add_argument("--steps", type=int, help="length of the schedule (default: 5000, or what the run has)")
    train.add_argument("--learning-rate", type=float, default=3e-3)
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--threads", type=int)
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    train.add_argument("--resume", action="store_true", help="go on where the run was stopped")
    return parser


def _train(arguments: argparse.Namespace) -> None:
    from .shape import Shape
    from .train import CHECKPOINT, Settings, resumed, train

    if arguments.resume:
        shape, settings = resumed(arguments.run, arguments.steps, arguments.threads)
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
    arguments.run.mkdir(parents=True, exist_ok=True)
    train(arguments.run, Shape(), settings)


def main() -> int:
    # Threads that wait for each other on a busy machine make small networks slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    arguments = _parser().parse_args()
    try:
        _train(arguments)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
