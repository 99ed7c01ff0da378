"""Reading audio folders: any file that libsndfile or ffmpeg reads, mixed to mono at 44.1 kHz. Bad files are named and skipped."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from .spectrogram import SAMPLE_RATE

# The kinds that `netbend` takes for audio (`plugin/audio-file/src/folder.rs` tests that they are the same).
SUFFIXES = {
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".mp3", ".mp2", ".mp1", ".mpga", ".ogg", ".oga", ".opus", ".spx", ".aif", ".aiff",
    ".aifc", ".caf", ".m4a", ".m4b", ".mp4", ".aac", ".wma", ".wv", ".ape", ".tta", ".au", ".snd", ".mka", ".weba",
}  # fmt: skip
# Kinds whose length libsndfile believes where ffmpeg counts it, or of which it reads the first link only.
COUNTED = {".mp3", ".mp2", ".mp1", ".mpga", ".ogg", ".oga", ".opus"}
# What ffmpeg may open: files that hold their sound themselves, no playlists, no addresses.
FFMPEG_FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,iff,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpc,mpc8,mpeg,mpegts,ogg,rm,tak,tta,voc,w64,wav,wv"
)
FFMPEG_SECONDS = 600
SHORTEST_SECONDS = 0.01
SILENT_PEAK = 1e-4


@dataclass(frozen=True)
class Recording:
    """One file's sound: mono float32 at `SAMPLE_RATE`, peak 1."""

    path: Path
    samples: np.ndarray
    root: Path | None = None
    """The folder that was given, of which `path` is somewhere below."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def read_by_ffmpeg(path: Path) -> tuple[np.ndarray, int]:
    """Samples `[sample, channel]` and their rate, which is `SAMPLE_RATE`."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", FFMPEG_FORMATS]
    command += ["-i", f"file:{path}", "-map", "0:a:0", "-ar", str(SAMPLE_RATE), "-f", "f32le", "-c:a", "pcm_f32le"]
    # The mean of all channels, as below; ffmpeg's own mix weighs them otherwise.
    channels = subprocess.run(
        ["ffprobe", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", FFMPEG_FORMATS, "-select_streams", "a:0"]
        + ["-show_entries", "stream=channels", "-of", "default=nw=1:nk=1", f"file:{path}"],
        capture_output=True, text=True, check=True, timeout=FFMPEG_SECONDS, stdin=subprocess.DEVNULL,
    ).stdout.split()  # fmt: skip
    count = int(channels[0])
    raw = subprocess.run([*command, "pipe:1"], capture_output=True, check=True, timeout=FFMPEG_SECONDS, stdin=subprocess.DEVNULL).stdout
    samples = np.frombuffer(raw[: len(raw) // (4 * count) * 4 * count], "<f4").reshape(-1, count)
    if len(samples) == 0:
        raise ValueError("holds no sound")
    return samples, SAMPLE_RATE


def read_by_libsndfile(path: Path) -> tuple[np.ndarray, int]:
    """Samples `[sample, channel]` and their rate."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if len(samples) == 0:
        raise ValueError("holds no sound")
    return samples, rate


def decode(path: Path) -> tuple[np.ndarray, int]:
    """By libsndfile or ffmpeg, whichever is the one for the kind, else by the other."""
    readers = [read_by_libsndfile]
    if shutil.which("ffmpeg") and shutil.which("ffprobe"):
        readers.insert(0 if path.suffix.lower() in COUNTED else 1, read_by_ffmpeg)
    reason = None
    for reader in readers:
        try:
            return reader(path)
        except (soundfile.SoundFileError, OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
            reason = reason or getattr(error, "error_string", error)
    missing = "" if len(readers) > 1 else "; ffmpeg, which reads more kinds, is not installed"
    raise ValueError(f"not readable as audio ({reason}{missing})")


def read(path: Path, root: Path | None = None) -> Recording:
    """Raises `ValueError` saying what is wrong when the file is no use."""
    try:
        if path.stat().st_size == 0:
            raise ValueError("is empty (0 bytes)")
    except OSError as error:
        raise ValueError(f"not readable as audio ({error})") from error
    samples, rate = decode(path)
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
    return Recording(path, mono / peak, root)


def say_skipped(path: Path, reason: str) -> None:
    """Names a file that is no use on stderr."""
    print(f"skipped {path}: {reason}", file=sys.stderr, flush=True)


def read_folders(folders: list[Path], on_skipped: Callable[[Path, str], None] = say_skipped) -> list[Recording]:
    """Every usable recording below `folders`, in the order of their paths. `on_skipped` is told of every other audio file.

    Raises `ValueError` where something is no folder, or nothing in them is usable."""
    recordings, skipped, others = [], [], 0
    for folder in folders:
        if not folder.is_dir():
            raise ValueError(f"{folder} is not a folder; expected a folder of audio files")
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in SUFFIXES or path.name.startswith("._"):
                others += path.is_file()
                continue
            try:
                recordings.append(read(path, folder))
            except ValueError as error:
                on_skipped(path, str(error))
                skipped.append(f"{path.name}: {error}")
    if not recordings:
        raise ValueError(_nothing(folders, skipped, others))
    if skipped and on_skipped is say_skipped:
        count = len(skipped) + len(recordings)
        print(f"{len(skipped)} of {count} audio files skipped, for the reasons above", file=sys.stderr, flush=True)
    return recordings


def _nothing(folders: list[Path], skipped: list[str], others: int) -> str:
    """What was found in folders where nothing is usable, and what to do."""
    if skipped:
        found = f"audio files found: {len(skipped)}, none of use (the first: {skipped[0]})"
    elif others:
        found = f"files found: {others}, none named as an audio file"
    else:
        found = "no files found"
    where = ", ".join(map(str, folders))
    return f"no usable audio in {where}: {found}; expected WAV, FLAC, AIFF, OGG or MP3 files there, or in folders below"
