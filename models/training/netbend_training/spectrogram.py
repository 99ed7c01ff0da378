"""Audio to decibels to the numbers the network sees. The plug-in's `dsp` crate does the same; keep them equal.

Decibels are relative to a full-scale sine. A window's *level* (about its peak) is taken out before the
network and given back after it, so that the network need not know how loud a passage is.
"""

import numpy as np
from scipy.fft import rfft

SAMPLE_RATE = 44_100
FFT_SIZE = 1024
HOP = 256
BINS = FFT_SIZE // 2 + 1

FRAMES = 128
"""Of one window, which is what the network sees at once."""
# The encoder's convolutions have no padding, so its last rows and columns go unread.
LAST_SEEN_FRAME = 124
LAST_SEEN_BIN = 508

MINIMUM_MAGNITUDE = 1e-7
"""Silence: -140 dB."""

FLOOR_DB = -80.0
REFERENCE_DB = 0.0
CEILING_DB = 20.0
LARGEST_SCALED = (CEILING_DB - FLOOR_DB) / (REFERENCE_DB - FLOOR_DB)

LEVEL_STEP_DB = 6.0
LOWEST_LEVEL_DB = -60.0
"""Windows quieter than this are not raised further, so that silence (-140 dB) scales to exactly 0."""


def analysis_window() -> np.ndarray:
    """Periodic Hann, float64 `[FFT_SIZE]`."""
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FFT_SIZE) / FFT_SIZE)


def decibels(audio: np.ndarray) -> np.ndarray:
    """Mono samples to `[frame, bin]` decibels; frame `n` starts at sample `n * HOP`, no padding.

    Computed in the precision of `audio`. Shorter input than one window gives no frames.
    """
    if len(audio) < FFT_SIZE:
        return np.empty((0, BINS), audio.dtype)
    window = analysis_window()
    scale = 2.0 / window.sum()
    frames = np.lib.stride_tricks.sliding_window_view(audio, FFT_SIZE)[::HOP]
    # scipy's transform keeps float32 in float32, unlike numpy's.
    magnitude = np.abs(rfft(frames * (window * scale).astype(audio.dtype), axis=1))
    return 20.0 * np.log10(np.maximum(magnitude, MINIMUM_MAGNITUDE))


def scale(levelled_db: np.ndarray) -> np.ndarray:
    """Decibels with the level taken out to `[0, 1.25]`: 0 is the floor, 1 the reference."""
    scaled = (levelled_db - FLOOR_DB) / (REFERENCE_DB - FLOOR_DB)
    return np.clip(scaled, 0.0, LARGEST_SCALED)


def unscale(scaled: np.ndarray) -> np.ndarray:
    """The inverse of `scale` inside its range: back to levelled decibels."""
    return scaled * (REFERENCE_DB - FLOOR_DB) + FLOOR_DB


def window_peak_db(window_db: np.ndarray, last_seen_frame: int) -> np.ndarray:
    """The loudest value in the frames the encoder sees, over the last two axes."""
    return window_db[..., : last_seen_frame + 1, :].max(axis=(-2, -1))


def quantised_level_db(peak_db: np.ndarray) -> np.ndarray:
    """The level of a window on its own: the next multiple of the step above its peak.

    The plug-in adds hysteresis from window to window; training covers that with random offsets.
    """
    return LEVEL_STEP_DB * np.ceil(np.maximum(peak_db, LOWEST_LEVEL_DB) / LEVEL_STEP_DB)
