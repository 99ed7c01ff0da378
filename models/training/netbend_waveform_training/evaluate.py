"""How far what comes out is from what goes in, on whole loops: in the figures of the spectrogram models, and as waveforms.

Loops are taken as in `netbend_training.evaluate`: repeated to at least 2 s, cut at 12 s, peak -3 dBFS. Output is moved by the known
latency before anything is compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch

from netbend_training import evaluate as spectrograms
from netbend_training.audio import read_folders
from netbend_training.spectrogram import (
    FRAMES,
    LAST_SEEN_FRAME,
    SAMPLE_RATE,
    decibels,
    quantised_level_db,
    scale,
    window_peak_db,
)

from .loss import SIZES, Spectra
from .network import Autoencoder
from .shape import BLOCK, Shape

SEED = 1

Player = Callable[[np.ndarray], np.ndarray]
"""Mono samples to as many samples, the latency not taken out."""


@dataclass(frozen=True)
class Figures:
    """Of one loop or of several. Decibels."""

    audible_rms_db: float
    convergence_db: float
    third_octave_rms_db: float
    third_octave_bias_db: float
    """Below 0 where the output is too quiet."""
    distance: float
    """The loss's distance of spectra, at all its resolutions."""
    sdr_db: float
    """Scale-invariant signal-to-distortion ratio of the waveform; higher is better, below 0 phases are not kept."""
    loudness_db: float
    """Of the output over the input, root mean squares."""

    def line(self) -> str:
        return (
            f"audible rms {self.audible_rms_db:.2f} dB, convergence {self.convergence_db:.2f} dB, "
            f"third-octaves {self.third_octave_rms_db:.2f} dB (bias {self.third_octave_bias_db:+.2f}), "
            f"distance {self.distance:.3f}, SI-SDR {self.sdr_db:.1f} dB, loudness {self.loudness_db:+.1f} dB"
        )


def loops(folder: Path) -> dict[str, np.ndarray]:
    """Mono float32 by name, a whole number of blocks each. Raises `ValueError` where there is none."""
    found = {}
    for recording in read_folders([folder]):
        sound = recording.samples
        shortest = int(spectrograms.SHORTEST_SECONDS * SAMPLE_RATE)
        longest = int(spectrograms.LONGEST_SECONDS * SAMPLE_RATE)
        if len(sound) < shortest:
            sound = np.tile(sound, -(-shortest // len(sound)))
        sound = sound[:longest] * 10.0 ** (spectrograms.PEAK_DBFS / 20.0)
        found[recording.path.stem] = sound[: len(sound) // BLOCK * BLOCK].astype(np.float32)
    return found


def player(network: Autoencoder, seed: int = SEED) -> Player:
    """A network that plays a whole sound from silence, its noise drawn from `seed`."""

    def play(sound: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            latent = network.encoder(network.analysis(torch.from_numpy(sound)[None, None]))
            waves, gains = network.decoder(latent)
            noise = torch.randn(gains.shape, generator=torch.Generator().manual_seed(seed))
            return network.synthesis(waves + gains * noise)[0, 0].numpy()

    return play


def measure(sounds: dict[str, np.ndarray], play: Player, latency: int) -> dict[str, Figures]:
    """By name, and of all under `all`."""
    made = {name: (sound[:-latency], play(sound)[latency:]) for name, sound in sounds.items()}
    found = {name: _figures([pair]) for name, pair in made.items()}
    return found | {"all": _figures(list(made.values()))}


def silence_dbfs(play: Player) -> float:
    """How loud it is, root mean square in decibels of full scale, one second after silence began."""
    output = play(np.zeros(2 * SAMPLE_RATE // BLOCK * BLOCK, np.float32))[SAMPLE_RATE:].astype(np.float64)
    return float(10 * np.log10(max((output**2).mean(), 1e-30)))


def _figures(pairs: list[tuple[np.ndarray, np.ndarray]]) -> Figures:
    given, output = (np.concatenate([_windows(pair[side]) for pair in pairs]) for side in (0, 1))
    level = quantised_level_db(window_peak_db(given, LAST_SEEN_FRAME))[:, None, None]
    wanted, made = (scale(windows - level)[:, None].astype(np.float32) for windows in (given, output))
    nothing = np.zeros((len(wanted), 1), np.float32)
    places = iter(range(0, len(wanted), spectrograms.BATCH))

    def decoded(windows: np.ndarray) -> spectrograms.Outputs:
        start = next(places)
        here = slice(start, start + len(windows))
        return made[here], nothing[here], nothing[here]

    of_windows = spectrograms.figures(wanted, decoded)
    joined, heard = (np.concatenate([pair[side] for pair in pairs]).astype(np.float64) for side in (0, 1))
    spectra = Spectra()
    both = [spectra.of(torch.from_numpy(sound.astype(np.float32))[None], SIZES) for sound in (joined, heard)]
    return Figures(
        of_windows.audible_rms_db,
        of_windows.convergence_db,
        of_windows.third_octave_rms_db,
        of_windows.third_octave_bias_db,
        float(spectra.distance(*both, SIZES)),
        float(np.mean([_sdr_db(*pair) for pair in pairs])),
        float(10 * np.log10((heard**2).sum() / (joined**2).sum())),
    )


def _windows(sound: np.ndarray) -> np.ndarray:
    spectrum = decibels(sound)
    count = len(spectrum) // FRAMES
    return spectrum[: count * FRAMES].reshape(count, FRAMES, -1)


def _sdr_db(wanted: np.ndarray, made: np.ndarray) -> float:
    wanted, made = wanted.astype(np.float64), made.astype(np.float64)
    target = wanted * (wanted @ made / (wanted @ wanted))
    return float(10 * np.log10((target**2).sum() / max(((made - target) ** 2).sum(), 1e-30)))


def bank_only(shape: Shape) -> Player:
    """What the filter bank alone gives: the best that any network behind it can."""
    network = Autoencoder(shape)

    def play(sound: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            bands = network.analysis(torch.from_numpy(sound)[None, None])
            late = torch.nn.functional.pad(bands, (shape.lookahead, 0))[..., : bands.shape[-1]]
            return network.synthesis(late)[0, 0].numpy()

    return play


def write(sounds: dict[str, np.ndarray], play: Player, latency: int, folder: Path) -> None:
    """What is played of each sound, the latency taken out, as WAV of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, sound in sounds.items():
        soundfile.write(folder / f"{name}.wav", play(sound)[latency:], SAMPLE_RATE, "FLOAT")
