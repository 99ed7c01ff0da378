"""The parts a mix is made of: which one a one-shot plays, and which features of a decoder layer carry each.

A part's name comes from the folder a sound lies in, where that is named for a part (`kick/`, `voice/`), else from the
sound's own name, else from the sound. Loops have no parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .audio import Recording, read_folders, say_skipped
from .corpus import is_loop, role_of
from .network import Shape
from .split import hold_out

COMMON = ("kick", "snare", "hats", "percussion", "tones")
"""In this order before any others."""
LOOP = "loop"
MOST_PARTS = 8

# Words that a folder may be called, in the singular. What is not a common part names one of its own.
FOLDER_WORDS = {
    "kick": "kick", "bd": "kick", "bass drum": "kick", "bassdrum": "kick",
    "snare": "snare", "clap": "snare", "rim": "snare",
    "hat": "hats", "hihat": "hats", "hi hat": "hats", "cymbal": "hats", "ride": "hats", "shaker": "hats",
    "percussion": "percussion", "perc": "percussion", "tom": "percussion",
    "tone": "tones", "tonal": "tones",
    **{word: word for word in ("bass", "voice", "vocal", "guitar", "piano", "key", "synth", "pad", "string", "lead", "fx")},
}  # fmt: skip
# The first of these found in a file's name gives its part; the names of whole instruments come before their pieces.
NAME_HINTS = (
    ("drum_bass", "kick"), ("bass_drum", "kick"), ("bassdrum", "kick"), ("kick", "kick"), ("hat", "hats"), ("bd", "kick"),
    ("bass", "tones"), ("snare", "snare"), ("sn_", "snare"), ("clap", "snare"), ("snap", "snare"), ("rim", "snare"),
    ("hh", "hats"), ("ride", "hats"), ("cymbal", "hats"), ("crash", "hats"), ("splash", "hats"), ("shaker", "hats"),
    ("tom", "percussion"), ("perc", "percussion"), ("tabla", "percussion"), ("conga", "percussion"),
    ("bong", "percussion"), ("bell", "percussion"), ("wood", "percussion"), ("roll", "percussion"),
    ("ambi", "tones"), ("guit", "tones"), ("pad", "tones"), ("drone", "tones"), ("vinyl", "tones"),
)  # fmt: skip
PART_OF_ROLE = {"hat": "hats", "bass": "tones", "tone": "tones"}

FEWEST_HELD_OUT = 2
"""Sounds of each part that are held out, where it has at least `FEWEST_SOUNDS`."""
FEWEST_SOUNDS = 8

SHARED_SHARE = 1 / 8
"""Of a layer's features, for what is no part's own."""
BENT_LAYERS = 4


@dataclass(frozen=True)
class Sound:
    """A recording and the part it plays, `LOOP` for whole loops."""

    recording: Recording
    part: str


def _word(folder: str) -> str:
    word = folder.lower().replace("_", " ").replace("-", " ").strip()
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and word != "bass" else word


def _is_kind(folder: str) -> bool:
    """Whether a folder is named for what it holds, loops or one-shots, and not for a part."""
    return "loop" in folder.lower() or "shot" in folder.lower()


def folder_part(path: Path, folders: list[Path]) -> str | None:
    """The part that one of the folders around `path`, the nearest first, is named for. Where one sub-folder is named for a
    part, the folders beside it name parts as well, whatever they are called."""
    for folder in path.parents:
        if folder.name and _word(folder.name) in FOLDER_WORDS:
            return FOLDER_WORDS[_word(folder.name)]
        if folder in folders:
            return None
        names = [beside.name for beside in folder.parent.iterdir() if beside.is_dir()]
        if any(_word(name) in FOLDER_WORDS for name in names) and not _is_kind(folder.name):
            return folder.name.lower()
    return None


def part_of(recording: Recording, folders: list[Path]) -> str:
    """The part that a recording below `folders` plays, `LOOP` for a loop."""
    named = folder_part(recording.path, folders)
    if named is not None:
        return named
    if is_loop(recording):
        return LOOP
    name = recording.path.stem.lower()
    for hint, part in NAME_HINTS:
        if hint in name:
            return part
    role = role_of(recording)
    return PART_OF_ROLE.get(role, role)


def in_order(names: set[str]) -> tuple[str, ...]:
    """Common parts first."""
    return (*(name for name in COMMON if name in names), *sorted(names - set(COMMON)))


def divide(
    folders: list[Path], on_skipped: Callable[[Path, str], None] = say_skipped
) -> tuple[list[Sound], list[Sound]]:
    """The sounds of `folders` to train on, and those held out: what `corpus.parts` holds out, and as many more of a part as
    give it `FEWEST_HELD_OUT`."""
    recordings = read_folders(folders, on_skipped)
    loops, shots = ([r for r in recordings if is_loop(r) == wanted] for wanted in (True, False))
    training, held_out = [], []
    for kind in (loops, shots):
        for side, chosen in zip((training, held_out), hold_out(kind)):
            side.extend(Sound(recording, part_of(recording, folders)) for recording in chosen)
    for part in {sound.part for sound in training} - {LOOP}:
        of_part = [sound.recording for sound in training if sound.part == part]
        already = sum(sound.part == part for sound in held_out)
        missing = FEWEST_HELD_OUT - already
        if missing > 0 and len(of_part) + already >= FEWEST_SOUNDS:
            more = {id(recording) for recording in hold_out(of_part, missing / len(of_part))[1]}
            held_out.extend(sound for sound in training if id(sound.recording) in more)
            training = [sound for sound in training if id(sound.recording) not in more]
    return training, held_out


def names_of(sounds: list[Sound]) -> tuple[str, ...]:
    """The parts that the sounds play."""
    return in_order({sound.part for sound in sounds} - {LOOP})


@dataclass(frozen=True)
class Groups:
    """Which features of layers 1 to 4 are each part's: `ranges[layer - 1][part]` is (first, one past the last), empty for a
    layer too narrow to have groups. What is in no group is shared."""

    names: tuple[str, ...]
    features: tuple[int, ...]
    ranges: tuple[tuple[tuple[int, int], ...], ...]

    @classmethod
    def of(cls, shape: Shape, names: tuple[str, ...]) -> "Groups":
        if len(names) > MOST_PARTS:
            raise ValueError(f"{len(names)} parts ({', '.join(names)}); expected at most {MOST_PARTS}")
        features = tuple(shape.decoder_features[1 : 1 + BENT_LAYERS])
        return cls(names, features, tuple(_ranges(count, len(names)) for count in features))

    @classmethod
    def read(cls, shape: Shape, described: list[dict]) -> "Groups":
        """From what `described` gave."""
        features = tuple(shape.decoder_features[1 : 1 + BENT_LAYERS])
        ranges: list[list[tuple[int, int]]] = [[] for _ in features]
        for part in described:
            for entry in part["layers"]:
                ranges[entry["layer"] - 1].append((entry["features"][0], entry["features"][-1] + 1))
        return cls(tuple(part["name"] for part in described), features, tuple(map(tuple, ranges)))

    @property
    def layers(self) -> tuple[int, ...]:
        """Numbers of the layers that have groups."""
        return tuple(layer for layer, ranges in enumerate(self.ranges, 1) if ranges)

    def mask(self, layer: int, amounts: np.ndarray) -> np.ndarray:
        """Factors of a layer's features, float32 `[features]`, where parts are multiplied by `amounts` `[part]`."""
        mask = np.ones(self.features[layer - 1], np.float32)
        for (first, end), amount in zip(self.ranges[layer - 1], amounts):
            mask[first:end] = amount
        return mask

    def described(self) -> list[dict]:
        """For checkpoint and manifest: of each part its name, and its features of each layer that has groups."""
        return [
            {
                "name": name,
                "layers": [
                    {"layer": layer, "features": list(range(*self.ranges[layer - 1][part]))} for layer in self.layers
                ],
            }
            for part, name in enumerate(self.names)
        ]

    @property
    def smallest(self) -> int:
        """Features of the smallest group."""
        return min(end - first for ranges in self.ranges for first, end in ranges)


def _ranges(features: int, parts: int) -> tuple[tuple[int, int], ...]:
    """Equal runs from feature 0 on; those left over go to the last parts, whose sounds differ most."""
    owned = features - max(1, round(features * SHARED_SHARE))
    size, left = divmod(owned, parts)
    if size < 1:
        return ()
    ends = np.cumsum([size + (part >= parts - left) for part in range(parts)])
    return tuple((int(first), int(end)) for first, end in zip((0, *ends[:-1]), ends))
