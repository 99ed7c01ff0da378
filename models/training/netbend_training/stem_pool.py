"""A pool of clips with their stems in memory, refilled by a second process: windows of them, mixed anew, and their bends."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.fft import rfft

from .bends import BentRows, Drawer, gather
from .corpus import CLIP_SAMPLES
from .parts import Groups, divide
from .pool import EQUALISER_SHARE, OFFSET_RANGE_DB, Producer, equaliser_basis, equaliser_db, quiet
from .spectrogram import (
    BINS,
    FFT_SIZE,
    FRAMES,
    HOP,
    LAST_SEEN_FRAME,
    LOWEST_LEVEL_DB,
    MINIMUM_MAGNITUDE,
    analysis_window,
    scale,
    window_peak_db,
)
from .stems import REST, Clip, StemCorpus

WINDOW_SAMPLES = FFT_SIZE + HOP * (FRAMES - 1)
REMIX_SHARE = 0.5
REMIX_DB = (-9.0, 6.0)
DROPPED_SHARE = 0.08
"""Of the stems of a window that is mixed anew, those left out."""
AUDIBLE_SHARE = 1e-3
"""A part plays in a window where it has more than this share of the energy."""
_WINDOW = (analysis_window() * (2.0 / analysis_window().sum())).astype(np.float32)


class StemSource:
    """Clips of the folders' training sounds."""

    def __init__(self, folders: list[Path], seed: int):
        self._corpus = StemCorpus(divide(folders, quiet)[0], seed)
        self.names = self._corpus.names

    def take(self) -> tuple[np.ndarray, tuple[int, ...]]:
        clip = self._corpus.clip()
        return clip.audio, clip.parts


def spectra(audio: np.ndarray) -> np.ndarray:
    """`[stem, samples]` to complex spectra `[stem, frame, BINS]`, 1 being a full-scale sine."""
    frames = np.lib.stride_tricks.sliding_window_view(audio, FFT_SIZE, axis=1)[:, ::HOP]
    return rfft(frames * _WINDOW, axis=2)


@dataclass(frozen=True)
class Batch:
    """`windows` are `[count, 1, FRAMES, BINS]` float32, levelled and scaled."""

    windows: np.ndarray
    bent: BentRows | None


class StemPool:
    """At most `capacity` clips; the oldest is replaced first."""

    def __init__(self, folders: list[Path], groups: Groups, seed: int, capacity: int, first: int):
        self._source = Producer(StemSource, folders, seed)
        self._clips: list[Clip] = []
        self._capacity, self._received = capacity, 0
        self._groups = groups
        self._random = np.random.default_rng(seed)
        self._drawer = Drawer(groups, self._random)
        self._equaliser_basis = equaliser_basis()
        for _ in range(min(first, capacity)):
            self.refresh()

    def __len__(self) -> int:
        return len(self._clips)

    def refresh(self) -> None:
        """Waits for one new clip and puts it in."""
        clip = Clip(*self._source.take())
        if len(self) < self._capacity:
            self._clips.append(clip)
        else:
            self._clips[self._received % self._capacity] = clip
        self._received += 1

    def windows(self, count: int) -> np.ndarray:
        """`[count, 1, FRAMES, BINS]`, as in `batch`."""
        return self.batch(count).windows

    def batch(self, count: int) -> Batch:
        windows = np.empty((count, 1, FRAMES, BINS), np.float32)
        bends = []
        for index in range(count):
            clip = self._clips[self._random.integers(len(self))]
            start = self._random.integers(0, CLIP_SAMPLES - WINDOW_SAMPLES + 1)
            stems = clip.audio[:, start : start + WINDOW_SAMPLES] * self._gains(clip)
            windows[index, 0], of_window = self._window(stems, clip.parts)
            bends.extend((index, bend, maps) for bend, maps in of_window)
        return Batch(windows, gather(self._groups, bends))

    def alone(self, part: int, count: int) -> np.ndarray:
        """`[count, 1, FRAMES, BINS]` in which nothing but `part` plays; fewer where there is too little of it."""
        windows = []
        for _ in range(50 * count):
            clip = self._clips[self._random.integers(len(self))]
            if part not in clip.parts:
                continue
            start = self._random.integers(0, CLIP_SAMPLES - WINDOW_SAMPLES + 1)
            stem = clip.audio[list(clip.parts).index(part), start : start + WINDOW_SAMPLES]
            decibels = 20.0 * np.log10(np.maximum(np.abs(spectra(stem[None])[0]), MINIMUM_MAGNITUDE))
            level = float(window_peak_db(decibels, LAST_SEEN_FRAME))
            if level > LOWEST_LEVEL_DB:
                windows.append(scale(decibels + np.float32(np.mean(OFFSET_RANGE_DB) - level))[None])
            if len(windows) == count:
                break
        return np.array(windows, np.float32).reshape(-1, 1, FRAMES, BINS)

    def _gains(self, clip: Clip) -> np.ndarray:
        """The stems of some windows are mixed anew, `[stem, 1]`."""
        gains = np.ones((len(clip.parts), 1), np.float32)
        if len(clip.parts) > 1 and self._random.random() < REMIX_SHARE:
            gains[:, 0] = 10.0 ** (self._random.uniform(*REMIX_DB, len(gains)) / 20.0)
            gains[self._random.random(len(gains)) < DROPPED_SHARE] = 0.0
        return gains

    def _window(self, stems: np.ndarray, parts: tuple[int, ...]):
        """The scaled window, and its bends with their maps."""
        energy = (stems**2).sum(1)
        is_there = np.zeros(len(self._groups.names), bool)
        for part, share in zip(parts, energy > AUDIBLE_SHARE * energy.sum()):
            if part != REST:
                is_there[part] = share
        bends = self._drawer.bends(is_there)
        of_stems = spectra(stems if bends else stems.sum(0, keepdims=True))
        mix_db = 20.0 * np.log10(np.maximum(np.abs(of_stems.sum(0)), MINIMUM_MAGNITUDE))
        tone_db = np.zeros(BINS, np.float32)
        if self._random.random() < EQUALISER_SHARE:
            tone_db = equaliser_db(self._random, self._equaliser_basis)
        mix_db += tone_db
        level = max(float(window_peak_db(mix_db, LAST_SEEN_FRAME)), LOWEST_LEVEL_DB)
        shift_db = np.float32(self._random.uniform(*OFFSET_RANGE_DB) - level)
        mapped = []
        if bends:
            power = (of_stems.real**2 + of_stems.imag**2) * 10.0 ** ((tone_db + shift_db) / 10.0)
            for bend in bends:
                amount = np.array([1.0 if part == REST else bend.amounts[part] for part in parts], np.float32)
                weights = np.stack([np.ones_like(amount), amount, amount**2])
                mapped.append((bend, np.tensordot(weights, power, 1).astype(np.float32)))
        return scale(mix_db + shift_db), mapped

    def close(self) -> None:
        self._source.close()
