"""What a model's parts (or the best of its clusters) take out of patterns, beside ideal ratio masks: lines to read, and data."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import soundfile

from .parts import Sound, names_of
from .separation import (
    ALL_LAYERS,
    PATTERNS,
    Model,
    Taken,
    ideal_masks,
    measure_clusters,
    measure_parts,
    open_model,
    patterns,
    stems_of_patterns,
)
from .spectrogram import SAMPLE_RATE


@dataclass(frozen=True)
class PartsReport:
    """By part, medians over the patterns it plays in."""

    model: str
    patterns: int
    ideal: dict[str, Taken]
    parts: dict[tuple[str, int], Taken]
    """By part and layer, or `ALL_LAYERS`."""
    clusters: dict[str, tuple[str, Taken]]
    """Of a model without parts, the cluster that helps most, by part."""

    @classmethod
    def of(cls, model: Model, sounds: list[Sound], count: int = PATTERNS) -> "PartsReport":
        names = tuple(part["name"] for part in model.parts) or names_of(sounds)
        made = patterns(sounds, names, count)
        parts = measure_parts(model, made) if model.parts else {}
        clusters = {} if model.parts else measure_clusters(model, made, names)
        return cls(model.name, len(made), ideal_masks(made, names), parts, clusters)

    def layers(self, part: str) -> dict[int, Taken]:
        """By single layer."""
        return {
            layer: taken for (name, layer), taken in self.parts.items() if name == part and layer != ALL_LAYERS
        }

    def best_layer(self, part: str) -> int | None:
        """The single layer with the most gain."""
        layers = self.layers(part)
        return max(layers, key=lambda layer: layers[layer].gain, default=None)

    def lines(self) -> Iterator[str]:
        yield (
            f"{self.model}, {self.patterns} patterns; part lowered / rest harmed / gain in distortion ratio, dB, medians"
        )
        for name, ideal in self.ideal.items():
            yield f"{name:12} {'ideal mask':22} {ideal}"
            for layer, taken in self.layers(name).items():
                best = " (best)" if layer == self.best_layer(name) else ""
                yield f"{name:12} {f'layer {layer}{best}':22} {taken}"
            if (name, ALL_LAYERS) in self.parts:
                yield f"{name:12} {'all layers at once':22} {self.parts[name, ALL_LAYERS]}"
            if name in self.clusters:
                cluster, taken = self.clusters[name]
                yield f"{name:12} {f'{cluster} (the best)':22} {taken}"

    def described(self) -> dict:
        """As data; decibels."""
        parts = []
        for name, ideal in self.ideal.items():
            entry: dict = {"name": name, "ideal": asdict(ideal)}
            if layers := self.layers(name):
                entry["layers"] = [{"layer": layer, **asdict(taken)} for layer, taken in layers.items()]
                entry["best_layer"] = self.best_layer(name)
                entry["all_layers"] = asdict(self.parts[name, ALL_LAYERS])
            if name in self.clusters:
                cluster, taken = self.clusters[name]
                entry["cluster"] = {"name": cluster, **asdict(taken)}
            parts.append(entry)
        return {"model": self.model, "patterns": self.patterns, "parts": parts}


def report(path: Path, sounds: list[Sound], count: int = PATTERNS) -> PartsReport:
    """Measures the model at `path` and prints it."""
    measured = PartsReport.of(open_model(path), sounds, count)
    for line in measured.lines():
        print(line)
    return measured


def write_patterns(folder: Path, sounds: list[Sound], names: tuple[str, ...], count: int) -> None:
    """The patterns that are measured on as sound: `pattern_01.wav` and so on, float32, a channel for each part."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, stems in enumerate(stems_of_patterns(sounds, names, count), 1):
        soundfile.write(folder / f"pattern_{number:02}.wav", stems.T, SAMPLE_RATE, subtype="FLOAT", format="WAV")
