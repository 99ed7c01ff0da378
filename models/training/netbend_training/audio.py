"""Reading audio folders: any file libsndfile reads, mixed to mono at 44.1 kHz. Bad files are named and skipped."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from .spectrogram import SAMPLE_RATE

SUFFIXES = {".wav", ".flac", ".aif", ".aiff", ".ogg", ".mp3", ".w64", ".caf"}
SHORTEST_SECONDS = 0.01
SILENT_PEAK = 1e-4


@dataclass(frozen=True)
class Recording:
    """One file's sound: mono float32 at `SAMPLE_RATE`, peak 1."""

    path: Path
    samples: np.ndarray

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def read(path: Path) -> Recording:
    """Raises `ValueError` saying what is wrong when the file is no use."""
    try:
        if path.stat().st_size == 0:
            raise ValueError("is empty (0 bytes)")
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise ValueError(f"not readable as audio ({getattr(error, 'error_string', error)})") from error
    mono = samples.mean(axis=1)
    if not np.isfinite(mono).all():
        raise ValueError("holds values that are not finite numbers")
    if len(mono) < SHORTEST_SECONDS * rate:
        raise ValueError(f"is {len(mono)} samples long; expected at least {SHORTEST_SECONDS} s")
    if rate != SAMPLE_RATE:
        divisor = gcd(rate, SAMPLE_RATE)
        mono = resample_poly(mono, SAMPLE_RATE // divisor, rate // divisor).astype(np.float32)
    peak = np.abs(mono).max()
    if peak < SILENT_PEAK:
        raise ValueError("is silent")
    return Recording(path, mono / peak)


def say_skipped(path: Path, reason: str) -> None:
    """Names a file that is no use on stderr."""
    print(f"skipped {path}: {reason}", file=sys.stderr, flush=True)


def read_folders(folders: list[Path], on_skipped: Callable[[Path, str], None] = say_skipped) -> list[Recording]:
    """Every usable recording below `folders`, in the order of their paths. `on_skipped` is told of every other audio file."""
    recordings = []
    for folder in folders:
        if not folder.is_dir():
            raise ValueError(f"{folder} is not a folder; expected a folder of audio files")
        for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES):
            try:
                recordings.append(read(path))
            except ValueError as error:
                on_skipped(path, str(error))
    return recordings
