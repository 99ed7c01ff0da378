"""Sounds of seeded noise, `[channel, sample]`."""

import numpy as np

RATE = 44_100
SECONDS = 2.0
BEAT_SECONDS = 0.25
DECAY_SECONDS = 0.07
LEVEL = 0.25


def drums(channels, seed, seconds=SECONDS, rate=RATE):
    """Bursts that die away, each with its own colour, a little different in every channel."""
    draw = np.random.default_rng(seed)
    samples = int(seconds * rate)
    sound = np.zeros((channels, samples))
    for start in np.arange(0.0, seconds, BEAT_SECONDS):
        first = int(start * rate)
        time = np.arange(samples - first) / rate
        tone = np.sin(2 * np.pi * draw.uniform(60, 4_000) * time)
        noise = draw.standard_normal((channels, len(time))) * draw.uniform(0.1, 1.0)
        sound[:, first:] += LEVEL * (tone + noise) * np.exp(-time / DECAY_SECONDS)
    return np.clip(sound, -1, 1).astype(np.float32)
