"""A waveform model of our own: its parts do what they say, a stopped run goes on as if never stopped, and what is exported imports."""

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from netbend_training.corpus import parts
from netbend_training.spectrogram import SAMPLE_RATE
from netbend_waveform.importing import import_model
from netbend_waveform_training import __main__ as command_line
from netbend_waveform_training import train as training
from netbend_waveform_training.beginning import begin, patches
from netbend_waveform_training.cached import Unit
from netbend_waveform_training.evaluate import bank_only, loops, measure, player, silence_dbfs
from netbend_waveform_training.export import Streaming, export, save
from netbend_waveform_training.filter_bank import Analysis, Synthesis, levels
from netbend_waveform_training.loss import Spectra, wave_error
from netbend_waveform_training.network import Autoencoder
from netbend_waveform_training.shape import BLOCK, Shape
from netbend_waveform_training.sounds import Sounds
from netbend_waveform_training.train import Settings, load_checkpoint, resumed, train, trained
from netbend_waveform_training.turn import turned

SMALL = Shape(
    bands=4,
    taps=48,
    strides=(2, 2, 2),
    widths=(6, 12, 20, 32),
    encoder_units=(1, 1, 1, 1),
    decoder_units=(1, 1, 1, 2),
    latent=6,
    lookahead=8,
)
SETTINGS = {"steps": 6, "batch": 2, "samples": 8192, "clips": 4, "device": "cpu", "seed": 3}
# Of what a block plays, relative to its rms.
SAME = 1e-5


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "shots"
    folder.mkdir()
    random = np.random.default_rng(0)
    for index, name in enumerate(("kick", "snare", "hat", "perc") * 2):
        samples = int(SAMPLE_RATE * random.uniform(0.1, 0.4))
        sound = random.standard_normal(samples) * np.exp(-np.arange(samples) / 1500.0)
        soundfile.write(folder / f"{name}_{index}.wav", sound / np.abs(sound).max(), SAMPLE_RATE)
    return str(folder)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    folder.mkdir()
    train(folder, SMALL, Settings((data,), **SETTINGS))
    return folder


def lively(shape: Shape, seed: int = 0) -> Autoencoder:
    """Random weights that are as large in their branches and noise as elsewhere."""
    torch.manual_seed(seed)
    network = Autoencoder(shape)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape))
    return network.eval()


def passing(shape: Shape) -> Autoencoder:
    """An autoencoder that gives back its input, later by the lookahead: its latent holds whole patches."""
    assert shape.latent == shape.ratio
    torch.manual_seed(0)
    network = Autoencoder(shape).eval()
    with torch.no_grad():
        begin(network, shape, patches(network.analysis(torch.randn(4, 1, 8192)).numpy(), shape))
        for name, parameter in network.named_parameters():
            if ".mixed." in name or "decoder.noise" in name:
                parameter.zero_()
    return network


