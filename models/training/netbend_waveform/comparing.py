"""The written model against the `.ts` it comes from: the same sound, the same noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import limits, noise
from .opening import Opened
from .playing import Rest, run_states, test_audio
from .refusal import Refused
from .running import Running

SEED = 7


@dataclass(frozen=True)
class Compared:
    """How far the two are apart."""

    blocks: int
    rms: float
    """Of what the `.ts` plays."""
    error: float
    """Largest difference of a sample, relative to that rms."""

    def described(self) -> dict:
        return {"blocks": self.blocks, "rms": round(self.rms, 6), "largest_error": float(f"{self.error:.3g}")}


def compare(
    opened: Opened, rest: Rest, running: Running, blocks: int, told: Callable[[int], None] = lambda _: None
) -> Compared:
    """Raises `Refused` where the `.ts` gives nothing, or what is no number."""
    audio = test_audio(opened.sizes.channels_in, rest.block, blocks, SEED)
    expected = run_states(opened, rest, audio, noise.seeded(SEED)).numpy()
    rms = float(np.sqrt(np.mean(expected.astype(np.float64) ** 2)))
    if rms == 0.0:
        raise Refused("it plays silence whatever goes in; use a model that was trained")
    running.reset()
    source, largest = noise.seeded(SEED), 0.0
    for number, block in enumerate(audio.numpy()):
        played = running.play(block, source)
        difference = np.abs(played - expected[number])
        largest = max(largest, float(difference.max()) if np.isfinite(played).all() else np.inf)
        told(number + 1)
    running.reset()
    return Compared(blocks, rms, largest / rms)


def hold(compared: Compared) -> None:
    """Raises `Refused` where the two are further apart than rounding."""
    if compared.error > limits.LARGEST_ERROR:
        raise Refused(
            f"the written model differs from the `.ts` by {compared.error:.2g} of its rms over {compared.blocks} blocks; "
            f"{limits.LARGEST_ERROR:g} at most is rounding. It may keep something beside its buffers from block to block"
        )
