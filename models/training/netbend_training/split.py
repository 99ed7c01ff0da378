"""Which source files are held out to validate on. Nothing cut from them is ever trained on."""

import hashlib

from .audio import Recording

VALIDATION_SHARE = 0.1
FEWEST_FILES = 5
"""Fewer different recordings than this are all trained on."""


def hold_out(recordings: list[Recording], share: float = VALIDATION_SHARE) -> tuple[list[Recording], list[Recording]]:
    """Training and validation recordings, each in their old order.

    The choice hangs on the sound alone: copies of a file are on the same side, renaming or moving files changes nothing.
    """
    digests = [hashlib.sha256(recording.samples.tobytes()).digest() for recording in recordings]
    different = sorted(set(digests))
    count = max(1, round(share * len(different))) if len(different) >= FEWEST_FILES else 0
    held_out = set(different[:count])
    training = [r for r, digest in zip(recordings, digests) if digest not in held_out]
    validation = [r for r, digest in zip(recordings, digests) if digest in held_out]
    return training, validation
