"""A pool of clip spectrograms in memory, refilled by a second process, from which training windows are cut.

Clips arrive in a fixed order and at fixed steps, so a run can be repeated exactly however busy the machine is.
"""

import multiprocessing
import queue
import signal
from pathlib import Path

import numpy as np

from .corpus import CLIP_FRAMES, Corpus, parts
from .spectrogram import BINS, FRAMES, LAST_SEEN_FRAME, LOWEST_LEVEL_DB, SAMPLE_RATE, scale, window_peak_db

QUEUED_CLIPS = 32
# The plug-in's level is a multiple of 6 dB held by hysteresis: a levelled peak lies within about (-8, +1] dB.
OFFSET_RANGE_DB = (-8.5, 1.5)
EQUALISER_SHARE = 0.5
EQUALISER_DB = 2.0
EQUALISER_WAVES = 5


def quiet(_path: Path, _reason: str) -> None:
    """Bad files are named once, by the process that starts the others."""


class Spectrograms:
    """Clips of the folders' training recordings, as decibels."""

    def __init__(self, folders: list[Path], seed: int):
        self._corpus = Corpus(parts(folders, quiet)[0], seed)

    def take(self) -> np.ndarray:
        return self._corpus.clip_decibels()


def _produce(source: type, folders: list[Path], seed: int, clips: multiprocessing.Queue) -> None:
    # Ctrl-C reaches every process of the terminal; this one ends when its parent does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    clips_of = source(folders, seed)
    while parent.is_alive():
        clip = clips_of.take()
        while parent.is_alive():
            try:
                clips.put(clip, timeout=2.0)
                break
            except queue.Full:
                continue
    clips.cancel_join_thread()


class Producer:
    """What a source takes, made by a second process while this one trains."""

    def __init__(self, source: type, folders: list[Path], seed: int):
        context = multiprocessing.get_context("spawn")
        self._queue = context.Queue(QUEUED_CLIPS)
        self._process = context.Process(target=_produce, args=(source, folders, seed, self._queue), daemon=True)
        self._process.start()

    def take(self):
        while True:
            try:
                return self._queue.get(timeout=5.0)
            except queue.Empty as error:
                if not self._process.is_alive():
                    raise RuntimeError("the process that makes clips has ended; its message is above") from error

    def close(self) -> None:
        self._process.terminate()


class Pool:
    """At most `capacity` clips; the oldest is replaced first. `in_process` is for a pool that is filled once and read."""

    def __init__(self, folders: list[Path], seed: int, capacity: int, first: int, in_process: bool = False):
        self._source = Spectrograms(folders, seed) if in_process else Producer(Spectrograms, folders, seed)
        self._clips = np.empty((capacity, CLIP_FRAMES, BINS), np.float16)
        self._received = 0
        self._random = np.random.default_rng(seed)
        self._equaliser_basis = equaliser_basis()
        for _ in range(min(first, capacity)):
            self.refresh()

    def __len__(self) -> int:
        return min(self._received, len(self._clips))

    def refresh(self) -> None:
        """Waits for one new clip and puts it in."""
        self._clips[self._received % len(self._clips)] = self._source.take()
        self._received += 1

    def windows(self, count: int) -> np.ndarray:
        """`[count, 1, FRAMES, BINS]` float32, levelled and scaled as the plug-in does."""
        batch = np.empty((count, 1, FRAMES, BINS), np.float32)
        for index in range(count):
            clip = self._clips[self._random.integers(len(self))]
            start = self._random.integers(0, CLIP_FRAMES - FRAMES + 1)
            batch[index, 0] = clip[start : start + FRAMES]
            if self._random.random() < EQUALISER_SHARE:
                batch[index, 0] += equaliser_db(self._random, self._equaliser_basis)
        return scale_windows(batch, self._random.uniform(*OFFSET_RANGE_DB, count))

    def close(self) -> None:
        if isinstance(self._source, Producer):
            self._source.close()


def training_windows(folders: list[Path], count: int, seed: int, windows_per_clip: int = 4) -> np.ndarray:
    """`[count, 1, FRAMES, BINS]` windows as they are trained on."""
    clips = -(-count // windows_per_clip)
    return Pool(folders, seed, clips, clips, in_process=True).windows(count)


def scale_windows(windows_db: np.ndarray, offsets_db: np.ndarray) -> np.ndarray:
    """Levels each of `[batch, 1, FRAMES, BINS]` so that its peak is its offset, then scales."""
    level = np.maximum(window_peak_db(windows_db, LAST_SEEN_FRAME), LOWEST_LEVEL_DB)
    shift = (offsets_db[:, None] - level)[..., None, None].astype(np.float32)
    return scale(windows_db + shift)


def equaliser_db(random: np.random.Generator, basis: np.ndarray) -> np.ndarray:
    """A random smooth tone control, float32 `[BINS]` decibels."""
    return (random.normal(0.0, EQUALISER_DB, EQUALISER_WAVES) @ basis).astype(np.float32)


def equaliser_basis() -> np.ndarray:
    """Cosines over the logarithm of frequency: smooth random tone controls, `[EQUALISER_WAVES, BINS]`."""
    frequency = np.linspace(0.0, SAMPLE_RATE / 2, BINS)
    position = np.log1p(frequency / 100.0) / np.log1p(SAMPLE_RATE / 200.0)
    return np.cos(np.pi * np.arange(1, EQUALISER_WAVES + 1)[:, None] * position)
