"""What a run was trained on, kept in its folder as `corpus.json`: counts, held-out files, skipped files and why."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .audio import Recording, say_skipped
from .corpus import Corpus, parts
from .parts import LOOP, divide, names_of

FILE = "corpus.json"


@dataclass(frozen=True)
class Inventory:
    """Of one run. Paths are as they were found."""

    folders: list[str]
    training_loops: int
    training_one_shots: dict[str, int]
    training_seconds: float
    held_out: list[str]
    skipped: list[dict[str, str]]

    def line(self) -> str:
        """For the console."""
        shots = ", ".join(f"{count} {role}" for role, count in self.training_one_shots.items() if count)
        used = self.training_loops + sum(self.training_one_shots.values())
        held_out = f"{len(self.held_out)} files held out" if self.held_out else "too few files to hold any out"
        skipped = f"; {len(self.skipped)} files skipped, named above" if self.skipped else ""
        return (
            f"{used} files, {self.training_seconds / 60:.1f} min: {self.training_loops} loops; "
            f"one-shots: {shots or 'none'}; {held_out}{skipped}"
        )


def take_stock(
    folders: list[Path], say: bool = True, with_parts: bool = False
) -> tuple[Inventory, list[Recording], list[Recording]]:
    """What the folders hold, the recordings to train on, and those that are held out. `with_parts` counts and holds out by the
    parts that sounds play, as a training of parts does, and not by their roles."""
    skipped = []

    def on_skipped(path: Path, reason: str) -> None:
        skipped.append({"file": str(path), "reason": reason})
        if say:
            say_skipped(path, reason)

    if with_parts:
        divided = divide(folders, on_skipped)
        training, held_out = ([sound.recording for sound in sounds] for sounds in divided)
        played = [sound.part for sound in divided[0]]
        loops, shots = played.count(LOOP), {name: played.count(name) for name in names_of(divided[0])}
    else:
        training, held_out = parts(folders, on_skipped)
        corpus = Corpus(training, 0)
        loops, shots = len(corpus.loops), {role: len(sounds) for role, sounds in corpus.shots.items()}
    inventory = Inventory(
        folders=[str(folder) for folder in folders],
        training_loops=loops,
        training_one_shots=shots,
        training_seconds=round(sum(recording.seconds for recording in training), 1),
        held_out=[str(recording.path) for recording in held_out],
        skipped=skipped,
    )
    return inventory, training, held_out


def write(inventory: Inventory, run: Path) -> None:
    text = json.dumps(asdict(inventory), indent=1)
    (run / FILE).write_text(text, encoding="utf-8")


def read(run: Path) -> Inventory | None:
    """`None` where the run has none."""
    path = run / FILE
    return Inventory(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
