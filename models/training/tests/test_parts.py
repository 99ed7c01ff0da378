"""Parts: which one a sound plays, stems that add up, groups of features, bends of groups, and what they take out."""

import json

import numpy as np
import onnx
import pytest
import soundfile
import torch

from netbend_training.audio import Recording, read_folders
from netbend_training.bends import ALL_LAYERS, Bend, Drawer, gather
from netbend_training.network import Autoencoder, Shape
from netbend_training.parts import LOOP, Groups, divide, folder_part, names_of, part_of
from netbend_training.parts_loss import liveliness, measure
from netbend_training.parts_report import PartsReport, write_patterns
from netbend_training.release import release
from netbend_training.revive import Dead, revive
from netbend_training.separation import Taken, ideal_masks, measure_parts, open_model, patterns
from netbend_training.spectrogram import BINS, FRAMES, SAMPLE_RATE
from netbend_training.stem_pool import StemPool, spectra
from netbend_training.stems import REST, StemCorpus, saturation_gain
from netbend_training.train import Run, Settings, groups_of, load_checkpoint, train

NAMES = ("kick", "snare", "hats", "percussion", "tones")
SMALL = {"width": 16, "latent": 4, "batch": 4, "threads": 1, "pool_clips": 6, "first_clips": 4, "device": "cpu"}


def write_sound(path, seed, seconds=0.2):
    random = np.random.default_rng(seed)
    samples = int(seconds * SAMPLE_RATE)
    sound = random.standard_normal(samples) * np.exp(-np.arange(samples) / 1500.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound / np.abs(sound).max(), SAMPLE_RATE)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "shots"
    for index, name in enumerate(("kick", "snare", "hat", "perc", "bass") * 4):
        write_sound(folder / f"{name}_{index}.wav", index)
    return folder


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "parts"
    assert train(folder, Settings(data=(str(data),), steps=4, seed=3, parts="on", freeze_share=0.5, **SMALL))
    return folder


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("hat_bdu", "hats"),
        ("drum_bass_hard", "kick"),
        ("bass_hit", "tones"),
        ("bd_808", "kick"),
        ("elec_snare", "snare"),
    ],
)
def test_a_sounds_own_name_gives_its_part(tmp_path, name, part):
    noise = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    assert part_of(Recording(tmp_path / "shots" / f"{name}.wav", noise), [tmp_path]) == part


def test_folders_named_for_parts_name_them_and_so_do_those_beside_them(tmp_path):
    for index, name in enumerate(("kicks/a", "Voice/b", "didgeridoo/c", "loops/d", "didgeridoo/deep/e")):
        write_sound(tmp_path / f"{name}.wav", index)
    sounds = {r.path.stem: part_of(r, [tmp_path]) for r in read_folders([tmp_path])}
    assert sounds == {"a": "kick", "b": "voice", "c": "didgeridoo", "d": LOOP, "e": "didgeridoo"}
    assert names_of(divide([tmp_path])[0]) == ("kick", "didgeridoo", "voice")


def test_folders_with_other_names_leave_it_to_the_sounds(tmp_path):
    write_sound(tmp_path / "volume 1" / "snare.wav", 0)
    write_sound(tmp_path / "volume 2" / "hat.wav", 1)
    paths = [tmp_path / "volume 1" / "snare.wav", tmp_path / "volume 2" / "hat.wav"]
    assert [folder_part(path, [tmp_path]) for path in paths] == [None, None]
    assert names_of(divide([tmp_path])[0]) == ("snare", "hats")


def test_every_part_with_enough_sounds_has_two_held_out(tmp_path):
    for index in range(40):
        write_sound(tmp_path / "shots" / f"{'snare' if index < 8 else 'perc'}_{index}.wav", index)
    training, held_out = divide([tmp_path])
    assert len(training) + len(held_out) == 40
    assert sum(sound.part == "snare" for sound in held_out) >= 2
    assert not {s.recording.path for s in training} & {s.recording.path for s in held_out}


