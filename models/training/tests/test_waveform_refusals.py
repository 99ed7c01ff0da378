"""Whatever cannot be played is refused, and the message names the cause."""

import warnings
import zipfile

import pytest
import torch
from torch import nn

from netbend_waveform import limits
from netbend_waveform.importing import import_model, sources
from netbend_waveform.refusal import Refused


class Odd(nn.Module):
    """An autoencoder of ratio 16 with a state, and one thing wrong with it."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.kind: str = kind
        self.count: int = 0
        self.hidden = [torch.zeros(1)]
        self.weight = nn.Parameter(0.3 * torch.randn(4, 16, 1))
        self.register_buffer("past", torch.zeros(1, 1, 16))
        self.register_buffer("encode_params", torch.tensor([1, 1, 4, 16]))
        self.register_buffer("decode_params", torch.tensor([4, 16, 1, 1]))

    def keep(self, x: torch.Tensor) -> torch.Tensor:
        late = torch.cat([self.past, x], -1)[..., : x.shape[-1]]
        if self.kind != "no states":
            self.past.copy_(x[..., x.shape[-1] - 16 :])
        return late

    @torch.jit.export
    def encode(self, x: torch.Tensor) -> torch.Tensor:
        kind = self.kind
        late = self.keep(x)
        if kind == "sound decides":
            if bool(late.mean() > 0.01):
                late = late * 2
        if kind == "state decides":
            if bool(self.past.sum() > 0.01):
                late = -late
        if kind == "sound sizes":
            late = late + torch.nonzero(x[0, 0] > 0).float().mean()
        if kind == "fails":
            raise RuntimeError("no such thing as sound")
        if kind == "sorted":
            late = torch.sort(late, dim=-1)[0]
        if kind == "determinant":
            late = late * torch.linalg.det(late[..., :9].reshape(1, 3, 3))[:, None, None]
        if kind == "dice":
            late = late * torch.bernoulli(torch.ones_like(late) * 0.5)
        if kind == "trains":
            self.weight.mul_(0.99)
        if kind == "counts":
            self.count += 1
            late = late * float(self.count)
        if kind == "hides":
            late = late + self.hidden[0]
            self.hidden[0] = self.hidden[0] + late.mean()
        if kind == "double":
            late = late.double()
            return torch.nn.functional.conv1d(late.reshape(1, -1, 16).transpose(1, 2), self.weight.double())
        z = torch.nn.functional.conv1d(late.reshape(1, -1, 16).transpose(1, 2), self.weight)
        if kind == "not a number":
            z = torch.log(z - 100.0)
        if kind == "too few latents":
            z = z[:, :3]
        return z

    @torch.jit.export
    def decode(self, z: torch.Tensor) -> torch.Tensor:
        y = torch.nn.functional.conv_transpose1d(z, self.weight).transpose(1, 2).reshape(1, 1, -1)
        if self.kind == "too short":
            y = y[..., 1:]
        if self.kind == "silence":
            y = y * 0.0
        if self.kind == "deaf":
            y = torch.ones_like(y)
        return y

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(x))


class Recurrent(Odd):
    """With a network inside that is asked about one step after the other."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    @torch.jit.export
    def decode(self, z: torch.Tensor) -> torch.Tensor:
        z = self.network(z.transpose(1, 2))[0].transpose(1, 2)
        return torch.nn.functional.conv_transpose1d(z, self.weight).transpose(1, 2).reshape(1, 1, -1)


