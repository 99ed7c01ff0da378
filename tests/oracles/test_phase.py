"""Reconstructed phases: Griffin-Lim against librosa's, RTPGHI against a float64 port (`rtpghi.py`), on the signals of the Rust tests."""

import tempfile
from functools import cache
from pathlib import Path

import librosa
import numpy as np
import pytest

import programs
import rtpghi
from figures import note

SECONDS, SEED = 2, 11
SIGNALS = ("drums", "tonal", "mix")

# dB of spectral convergence. Both do the same in another precision; the heap's order may turn on the last digit of a magnitude.
GRIFFIN_LIM = 0.1
RTPGHI = 0.3


def run(*arguments, arrays=()):
    """What the example `phase_oracle` writes, given arrays as files before the last argument."""
    with tempfile.TemporaryDirectory() as scratch:
        files = []
        for n, array in enumerate(arrays):
            files.append(Path(scratch) / f"in{n}")
            array.astype("<f4").tofile(files[-1])
        out = Path(scratch) / "out"
        programs.run(programs.folder("NETBEND_EXAMPLES") / f"phase_oracle{programs.SUFFIX}", *arguments, *files, out)
        return np.fromfile(out, "<f4")


@cache
def signal(name):
    return run("signal", name, SECONDS, SEED).astype(np.float64)


@pytest.mark.parametrize("iterations", [32, 100])
@pytest.mark.parametrize(("size", "hop"), [(2048, 512), (1024, 256)])
@pytest.mark.parametrize("name", SIGNALS)
def test_griffin_lim_converges_as_librosas(name, size, hop, iterations):
    # Silence around it: librosa's first frame is centred on the first sample, ours only touches it.
    samples = np.concatenate([np.zeros(size), signal(name), np.zeros(size)])
    samples = samples[: len(samples) // hop * hop]
    settings = {"n_fft": size, "hop_length": hop, "center": True, "pad_mode": "constant"}
    target = np.abs(librosa.stft(samples, **settings))
    theirs = librosa.griffinlim(target, n_iter=iterations, momentum=0.99, init=None, length=len(samples), **settings)
    frames = np.pad(target.T, ((1, 1), (0, 0)))
    ours = run("griffin-lim", size, hop, len(samples), iterations, arrays=[frames])

    def convergence_db(found):
        found = np.abs(librosa.stft(found.astype(np.float64), **settings))
        return 20 * np.log10(np.linalg.norm(found - target) / np.linalg.norm(target))

    a, b = convergence_db(ours), convergence_db(theirs)
    print(f"{name} {size}/{hop}, {iterations} iterations: {a:.2f} dB, librosa {b:.2f} dB")
    assert note("dB, convergence of Griffin-Lim, from librosa", abs(a - b)) < GRIFFIN_LIM


@pytest.mark.parametrize(("size", "hop"), [(2048, 512), (1024, 256), (1024, 128)])
@pytest.mark.parametrize("name", SIGNALS)
def test_rtpghi_converges_as_the_float64_port(name, size, hop):
    samples = signal(name)
    target = np.abs(rtpghi.analyze(samples, size, hop))
    reference = rtpghi.spectra(target, rtpghi.rtpghi(target, size, hop))
    ours = run("rtpghi", size, hop, arrays=[target]).reshape(*target.shape, 2)
    assert np.abs(np.hypot(ours[..., 0], ours[..., 1]) - target).max() <= 1e-5 * target.max()

    def convergence_db(spectra):
        return rtpghi.convergence_db(rtpghi.synthesize(spectra, size, hop, len(samples)), target, size, hop)

    a, b = convergence_db(ours[..., 0] + 1j * ours[..., 1]), convergence_db(reference)
    print(f"{name} {size}/{hop}: {a:.2f} dB, float64 {b:.2f} dB")
    assert note("dB, convergence of RTPGHI, from float64", abs(a - b)) < RTPGHI
