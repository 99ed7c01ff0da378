"""A `.ts` file opened: what it says of itself, held against the limits before anything is played."""

import hashlib
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch

from . import limits
from .refusal import Refused

EXPORT = "export it anew for nn~ (RAVE: `rave export --run RUN --streaming`)"
RECURRENT = ("gru", "lstm", "rnn_tanh", "rnn_relu", "gru_cell", "lstm_cell", "rnn_tanh_cell", "rnn_relu_cell")
PLAYED = ("encode", "decode", "forward")
RATE_NAMES = ("sample_rate", "sampling_rate", "samplerate", "sr")
LICENCE_NAMES = ("licence", "license")
LICENCE_CHARACTERS = 4_000


@dataclass(frozen=True)
class Sizes:
    """What `encode_params` and `decode_params` say."""

    channels_in: int
    channels_out: int
    latent: int
    ratio: int
    """Samples for one step of the latent."""

    def block_of(self, samples: int) -> int:
        """The shortest whole number of steps that holds so many samples."""
        return self.ratio * -(-samples // self.ratio)


@dataclass
class Opened:
    """A module that may be played, and what its file says."""

    path: Path
    module: torch.jit.ScriptModule
    sizes: Sizes
    rate: int | None
    """Hertz, where the file says it."""
    licence: str
    other_methods: tuple[str, ...]
    sha256: str


def opened(path: Path) -> Opened:
    """Raises `Refused` where the file is no streaming autoencoder in TorchScript, or asks for too much."""
    licence = _looked_through(path)
    module = _loaded(path)
    _hold_methods(module)
    _hold_weights(module)
    return Opened(
        path,
        module,
        _sizes(module),
        _rate(module),
        licence or _text(module, LICENCE_NAMES),
        tuple(
            sorted(
                name for name in _methods(module) if name not in PLAYED and not name.startswith(("_", "get_", "set_"))
            )
        ),
        _digest(path),
    )


def _looked_through(path: Path) -> str:
    """Holds the archive to what TorchScript is; returns the licence it carries, if it carries one."""
    if not path.is_file():
        raise Refused("there is no such file; give a .ts file or a folder of them")
    with path.open("rb") as file:
        start = file.read(64)
    if not start:
        raise Refused("the file is empty; copy or download it again")
    if not start.startswith(b"PK\x03\x04"):
        raise Refused(f"not TorchScript, but {_kind(start)}; {EXPORT}")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            inside = [entry.filename.split("/", 1)[-1] for entry in entries]
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > limits.UNPACKED_BYTES:
                raise Refused(f"too large: {unpacked} bytes unpacked, {limits.UNPACKED_BYTES} at most")
            if not any(name.startswith("code/") for name in inside):
                if "data.pkl" in inside:
                    raise Refused(f"not TorchScript, but a checkpoint: it has weights and no code; {EXPORT}")
                raise Refused(f"not TorchScript, but another archive; {EXPORT}")
            damaged = archive.testzip()
            if damaged is not None:
                raise Refused(f"damaged: `{damaged}` in it is not what it was; copy or download it again")
            licences = [
                entry for entry in entries if entry.filename.rsplit("/", 1)[-1].lower().startswith(LICENCE_NAMES)
            ]
            return archive.read(licences[0]).decode("utf-8", "replace")[:LICENCE_CHARACTERS] if licences else ""
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Refused(f"damaged or cut short ({error}); copy or download it again") from None


def _kind(start: bytes) -> str:
    if start.startswith(b"\x08"):
        return "ONNX, it seems"
    if start.startswith(b"\x80"):
        return "a pickle of Python"
    if start[:1] in b"{[":
        return "JSON"
    return "text" if all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in start) else "something else"


def _loaded(path: Path) -> torch.jit.ScriptModule:
    try:
        with warnings.catch_warnings():
            # Newer versions of torch say at every load that TorchScript will not be developed any further.
            warnings.simplefilter("ignore")
            return torch.jit.load(path, map_location="cpu").eval()
    except Exception as error:  # noqa: BLE001 - whatever it says, the file does not open.
        text = str(error)
        if "nknown builtin op" in text or "nknown type name" in text or "torchbind" in text:
            line = next(line for line in text.splitlines() if "nknown" in line or "torchbind" in line)
            raise Refused(f"it needs an operator of another library: {line.strip()}; {EXPORT} without it") from None
        raise Refused(
            f"damaged, or of a version that torch {torch.__version__} does not read: {last_line(text)}"
        ) from None


