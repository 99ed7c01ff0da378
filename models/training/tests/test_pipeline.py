"""Everything from a folder of sounds to a model with its metric and report, on synthetic sounds and a tiny network."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile

from netbend_training import inventory
from netbend_training.devices import pick
from netbend_training.exported import Model
from netbend_training.metric import metric
from netbend_training.pool import training_windows
from netbend_training.release import release
from netbend_training.report import read_log, write_report
from netbend_training.samples import BANDS, compare
from netbend_training.spectrogram import SAMPLE_RATE
from netbend_training.train import LOG, Settings, load_checkpoint, train

SMALL = {"width": 8, "latent": 4, "batch": 4, "threads": 1, "pool_clips": 8, "first_clips": 4, "device": "cpu"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Sixteen usable files, one of them in 8 bits, and a broken, an empty and a silent one."""
    folder = tmp_path_factory.mktemp("data") / "shots"
    folder.mkdir()
    random = np.random.default_rng(0)
    for index, name in enumerate(("kick", "snare", "hat", "perc") * 4):
        samples = int(SAMPLE_RATE * random.uniform(0.1, 0.4))
        sound = random.standard_normal(samples) * np.exp(-np.arange(samples) / 1500.0)
        subtype = "PCM_U8" if index == 0 else "PCM_16"
        soundfile.write(folder / f"{name}_{index}.wav", sound / np.abs(sound).max(), SAMPLE_RATE, subtype)
    (folder / "broken.wav").write_bytes(b"RIFF, but no audio")
    (folder / "empty.flac").write_bytes(b"")
    soundfile.write(folder / "silent.wav", np.zeros(8000), SAMPLE_RATE)
    return folder


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    assert train(folder, Settings(data=(str(data),), steps=6, seed=3, **SMALL))
    return folder


@pytest.fixture(scope="module")
def model(run):
    pytest.importorskip("onnxruntime")
    path = run / "tiny.onnx"
    release(run, path, "tiny", "0.1.0", loops=None, prior_windows=40)
    return path


def test_a_run_says_what_it_used_and_what_it_skipped(run):
    stock = inventory.read(run)
    assert sum(stock.training_one_shots.values()) + len(stock.held_out) == 16 and len(stock.held_out) == 2
    reasons = {os.path.basename(entry["file"]): entry["reason"] for entry in stock.skipped}
    assert set(reasons) == {"broken.wav", "empty.flac", "silent.wav"} and reasons["silent.wav"] == "is silent"
    assert "3 files skipped" in stock.line()


def test_a_finished_run_is_not_trained_again_and_a_longer_one_goes_on(run, data, tmp_path, capsys):
    assert train(run, Settings(data=(str(data),), steps=6, seed=3, **SMALL), resume=True)
    assert "trained already: step 6" in capsys.readouterr().out
    copy = tmp_path / "longer"
    copy.mkdir()
    (copy / "checkpoint.pt").write_bytes((run / "checkpoint.pt").read_bytes())
    train(copy, Settings(data=(str(data),), steps=8, seed=3, **SMALL), resume=True)
    assert load_checkpoint(copy)["step"] == 8


def test_a_model_carries_its_latent_prior_and_can_be_sampled(model, data):
    properties = {entry.key: entry.value for entry in onnx.load(model).metadata_props}
    prior = json.loads(properties["netbend"])["latent_prior"]
    assert len(prior["mean"]) == len(prior["std"]) == 4 and min(prior["std"]) > 0.0
    opened = Model(model, threads=1)
    windows = training_windows([data], 20, seed=1)
    compared = compare(opened.decode, opened.latent_size, opened.latent_prior, windows, count=5, seed=1)
    assert list(compared) == ["N(0, I)", "latent_prior"]
    assert compared["latent_prior"].samples.spectra_db.shape == (5, BANDS)


def test_without_its_data_a_run_is_exported_without_a_prior(run, tmp_path):
    pytest.importorskip("onnxruntime")
    release(run, tmp_path / "bare.onnx", "bare", "0.1.0", loops=None, data=[tmp_path / "absent"])
    assert Model(tmp_path / "bare.onnx", threads=1).latent_prior is None


def test_a_metric_is_trained_on_the_models_maps(model, data):
    described = metric(model, model.with_suffix(".metric.onnx"), [data], 8, 1e-3, 0.001, 1, 1, test_windows=4)
    assert [layer["layer"] for layer in described["layers"]] == [1, 2, 3]
    assert model.with_suffix(".metric.onnx").stat().st_size > 1000


@pytest.mark.parametrize("has_data", [True, False])
def test_a_report_is_one_file_with_every_picture_in_it(run, tmp_path, has_data):
    out = tmp_path / "report.html"
    write_report(run, out, None if has_data else [tmp_path / "absent"], windows=40)
    page = out.read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == (6 if has_data else 1)
    without_pictures = re.sub(r"base64,[^\"]*", "", page)
    assert "broken.wav" in page and "is silent" in page and "http" not in without_pictures.replace("http-equiv", "")
    assert ("not where it was" in page) is not has_data


def test_two_processes_train_one_network(data, tmp_path):
    """By gloo on the CPU; their weights and their sums of gradients must not drift apart."""
    script = Path(__file__).with_name("two_processes.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += [str(script), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert ran.returncode == 0, ran.stderr[-3000:]
    first, second = (np.load(tmp_path / f"{rank}.npz") for rank in (0, 1))
    assert np.array_equal(first["weights"], second["weights"]) and np.array_equal(
        first["statistics"], second["statistics"]
    )
    assert not np.array_equal(first["losses"], second["losses"])
    assert not np.array_equal(first["weights"], first["before"])
    # Plain averaging: the same as one process that has the mean of both gradients.
    assert first["gradient"] == pytest.approx((first["own_gradient"] + second["own_gradient"]) / 2, rel=1e-3, abs=1e-6)


def test_a_device_that_is_not_there_is_refused():
    assert pick("auto") in ("cpu", "cuda", "mps") and pick("cpu") == "cpu"
    with pytest.raises(ValueError, match="expected one of auto, cpu, cuda, mps"):
        pick("tpu")


def test_steps_that_a_killed_run_made_twice_count_once(tmp_path):
    assert read_log(tmp_path) == []
    lines = [{"step": step, "decibel": value} for step, value in ((100, 9.0), (200, 5.0), (300, 3.0), (200, 4.0))]
    (tmp_path / LOG).write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    assert [(line["step"], line["decibel"]) for line in read_log(tmp_path)] == [(100, 9.0), (200, 4.0)]