def test_stems_are_the_mix_and_repeat_with_the_seed(data):
    sounds = divide([data])[0]
    first, second = StemCorpus(sounds, 3), StemCorpus(sounds, 3)
    for _ in range(6):
        clip = first.clip()
        assert np.array_equal(clip.audio, second.clip().audio)
        assert np.isfinite(clip.audio).all() and np.abs(clip.audio.sum(0)).max() <= 1.0 + 1e-5
        assert len(set(clip.parts)) == len(clip.parts) and set(clip.parts) <= {REST, 0, 1, 2, 3, 4}


def test_saturated_stems_add_up_to_the_saturated_mix():
    stems = np.random.default_rng(0).uniform(-0.3, 0.3, (3, 1000))
    stems[:, 500:] = 0.0
    mix = stems.sum(0)
    saturated = (stems * saturation_gain(mix, 3.0)).sum(0)
    assert saturated == pytest.approx(np.tanh(3.0 * mix) / np.tanh(3.0), abs=1e-6)


@pytest.mark.parametrize("width", [128, 256, 512])
def test_groups_are_disjoint_leave_an_eighth_and_have_a_floor(width):
    groups = Groups.of(Shape(width, 8), NAMES)
    assert groups.layers == (1, 2, 3, 4) and groups.smallest >= (2 if width == 128 else 5)
    for layer in groups.layers:
        marks = np.stack([groups.mask(layer, 1.0 - np.eye(5)[part]) == 0.0 for part in range(5)])
        assert (marks.sum(0) <= 1).all()
        assert (marks.sum(0) == 0).sum() == round(groups.features[layer - 1] / 8)
    assert Groups.read(Shape(width, 8), groups.described()) == groups


def test_a_narrow_layer_has_no_groups_and_too_many_parts_are_refused():
    assert Groups.of(Shape(16, 4), NAMES).layers == (1, 2)
    with pytest.raises(ValueError, match="expected at most 8"):
        Groups.of(Shape(512, 4), tuple(map(str, range(9))))


def test_every_part_is_bent_about_as_often_however_often_it_plays():
    random = np.random.default_rng(0)
    drawer = Drawer(Groups.of(Shape(256, 8), NAMES), random)
    counts = np.zeros((5, 5))
    for _ in range(6000):
        is_there = random.random(5) < (1.0, 0.4, 0.9, 0.5, 0.2)
        for bend in drawer.bends(is_there):
            if bend.single >= 0:
                counts[bend.layer, bend.single] += 1
    assert (counts[1:].min(1) > 0.5 * counts[1:].max(1)).all()


@pytest.mark.parametrize("is_training", [True, False])
def test_a_bent_decode_is_the_whole_decode_with_masks(is_training):
    torch.manual_seed(0)
    network = Autoencoder(Shape(64, 8)).train(is_training)
    groups = Groups.of(network.shape, ("kick", "hats"))
    amounts = np.array([0.0, 1.5], np.float32)
    silence = np.zeros((3, FRAMES, BINS), np.float32)
    chosen = [(0, 3), (2, 1), (1, ALL_LAYERS), (2, 4), (0, 2)]
    bent = gather(groups, [(window, Bend(layer, amounts, -1), silence) for window, layer in chosen])
    chosen = [(2, 1), (1, ALL_LAYERS), (0, 2), (0, 3), (2, 4)]
    latent = torch.randn(3, 8)
    rows, masks = ([torch.from_numpy(array) for array in arrays] for arrays in (bent.rows, bent.masks))
    with torch.no_grad():
        statistics = []
        layers = network.decode_layers(latent, statistics)
        decoded = network.decode_bent(layers, rows, masks, statistics)
        for (window, layer), made in zip(chosen, decoded):
            maps = torch.relu(network.expand(latent)).view(-1, 64, 4, 17)
            for index, (mean, variance) in enumerate(statistics):
                norm = network.decoder_norm[index]
                maps = network.decoder[index](maps)
                scaled = (maps - mean[:, None, None]) / (variance[:, None, None] + norm.eps).sqrt()
                maps = torch.relu(scaled * norm.weight[:, None, None] + norm.bias[:, None, None])
                if layer in (ALL_LAYERS, index + 1):
                    maps = maps * torch.from_numpy(groups.mask(index + 1, amounts))[:, None, None]
            assert made.numpy() == pytest.approx(network.decoder[4](maps)[window].numpy(), abs=1e-4)


