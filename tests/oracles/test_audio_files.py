"""What Netbend reads in audio files, held to ffmpeg's, libsndfile's or their maker's word; and what it writes, read by both."""

import os
import shutil

import numpy as np
import pytest
import soundfile
from audio_files import RATE, cases, chunk, decoded_by_ffmpeg, fmt, integers, riff, sound
from figures import note
from programs import SUFFIX, folder, netbend, run

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


def read(path, *arguments):
    """Netbend's rate, samples `[sample, channel]` and remarks."""
    samples = path.with_suffix(".samples")
    said = run(folder("NETBEND_EXAMPLES") / f"decode_audio{SUFFIX}", path, samples).splitlines()
    rate, channels, count = map(int, said[0].split())
    return rate, np.fromfile(samples, "<f4").reshape(count, channels), said[1:]


@needs_ffmpeg
def test_files_of_every_kind_hold_what_others_find_in_them(tmp_path):
    """Length and lag are exact; samples are where nothing is lost."""
    failed, count = [], 0
    print()
    for case in cases():
        path = tmp_path / case.name
        case.make(path)
        wanted = case.judge(path, case.channels)
        rate, found, said = read(path)
        count += 1
        faults = []
        if (rate, found.shape) != (case.rate, wanted.shape):
            faults.append(f"{rate} Hz {found.shape}, expected {case.rate} Hz {wanted.shape}")
        length = min(len(found), len(wanted))
        error = float(np.abs(found[:length] - wanted[:length]).max()) if found.shape[1:] == wanted.shape[1:] else np.inf
        if not error <= case.tolerance:
            faults.append(f"error {error:.1e}, allowed {case.tolerance:.0e}")
        if case.warns != any(line.startswith("warning") for line in said):
            faults.append(f"said {said}")
        if case.needs_ffmpeg != any(line.startswith("ffmpeg") for line in said):
            faults.append(f"said {said}")
        note("audio files that lose nothing" if case.tolerance == 0 else "audio files that lose something", error)
        print(f"{case.name:24} {rate:6} Hz {found.shape[1]} x {len(found):6} {error:8.1e}  {'; '.join(faults) or 'ok'}")
        failed += [f"{case.name}: {'; '.join(faults)}"] if faults else []
    assert count >= 30
    assert not failed, "\n".join(failed)


def write(source, target, file_format):
    return run(folder("NETBEND_EXAMPLES") / f"decode_audio{SUFFIX}", source, target, file_format)


@needs_ffmpeg
@pytest.mark.parametrize("file_format", ["wav16", "wav24", "wav32f", "flac16", "flac24"])
def test_what_is_written_is_read_by_others_to_the_bit(tmp_path, file_format):
    """16-bit sound comes out as it went in, at every rate, length and number of channels."""
    for rate, channels, samples in [(8_000, 1, 1), (44_100, 2, 20_001), (96_000, 1, 4_096), (192_000, 2, 9_000), (384_000, 1, 70), (12_345, 2, 333)]:
        source, target = tmp_path / "in.wav", tmp_path / f"out.{file_format.rstrip('0123456789f')}"
        wanted = sound(channels, samples)
        soundfile.write(source, wanted, rate, "PCM_16")
        write(source, target, file_format)
        found, found_rate = soundfile.read(target, dtype="float32", always_2d=True)
        assert found_rate == rate
        assert np.array_equal(found, wanted)
        assert np.array_equal(decoded_by_ffmpeg(target, channels), wanted)


def loop(*marks):
    return riff(fmt(), chunk(b"data", integers(sound(), 16)), *marks)


SMPL = np.array([0, 0, 22_675, 60, 0, 0, 0, 1, 0, 7, 0, 1_000, 20_000, 0, 0], "<u4").tobytes()
ACID = bytes.fromhex("00000000") + bytes(20)
CUE = (np.array([1, 1, 500], "<u4").tobytes() + b"data" + np.array([0, 0, 500], "<u4").tobytes())


@pytest.mark.skipif(not shutil.which("flac"), reason="flac is not installed")
def test_loop_points_in_flac_are_what_flac_itself_keeps(tmp_path):
    source, target, back = tmp_path / "in.wav", tmp_path / "out.flac", tmp_path / "back.wav"
    source.write_bytes(loop(chunk(b"smpl", SMPL), chunk(b"acid", ACID), chunk(b"cue ", CUE)))
    write(source, target, "flac16")
    run("flac", "--silent", "--decode", "--keep-foreign-metadata", "-o", back, target)
    content = back.read_bytes()
    for mark in (SMPL, ACID, CUE):
        assert mark in content
    assert np.array_equal(soundfile.read(back, dtype="float32")[0], sound())
    again = tmp_path / "again.wav"
    write(target, again, "wav24")
    assert all(mark in again.read_bytes() for mark in (SMPL, ACID, CUE))


def test_a_loop_rendered_runs_into_itself(tmp_path):
    """It is the middle one of three copies, and what follows its end is its beginning."""
    source, thrice = tmp_path / "in.wav", tmp_path / "thrice.wav"
    samples = sound(2, 66_153)
    soundfile.write(source, samples, RATE, "FLOAT")
    soundfile.write(thrice, np.concatenate([samples] * 3), RATE, "FLOAT")
    settings = ["slot_on_1=on", "slot_layer_1=3", "slot_transform_1=ablate", "slot_percentage_1=50 %", "latency=tight"]
    settings = [word for setting in settings for word in ("--set", setting)]

    def rendered(path, *options):
        target = tmp_path / "out.wav"
        netbend("render", path, target, *settings, *options)
        return soundfile.read(target, dtype="float32", always_2d=True)[0]

    once, looped, copies = rendered(source), rendered(source, "--loop"), rendered(thrice)
    assert len(looped) == len(samples)
    _first, middle, last = np.split(copies, 3)
    fade = RATE // 20
    assert np.array_equal(looped[fade:], middle[fade:])
    assert np.array_equal(looped[0], last[0])
    own = np.abs(np.diff(looped, axis=0)).max()
    step, beside = (np.abs(file[0] - file[-1]).max() for file in (looped, once))
    print(f"step over the seam {step:.4f}, without --loop {beside:.4f}, largest within {own:.4f}")
    note("step over the seam of a loop, of the largest within", step / own)
    assert step <= own
