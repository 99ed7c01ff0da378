"""Imports every `.ts` of a folder and measures it: error over 64 blocks, speed beside torch, latency. See README.md, *Waveform models*.

OMP_NUM_THREADS=1 python waveform_figures.py FOLDER [--rate 44100] [--block 512] [--only NAME …]"""

import argparse
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from netbend_waveform import limits, noise  # noqa: E402
from netbend_waveform.comparing import compare  # noqa: E402
from netbend_waveform.importing import import_model, write  # noqa: E402
from netbend_waveform.playing import test_audio as audio_of  # noqa: E402
from netbend_waveform.refusal import Refused  # noqa: E402

BLOCKS = 64
TIMED = 40


def seconds_a_block(play, blocks) -> float:
    """Processor time of the quicker half, so that other work on the machine counts little."""
    taken = []
    for block in blocks:
        start = time.thread_time()
        play(block)
        taken.append(time.thread_time() - start)
    return float(np.mean(sorted(taken)[: len(taken) // 2]))


def figures(path: Path, rate: int, block: int, out: Path | None) -> str:
    start = time.process_time()
    made = import_model(path, rate, block=block)
    seconds = time.process_time() - start
    if out is not None:
        write(made.model, out / f"{path.stem}.onnx")
    compared = compare(made.opened, made.rest, made.running, BLOCKS)
    told = made.described
    audio = audio_of(told["channels_in"], told["block"], TIMED, 1)
    lasts = told["block"] / rate
    mine = seconds_a_block(lambda block: made.running.play(block, noise.silent), audio.numpy()) / lasts
    module = made.opened.module

    def torchs(block):
        with torch.no_grad():
            module.decode(module.encode(block))

    for block in audio[:4]:
        torchs(block)
    theirs = seconds_a_block(torchs, audio) / lasts
    weights = sum(entry["size"] for entry in told["weights"])
    states = sum(int(np.prod(entry["shape"])) for entry in told["states"])
    latency = told["latency"]
    return (
        f"| {path.stem} | {weights / 1e6:.1f} | {told['block']} | {told['latent_size']} | {states} | {len(told['layers'])} | {seconds:.0f} | "
        f"{compared.error:.1e} | {compared.rms:.2g} | {1000 * latency['samples'] / rate:.0f} ({latency['method']}, {latency['correlation']:.2f}) | "
        f"{1000 * latency['first_heard_samples'] / rate:.0f} | {mine:.3f} | {theirs:.3f} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=int, default=44_100)
    parser.add_argument("--block", type=int, default=limits.USUAL_BLOCK)
    parser.add_argument("--out", type=Path, help="a folder to keep the imported models in")
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}")
    print(
        "| model | M weights | block | latent | states | layers | import, s | error / rms | rms | latency, ms | first heard, ms | ONNX Runtime | torch |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for path in sorted(arguments.folder.glob("*.ts")):
        if arguments.only and path.stem not in arguments.only:
            continue
        try:
            print(figures(path, arguments.rate, arguments.block, arguments.out), flush=True)
        except Refused as error:
            print(f"| {path.stem} | refused: {error} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