def test_the_filter_bank_gives_back_what_it_took_apart():
    shape = Shape()
    sound = 0.1 * torch.randn(1, 1, 16_384, generator=torch.Generator().manual_seed(1))
    bands = Analysis(shape.bands, shape.taps, False)(sound)
    back = Synthesis(shape.bands, shape.taps, False)(bands)
    late = shape.taps - shape.bands
    error = back[..., late:] - sound[..., :-late]
    assert bands.shape == (1, shape.bands, 16_384 // shape.bands)
    assert 10 * torch.log10(error.square().mean() / sound.square().mean()) < -60.0
    # A tone in the middle of a band is in that band: 50 dB less in its neighbours, 80 dB less in all others.
    tone = torch.sin(torch.arange(8192) * (np.pi * 5.5 / shape.bands))[None, None]
    alike = torch.from_numpy(levels(shape.bands))[:, None]
    power = (alike * Analysis(shape.bands, shape.taps, False)(tone)[0, :, 100:]).square().mean(1)
    apart = 10 * torch.log10(power / power[5])
    assert apart[[4, 6]].max() < -50.0 and apart[[0, 1, 2, 3, *range(7, 16)]].max() < -80.0


def test_no_step_hears_what_comes_after_it():
    network, sound = lively(SMALL), torch.randn(1, 1, 4 * BLOCK)
    other = sound.clone()
    other[..., 2 * BLOCK :] = 0.0
    with torch.no_grad():
        latents = [network.encoder(network.analysis(x)) for x in (sound, other)]
        waves = [network.decoder(latent)[0] for latent in latents]
    steps = 2 * BLOCK // SMALL.ratio
    assert torch.equal(latents[0][..., :steps], latents[1][..., :steps])
    assert not torch.equal(latents[0][..., steps], latents[1][..., steps])
    bands = 2 * BLOCK // SMALL.bands
    assert torch.equal(waves[0][..., :bands], waves[1][..., :bands])


@pytest.mark.parametrize("block", [256, 1024, BLOCK])
def test_blocks_play_what_the_whole_sound_plays(block):
    network = lively(SMALL)
    sound = torch.randn(1, 1, 6 * BLOCK, generator=torch.Generator().manual_seed(2))
    streaming = Streaming(network, SMALL, "").eval()
    with torch.no_grad():
        whole_latent = network.encoder(network.analysis(sound))
        whole_waves, whole_gains = network.decoder(whole_latent)
        latents, waves, gains = [], [], []
        for part in sound.split(block, -1):
            latents.append(streaming.encode(part))
            wave, gain = streaming.decoder(latents[-1])
            waves.append(wave)
            gains.append(gain)
    for whole, parts in ((whole_latent, latents), (whole_waves, waves), (whole_gains, gains)):
        assert (torch.cat(parts, -1) - whole).abs().max() < SAME * whole.square().mean().sqrt()


def test_a_ts_imports_with_the_same_sound_and_a_layer_for_each_stage(tmp_path):
    made = import_model(save(lively(SMALL), SMALL, tmp_path / "small.ts", "CC0-1.0"))
    told = made.described
    assert made.compared.error < SAME and made.compared.rms > 0.01
    assert (told["block"], told["ratio"], told["latent_size"]) == (BLOCK, SMALL.ratio, SMALL.latent)
    assert (told["sample_rate"], told["licence"]) == (SAMPLE_RATE, "CC0-1.0")
    assert [entry["place"] for entry in told["noise"]] == ["synthesis"]
    names = {layer["name"] for layer in told["layers"]}
    assert {"latent", "output", "decoder.waves.convolution", "decoder.noise.convolution"} <= names
    shown = [layer["name"] for layer in told["layers"] if layer["shown"]]
    for stage in ("fine", "middle", "coarse", "slow"):
        assert any(name.startswith(f"encoder.{stage}") for name in shown)
        assert any(name.startswith(f"decoder.{stage}") for name in shown)


def test_the_latency_that_the_importer_measures_is_the_one_that_is_known(tmp_path):
    shape = Shape(strides=(2, 1, 1), widths=(16, 32, 32, 32), latent=32, lookahead=4)
    network = passing(shape)
    latency = import_model(save(network, shape, tmp_path / "passing.ts")).latency
    assert (latency.samples, latency.method) == (shape.latency, "waveform")
    assert latency.correlation > 0.99
    sounds = {"noise": np.random.default_rng(1).uniform(-0.5, 0.5, 44 * BLOCK).astype(np.float32)}
    ours, bank = measure(sounds, player(network), shape.latency), measure(sounds, bank_only(shape), shape.latency)
    assert ours["all"].sdr_db > 60.0 and bank["all"].sdr_db > 60.0 and abs(ours["all"].loudness_db) < 0.01
    assert measure(sounds, player(network), shape.latency + 3)["all"].sdr_db < 10.0


def test_units_begin_near_the_identity():
    unit, x = Unit(8, 3, True, False), torch.randn(1, 8, 64)
    changed = (unit(x) - x).square().mean().sqrt()
    assert 0.0 < changed < 0.1 * x.square().mean().sqrt()


def test_a_network_begins_as_the_best_linear_one_of_its_latents_size():
    # Three tones have six numbers in every patch: sine and cosine.
    sound = sum(0.2 * torch.sin(torch.arange(16_384) * frequency) for frequency in (0.02, 0.06, 0.11))[None, None]
    torch.manual_seed(0)
    network = Autoencoder(SMALL)
    with torch.no_grad():
        bands = network.analysis(sound)
        before = wave_error(network.decoder(network.encoder(bands))[0][..., SMALL.lookahead :], bands[..., : -SMALL.lookahead])
        begin(network, SMALL, patches(bands.numpy(), SMALL))
        latent = network.encoder(bands)
        after = wave_error(network.decoder(latent)[0][..., SMALL.lookahead :], bands[..., : -SMALL.lookahead])
        silent = wave_error(torch.zeros_like(bands), bands)
    assert after < 0.1 * silent < before
    assert latent.square().mean() == pytest.approx(1.0, rel=0.1)
    with pytest.raises(ValueError, match="expected at least"):
        begin(Autoencoder(narrow := replace(SMALL, widths=(4, 7, 20, 32))), narrow, patches(bands.numpy(), narrow))


def test_the_energy_distance_wants_noise_as_loud_and_as_wild_as_it_is():
    spectra, generator = Spectra(), torch.Generator().manual_seed(1)
    sizes = (512, 128)

    def noise() -> torch.Tensor:
        return 0.1 * torch.randn(4, 32_768, generator=generator)

    wanted, first, second = noise(), noise(), noise()
    gains = [0.5, 0.7, 0.85, 1.0, 1.18, 1.4, 2.0]
    energies = [float(spectra.energy_distance(wanted, gain * first, gain * second, sizes)) for gain in gains]
    assert gains[int(np.argmin(energies))] == 1.0
    # The same noise at every draw is no noise.
    assert float(spectra.energy_distance(wanted, first, first, sizes)) > 1.5 * min(energies)


def test_turning_the_latent_changes_it_and_not_the_sound():
    network = lively(SMALL)
    sound = torch.randn(1, 1, 24 * BLOCK, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        latent = network.encoder(network.analysis(sound))
        made, spreads = turned(network, latent[0].T.numpy())
        after = made.encoder(made.analysis(sound))
        plays = [one.decoder(z)[0] for one, z in ((network, latent), (made, after))]
    assert (plays[0] - plays[1]).abs().max() < 1e-4 * plays[0].square().mean().sqrt()
    covariance = after[0].numpy() @ after[0].numpy().T / after.shape[-1]
    assert np.allclose(np.sqrt(np.diag(covariance)), spreads, atol=1e-3) and spreads[0] == pytest.approx(1.0)
    assert np.all(np.diff(spreads) <= 0) and np.abs(covariance - np.diag(np.diag(covariance))).max() < 1e-3


def test_silence_stays_silence():
    network = lively(SMALL)
    sound = np.zeros(8 * BLOCK, np.float32)
    assert not player(network)(sound).any()
    # Also after a sound, once no state remembers it.
    sound[:BLOCK] = np.random.default_rng(1).uniform(-1, 1, BLOCK)
    output = player(network)(sound)
    assert output[: 2 * BLOCK].any() and not output[-BLOCK:].any() and silence_dbfs(player(network)) < -200.0


def test_what_a_step_hears_hangs_on_seed_and_step_alone(data):
    whole, late = (Sounds(parts([Path(data)])[0], 5, 4, 2) for _ in range(2))
    heard = [whole.batch(step, 3, 4096) for step in range(12)]
    assert np.array_equal(heard[11], late.batch(11, 3, 4096)) and not np.array_equal(heard[10], heard[11])
    assert heard[0].shape == (3, 1, 4096) and max(np.abs(batch).max() for batch in heard) <= 1.0
    assert not np.array_equal(heard[0], Sounds(parts([Path(data)])[0], 6, 4, 2).batch(0, 3, 4096))
    with pytest.raises(ValueError, match="segments of 10000000 samples"):
        whole.batch(0, 1, 10_000_000)


def test_a_run_that_was_stopped_goes_on_as_if_it_never_was(run, data, tmp_path, monkeypatch):
    step = training.Run.train_step

    def stopped(self, batch):
        terms = step(self, batch)
        if self.step == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return terms

    with monkeypatch.context() as patch:
        patch.setattr(training.Run, "train_step", stopped)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path, SMALL, Settings((data,), **SETTINGS))
    assert load_checkpoint(tmp_path)["step"] == 4
    train(tmp_path, *resumed(tmp_path, None, None), resume=True)
    one, other = load_checkpoint(run), load_checkpoint(tmp_path)
    assert one["step"] == other["step"] == 6
    for which in ("network", "average"):
        assert all(torch.equal(value, other[which][name]) for name, value in one[which].items())


def test_training_lowers_the_loss_and_the_average_is_exported(data, run, tmp_path):
    folder = tmp_path / "longer"
    folder.mkdir()
    train(folder, SMALL, Settings((data,), **(SETTINGS | {"steps": 40, "learning_rate": 0.02})))
    sound = torch.from_numpy(Sounds(parts([Path(data)])[0], 9, 4, 2).batch(0, 4, 16_384))
    losses = []
    for folder_of_run in (run, folder):
        one = training.Run(folder_of_run, SMALL, Settings((data,), **SETTINGS), True)
        losses.append(float(one.loss(sound, torch.Generator().manual_seed(1)).total().detach()))
    assert losses[1] < 0.8 * losses[0]
    path = tmp_path / "longer.ts"
    spreads = export(folder, path, "CC0-1.0")
    assert spreads.shape == (SMALL.latent,) and path.is_file()
    weights = dict(torch.jit.load(str(path)).named_parameters())
    average = trained(folder)[0].state_dict()
    assert torch.equal(weights["decoder.waves.convolution.weight"], average["decoder.waves.convolution.weight"])


def test_loops_are_repeated_cut_and_of_one_peak(data):
    found = loops(Path(data))
    assert len(found) == 8 and all(len(sound) % BLOCK == 0 and len(sound) >= 40 * BLOCK for sound in found.values())
    assert all(0.6 < np.abs(sound).max() < 0.71 for sound in found.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--run", "RUN"], "--data is missing"),
        (["train", "--run", "RUN", "--resume"], "does not exist; expected the folder of a training run"),
        (["train", "--run", "RUN", "--data", "NOWHERE"], "is not a folder"),
        (["train", "--run", "RUN", "--data", "."], "no usable audio in .: no files found; expected WAV"),
        (["export", "RUN", "--out", "a.ts"], "does not exist; expected the folder of a training run"),
        (["export", "RUN", "--out", "a.wav"], "expected a name that ends in .ts or .onnx"),
        (["evaluate", "RUN", "--loops", "NOWHERE"], "does not exist; expected the folder of a training run"),
    ],
)
def test_errors_say_what_to_do(arguments, said, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command_line.main(arguments) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [("--steps", "0"), ("--steps", "many"), ("--threads", "-1"), ("--learning-rate", "nan")]
)
def test_numbers_that_train_nothing_are_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        command_line.main(["train", "--run", "RUN", "--data", ".", *wrong])
    assert f"argument {wrong[0]}: is {wrong[1]}; expected a" in capsys.readouterr().err


