"""The command line: `python -m netbend_waveform MODEL.ts [--rate HZ] [--out NAME.onnx]`."""

import argparse
import os
import sys
from pathlib import Path

from . import limits


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m netbend_waveform", description="Turns streaming models of nn~ into ONNX files."
    )
    parser.add_argument("model", type=Path, metavar="MODEL.ts", help="a TorchScript file, or a folder of them")
    parser.add_argument("--rate", type=int, metavar="HZ", help="the model's sample rate (default: what the file says)")
    parser.add_argument(
        "--block",
        type=int,
        default=limits.USUAL_BLOCK,
        metavar="SAMPLES",
        help="play blocks of so many samples, or the next longer ones that the model can; shorter ones are less late and cost more (default: %(default)s)",
    )
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
    from .importing import sources
    from .single import import_file

    found = sources(arguments.model)
    refused = 0
    for path in found:
        target = _target(path, arguments.model, arguments.out)
        refused += not import_file(path, target, arguments.rate, arguments.block)
    if len(found) > 1:
        print(f"{len(found) - refused} of {len(found)} files imported")
    return 1 if refused else 0


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
