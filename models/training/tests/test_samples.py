"""The measures of likeness to the training data, on sounds whose answer is known."""

import numpy as np
import pytest

from netbend_training.prior import latent_prior
from netbend_training.samples import (
    BANDS,
    SECONDS,
    Comparison,
    Measured,
    band_edges,
    band_powers,
    compare,
    draw,
    onset_rates,
    spectra_db,
)
from netbend_training.spectrogram import FFT_SIZE, FRAMES, HOP, SAMPLE_RATE, decibels, scale

SAMPLES = FFT_SIZE + HOP * (FRAMES - 1)


def window_of(audio: np.ndarray) -> np.ndarray:
    levelled = decibels(audio.astype(np.float64))
    return scale(levelled - levelled.max())[None, None]


def hits(count: int, noise: float = 1e-3) -> np.ndarray:
    """`count` decaying noise bursts, evenly spaced, over a bed of noise."""
    random = np.random.default_rng(count)
    audio = noise * random.standard_normal(SAMPLES)
    length = int(0.05 * SAMPLE_RATE)
    for start in np.linspace(0.08, 0.65, count) if count else []:
        begin = int(start * SAMPLE_RATE)
        audio[begin : begin + length] += random.standard_normal(length) * np.exp(-np.arange(length) / 600.0)
    return audio


@pytest.mark.parametrize("count", [0, 1, 2, 4, 6])
def test_the_onset_detector_counts_hits(count):
    assert onset_rates(band_powers(window_of(hits(count)))) * SECONDS == pytest.approx([count])


def test_a_steady_tone_and_silence_have_no_onsets():
    tone = np.sin(2 * np.pi * 220.0 * np.arange(SAMPLES) / SAMPLE_RATE)
    assert onset_rates(band_powers(window_of(tone)))[0] == 0.0
    assert onset_rates(band_powers(np.zeros((1, 1, FRAMES, 513))))[0] == 0.0


def test_bands_cover_the_seen_bins_once_and_a_tones_power_is_in_its_band():
    edges = band_edges()
    assert len(edges) == BANDS + 1 and edges[0] == 1 and edges[-1] == 509 and np.diff(edges).min() >= 2
    for frequency in (220.0, 3000.0, 15_000.0):
        tone = np.sin(2 * np.pi * frequency * np.arange(SAMPLES) / SAMPLE_RATE)
        spectrum = spectra_db(band_powers(window_of(tone)))[0]
        band = np.searchsorted(edges, round(frequency * FFT_SIZE / SAMPLE_RATE), side="right") - 1
        assert spectrum.argmax() == band and spectrum[band] > -1.0
    assert (10.0 ** (spectrum / 10.0)).sum() == pytest.approx(1.0)


def test_windows_lie_in_their_own_range_and_other_sounds_do_not():
    drums = np.concatenate([window_of(hits(count, noise)) for count in (2, 3, 4) for noise in (1e-3, 2e-3, 4e-3)])
    tone = np.concatenate([window_of(np.sin(2 * np.pi * f * np.arange(SAMPLES) / SAMPLE_RATE)) for f in (200, 300)])
    same = Comparison.of(Measured.of(drums), Measured.of(drums))
    other = Comparison.of(Measured.of(drums), Measured.of(tone))
    assert same.bands_inside.all() and same.rate_is_inside
    assert other.bands_inside.mean() < 0.3 and not other.rate_is_inside
    assert other.rates_inside == 0.0 and "OUTSIDE" in other.lines()[1]
    assert len(other.table()) == BANDS + 1


def test_the_prior_is_the_mean_and_spread_of_all_posteriors():
    random = np.random.default_rng(0)
    means = random.normal([1.0, -2.0], [0.5, 0.0], (4000, 2)).astype(np.float32)
    log_variance = np.log(np.full((4000, 2), [0.09, 4.0], np.float32))
    windows = np.arange(4000)

    def posterior(batch):
        return None, means[batch], log_variance[batch]

    prior = latent_prior(posterior, windows)
    assert prior["mean"] == pytest.approx([1.0, -2.0], abs=0.03)
    assert prior["std"] == pytest.approx([np.sqrt(0.25 + 0.09), 2.0], abs=0.03)
    assert prior["std"][1] == round(prior["std"][1], 4)
    drawn = draw(4000, 2, 1, prior)
    assert drawn.mean(axis=0) == pytest.approx(prior["mean"], abs=0.1)
    assert drawn.std(axis=0) == pytest.approx(prior["std"], rel=0.05)


def test_without_a_prior_samples_come_from_the_unit_gaussian_only():
    windows = np.concatenate([window_of(hits(count)) for count in (2, 3, 4)])
    compared = compare(lambda latents: windows[: len(latents)], 4, None, windows, count=3, seed=1)
    assert list(compared) == ["N(0, I)"] and compared["N(0, I)"].bands_inside.all()
