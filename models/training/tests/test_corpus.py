"""Clips and windows from synthetic recordings."""

import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from netbend_training.audio import read_folders
from netbend_training.corpus import CLIP_FRAMES, CLIP_SAMPLES, Corpus, is_loop, parts
from netbend_training.pool import OFFSET_RANGE_DB, Pool, scale_windows
from netbend_training.spectrogram import BINS, SAMPLE_RATE
from netbend_training.validation import validation_windows


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    for name, seconds in (("kick", 0.2), ("hat", 0.1), ("thing", 0.3), ("groove", 3.0)):
        samples = int(seconds * SAMPLE_RATE)
        sound = random.standard_normal(samples) * np.exp(-np.arange(samples) / 2000.0)
        soundfile.write(tmp_path / f"{name}.wav", sound / np.abs(sound).max(), SAMPLE_RATE)
    return tmp_path


def test_files_are_told_apart_by_length_or_by_folder(folder):
    loops = [recording.path.stem for recording in read_folders([folder]) if is_loop(recording)]
    assert loops == ["groove"]
    shots = folder / "one_shots"
    shots.mkdir()
    (folder / "groove.wav").rename(shots / "groove.wav")
    assert not any(is_loop(recording) for recording in read_folders([folder]))


def test_bad_files_are_named_and_skipped(folder, capsys):
    (folder / "broken.wav").write_bytes(b"not audio")
    soundfile.write(folder / "silent.wav", np.zeros(4000), SAMPLE_RATE)
    soundfile.write(folder / "other_rate.wav", np.ones((4000, 2)) * 0.5, 48_000)
    names = [recording.path.stem for recording in read_folders([folder])]
    assert names == ["groove", "hat", "kick", "other_rate", "thing"]
    complaints = capsys.readouterr().err
    assert "broken.wav: not readable as audio" in complaints and "silent.wav: is silent" in complaints


def test_the_nearest_folder_that_names_a_kind_counts_up_to_the_one_that_was_given(tmp_path):
    sound = np.sin(np.arange(4000) * 0.1)
    pack = tmp_path / "all loops" / "pack"
    for name in ("Loops/House/a.wav", "Loops/One Shots/b.wav", "Misc/c.wav"):
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(pack / name, sound, SAMPLE_RATE)
    assert [is_loop(recording) for recording in read_folders([pack])] == [True, False, False]
    assert [is_loop(recording) for recording in read_folders([tmp_path])] == [True, False, True]


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no usable audio in .*: no files found; expected WAV"):
        parts([tmp_path])
    (tmp_path / "notes.txt").write_text("no sound")
    with pytest.raises(ValueError, match="files found: 1, none named as an audio file"):
        parts([tmp_path])
    (tmp_path / "empty.wav").write_bytes(b"")
    with pytest.raises(ValueError, match=r"audio files found: 1, none of use \(the first: empty.wav: is empty"):
        parts([tmp_path])
    with pytest.raises(ValueError, match="not a folder"):
        parts([tmp_path / "absent"])
    with pytest.raises(ValueError, match="no recordings"):
        Corpus([], 0)


def test_a_share_of_the_files_is_held_out_copies_together_whatever_they_are_called(tmp_path):
    random = np.random.default_rng(0)
    shots = tmp_path / "shots"
    shots.mkdir()
    for index in range(20):
        soundfile.write(shots / f"{index:02}.wav", random.uniform(-0.5, 0.5, 4000), SAMPLE_RATE)
    training, validation = parts([shots])
    assert (len(training), len(validation)) == (18, 2)
    held_out = validation[0].path
    (shots / "a copy.wav").write_bytes(held_out.read_bytes())
    held_out.rename(shots / "renamed.wav")
    _, validation = parts([shots])
    assert {"a copy", "renamed"} < {recording.path.stem for recording in validation}


def test_of_a_few_files_all_are_trained_on(folder):
    training, validation = parts([folder])
    assert len(training) == 4 and not validation
    assert validation_windows([folder]) is None


def test_clips_repeat_with_the_seed_and_never_exceed_full_scale(folder):
    first, second = (Corpus(read_folders([folder]), 5) for _ in range(2))
    for _ in range(8):
        clip = first.clip()
        assert clip.shape == (CLIP_SAMPLES,) and clip.dtype == np.float32
        assert np.isfinite(clip).all() and np.abs(clip).max() <= 1.0
        assert np.array_equal(clip, second.clip())
    assert first.clip_decibels().shape == (CLIP_FRAMES, BINS)


def test_levelled_windows_peak_at_their_offset_and_silence_stays_zero():
    windows = np.random.default_rng(0).uniform(-120, -30, (3, 1, 128, BINS)).astype(np.float32)
    windows[2] = -140.0
    scaled = scale_windows(windows, np.array([-8.0, 0.0, 0.0]))
    assert scaled[0, 0, :125].max() == pytest.approx((80 - 8) / 80, abs=1e-6)
    assert scaled[1, 0, :125].max() == pytest.approx(1.0, abs=1e-6)
    assert (scaled[2] == 0.0).all()


def test_a_pool_gives_windows_in_range_and_repeats(folder):
    batches = []
    for _ in range(2):
        pool = Pool([folder], seed=3, capacity=3, first=2)
        pool.refresh()
        batches.append(pool.windows(4))
        pool.close()
    assert np.array_equal(*batches)
    assert batches[0].shape == (4, 1, 128, BINS) and batches[0].dtype == np.float32
    assert batches[0].min() >= 0.0 and batches[0][..., :125, :].max() <= 1.0 + OFFSET_RANGE_DB[1] / 80 + 1e-6


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_what_libsndfile_does_not_read_goes_through_ffmpeg(tmp_path, capsys):
    """AAC and Opus are read, and an MP3 without a length is as long as its frames."""
    source = tmp_path / "source.wav"
    sound = np.sin(np.arange(44_100) * 0.05) * 0.5
    soundfile.write(source, np.stack([sound, sound], axis=1), SAMPLE_RATE)
    for name, options in [("a.m4a", []), ("b.opus", []), ("c.mp3", ["-write_xing", "0", "-q:a", "2"])]:
        command = ["ffmpeg", "-nostdin", "-v", "error", "-i", source, *options, tmp_path / name]
        subprocess.run(command, check=True)
    (tmp_path / "._a.m4a").write_bytes(b"\0\5\x16\7")
    (tmp_path / "playlist.mp3").write_text("#EXTM3U\nsource.wav\n")
    recordings = {recording.path.name: recording for recording in read_folders([tmp_path])}
    assert set(recordings) == {"a.m4a", "b.opus", "c.mp3", "source.wav"}
    assert len(recordings["c.mp3"].samples) % 1152 == 0
    assert all(44_100 <= len(recording.samples) < 47_000 for recording in recordings.values())
    complaints = capsys.readouterr().err
    assert "playlist.mp3: not readable as audio" in complaints and "1 of 5 audio files skipped" in complaints