def test_a_training_says_what_it_found_and_why_files_are_left_out(data, tmp_path, capsys):
    loops = tmp_path / "stereo loops" / "deeper"
    loops.mkdir(parents=True)
    noise = np.random.default_rng(2).uniform(-0.5, 0.5, (2 * 48_000, 2))
    soundfile.write(loops / "a 1.aiff", noise, 48_000, subtype="PCM_24")
    (loops / "broken.wav").write_bytes(b"RIFF of nothing")
    run = tmp_path / "run"
    train(run, SMALL, Settings((data, str(loops.parent)), **(SETTINGS | {"steps": 1})))
    said = capsys.readouterr()
    assert "skipped" in said.err and "broken.wav: not readable as audio" in said.err
    assert "corpus: 8 files, 0.1 min: 1 loops; one-shots: " in said.out and "1 files skipped, named above" in said.out
    assert "a model of so little sound knows little else" in said.out
    assert (run / "corpus.json").is_file()


def test_where_nothing_is_usable_no_run_is_begun(tmp_path, capsys):
    folder = tmp_path / "sounds"
    folder.mkdir()
    soundfile.write(folder / "silence.wav", np.zeros(4000), SAMPLE_RATE)
    assert command_line.main(["train", "--run", str(tmp_path / "run"), "--data", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "audio files found: 1, none of use (the first: silence.wav: is silent)" in said
    assert not (tmp_path / "run").exists()


def test_a_finished_run_stays_as_it_is_and_audio_may_have_moved(run, data, tmp_path, capsys):
    before = (run / "checkpoint.pt").stat().st_mtime_ns
    assert command_line.main(["train", "--run", str(run), "--resume"]) == 0
    assert "trained already: step 6 of 6" in capsys.readouterr().out
    assert (run / "checkpoint.pt").stat().st_mtime_ns == before
    moved = tmp_path / "moved"
    shutil.copytree(data, moved)
    assert resumed(run, 7, data=(str(moved),))[1].data == (str(moved),)
    assert resumed(run)[1].data == (data,) and resumed(run, 7)[1].steps == 7


def test_a_run_becomes_netbends_file_in_one_command(run, tmp_path, capsys):
    out = tmp_path / "of one run.onnx"
    assert command_line.main(["export", str(run), "--out", str(out), "--licence", "CC0-1.0"]) == 0
    said = capsys.readouterr().out
    assert "differs from the .ts" in said and (run / "of one run.ts").is_file() and out.is_file()
    data = load_checkpoint(run)["settings"]["data"][0]
    assert command_line.main(["evaluate", str(run), "--loops", data, "--write", str(tmp_path)]) == 0
    assert "SI-SDR" in capsys.readouterr().out and len(list(tmp_path.glob("*.wav"))) == 8


def test_a_run_is_not_begun_twice(run, data, capsys):
    assert command_line.main(["train", "--run", str(run), "--data", data]) == 1
    assert "add --resume" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [{"strides": (4, 4)}, {"taps": 190}, {"strides": (4, 3, 2)}, {"decoder_units": (1, 1)}, {"lookahead": 5}]
)
def test_shapes_that_do_not_fit_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        Shape(**wrong)