def test_bends_leave_the_running_statistics_alone():
    torch.manual_seed(0)
    windows = torch.rand(2, 1, FRAMES, BINS)
    groups = Groups.of(Shape(64, 8), ("kick", "hats"))
    maps = np.zeros((3, FRAMES, BINS), np.float32)
    bent = gather(groups, [(0, Bend(1, np.zeros(2, np.float32), -1), maps)])
    rows, masks = ([torch.from_numpy(array) for array in arrays] for arrays in (bent.rows, bent.masks))
    means = []
    for arguments in ((), (rows, masks)):
        torch.manual_seed(1)
        network = Autoencoder(Shape(64, 8)).train()
        network(windows, *arguments)
        means.append(network.decoder_norm[3].running_mean)
    assert torch.equal(*means)


def test_the_loss_is_least_where_the_part_is_gone_and_the_rest_stays():
    target = torch.ones(1, 1, FRAMES, BINS)
    part = torch.zeros_like(target)
    part[..., :100] = 1.0
    rest = 1.0 - part
    maps = (part + rest, rest, rest)
    clean = target.clone()

    def total(gain):
        return measure(clean + gain, clean, target, *maps).total.item()

    perfect = total(-0.6 * part)
    assert perfect < 1e-3 < total(torch.zeros_like(part)) and perfect < total(-0.6 * torch.ones_like(part))
    follow = measure(clean - 0.6 * part, clean, target, *maps).follow[0]
    assert follow[0] / follow[1] == pytest.approx(1.0, abs=1e-4)


def test_a_quiet_part_that_stays_costs_more_than_as_much_taken_from_a_loud_rest():
    target = torch.ones(1, 1, FRAMES, BINS)
    part, rest = torch.zeros_like(target), torch.zeros_like(target)
    part[..., :100], rest[..., 100:] = 0.1, 1.0
    maps = (part + rest, rest, rest)
    # Gains at which what is left of the part, and then what is missing of the rest, have half the part's energy.
    lost = 1.0 - (0.5 * part.sum() / rest.sum()).sqrt()
    part_left = torch.where(part > 0.0, torch.tensor(0.5).sqrt().log10() / 4.0, 0.0)
    rest_lost = torch.where(part > 0.0, -0.6, lost.log10() / 4.0)
    energies = [measure(target + made, target, target, *maps).energy.item() for made in (part_left, rest_lost)]
    assert energies[0] > 1.3 * energies[1]


def test_a_dying_feature_has_a_gradient_back():
    norm = torch.nn.BatchNorm2d(4)
    assert liveliness([norm]).item() == 0.0
    norm.bias.data[1] = -3.0
    liveliness([norm]).backward()
    assert norm.bias.grad[1] < 0.0 and norm.bias.grad[0] == 0.0


def test_windows_and_the_powers_of_their_stems_agree(data):
    groups = Groups.of(Shape(256, 8), names_of(divide([data])[0]))
    pool = StemPool([data], groups, 1, 4, 4)
    batches = [pool.batch(8) for _ in range(2)]
    pool.close()
    for batch in batches:
        assert batch.windows.shape == (8, 1, FRAMES, BINS) and batch.windows.dtype == np.float32
        bent = batch.bent
        window = batch.windows[np.concatenate(bent.rows)]
        loud = window > 0.8
        mixed_db = 10.0 * np.log10(bent.power[loud])
        # Parts are taken as incoherent: alike on the whole, not bin by bin.
        assert np.median(mixed_db - (window[loud] - 1.0) * 80.0) == pytest.approx(0.0, abs=0.5)
        assert (bent.wanted_power >= 0.0).all() and bent.power.shape == bent.wanted_cross.shape


