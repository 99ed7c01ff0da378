"""A pool of clip spectrograms in memory, refilled by a second process, from which training windows are cut.

Clips arrive in a fixed order and at fixed steps, so a run can be repeated exactly however busy the machine is.
"""

import multiprocessing
import queue
from pathlib import Path

import numpy as np

from .corpus import CLIP_FRAMES, Corpus, parts
from .network import FRAMES, LAST_SEEN_FRAME
from .spectrogram import BINS, LOWEST_LEVEL_DB, SAMPLE_RATE, scale, window_peak_db

QUEUED_CLIPS = 32
# The plug-in's level is a multiple of 6 dB held by hysteresis: a levelled peak lies within about (-8, +1] dB.
OFFSET_RANGE_DB = (-8.5, 1.5)
EQUALISER_SHARE = 0.5
EQUALISER_DB = 2.0
EQUALISER_WAVES = 5


def _produce(folders: list[Path], seed: int, clips: multiprocessing.Queue) -> None:
    training, validation = parts(folders)
    corpus = Corpus(training, seed)
    held_out = f"; held out: {Corpus(validation, seed).summary()}" if validation else "; too few files to hold any out"
    clips.put(corpus.summary() + held_out)
    while True:
        clips.put(corpus.clip_decibels())


class Pool:
    """At most `capacity` clips; the oldest is replaced first."""

    def __init__(self, folders: list[Path], seed: int, capacity: int, first: int):
        context = multiprocessing.get_context("spawn")
        self._queue = context.Queue(QUEUED_CLIPS)
        self._producer = context.Process(target=_produce, args=(folders, seed, self._queue), daemon=True)
        self._producer.start()
        self.summary = self._take()
        self._clips = np.empty((capacity, CLIP_FRAMES, BINS), np.float16)
        self._received = 0
        self._random = np.random.default_rng(seed)
        self._equaliser_basis = _equaliser_basis()
        for _ in range(min(first, capacity)):
            self.refresh()

    def _take(self):
        while True:
            try:
                return self._queue.get(timeout=5.0)
            except queue.Empty as error:
                if not self._producer.is_alive():
                    raise RuntimeError("the process that makes clips has ended; its message is above") from error

    def __len__(self) -> int:
        return min(self._received, len(self._clips))

    def refresh(self) -> None:
        """Waits for one new clip and puts it in."""
        self._clips[self._received % len(self._clips)] = self._take()
        self._received += 1

    def windows(self, count: int) -> np.ndarray:
        """`[count, 1, FRAMES, BINS]` float32, levelled and scaled as the plug-in does."""
        batch = np.empty((count, 1, FRAMES, BINS), np.float32)
        for index in range(count):
            clip = self._clips[self._random.integers(len(self))]
            start = self._random.integers(0, CLIP_FRAMES - FRAMES + 1)
            batch[index, 0] = clip[start : start + FRAMES]
            if self._random.random() < EQUALISER_SHARE:
                batch[index, 0] += self._equaliser_db()
        return scale_windows(batch, self._random.uniform(*OFFSET_RANGE_DB, count))

    def _equaliser_db(self) -> np.ndarray:
        weights = self._random.normal(0.0, EQUALISER_DB, EQUALISER_WAVES)
        return (weights @ self._equaliser_basis).astype(np.float32)

    def close(self) -> None:
        self._producer.terminate()


def scale_windows(windows_db: np.ndarray, offsets_db: np.ndarray) -> np.ndarray:
    """Levels each of `[batch, 1, FRAMES, BINS]` so that its peak is its offset, then scales."""
    level = np.maximum(window_peak_db(windows_db, LAST_SEEN_FRAME), LOWEST_LEVEL_DB)
    shift = (offsets_db[:, None] - level)[..., None, None].astype(np.float32)
    return scale(windows_db + shift)


def _equaliser_basis() -> np.ndarray:
    """Cosines over the logarithm of frequency: smooth random tone controls, `[EQUALISER_WAVES, BINS]`."""
    frequency = np.linspace(0.0, SAMPLE_RATE / 2, BINS)
    position = np.log1p(frequency / 100.0) / np.log1p(SAMPLE_RATE / 200.0)
    return np.cos(np.pi * np.arange(1, EQUALISER_WAVES + 1)[:, None] * position)
