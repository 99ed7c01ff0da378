"""Windows of sounds that are held out of the training, to see how a run does on what it has never heard."""

from pathlib import Path

import numpy as np

from .corpus import CLIP_FRAMES, Corpus, parts
from .network import FRAMES
from .pool import scale_windows

SEED = 20_261
CLIPS = 32
WINDOWS_PER_CLIP = 2
LEVELS_DB = (-6.0, 0.0)


def validation_windows(folders: list[Path]) -> np.ndarray | None:
    """`[window, 1, FRAMES, BINS]` scaled windows of clips composed from the held-out recordings, always the same ones; `None`
    where there are too few recordings to hold any out."""
    _, held_out = parts(folders)
    if not held_out:
        return None
    corpus, random = Corpus(held_out, SEED), np.random.default_rng(SEED)
    windows = []
    for _ in range(CLIPS):
        clip = corpus.clip_decibels()
        starts = random.integers(0, CLIP_FRAMES - FRAMES + 1, WINDOWS_PER_CLIP)
        windows.extend(clip[start : start + FRAMES].astype(np.float32) for start in starts)
    return scale_windows(np.stack(windows)[:, None], random.uniform(*LEVELS_DB, len(windows)))