def test_a_run_without_parts_is_the_old_training(data, tmp_path):
    settings = Settings(data=(str(data),), steps=3, seed=3, parts="off", **SMALL)
    assert groups_of(tmp_path, settings, resume=False) is None
    train(tmp_path / "off", settings)
    state = load_checkpoint(tmp_path / "off")
    line = json.loads((tmp_path / "off" / "log.jsonl").read_text().splitlines()[-1])
    assert state["parts"] is None and "bands" not in line and "follow" not in line


def test_a_run_with_parts_goes_on_with_them(run, data, tmp_path):
    described = load_checkpoint(run)["parts"]
    assert [part["name"] for part in described] == list(NAMES)
    (tmp_path / "checkpoint.pt").write_bytes((run / "checkpoint.pt").read_bytes())
    settings = {"data": (str(data),), "steps": 6, "seed": 3, **SMALL}
    train(tmp_path, Settings(**settings), resume=True)
    state = load_checkpoint(tmp_path)
    assert state["step"] == 6 and state["parts"] == described
    with pytest.raises(ValueError, match="trained with parts"):
        groups_of(tmp_path, Settings(parts="off", **settings), resume=True)


def test_one_part_alone_is_no_parts(tmp_path):
    write_sound(tmp_path / "shots" / "kick.wav", 0)
    settings = {"data": (str(tmp_path),), **SMALL}
    assert groups_of(tmp_path, Settings(**settings), resume=False) is None
    with pytest.raises(ValueError, match="two or more parts"):
        groups_of(tmp_path, Settings(parts="on", **settings), resume=False)


def test_ideal_masks_separate_and_models_are_measured_alike_from_run_and_export(run, data):
    pytest.importorskip("onnxruntime")
    sounds = divide([data])[0]
    made = patterns(sounds, NAMES, count=2)
    ideals = ideal_masks(made, NAMES)
    assert ideals and all(result.gain > 0.5 and result.lowered < -0.5 for result in ideals.values())
    out = run / "parts.onnx"
    release(run, out, "parts", "0.1.0", loops=None, prior_windows=40)
    manifest = json.loads({entry.key: entry.value for entry in onnx.load(out).metadata_props}["netbend"])
    assert manifest["parts"] == load_checkpoint(run)["parts"]
    of_run, of_export = (measure_parts(open_model(path), made) for path in (run, out))
    assert of_run.keys() == of_export.keys()
    for key, result in of_run.items():
        assert result.gain == pytest.approx(of_export[key].gain, abs=0.1)
        assert result.lowered == pytest.approx(of_export[key].lowered, abs=0.1)


def test_a_report_names_the_best_layer_of_each_part():
    def taken(gain):
        return Taken(gain, -3.0, -10.0)

    found = {("hats", 1): taken(1.0), ("hats", 2): taken(2.0), ("hats", ALL_LAYERS): taken(3.0)}
    report = PartsReport("model 1", 4, {"hats": taken(9.0), "tones": taken(5.0)}, found, {})
    assert (report.best_layer("hats"), report.best_layer("tones")) == (2, None)
    (line,) = [line for line in report.lines() if "(best)" in line]
    assert "layer 2 (best)" in line and "+2.0" in line
    hats, tones = report.described()["parts"]
    assert [layer["gain"] for layer in hats["layers"]] == [1.0, 2.0] and hats["all_layers"]["gain"] == 3.0
    assert tones == {"name": "tones", "ideal": {"gain": 5.0, "lowered": -3.0, "harmed": -10.0}}


def test_patterns_are_written_as_they_are_measured(data, tmp_path):
    sounds = divide([data])[0]
    write_patterns(tmp_path / "out", sounds, NAMES, 2)
    for path, pattern in zip(sorted((tmp_path / "out").iterdir()), patterns(sounds, NAMES, 2), strict=True):
        stems, rate = soundfile.read(path, dtype="float32")
        assert rate == SAMPLE_RATE and stems.shape[1] == len(NAMES)
        assert np.array_equal(spectra(stems.T), pattern.stems)


