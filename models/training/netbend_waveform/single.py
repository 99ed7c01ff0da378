"""One file imported, with its progress and what was found on the console."""

import sys
from pathlib import Path

from . import limits
from .importing import STEPS, Imported, import_model, model_name, write
from .progress import Progress
from .refusal import Refused


def import_file(path: Path, target: Path, rate: int | None = None, block: int = limits.USUAL_BLOCK) -> bool:
    """Writes `target` and says what was found; where the file is refused stderr says why. Whether it was written."""
    if target.suffix != ".onnx":
        raise ValueError(f"--out {target}: expected a name that ends in .onnx")
    progress = Progress(path.name, STEPS)
    try:
        made = import_model(path, rate, model_name(target), progress, block)
    except Refused as error:
        progress.end()
        print(f"error: {path.name}: {error}", file=sys.stderr)
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    write(made.model, target)
    _tell(made, target, progress.seconds)
    return True


def _tell(made: Imported, target: Path, seconds: float) -> None:
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
