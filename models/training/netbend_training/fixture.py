"""Writes the decibel fixture shared with the `dsp` crate: `python -m netbend_training.fixture FILE.json`.

The signal is a formula, so either side can compute it in float64; the expected decibels are float64 too.
"""

import json
import sys
from pathlib import Path

import numpy as np

from .spectrogram import FFT_SIZE, HOP, MINIMUM_MAGNITUDE, SAMPLE_RATE, analysis_window, decibels

SAMPLES = FFT_SIZE + 6 * HOP
PARTIALS = (
    {"amplitude": 0.6, "frequency_hz": 110.0, "phase_radians": 0.3, "decay_samples": 1500.0},
    {"amplitude": 0.25, "frequency_hz": 1234.5, "phase_radians": 1.1, "decay_samples": 700.0},
    {"amplitude": 0.004, "frequency_hz": 9000.0, "phase_radians": -0.7, "decay_samples": 100000.0},
)
FULL_FRAMES = (0, 3)
POINTS = tuple((frame, bin_index) for frame in range(7) for bin_index in (0, 1, 3, 29, 209, 400, 512))


def signal() -> np.ndarray:
    """`sum of amplitude * exp(-n / decay) * sin(2 pi frequency n / rate + phase)`, float64."""
    n = np.arange(SAMPLES, dtype=np.float64)
    return sum(
        p["amplitude"]
        * np.exp(-n / p["decay_samples"])
        * np.sin(2.0 * np.pi * p["frequency_hz"] * n / SAMPLE_RATE + p["phase_radians"])
        for p in PARTIALS
    )


def fixture() -> dict:
    values = decibels(signal())
    return {
        "generator": "python -m netbend_training.fixture (models/training)",
        "formula": "x[n] = sum over partials of amplitude * exp(-n / decay_samples)"
        " * sin(2 pi * frequency_hz * n / sample_rate + phase_radians), float64",
        "sample_rate": SAMPLE_RATE,
        "samples": SAMPLES,
        "fft_size": FFT_SIZE,
        "hop": HOP,
        "window": "periodic Hann",
        "window_sum": analysis_window().sum(),
        "minimum_magnitude": MINIMUM_MAGNITUDE,
        "partials": list(PARTIALS),
        "frames": len(values),
        "first_samples": signal()[:4].tolist(),
        "full_frames": [
            {"frame": frame, "decibels": [round(v, 6) for v in values[frame].tolist()]} for frame in FULL_FRAMES
        ],
        "points": [
            {"frame": frame, "bin": index, "decibels": round(float(values[frame, index]), 6)} for frame, index in POINTS
        ],
    }


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m netbend_training.fixture FILE.json")
    Path(sys.argv[1]).write_text(json.dumps(fixture(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
