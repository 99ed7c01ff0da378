"""The command line: `python -m netbend_training {train,export,evaluate,baseline,metric,ablate}`."""

import argparse
import sys
from dataclasses import fields
from pathlib import Path


def _train(arguments: argparse.Namespace) -> None:
    from .train import Settings, train

    names = {field.name for field in fields(Settings)}
    given = {name: value for name, value in vars(arguments).items() if name in names and value is not None}
    given["data"] = tuple(arguments.data)
    train(arguments.run, Settings(**given), arguments.resume, arguments.measure_on)


def _export(arguments: argparse.Namespace) -> None:
    from .release import release

    release(
        arguments.run,
        arguments.out,
        arguments.name,
        arguments.version,
        arguments.loops,
        arguments.note,
        arguments.licence,
    )


def _evaluate(arguments: argparse.Namespace) -> None:
    from .evaluate import figures, loop_windows, onnx_autoencoder

    measured = figures(loop_windows(arguments.loops), onnx_autoencoder(arguments.model))
    print(f"{measured.windows} windows: {measured.line()}")
    if arguments.frames:
        for frame, error in enumerate(measured.audible_rms_db_by_frame):
            print(f"frame {frame}: {error:.2f} dB")


def _baseline(arguments: argparse.Namespace) -> None:
    from .baseline import fit
    from .evaluate import figures, loop_windows

    autoencoder = fit(arguments.data, arguments.components, arguments.windows, arguments.seed)
    measured = figures(loop_windows(arguments.loops), autoencoder)
    print(
        f"{arguments.components} components, {measured.windows} windows: audible rms "
        f"{measured.audible_rms_db:.2f} dB, convergence {measured.convergence_db:.2f} dB"
    )


def _metric(arguments: argparse.Namespace) -> None:
    from .metric import metric

    out = arguments.out or arguments.model.with_suffix(".metric.onnx")
    metric(
        arguments.model,
        out,
        arguments.data,
        arguments.windows,
        arguments.learning_rate,
        arguments.steps_share,
        arguments.seed,
        arguments.threads,
    )


def _ablate(arguments: argparse.Namespace) -> None:
    from .ablation import report

    report(arguments.model, arguments.loops)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m netbend_training", description=__doc__)
    commands = parser.add_subparsers(required=True)

    train = commands.add_parser("train", help="train a model on folders of audio")
    train.set_defaults(command=_train)
    train.add_argument("--data", nargs="+", required=True, metavar="FOLDER", help="folders of one-shots and loops")
    train.add_argument("--run", type=Path, required=True, metavar="FOLDER", help="where checkpoint and log go")
    train.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    train.add_argument("--measure-on", type=Path, metavar="FOLDER", help="loops to report on, never to train on")
    train.add_argument("--width", type=int, help="features of the widest layer (default 128; the paper has 512)")
    train.add_argument("--latent", type=int, help="latent dimensions (default 256; the paper has 512)")
    train.add_argument("--steps", type=int, help="length of the schedule (default 9000)")
    train.add_argument("--batch", type=int, help="windows a step (default 32)")
    train.add_argument("--learning-rate", type=float, help="largest learning rate (default 0.005)")
    train.add_argument("--divergence-weight", type=float, help="how much the latent is regularised (default 0.0002)")
    train.add_argument("--freeze-share", type=float, help="share of the steps before batch norms freeze (default 0.3)")
    train.add_argument("--seed", type=int, help="default 1")
    train.add_argument("--threads", type=int, help="threads for the arithmetic (default 2)")
    train.add_argument(
        "--bfloat16", action="store_true", help="convolve in bfloat16 (faster on CPUs with AVX-512 BF16)"
    )
    train.add_argument("--pool-clips", type=int, help="clips of 6 s kept in memory, 1 MB each (default 3000)")
    train.add_argument("--steps-per-clip", type=int, help="steps between two new clips (default 1)")

    export = commands.add_parser("export", help="write a run's latest checkpoint as a checked ONNX model")
    export.set_defaults(command=_export)
    export.add_argument("run", type=Path, metavar="RUN", help="folder of the run")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.onnx")
    export.add_argument("--name", default="drums", help="the model's name (default drums)")
    export.add_argument("--version", default="0.1.0", help="the model's version (default 0.1.0)")
    export.add_argument("--loops", type=Path, metavar="FOLDER", help="loops to measure on; figures go into the model")
    export.add_argument("--licence", default="", help="licence of the weights, such as CC0-1.0 (default: not stated)")
    export.add_argument("--note", default="", help="anything the command does not say about the run")

    evaluate = commands.add_parser("evaluate", help="measure an exported model on loops")
    evaluate.set_defaults(command=_evaluate)
    evaluate.add_argument("model", type=Path, metavar="MODEL.onnx")
    evaluate.add_argument("--loops", type=Path, required=True, metavar="FOLDER")
    evaluate.add_argument("--frames", action="store_true", help="also the error at each of the 128 frames")

    baseline = commands.add_parser("baseline", help="measure principal component analysis on the same loops")
    baseline.set_defaults(command=_baseline)
    baseline.add_argument("--data", nargs="+", type=Path, required=True, metavar="FOLDER")
    baseline.add_argument("--loops", type=Path, required=True, metavar="FOLDER")
    baseline.add_argument("--components", type=int, default=64)
    baseline.add_argument("--windows", type=int, default=3000, help="training windows to fit on (default 3000)")
    baseline.add_argument("--seed", type=int, default=1)

    metric = commands.add_parser("metric", help="train the metric that `netbend cluster` groups a model's features by")
    metric.set_defaults(command=_metric)
    metric.add_argument("model", type=Path, metavar="MODEL.onnx")
    metric.add_argument(
        "--data", nargs="+", type=Path, required=True, metavar="FOLDER", help="the model's training data"
    )
    metric.add_argument(
        "--out", type=Path, metavar="FILE.onnx", help="default: MODEL.metric.onnx, where it is looked for"
    )
    metric.add_argument("--windows", type=int, default=1000, help="windows to train on (default 1000)")
    metric.add_argument("--learning-rate", type=float, default=1e-3, help="largest learning rate (default 0.001)")
    metric.add_argument("--steps-share", type=float, default=1.0, help="share of the usual steps (default 1)")
    metric.add_argument("--seed", type=int, default=1)
    metric.add_argument("--threads", type=int, default=1, help="threads for the arithmetic (default 1)")

    ablate = commands.add_parser("ablate", help="measure what ablating each cluster of a model removes from loops")
    ablate.set_defaults(command=_ablate)
    ablate.add_argument("model", type=Path, metavar="MODEL.onnx")
    ablate.add_argument("--loops", type=Path, required=True, metavar="FOLDER")
    return parser


def main() -> int:
    arguments = _parser().parse_args()
    try:
        arguments.command(arguments)
    except (ValueError, OSError, RuntimeError, ArithmeticError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
