"""Phase gradient heap integration in float64, written from the paper's formulas, and the transform it is measured with.

Průša, Søndergaard, "Real-time spectrogram inversion using phase gradient heap integration", DAFx-16: one frame of look-ahead.
"""

import heapq

import numpy as np

HANN_RATIO = 0.25645
TOLERANCE = 1e-6
TINY = np.finfo(np.float64).tiny
SEED = 5


def hann(size):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)


def analyze(signal, size, hop):
    """Spectra `[frame, bin]`: frame `k` begins at the sample `(k + 1)·hop − size`, with silence around, until the last that touches it."""
    frames = -(-(len(signal) + size - hop) // hop)
    padded = np.concatenate([np.zeros(size - hop), signal, np.zeros(size)])
    starts = hop * np.arange(frames)
    return np.fft.rfft(padded[starts[:, None] + np.arange(size)] * hann(size))


def synthesize(spectra, size, hop, length):
    """The signal whose spectra come closest."""
    window = hann(size)
    out = np.zeros(hop * len(spectra) + size)
    norm = np.zeros_like(out)
    for n, frame in enumerate(np.fft.irfft(spectra, size)):
        out[n * hop : n * hop + size] += frame * window
        norm[n * hop : n * hop + size] += window**2
    out /= np.maximum(norm, 1e-9)
    return out[size - hop :][:length]


def convergence_db(signal, magnitudes, size, hop):
    """Spectral convergence of a signal against magnitudes `[frame, bin]`."""
    found = np.abs(analyze(signal, size, hop))
    return 20 * np.log10(np.linalg.norm(found - magnitudes) / np.linalg.norm(magnitudes))


def rtpghi(magnitudes, size, hop):
    """Phases `[frame, bin]` of magnitudes, counted from the window's centre."""
    frames, bins = magnitudes.shape
    gamma = HANN_RATIO * size**2
    logs = np.log(magnitudes + TINY)
    logs = np.concatenate([np.full((1, bins), np.log(TINY)), logs, np.full((1, bins), np.log(TINY))])
    # Per hop: along time, and per bin: along frequency. Row n + 1 of the first belongs to frame n.
    time = np.zeros((frames + 1, bins))
    time[:, 1:-1] = hop * size / (2 * gamma) * (logs[:-1, 2:] - logs[:-1, :-2]) + 2 * np.pi * hop * np.arange(1, bins - 1) / size
    frequency = -gamma / (2 * hop * size) * (logs[2:] - logs[:-2])
    phases = np.zeros((frames + 1, bins))
    magnitudes = np.concatenate([np.zeros((1, bins)), magnitudes])
    random = np.random.default_rng(SEED)
    for n in range(1, frames + 1):
        advance = 0.5 * (time[n - 1] + time[n])
        integrate(magnitudes[n - 1 : n + 1], phases[n - 1], advance, frequency[n - 1], random, phases[n])
    return phases[1:]


def integrate(magnitudes, before, advance, slope, random, phase):
    """One frame's phases; `magnitudes` are those of the frame before and of this one."""
    previous, current = magnitudes
    tolerance = TOLERANCE * magnitudes.max()
    waiting = current > tolerance
    phase[:] = random.uniform(-np.pi, np.pi, len(phase))
    # Largest first: the frame before and this one.
    heap = [(-previous[m], 0, m) for m in np.flatnonzero(waiting & (previous > tolerance))]
    heapq.heapify(heap)

    def reach(m, value):
        phase[m] = value
        waiting[m] = False
        heapq.heappush(heap, (-current[m], 1, m))

    while waiting.any():
        if not heap:
            # Nothing leads here: zero, counted from the frame's first sample, as the magnitudes are given without phases.
            m = int(np.argmax(np.where(waiting, current, -1)))
            reach(m, np.pi * m)
            continue
        _, frame, m = heapq.heappop(heap)
        if frame == 0:
            if waiting[m]:
                reach(m, before[m] + advance[m])
            continue
        if m + 1 < len(phase) and waiting[m + 1]:
            reach(m + 1, phase[m] + 0.5 * (slope[m] + slope[m + 1]))
        if m > 0 and waiting[m - 1]:
            reach(m - 1, phase[m] - 0.5 * (slope[m] + slope[m - 1]))


def spectra(magnitudes, phases):
    """Spectra whose phases count from the frame's first sample."""
    return magnitudes * np.exp(1j * phases) * (-1.0) ** np.arange(magnitudes.shape[1])
