"""The decibel scale that the plug-in and the network agree on."""

import numpy as np
import pytest

from netbend_training import spectrogram
from netbend_training.fixture import fixture


def sine(frequency_hz: float, amplitude: float, samples: int = 4096) -> np.ndarray:
    n = np.arange(samples)
    return amplitude * np.sin(2 * np.pi * frequency_hz * n / spectrogram.SAMPLE_RATE)


def test_a_full_scale_sine_on_a_bin_is_0_db():
    on_bin = 100 * spectrogram.SAMPLE_RATE / spectrogram.FFT_SIZE
    values = spectrogram.decibels(sine(on_bin, 1.0))
    assert values[:, 100] == pytest.approx(0.0, abs=1e-6)
    assert values.shape == (1 + (4096 - 1024) // 256, 513)


def test_half_the_amplitude_is_6_db_less():
    loud, quiet = (spectrogram.decibels(sine(1000.0, amplitude)).max() for amplitude in (0.5, 0.25))
    assert loud - quiet == pytest.approx(20 * np.log10(2.0), abs=1e-9)


def test_silence_is_the_lowest_magnitude_and_scales_to_zero_at_the_lowest_level():
    values = spectrogram.decibels(np.zeros(2048, np.float32))
    assert values == pytest.approx(-140.0, abs=1e-4)
    assert (spectrogram.scale(values - spectrogram.LOWEST_LEVEL_DB) == 0.0).all()


def test_scale_maps_floor_reference_and_ceiling():
    scaled = spectrogram.scale(np.array([-100.0, -80.0, -40.0, 0.0, 20.0, 30.0]))
    assert scaled == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.25, 1.25])
    assert spectrogram.unscale(np.array([0.0, 0.5, 1.25])) == pytest.approx([-80.0, -40.0, 20.0])


def test_shorter_than_a_window_gives_no_frames():
    assert spectrogram.decibels(np.ones(1023)).shape == (0, 513)


def test_quantised_level_is_the_next_multiple_of_six():
    levels = spectrogram.quantised_level_db(np.array([-0.1, -6.0, -6.1, 0.5, -140.0]))
    assert levels == pytest.approx([0.0, -6.0, -6.0, 6.0, -60.0])


def test_the_fixture_agrees_with_a_direct_fourier_sum():
    described = fixture()
    samples = np.zeros(described["samples"])
    n = np.arange(described["samples"])
    for p in described["partials"]:
        wave = np.sin(2 * np.pi * p["frequency_hz"] * n / described["sample_rate"] + p["phase_radians"])
        samples += p["amplitude"] * np.exp(-n / p["decay_samples"]) * wave
    k = np.arange(1024)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * k / 1024)
    for point in described["points"]:
        frame = samples[point["frame"] * 256 :][:1024] * window
        sum_ = (frame * np.exp(-2j * np.pi * k * point["bin"] / 1024)).sum()
        magnitude = max(abs(sum_) / (window.sum() / 2), 1e-7)
        assert 20 * np.log10(magnitude) == pytest.approx(point["decibels"], abs=1e-5)
