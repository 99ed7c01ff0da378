"""How long a sound takes through a model: no attribute says it, so it is measured on what comes out."""

from dataclasses import dataclass

import numpy as np

from . import noise
from .running import Running

# Seconds of bursts, and the longest delay that is looked for.
SECONDS = 5.0
LONGEST_SECONDS = 1.5
BURSTS = 12
BURST_SECONDS = 0.02
# Correlation above which the output counts as a copy of the input's waveform.
COPY = 0.5
# Correlation of onsets above which they are the input's.
ALIKE = 0.3
# Samples in which energy is counted where the waveform is not kept.
HOP = 16
# Share of the largest difference that is heard.
HEARD = 1e-3
PHASES = 4


@dataclass(frozen=True)
class Latency:
    """Samples at the model's rate."""

    samples: int
    """By which the output has to be moved so that its onsets fall on the input's."""
    first_heard_samples: int
    """After which a click first makes a difference."""
    method: str
    """`waveform`: the output is like the input, exact to a sample. `onsets`: by its energy, within `HOP` samples. `clicks`: where half
    of the energy is over that a click becomes, for models whose output has no onsets. `unmeasured`: nothing changes what it plays."""
    correlation: float

    def described(self) -> dict:
        return {
            "samples": self.samples,
            "first_heard_samples": self.first_heard_samples,
            "method": self.method,
            "correlation": round(self.correlation, 3),
        }


def measure(running: Running, channels: int, block: int, rate: int) -> Latency:
    """Plays bursts from rest and compares with silence, so that a model's own drone does not count."""
    # The same bursts whatever the block is, so that a model is as late in blocks of any length.
    bursts = _bursts(int(SECONDS * rate), rate)
    count = -(-len(bursts) // block)
    sound = np.pad(bursts, (0, count * block - len(bursts)))
    answer = _played(running, sound, channels, block) - _played(running, np.zeros_like(sound), channels, block)
    longest = min(int(LONGEST_SECONDS * rate), count * block // 2)
    first, middle = _clicks(running, channels, block, longest)
    running.reset()
    if not answer.any():
        return Latency(0, first, "unmeasured", 0.0)
    lag, correlation = _best_lag(sound, answer, 0, longest)
    if correlation >= COPY:
        return Latency(lag, first, "waveform", correlation)
    lag, correlation = _best_lag(_onsets(sound), _onsets(answer), first // HOP, longest // HOP)
    if correlation >= ALIKE:
        return Latency(lag * HOP, first, "onsets", correlation)
    return Latency(middle, first, "clicks", correlation)


def _bursts(length: int, rate: int) -> np.ndarray:
    """Noise that begins at once and dies away, at irregular times."""
    random = np.random.default_rng(5)
    sound = np.zeros(length)
    usable = int(length - LONGEST_SECONDS * rate)
    spacing = max(1, usable // BURSTS)
    long = min(int(4 * BURST_SECONDS * rate), length)
    for number in range(BURSTS):
        start = number * spacing + int(random.integers(0, max(1, spacing // 2)))
        burst = random.uniform(-0.7, 0.7, long) * np.exp(-np.arange(long) / (BURST_SECONDS * rate))
        end = min(length, start + long)
        sound[start:end] += burst[: end - start]
    return sound


def _played(running: Running, samples: np.ndarray, channels: int, block: int) -> np.ndarray:
    """What becomes of samples in every channel, from rest, the channels added."""
    blocks = np.repeat(samples.astype(np.float32).reshape(-1, 1, 1, block), channels, axis=2)
    output = running.play_all(blocks, noise.silent)
    return output[:, 0].astype(np.float64).sum(axis=1).reshape(-1)


def _onsets(sound: np.ndarray) -> np.ndarray:
    """How much the level rises, hop by hop, over the last three milliseconds or so."""
    energy = np.sqrt((sound[: len(sound) // HOP * HOP].reshape(-1, HOP) ** 2).mean(axis=1))
    smooth = np.convolve(energy, np.ones(8) / 8)[: len(energy)]
    rise = np.maximum(smooth - np.concatenate([np.zeros(8), smooth[:-8]]), 0)
    return rise - rise.mean()


def _best_lag(given: np.ndarray, answer: np.ndarray, shortest: int, longest: int) -> tuple[int, float]:
    """The delay at which the two are most alike, and how much so."""
    size = 1 << (len(given) + len(answer) - 1).bit_length()
    spectrum = np.conj(np.fft.rfft(given, size)) * np.fft.rfft(answer, size)
    correlation = np.abs(np.fft.irfft(spectrum, size)[shortest : longest + 1])
    norm = float(np.sqrt((given**2).sum() * (answer**2).sum()))
    lag = int(correlation.argmax())
    return shortest + lag, float(correlation[lag] / norm) if norm > 0 else 0.0


def _clicks(running: Running, channels: int, block: int, longest: int) -> tuple[int, int]:
    """Delays of clicks at several places in a block: the least after which one is heard, and the mean of those after which half of its
    energy has come."""
    count = 1 + -(-longest // block)
    silence = _played(running, np.zeros(count * block), channels, block)
    answers = []
    for phase in range(PHASES):
        place = phase * block // PHASES
        sound = np.zeros(count * block)
        sound[place] = 1.0
        answers.append((_played(running, sound, channels, block) - silence)[place:])
    loudest = max(float(np.abs(answer).max()) for answer in answers)
    if loudest == 0.0:
        return 0, 0
    heard = [np.flatnonzero(np.abs(answer) > HEARD * loudest) for answer in answers]
    energies = [np.cumsum(answer**2) for answer in answers]
    middles = [int(np.searchsorted(energy, energy[-1] / 2)) for energy in energies if energy[-1] > 0]
    return min(int(places[0]) for places in heard if len(places)), round(sum(middles) / len(middles))
