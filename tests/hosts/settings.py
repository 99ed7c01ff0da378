"""Parameters as hosts set them (title, normalised value) and as the command line does (id, text)."""

from typing import NamedTuple

LAYERS = 16
TRANSFORMS = 11
# Live, Tight, Studio, Direct.
LATENCY_MODES = 4


class Setting(NamedTuple):
    """One parameter's value."""

    title: str
    normalized: float
    id: str
    text: str


# Ablates a quarter of what layer 2 holds: at Difference, its loudest change in a host's first stride.
BEND = (
    Setting("Slot 1 On", 1.0, "slot_on_1", "on"),
    Setting("Slot 1 Layer", 2 / LAYERS, "slot_layer_1", "2"),
    Setting("Slot 1 Transform", 0.0, "slot_transform_1", "ablate"),
)
SIDECHAIN = Setting("Sidechain", 1.0, "sidechain", "on")
MODEL = Setting("Voice", 1.0, "voice", "100 %")
LIVE = Setting("Latency Mode", 0.0, "latency", "live")
STUDIO = Setting("Latency Mode", 2 / (LATENCY_MODES - 1), "latency", "studio")
DIRECT = Setting("Latency Mode", 1.0, "latency", "direct")
