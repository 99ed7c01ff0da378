"""A streaming `.ts` becomes an ONNX file that plays the same, and says what a loader needs."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import streaming
import torch
from onnx import helper

from netbend_waveform import __main__ as command_line
from netbend_waveform import limits, noise
from netbend_waveform.building import KEY
from netbend_waveform.comparing import compare
from netbend_waveform.importing import import_model
from netbend_waveform.latency import Latency, measure
from netbend_waveform.playing import test_audio as audio_of
from netbend_waveform.refusal import Refused

BLOCKS = 64
VARIANTS = {"mono": (1, False), "stereo": (2, False), "resampled": (1, True)}


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {
        name: import_model(streaming.autoencoder(folder / f"{name}.ts", channels, resampled))
        for name, (channels, resampled) in VARIANTS.items()
    }


@pytest.mark.parametrize("name", VARIANTS)
def test_onnxruntime_plays_what_the_ts_plays(imported, name):
    made = imported[name]
    compared = compare(made.opened, made.rest, made.running, BLOCKS)
    assert compared.rms > 0.01
    assert compared.error < limits.LARGEST_ERROR / 10


@pytest.mark.parametrize(("asked", "block"), [(64, 128), (500, 512), (5000, 5120)])
def test_blocks_are_as_long_as_is_asked_or_the_next_whole_steps(tmp_path, asked, block):
    made = import_model(streaming.autoencoder(tmp_path / "mono.ts"), block=asked)
    assert made.described["block"] == block and made.compared.error < limits.LARGEST_ERROR / 10
    # A resampler takes 4096 samples at once.
    made = import_model(streaming.autoencoder(tmp_path / "resampled.ts", resampled=True), block=asked)
    assert made.described["block"] % 4096 == 0


def test_a_state_that_sound_reaches_after_many_blocks_is_found_and_cut_to_one_stream(tmp_path):
    filtered = streaming.Cached(1, 1, 5)
    # Silence leaves it alone, too.
    torch.nn.init.zeros_(filtered.convolution.bias)
    path = streaming.save(streaming.Delay(1000, filtered), tmp_path / "late.ts", played=0)
    made = import_model(path, rate=44_100, block=64)
    states = {entry["name"]: entry["shape"] for entry in made.described["states"]}
    assert states == {"line": [1, 1, 1000], "after.past": [1, 1, 4]} and made.described["rest_settled"]
    assert made.compared.error < limits.LARGEST_ERROR / 10


@pytest.mark.parametrize("asked", [0, 63, 32_769])
def test_a_block_that_is_too_short_or_too_long_is_refused(tmp_path, asked):
    with pytest.raises(Refused, match=f"a block of {asked} samples"):
        import_model(streaming.autoencoder(tmp_path / "mono.ts"), block=asked)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_manifest_says_sizes_states_noise_and_weights(imported, name):
    made, (channels, resampled) = imported[name], VARIANTS[name]
    told = json.loads(next(entry.value for entry in made.model.metadata_props if entry.key == KEY))
    assert told == made.described and (told["netbend"], told["kind"]) == (1, "waveform")
    assert (told["channels_in"], told["channels_out"], told["latent_size"]) == (channels, channels, 4)
    assert (told["block"], told["ratio"]) == ((4096, 256) if resampled else (2048, 128))
    assert told["sample_rate"] == 44_100 and told["licence"] == "CC0-1.0" and "owns" in told["terms"]
    assert [entry["place"] for entry in told["noise"]] == ["encoder", "padding", "synthesis"]
    assert [entry["distribution"] for entry in told["noise"]] == ["normal", "normal", "uniform"]
    assert [entry["name"] for entry in told["weights"]] == [
        weight for weight, _ in made.opened.module.named_parameters()
    ]
    initializers = {value.name: list(value.dims) for value in made.model.graph.initializer}
    assert all(initializers[entry["name"]] == entry["shape"] for entry in told["weights"] if entry["used"])
    unused = {entry["name"] for entry in told["weights"] if not entry["used"]}
    assert unused == {"before.convolution.weight", "before.convolution.bias"}
    states = {entry["name"]: entry for entry in told["states"]}
    assert len(states) == 13 and "before.past" not in states and told["rest_settled"]
    # Caches are kept for the streams that are played, not for all that they were allocated for.
    assert states["first.past"]["shape"] == [channels, 1, 4] and states["down.2.dilated.past"]["shape"] == [1, 8, 4]
    shapes = {value.name: [d.dim_value for d in value.type.tensor_type.shape.dim] for value in made.model.graph.input}
    assert set(shapes) == {"audio", "noise0", "noise1", "noise2", *(entry["input"] for entry in states.values())}
    assert shapes["audio"] == [1, channels, told["block"]]
    assert all(shapes[entry["input"]] == entry["shape"] for entry in states.values())
    assert all((entry["input"] in initializers) == (entry["rest"] == "initializer") for entry in states.values())
    assert made.model.opset_import[0].version == 17


def test_layers_are_stages_sums_latent_and_output_and_each_is_heard(imported):
    made = imported["mono"]
    layers = made.described["layers"]
    by_name = {layer["name"]: layer for layer in layers}
    assert [layer["index"] for layer in layers] == list(range(1, len(layers) + 1))
    assert by_name["down.1.convolution"]["kind"] == "stage" and by_name["down.2.mixed.sum"]["kind"] == "sum"
    assert (by_name["up.5.convolution"]["features"], by_name["up.5.convolution"]["steps"]) == (8, 512)
    assert by_name["latent"]["tensor"] == "latent" and by_name["latent"]["half"] == "encoder"
    assert (by_name["latent"]["features"], by_name["latent"]["steps"]) == (4, 16)
    assert layers[-1]["tensor"] == "output" and not any("up.0.convolution.sum" in name for name in by_name)
    shown = [layer for layer in layers if layer["shown"]]
    assert 8 <= len(shown) <= 13 and {"down.2.mixed.sum", "latent", "output"} <= {layer["name"] for layer in shown}
    assert not by_name["basis"]["shown"]
    plain = _played(made, made.model)
    for layer in layers:
        assert np.abs(_played(made, _zeroed(made.model, layer["tensor"])) - plain).max() > 1e-5, layer["name"]


def _zeroed(model, tensor):
    """The model with one map multiplied by 0, for all that is computed from it."""
    bent = onnx.ModelProto()
    bent.CopyFrom(model)
    nodes = bent.graph.node
    place = next(number for number, node in enumerate(nodes) if tensor in node.output)
    for node in nodes:
        for names in (node.input, node.output) if node is nodes[place] else (node.input,):
            for number, name in enumerate(names):
                if name == tensor:
                    names[number] = "kept" if names is node.output else tensor
    nodes.insert(place + 1, helper.make_node("Mul", ["kept", "nothing"], [tensor]))
    bent.graph.initializer.append(onnx.numpy_helper.from_array(np.zeros((), np.float32), "nothing"))
    return bent


def _played(made, model, blocks=4):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    states = {entry["input"]: made.running._rest[entry["name"]] for entry in made.described["states"]}
    draw = noise.seeded(3)
    heard = []
    for audio in audio_of(made.described["channels_in"], made.described["block"], blocks, 4).numpy():
        drawn = {name: draw(entry).numpy() for name, entry in made.running._noises}
        wanted = ["output", *(entry["output"] for entry in made.described["states"])]
        output, *after = session.run(wanted, {"audio": audio, **states, **drawn})
        states = dict(zip(states, after))
        heard.append(output)
    return np.stack(heard)


def test_a_reset_and_the_same_noise_give_the_same_bits(imported):
    running = imported["stereo"].running
    audio = audio_of(2, 2048, 6, 5).numpy()
    first = running.play_all(audio, noise.seeded(1))
    other = running.play_all(audio, noise.seeded(2))
    again = running.play_all(audio, noise.seeded(1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_what_an_export_left_in_the_states_is_not_heard(tmp_path):
    rests = []
    for played in (0, 5):
        torch.manual_seed(0)
        rests.append(import_model(streaming.save(streaming.Autoencoder(), tmp_path / "left.ts", played)).rest.values)
    assert all(torch.equal(rests[0][name], rests[1][name]) for name in rests[0])


@pytest.mark.parametrize("samples", [1, 777, 30_000])
def test_the_measured_latency_is_the_delay(tmp_path, samples):
    latency = import_model(streaming.save(streaming.Delay(samples), tmp_path / "delay.ts"), 48_000).latency
    assert (latency.samples, latency.first_heard_samples, latency.method) == (samples, samples, "waveform")


class _Deaf:
    """Plays the same whatever it is given."""

    def reset(self):
        pass

    def play_all(self, blocks, _source):
        return np.full(blocks.shape, 0.5, np.float32)


def test_a_latency_that_nothing_shows_is_not_made_up():
    assert measure(_Deaf(), 1, 2048, 48_000) == Latency(0, 0, "unmeasured", 0.0)


class _Smeared(_Deaf):
    """Plays how loud noise is after a room of a tenth of a second."""

    def play_all(self, blocks, _source):
        sound = blocks[:, 0, 0].reshape(-1)
        room = np.random.default_rng(0).normal(size=4000) * np.exp(-np.arange(4000) / 1200)
        size = len(sound) + len(room)
        heard = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[: len(sound)]
        return np.abs(heard).reshape(blocks.shape).astype(np.float32)


def test_a_model_is_as_late_in_blocks_of_any_length():
    usual, *others = (measure(_Smeared(), 1, block, 44_100) for block in (2048, 128, 4096))
    assert usual.method == "onsets"
    for other in others:
        assert (other.samples, other.method) == (usual.samples, "onsets")
        # The same bursts: only what comes after the last one is longer or shorter.
        assert other.correlation == pytest.approx(usual.correlation, abs=1e-5)


def test_latency_by_onsets_is_near_where_the_waveform_is_not_kept(imported):
    # Each step of the latent has 128 samples, and convolutions look back over a few.
    latency = imported["mono"].latency
    assert 0 <= latency.first_heard_samples < 128 and latency.first_heard_samples <= latency.samples < 1024


def test_a_folder_is_imported_and_what_is_refused_is_named(tmp_path, capsys, monkeypatch):
    streaming.save(streaming.Delay(5), tmp_path / "good one.ts", files={"LICENSE.txt": "terms of ours"})
    (tmp_path / "broken.ts").write_text("nothing")
    (tmp_path / "other.txt").write_text("not asked for")
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr("sys.argv", ["import", str(tmp_path), "--rate", "44100", "--out", str(out)])
    assert command_line.main() == 1
    said = capsys.readouterr()
    assert "1 of 2 files imported" in said.out and "latency 5 samples" in said.out and "terms of ours" in said.out
    assert "error: broken.ts: not TorchScript, but text" in said.err
    assert [path.name for path in out.iterdir()] == ["good one.onnx"]
    told = json.loads(onnx.load(out / "good one.onnx").metadata_props[0].value)
    assert told["name"] == "good one" and told["licence"] == "terms of ours"


def test_a_refused_file_leaves_the_model_that_was_there(tmp_path, monkeypatch):
    (tmp_path / "kept.onnx").write_text("an earlier one")
    (tmp_path / "kept.ts").write_text("nothing")
    monkeypatch.setattr("sys.argv", ["import", str(tmp_path / "kept.ts"), "--rate", "44100"])
    assert command_line.main() == 1
    assert (tmp_path / "kept.onnx").read_text() == "an earlier one"
