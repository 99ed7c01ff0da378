"""Segments of clips to train on. What a step hears follows from the seed and the step alone, so a resumed run goes on as if never stopped."""

import numpy as np

from netbend_training.audio import Recording
from netbend_training.corpus import CLIP_SAMPLES, Corpus


class Sounds:
    """At most `capacity` clips in memory, of which one is replaced every `steps_per_clip` steps."""

    def __init__(self, recordings: list[Recording], seed: int, capacity: int, steps_per_clip: int) -> None:
        self._corpus = Corpus(recordings, seed)
        self._seed, self._steps_per_clip = seed, steps_per_clip
        self._clips = np.empty((capacity, CLIP_SAMPLES), np.float32)
        self._numbers = np.full(capacity, -1)

    def batch(self, step: int, count: int, samples: int) -> np.ndarray:
        """`[count, 1, samples]` float32 for this step. Raises `ValueError` where a clip is shorter than that."""
        if samples > CLIP_SAMPLES:
            raise ValueError(f"segments of {samples} samples; expected at most {CLIP_SAMPLES}, the length of a clip")
        capacity = len(self._clips)
        newest = capacity + step // self._steps_per_clip
        for number in range(newest - capacity, newest):
            self._hold(number)
        random = np.random.default_rng((self._seed, 1, step))
        segments = np.empty((count, 1, samples), np.float32)
        for segment in segments:
            start = random.integers(0, CLIP_SAMPLES - samples + 1)
            clip = self._clips[random.integers(capacity)]
            segment[0] = clip[start : start + samples] * random.choice((-1.0, 1.0))
        return segments

    def _hold(self, number: int) -> None:
        place = number % len(self._clips)
        if self._numbers[place] != number:
            self._corpus.random = np.random.default_rng((self._seed, 0, number))
            self._clips[place] = self._corpus.clip()
            self._numbers[place] = number