def test_a_checkpoint_holds_what_a_run_needs_to_give_the_same_losses(run):
    state = load_checkpoint(run)
    settings = Settings(**{**state["settings"], "data": tuple(state["settings"]["data"])})
    groups = Groups.read(Shape(settings.width, settings.latent), state["parts"])
    windows = np.random.default_rng(0).uniform(0, 1, (2, 1, FRAMES, BINS)).astype(np.float32)
    losses = [Run(run, settings, True, groups=groups).train_step(windows).bands.item() for _ in range(2)]
    assert losses[0] == losses[1]


def test_a_bends_gradient_reaches_the_layers_before_it():
    torch.manual_seed(0)
    network = Autoencoder(Shape(64, 8)).double()
    groups = Groups.of(network.shape, ("kick", "hats"))
    silence = np.zeros((3, FRAMES, BINS), np.float32)
    bent = gather(groups, [(window, Bend(3, np.zeros(2, np.float32), -1), silence) for window in (1, 1)])
    rows, masks = ([torch.from_numpy(array) for array in arrays] for arrays in (bent.rows, bent.masks))
    latent = torch.randn(2, 8, dtype=torch.float64, requires_grad=True)
    statistics = []
    network.eval()
    layers = network.decode_layers(latent, statistics)
    network.decode_bent(layers, rows, masks, statistics).sum().backward()
    made, latent.grad = latent.grad, None
    maps = network.decode_layers(latent)[2] * torch.from_numpy(groups.mask(3, np.zeros(2)))[:, None, None]
    maps = torch.relu(network.decoder_norm[3](network.decoder[3](maps)))
    (2.0 * network.decoder[4](maps)[1]).sum().backward()
    assert made.numpy() == pytest.approx(latent.grad.numpy(), rel=1e-6)


def test_a_group_that_died_gets_a_share_of_what_belongs_to_no_part():
    torch.manual_seed(5)
    shape = Shape(64, 8)
    groups, network = Groups.of(shape, NAMES), Autoencoder(shape).eval()
    layer, part = 3, NAMES.index("hats")
    features = list(range(*groups.ranges[layer - 1][part]))
    network.decoder_norm[layer - 1].weight.data[features] = 0.0
    network.decoder_norm[layer - 1].bias.data[features] = -1.0
    latent = torch.randn(2, 8)

    def decoded(amount):
        amounts = np.ones(len(NAMES), np.float32)
        amounts[part] = amount
        mask = torch.from_numpy(groups.mask(layer, amounts))[None]
        rows = [np.arange(2) if index == layer else np.array([], np.int64) for index in range(1, 5)]
        masks = [torch.ones(0 if index < layer else 2, count) for index, count in enumerate(groups.features, 1)]
        masks[layer - 1] = mask.expand(2, -1)
        statistics = []
        with torch.no_grad():
            layers = network.decode_layers(latent, statistics)
            bent = network.decode_bent(layers, [torch.from_numpy(row) for row in rows], masks, statistics)
        return layers[-1], bent

    before, muted = decoded(0.0)
    assert torch.equal(before, muted)
    revive(network, groups, [], layer, part, noise=0.0)
    after, muted = decoded(0.0)
    assert torch.allclose(before, after, atol=1e-5)
    assert (after - muted).abs().max() > 1e-3


def test_dead_is_what_does_nothing_twice_in_a_row():
    dead = Dead()
    shares = np.array([[0.0, 0.5], [0.001, 0.4], [0.2, np.nan]])
    assert dead.found(shares) == []
    assert dead.found(shares) == [(1, 0)]
    assert dead.found(shares) == []
    assert dead.found(np.full((3, 2), 0.1)) == []
    assert dead.found(shares) == []
