"""How two sounds differ."""

import numpy as np

# What cannot be heard in any sound, and is what was asked for of bounces that begin at the same sample.
BOUNCE_DB = -120.0
# The share of a bent sound's samples that a bend moves: all but those of exact silence.
BENT_SHARE = 0.99
# A sample counts as moved where it is further away than a 20-bit file could tell.
MOVED = 1e-6
# The largest error of each kind in decibels, printed at the end.
worst = {}


def residual_db(found, expected):
    """Decibels of what is left of `expected` when `found` is taken off, relative to it; −inf where they are the same bit for bit."""
    assert found.shape == expected.shape, f"{found.shape} found; expected {expected.shape}"
    assert np.isfinite(found).all(), "not every sample is finite"
    error = found.astype(np.float64) - expected
    if not error.any():
        return -np.inf
    return 20 * np.log10(np.sqrt(np.mean(error**2)) / np.sqrt(np.mean(expected.astype(np.float64) ** 2)))


def bent_share(found, dry):
    """The share of samples that are not those of the input."""
    return np.mean(np.abs(found - dry) > MOVED)


def assert_bounce(what, found, expected):
    """That a host gave what `netbend render` does."""
    error = residual_db(found, expected)
    worst[what] = max(error, worst.get(what, -np.inf))
    assert error <= BOUNCE_DB, f"{what}: {error:.1f} dB away from `netbend render`"