class OnlyForward(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


class OnlyEncode(OnlyForward):
    @torch.jit.export
    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return x


def _saved(module, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(module.eval()), str(path))
    return path


def _with(path, change):
    module = Odd()
    change(module)
    return _saved(module, path)


def _params(name, values):
    return lambda path: _with(path, lambda module: setattr(module, name, values))


def _cut(path):
    content = _saved(Odd(), path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def _flipped(path):
    content = bytearray(_saved(Odd(), path).read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = next(entry for entry in archive.infolist() if entry.filename.endswith("data/0"))
    place = entry.header_offset + 30 + len(entry.filename) + entry.file_size // 2 + 64
    content[place] ^= 0xFF
    path.write_bytes(content)
    return path


def _archive(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "text")
    return path


def _written(content):
    def write(path):
        path.write_bytes(content)
        return path

    return write


def _checkpoint(path):
    torch.save(Odd().state_dict(), path)
    return path


def _odd(kind):
    return lambda path: _saved(Odd(kind), path)


def _infinite(module):
    with torch.no_grad():
        module.weight[0, 0, 0] = torch.inf


def _named(module):
    module.register_buffer("n" * 300, torch.zeros(1))


UNSUITABLE = {
    "missing": (lambda path: path, "no such file"),
    "empty": (_written(b""), "is empty"),
    "text": (_written(b"once upon a time"), "not TorchScript, but text"),
    "json": (_written(b'{"a": 1}'), "not TorchScript, but JSON"),
    "pickle": (_written(b"\x80\x02}q\x00."), "a pickle of Python"),
    "bytes": (_written(bytes(range(256))), "not TorchScript, but something else"),
    "checkpoint": (_checkpoint, "a checkpoint: it has weights and no code"),
    "other archive": (lambda path: _archive(path, ["a.txt"]), "not TorchScript, but another archive"),
    "archive with nonsense": (
        lambda path: _archive(path, ["m/code/a.py", "m/data.pkl", "m/version"]),
        "damaged, or of a version",
    ),
    "cut short": (_cut, "damaged or cut short"),
    "a flipped byte": (_flipped, "damaged: "),
    "only forward": (lambda path: _saved(OnlyForward(), path), "no method `encode`"),
    "only encode": (lambda path: _saved(OnlyEncode(), path), "no method `decode`"),
    "no params": (lambda path: _with(path, lambda module: module.__delattr__("encode_params")), "no `encode_params`"),
    "three params": (_params("decode_params", torch.tensor([4, 16, 1])), "expected four whole numbers"),
    "broken params": (_params("decode_params", torch.tensor([4, 16, 1, 0.5])), "expected four whole numbers"),
    "no channels": (_params("encode_params", torch.tensor([0, 1, 4, 16])), "0 channels of sound"),
    "surround": (_params("decode_params", torch.tensor([4, 16, 6, 1])), "6 channels of sound"),
    "negative latent": (_params("encode_params", torch.tensor([1, 1, -4, 16])), "-4 latent dimensions"),
    "other latent": (_params("decode_params", torch.tensor([5, 16, 1, 1])), "`decode` takes 5"),
    "absurd ratio": (_params("encode_params", torch.tensor([1, 1, 4, 10**9])), "ratios 1:1000000000"),
    "ratio of 0": (_params("encode_params", torch.tensor([1, 1, 4, 0])), "ratios 1:0"),
    "not streaming": (_odd("no states"), "not streaming: it keeps no states"),
    "sound decides": (_odd("sound decides"), "control flow or sizes that depend on the sound"),
    "state decides": (_odd("state decides"), "control flow or sizes that depend on the sound"),
    "sound sizes": (_odd("sound sizes"), "aten.nonzero"),
    "fails": (_odd("fails"), "no such thing as sound"),
    "sort": (_odd("sorted"), "cannot be played: `aten.sort"),
    "determinant": (_odd("determinant"), "cannot be played: `aten._linalg_det"),
    "dice": (_odd("dice"), "random numbers by `aten::bernoulli`"),
    "trains": (_odd("trains"), "changes its own weight `weight`"),
    "counts": (_odd("counts"), "differs from the `.ts`"),
    "hides a state": (_odd("hides"), "differs from the `.ts`"),
    "double": (_odd("double"), "float64"),
    "not a number": (_odd("not a number"), "not-a-number output"),
    "too few latents": (_odd("too few latents"), "`encode` gives [1, 3, 128]"),
    "too short": (_odd("too short"), "`decode` gives [1, 1, 2047]"),
    "silence": (_odd("silence"), "silence whatever goes in"),
    "deaf": (_odd("deaf"), "does not depend on the sound"),
    "infinite weight": (lambda path: _with(path, _infinite), "the weight `weight` holds values that are not numbers"),
    "double weights": (lambda path: _saved(Odd().double(), path), "is float64; expected float32"),
    "a long name": (lambda path: _with(path, _named), "a weight's name has 300 letters"),
    "gru": (lambda path: _saved(Recurrent(nn.GRU(4, 4, batch_first=True)), path), "`decode` holds a GRU"),
    "lstm": (lambda path: _saved(Recurrent(nn.LSTM(4, 4, batch_first=True)), path), "`decode` holds a LSTM"),
}


@pytest.mark.parametrize("name", UNSUITABLE)
def test_it_is_refused_by_its_cause(tmp_path, name):
    make, expected = UNSUITABLE[name]
    torch.manual_seed(1)
    with pytest.raises(Refused) as refused:
        import_model(make(tmp_path / "odd.ts"), 44_100)
    assert expected in str(refused.value)


def test_the_same_model_without_its_flaw_is_imported(tmp_path):
    torch.manual_seed(1)
    assert import_model(_saved(Odd(), tmp_path / "odd.ts"), 44_100).compared.error < limits.LARGEST_ERROR


@pytest.mark.parametrize("limit, most, expected", [
    ("UNPACKED_BYTES", 100, "bytes unpacked"), ("MOST_WEIGHTS", 10, "64 weights, 10 at most"), ("MOST_STATE_ELEMENTS", 10, "16 numbers in its states"),
    ("MOST_STATES", 0, "1 states, 0 at most"), ("MOST_NODES", 3, "operators in a block"), ("LARGEST_ERROR", -1.0, "differs from the `.ts`"),
])  # fmt: skip
def test_what_is_too_large_is_refused(tmp_path, monkeypatch, limit, most, expected):
    monkeypatch.setattr(limits, limit, most)
    with pytest.raises(Refused, match=expected):
        import_model(_saved(Odd(), tmp_path / "odd.ts"), 44_100)


@pytest.mark.parametrize("rate", [1, 7_999, 192_001, -44_100])
def test_rates_out_of_range_are_refused(tmp_path, rate):
    with pytest.raises(Refused, match="expected 8000 to 192000"):
        import_model(_saved(Odd(), tmp_path / "odd.ts"), rate)


def test_a_rate_that_nobody_says_is_asked_for(tmp_path):
    with pytest.raises(Refused, match="--rate 44100"):
        import_model(_saved(Odd(), tmp_path / "odd.ts"))


def test_a_folder_without_models_is_refused(tmp_path):
    with pytest.raises(Refused, match="no .ts file"):
        sources(tmp_path)
