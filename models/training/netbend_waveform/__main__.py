"""The command line: `python -m netbend_waveform MODEL.ts [--rate HZ] [--out NAME.onnx]`."""

import argparse
import os
import sys
from pathlib import Path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m netbend_waveform", description="Turns streaming models of nn~ into ONNX files."
    )
    parser.add_argument("model", type=Path, metavar="MODEL.ts", help="a TorchScript file, or a folder of them")
    parser.add_argument("--rate", type=int, metavar="HZ", help="the model's sample rate (default: what the file says)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="NAME.onnx",
        help="the file to write, or the folder for several (default: beside MODEL.ts)",
    )
    return parser


def _target(source: Path, given: Path, out: Path | None) -> Path:
    if out is None:
        return source.with_suffix(".onnx")
    return out / f"{source.stem}.onnx" if given.is_dir() or out.is_dir() else out


def _import(arguments: argparse.Namespace) -> int:
    from .importing import STEPS, import_model, model_name, sources, write
    from .progress import Progress
    from .refusal import Refused

    refused = 0
    found = sources(arguments.model)
    for path in found:
        target = _target(path, arguments.model, arguments.out)
        if target.suffix != ".onnx":
            raise ValueError(f"--out {target}: expected a name that ends in .onnx")
        progress = Progress(path.name, STEPS)
        try:
            made = import_model(path, arguments.rate, model_name(target), progress)
        except Refused as error:
            progress.end()
            print(f"error: {path.name}: {error}", file=sys.stderr)
            refused += 1
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        write(made.model, target)
        _tell(made, target, progress.seconds)
    if len(found) > 1:
        print(f"{len(found) - refused} of {len(found)} files imported")
    return 1 if refused else 0


def _tell(made, target: Path, seconds: float) -> None:
    told, rate = made.described, made.described["sample_rate"]
    latency = told["latency"]
    print(
        f"{target}: {rate} Hz, blocks of {told['block']} samples, {told['latent_size']} latent dimensions, "
        f"{sum(weight['size'] for weight in told['weights']) / 1e6:.1f} M weights, {len(told['layers'])} layers; {seconds:.1f} s"
    )
    if latency["method"] == "unmeasured":
        print("  latency unknown: neither bursts nor clicks change what it plays")
    else:
        milliseconds = [1000 * latency[key] / rate for key in ("samples", "first_heard_samples")]
        print(
            f"  latency {latency['samples']} samples ({milliseconds[0]:.0f} ms) by {latency['method']}, "
            f"first heard after {milliseconds[1]:.0f} ms"
        )
    print(f"  differs from the .ts by {made.compared.error:.1e} of its rms over {made.compared.blocks} blocks")
    if told["source"]["ignored_methods"]:
        print(f"  ignored methods: {', '.join(told['source']['ignored_methods'])}")
    print(f"  licence: {told['licence'] or 'not stated in the file'}. {told['terms']}")


def main() -> int:
    # Threads that wait for each other on a busy machine made small networks ten times slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    arguments = _parser().parse_args()
    try:
        return _import(arguments)
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
