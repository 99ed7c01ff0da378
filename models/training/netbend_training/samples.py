"""Whether what a model decodes from random latents is like its training sounds: spectrum and onset rate.

Both are measured on scaled windows `[n, 1, time, frequency]` in the same way, over the frames the encoder sees.

- *Long-term spectrum*: the power in 24 bands equally wide on the mel scale, averaged over time, in decibels relative to
  the window's total.
- *Onset rate*: peaks a second of the spectral flux. The flux is the mean over the bands of the rise of the band's level
  over two frames, falls counting as 0 and levels held above 60 dB below the window's peak. A peak is the largest flux
  within 5 frames (29 ms) to either side that exceeds the mean flux within 16 frames by at least 2 dB (steady noise: 1.3 at most).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from .spectrogram import BINS, FFT_SIZE, HOP, LAST_SEEN_BIN, LAST_SEEN_FRAME, SAMPLE_RATE, unscale

BANDS = 24
FRAMES_SEEN = LAST_SEEN_FRAME + 1
SECONDS = FRAMES_SEEN * HOP / SAMPLE_RATE
AUDIBLE_DB = 60.0
RISE_FRAMES = 2
PEAK_FRAMES = 5
MEAN_FRAMES = 16
LEAST_RISE_DB = 2.0
RANGE = (5.0, 95.0)
SEED = 20_263


def band_edges() -> np.ndarray:
    """The bins that `BANDS` bands begin at, and one more: bin 0 belongs to none, each band has at least two."""
    hertz = np.array([0.5, LAST_SEEN_BIN + 0.5]) * SAMPLE_RATE / FFT_SIZE
    mel = np.linspace(*(2595.0 * np.log10(1.0 + hertz / 700.0)), BANDS + 1)
    return np.round(700.0 * (10.0 ** (mel / 2595.0) - 1.0) * FFT_SIZE / SAMPLE_RATE + 0.5).astype(int)


def band_powers(windows: np.ndarray) -> np.ndarray:
    """`[n, FRAMES_SEEN, BANDS]`, linear; the reference level is 1."""
    decibels = unscale(np.clip(windows[:, 0, :FRAMES_SEEN, :BINS].astype(np.float64), 0.0, 1.25))
    edges = band_edges()
    return np.add.reduceat(10.0 ** (decibels[..., : edges[-1]] / 10.0), edges[:-1], axis=-1)


def spectra_db(powers: np.ndarray) -> np.ndarray:
    """Long-term spectra `[n, BANDS]` of band powers, in decibels relative to their sum."""
    mean = powers.mean(axis=1)
    return 10.0 * np.log10(mean / mean.sum(axis=1, keepdims=True))


def onset_rates(powers: np.ndarray) -> np.ndarray:
    """Onsets a second, `[n]`."""
    levels = 10.0 * np.log10(powers)
    levels = np.maximum(levels, levels.max(axis=(1, 2), keepdims=True) - AUDIBLE_DB)
    rise = np.maximum(levels[:, RISE_FRAMES:] - levels[:, :-RISE_FRAMES], 0.0).mean(axis=2)
    highest = maximum_filter1d(rise, 2 * PEAK_FRAMES + 1, axis=1, mode="nearest")
    around = uniform_filter1d(rise, 2 * MEAN_FRAMES + 1, axis=1, mode="nearest")
    is_peak = (rise == highest) & (rise >= around + LEAST_RISE_DB)
    # Of a plateau one frame counts.
    is_peak[:, 1:] &= ~is_peak[:, :-1]
    return is_peak.sum(axis=1) / SECONDS


@dataclass(frozen=True)
class Measured:
    """Of a set of windows."""

    spectra_db: np.ndarray
    onset_rates: np.ndarray

    @classmethod
    def of(cls, windows: np.ndarray) -> "Measured":
        powers = np.concatenate([band_powers(windows[start : start + 64]) for start in range(0, len(windows), 64)])
        return cls(spectra_db(powers), onset_rates(powers))


@dataclass(frozen=True)
class Comparison:
    """Samples against the 5 to 95 % ranges of training windows."""

    ranges_db: np.ndarray
    """`[2, BANDS]`"""
    rate_range: np.ndarray
    data_rate: float
    """Mean onset rate of the training windows."""
    samples: Measured

    @classmethod
    def of(cls, data: Measured, samples: Measured) -> "Comparison":
        ranges = np.percentile(data.spectra_db, RANGE, axis=0)
        rates = np.percentile(data.onset_rates, RANGE)
        return cls(ranges, rates, float(data.onset_rates.mean()), samples)

    @property
    def mean_spectrum_db(self) -> np.ndarray:
        return self.samples.spectra_db.mean(axis=0)

    @property
    def bands_inside(self) -> np.ndarray:
        """Whether the samples' mean lies inside the range, `[BANDS]`."""
        return (self.ranges_db[0] <= self.mean_spectrum_db) & (self.mean_spectrum_db <= self.ranges_db[1])

    @property
    def single_bands_inside(self) -> float:
        """Share of bands of single samples inside the range; 0.9 for the training windows themselves."""
        spectra = self.samples.spectra_db
        return float(((self.ranges_db[0] <= spectra) & (spectra <= self.ranges_db[1])).mean())

    @property
    def rates_inside(self) -> float:
        """Share of single samples whose onset rate lies inside the range."""
        rates = self.samples.onset_rates
        return float(((self.rate_range[0] <= rates) & (rates <= self.rate_range[1])).mean())

    @property
    def rate_is_inside(self) -> bool:
        """Whether the samples' mean onset rate lies inside the range."""
        return bool(self.rate_range[0] <= self.samples.onset_rates.mean() <= self.rate_range[1])

    def lines(self) -> list[str]:
        """The verdict in two lines."""
        rates, verdict = self.samples.onset_rates, "inside" if self.rate_is_inside else "OUTSIDE"
        spectrum = (
            f"mean spectrum: {self.bands_inside.sum()} of {BANDS} bands inside the training windows' 5-95 % range; "
            f"of single samples {self.single_bands_inside:.0%} of bands"
        )
        rate = (
            f"onset rate: mean {rates.mean():.2f} a second (training windows {self.data_rate:.2f}), {verdict} "
            f"{self.rate_range[0]:.2f} to {self.rate_range[1]:.2f}; {self.rates_inside:.0%} of single samples inside"
        )
        return [spectrum, rate]

    def table(self) -> list[str]:
        """A line for each band."""
        edges = (band_edges() - 0.5) * SAMPLE_RATE / FFT_SIZE
        medians = np.median(self.samples.spectra_db, axis=0)
        columns = zip(edges, edges[1:], *self.ranges_db, medians, self.mean_spectrum_db, self.bands_inside)
        return [f"{'band':>15}  {'range':>17}  median    mean"] + [
            f"{low:6.0f}-{high:5.0f} Hz  {least:6.1f} to {most:5.1f} dB  {median:6.1f}  {mean:6.1f}"
            + ("" if is_inside else "  OUTSIDE")
            for low, high, least, most, median, mean, is_inside in columns
        ]


def draw(count: int, latent_size: int, seed: int, prior: dict | None = None) -> np.ndarray:
    """Latents `[count, latent_size]` from the unit Gaussian, or from a manifest's `latent_prior`."""
    latents = np.random.default_rng(seed).standard_normal((count, latent_size))
    if prior is not None:
        latents = latents * np.array(prior["std"]) + np.array(prior["mean"])
    return latents.astype(np.float32)


def compare(
    decode: Callable[[np.ndarray], np.ndarray],
    latent_size: int,
    prior: dict | None,
    windows: np.ndarray,
    count: int,
    seed: int,
) -> dict[str, Comparison]:
    """By name of what latents are drawn from. `windows` are training windows, scaled."""
    data = Measured.of(windows)
    priors = {"N(0, I)": None} | ({"latent_prior": prior} if prior is not None else {})
    return {
        name: Comparison.of(data, Measured.of(decode(draw(count, latent_size, seed, given))))
        for name, given in priors.items()
    }