def last_line(text: str) -> str:
    """What an error of TorchScript's interpreter comes down to."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"


def _methods(module: torch.jit.ScriptModule) -> list[str]:
    return list(module._c._method_names())


def _hold_methods(module: torch.jit.ScriptModule) -> None:
    names = _methods(module)
    for name in ("encode", "decode"):
        if name not in names:
            raise Refused(f"it has no method `{name}`: only autoencoders of sound can be bent; {EXPORT}")
        graph = module._c._get_method(name).inlined_graph
        for kind in RECURRENT:
            if graph.findAllNodes(f"aten::{kind}"):
                raise Refused(
                    f"`{name}` holds a {kind.split('_')[0].upper()}; recurrent networks are not played, "
                    "convolutions are: use a model without one"
                )


def _hold_weights(module: torch.jit.ScriptModule) -> None:
    tensors = [*module.named_parameters(), *module.named_buffers()]
    elements = sum(tensor.numel() for _, tensor in module.named_parameters())
    if elements > limits.MOST_WEIGHTS:
        raise Refused(f"too large: {elements} weights, {limits.MOST_WEIGHTS} at most; use a smaller model")
    for name, tensor in tensors:
        if len(name.encode()) > limits.LONGEST_NAME:
            raise Refused(f"a weight's name has {len(name)} letters, {limits.LONGEST_NAME} at most")
        if tensor.dtype in (torch.float64, torch.float16, torch.bfloat16):
            kind = str(tensor.dtype).removeprefix("torch.")
            raise Refused(f"`{name}` is {kind}; expected float32: call `.float()` on the model and {EXPORT}")
    for name, tensor in module.named_parameters():
        if not torch.isfinite(tensor).all():
            raise Refused(f"the weight `{name}` holds values that are not numbers; its training went wrong")


def _sizes(module: torch.jit.ScriptModule) -> Sizes:
    channels_in, ratio_in, latent, ratio = _four(module, "encode_params")
    latent_in, ratio_back, channels_out, ratio_out = _four(module, "decode_params")
    for what, channels in (("encode", channels_in), ("decode", channels_out)):
        if not 1 <= channels <= limits.MOST_CHANNELS:
            raise Refused(f"`{what}` has {channels} channels of sound; 1 or {limits.MOST_CHANNELS} can be played")
    if latent != latent_in or not 1 <= latent <= limits.MOST_LATENT:
        raise Refused(
            f"`encode` gives {latent} latent dimensions and `decode` takes {latent_in}; "
            f"expected the same, 1 to {limits.MOST_LATENT}"
        )
    if ratio_in != 1 or ratio_out != 1 or ratio != ratio_back or not 1 <= ratio <= limits.MOST_RATIO:
        raise Refused(
            f"ratios {ratio_in}:{ratio} of `encode` and {ratio_back}:{ratio_out} of `decode`; "
            f"expected 1:R and R:1 with R from 1 to {limits.MOST_RATIO}"
        )
    return Sizes(channels_in, channels_out, latent, ratio)


def _four(module: torch.jit.ScriptModule, name: str) -> list[int]:
    value = getattr(module, name, None)
    if not isinstance(value, torch.Tensor):
        raise Refused(f"it has no `{name}`, which say its channels and ratios; {EXPORT}")
    if value.numel() != 4 or not bool((value == value.round()).all()):
        raise Refused(f"`{name}` is {value.flatten().tolist()[:8]}; expected four whole numbers; {EXPORT}")
    return [int(number) for number in value.flatten().tolist()]


def _rate(module: torch.jit.ScriptModule) -> int | None:
    for name in RATE_NAMES:
        value = getattr(module, name, None)
        if isinstance(value, torch.Tensor) and value.numel() == 1:
            value = value.item()
        if isinstance(value, (int, float)) and limits.LOWEST_RATE <= value <= limits.HIGHEST_RATE:
            return int(value)
    return None


def _text(module: torch.jit.ScriptModule, names: tuple[str, ...]) -> str:
    found = (getattr(module, name, None) for name in names)
    return next((value[:LICENCE_CHARACTERS] for value in found if isinstance(value, str) and value), "")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
