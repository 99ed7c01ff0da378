"""The command line: `python -m netbend_training {train,export,report,sample,evaluate,patterns,baseline,metric,ablate}`."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

from .command import positive, run, whole


def _train(arguments: argparse.Namespace) -> None:
    from .train import Settings, train

    names = {field.name for field in fields(Settings)}
    given = {name: value for name, value in vars(arguments).items() if name in names and value is not None}
    given["data"] = tuple(arguments.data)
    if train(arguments.run, Settings(**given), arguments.resume, arguments.measure_on) and not arguments.no_report:
        from .report import write_report

        write_report(arguments.run, arguments.run / "report.html")


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
        arguments.data,
    )


def _report(arguments: argparse.Namespace) -> None:
    from .report import write_report

    write_report(arguments.run, arguments.out or arguments.run / "report.html", arguments.data)


def _sample(arguments: argparse.Namespace) -> None:
    from .exported import Model
    from .pool import training_windows
    from .samples import SEED, compare

    model = Model(arguments.model, arguments.threads)
    windows = training_windows(arguments.data, arguments.windows, SEED)
    compared = compare(model.decode, model.latent_size, model.latent_prior, windows, arguments.count, arguments.seed)
    for name, comparison in compared.items():
        print(f"{arguments.count} latents drawn from {name}, against {arguments.windows} training windows:")
        for line in (*comparison.lines(), *comparison.table()):
            print(f"  {line}")
    if model.latent_prior is None:
        print("the model holds no latent_prior; export it anew to have one")


def _evaluate(arguments: argparse.Namespace) -> None:
    from .evaluate import figures, loop_windows, onnx_autoencoder

    found = {}
    if arguments.parts:
        from .parts_report import report

        found["parts"] = report(arguments.model, _part_sounds(arguments), arguments.patterns).described()
    if arguments.loops is not None:
        measured = figures(loop_windows(arguments.loops), onnx_autoencoder(arguments.model))
        print(f"{measured.windows} windows: {measured.line()}")
        if arguments.frames:
            for frame, error in enumerate(measured.audible_rms_db_by_frame):
                print(f"frame {frame}: {error:.2f} dB")
        found["loops"] = measured.described()
    if not found:
        raise ValueError("nothing to measure on; expected --loops or --parts")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _patterns(arguments: argparse.Namespace) -> None:
    from .parts import names_of
    from .parts_report import write_patterns

    sounds = _part_sounds(arguments)
    names = tuple(arguments.names) if arguments.names else names_of(sounds)
    write_patterns(arguments.out, sounds, names, arguments.patterns)
    print(f"{arguments.patterns} patterns of {', '.join(names)} in {arguments.out}")


def _part_sounds(arguments: argparse.Namespace) -> list:
    """The sounds of `--parts` to measure on."""
    from .parts import divide

    training, sounds = divide(arguments.parts)
    if arguments.every_sound:
        return [*training, *sounds]
    if not sounds:
        raise ValueError("too few files to hold any out; --every-sound measures on all of them")
    return sounds


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
    train.add_argument("--start", metavar="MODEL.onnx", help="an exported model of the same width to begin with")
    train.add_argument("--measure-on", type=Path, metavar="FOLDER", help="loops to report on, never to train on")
    train.add_argument("--width", type=int, help="features of the widest layer (default 128; the paper has 512)")
    train.add_argument("--latent", type=int, help="latent dimensions (default 256; the paper has 512)")
    train.add_argument("--steps", type=whole, help="length of the schedule (default 4000)")
    train.add_argument("--batch", type=whole, help="windows a step and process (default 32)")
    train.add_argument("--learning-rate", type=positive, help="largest learning rate (default 0.005)")
    train.add_argument("--divergence-weight", type=float, help="how much the latent is regularised (default 0.0002)")
    train.add_argument("--convergence-weight", type=float, help="how much the loudest bins count (default 1)")
    train.add_argument("--freeze-share", type=float, help="share of the steps before batch norms freeze (default 0.3)")
    train.add_argument("--seed", type=int, help="default 1")
    train.add_argument("--threads", type=whole, help="threads for the arithmetic (default: all cores but one)")
    train.add_argument("--device", help="auto, cpu, cuda or mps (default auto: the fastest that is there)")
    train.add_argument(
        "--bfloat16",
        action=argparse.BooleanOptionalAction,
        help="convolve in bfloat16 (default: on CUDA only; faster on CPUs with AVX-512 BF16, too; never on mps)",
    )
    train.add_argument(
        "--parts",
        choices=("auto", "on", "off"),
        help="train each layer's features to be parts (default auto: where the one-shots are of two parts or more)",
    )
    train.add_argument("--no-report", action="store_true", help="do not write report.html at the end")
    train.add_argument(
        "--pool-clips", type=int, help="clips of 6 s kept in memory (default 3000 of 1 MB, with parts 1000 of 3.5 MB)"
    )
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

    export.add_argument(
        "--data",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="the training data, for latent_prior (default: where it lay)",
    )

    report = commands.add_parser("report", help="write a run's report: one HTML file with pictures")
    report.set_defaults(command=_report)
    report.add_argument("run", type=Path, metavar="RUN", help="folder of the run")
    report.add_argument("--out", type=Path, metavar="FILE.html", help="default: report.html in the run's folder")
    report.add_argument(
        "--data", nargs="+", type=Path, metavar="FOLDER", help="the training data (default: where it lay)"
    )

    sample = commands.add_parser("sample", help="compare what random latents decode to with the training data")
    sample.set_defaults(command=_sample)
    sample.add_argument("model", type=Path, metavar="MODEL.onnx")
    sample.add_argument(
        "--data", nargs="+", type=Path, required=True, metavar="FOLDER", help="the model's training data"
    )
    sample.add_argument("--count", type=int, default=200, help="samples (default 200)")
    sample.add_argument("--windows", type=int, default=1000, help="training windows to compare with (default 1000)")
    sample.add_argument("--seed", type=int, default=1)
    sample.add_argument("--threads", type=int, default=1, help="threads for the arithmetic (default 1)")

    evaluate = commands.add_parser("evaluate", help="measure an exported model on loops, or its parts on one-shots")
    evaluate.set_defaults(command=_evaluate)
    evaluate.add_argument("model", type=Path, metavar="MODEL.onnx")
    evaluate.add_argument("--loops", type=Path, metavar="FOLDER")
    evaluate.add_argument(
        "--parts",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="measure what each part takes out of patterns of these folders' held-out one-shots; MODEL may be a run's folder",
    )
    evaluate.add_argument(
        "--every-sound", action="store_true", help="with --parts: of all their one-shots, for sounds never trained on"
    )
    evaluate.add_argument("--patterns", type=int, default=40, help="with --parts: how many patterns (default 40)")
    evaluate.add_argument("--json", type=Path, metavar="FILE.json", help="also write the figures as data")
    evaluate.add_argument("--frames", action="store_true", help="also the error at each of the 128 frames")

    patterns = commands.add_parser("patterns", help="write the patterns that parts are measured on, a channel for each part")
    patterns.set_defaults(command=_patterns)
    patterns.add_argument("--parts", nargs="+", type=Path, required=True, metavar="FOLDER", help="as of `evaluate`")
    patterns.add_argument("--every-sound", action="store_true", help="as of `evaluate`")
    patterns.add_argument("--names", nargs="+", metavar="PART", help="the parts, in order (default: those of the sounds)")
    patterns.add_argument("--patterns", type=int, default=40, help="how many (default 40)")
    patterns.add_argument("--out", type=Path, required=True, metavar="FOLDER")

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
    return run(lambda: arguments.command(arguments))


if __name__ == "__main__":
    sys.exit(main())
