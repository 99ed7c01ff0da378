"""Windows of sounds that are held out of the training, to see how a run does on what it has never heard."""

from pathlib import Path

import numpy as np

from .audio import Recording
from .corpus import CLIP_FRAMES, Corpus, parts
from .pool import scale_windows
from .spectrogram import FRAMES

SEED = 20_261
CLIPS = 32
WINDOWS_PER_CLIP = 2
LEVELS_DB = (-6.0, 0.0)


def validation_windows(folders: list[Path]) -> np.ndarray | None:
    """`held_out_windows` of what `parts` holds out of `folders`."""
    return held_out_windows(parts(folders)[1])


def held_out_windows(held_out: list[Recording]) -> np.ndarray | None:
    """`[window, 1, FRAMES, BINS]` scaled windows of clips composed from the held-out recordings, always the same ones; `None`
    where there are none."""
    if not held_out:
        return None
    corpus, random = Corpus(held_out, SEED), np.random.default_rng(SEED)
    windows = []
    for _ in range(CLIPS):
        clip = corpus.clip_decibels()
        starts = random.integers(0, CLIP_FRAMES - FRAMES + 1, WINDOWS_PER_CLIP)
        windows.extend(clip[start : start + FRAMES].astype(np.float32) for start in starts)
    return scale_windows(np.stack(windows)[:, None], random.uniform(*LEVELS_DB, len(windows)))
