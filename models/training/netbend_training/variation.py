"""Makes other one-shots out of a one-shot, so that a part is learned and not its samples: pitch, length, envelope, tone,
drive, and layers of two sounds of the part."""

from collections.abc import Callable

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .corpus import respeed
from .spectrogram import SAMPLE_RATE

RATES = (0.62, 1.6)
"""Of playing, which is pitch and length at once; drawn evenly in the logarithm."""
LAYER_SHARE = 0.25
DECAY_SHARE = 0.4
DECAY_SECONDS = (0.03, 0.8)
SOFT_SHARE = 0.15
SOFT_SECONDS = (0.001, 0.02)
TONE_SHARE = 0.6
TONE_DB = 3.0
TONE_WAVES = 5
DRIVE_SHARE = 0.15
LONGEST_SECONDS = 6.0


def vary(pick: Callable[[], np.ndarray], random: np.random.Generator) -> np.ndarray:
    """A new one-shot, float32, peak 1, from one or two that `pick` gives."""
    sound = _played(pick(), random)
    if random.random() < LAYER_SHARE:
        other = _played(pick(), random) * random.uniform(0.3, 1.0)
        if len(other) > len(sound):
            sound, other = other, sound
        sound = sound.copy()
        sound[: len(other)] += other
    time = np.arange(len(sound), dtype=np.float32) / SAMPLE_RATE
    if random.random() < DECAY_SHARE:
        sound = sound * np.exp(-time / random.uniform(*DECAY_SECONDS))
    if random.random() < SOFT_SHARE:
        sound = sound * np.minimum(time / random.uniform(*SOFT_SECONDS), 1.0)
    if random.random() < TONE_SHARE:
        sound = _toned(sound, random.normal(0.0, TONE_DB, TONE_WAVES))
    if random.random() < DRIVE_SHARE:
        sound = np.tanh(sound / (np.abs(sound).max() + 1e-6) * random.uniform(1.0, 5.0))
    return (sound / (np.abs(sound).max() + 1e-6)).astype(np.float32)


def _played(sound: np.ndarray, random: np.random.Generator) -> np.ndarray:
    rate = np.exp(random.uniform(*np.log(RATES)))
    return respeed(sound[: int(LONGEST_SECONDS * SAMPLE_RATE * rate)], rate)


def _toned(sound: np.ndarray, weights_db: np.ndarray) -> np.ndarray:
    """Through a smooth curve of cosines over the logarithm of frequency."""
    size = next_fast_len(len(sound) + 1024, real=True)
    spectrum = rfft(sound, size)
    position = np.log1p(np.linspace(0.0, SAMPLE_RATE / 2, len(spectrum)) / 100.0) / np.log1p(SAMPLE_RATE / 200.0)
    curve = sum(weight * np.cos(np.pi * wave * position) for wave, weight in enumerate(weights_db, 1))
    return irfft(spectrum * 10.0 ** (curve / 20.0), size)[: len(sound)].astype(np.float32)
