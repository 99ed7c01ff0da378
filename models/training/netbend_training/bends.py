"""What is bent of a training batch: which parts of which window are multiplied by what, on which layer, and what that is to
do to the sound."""

from dataclasses import dataclass

import numpy as np

from .parts import BENT_LAYERS, Groups

ALL_LAYERS = 0
DEEP_SHARE = 0.55
"""Of the windows with parts, those bent on layer 1, 2 or 3 or on all at once."""
LAST_SHARE = 0.4
"""Of the windows with parts, those (also) bent on layer 4, after which there is little left to decode."""
ALL_SHARE = 0.14
"""Of the deep bends, those of all layers at once."""
SOLO_SHARE = 0.22
SEVERAL_SHARE = 0.15
MIXER_SHARE = 0.06
ABSENT_SHARE = 0.08
"""Of the bends of one part, those of any part, be it there or not: what is not there, nothing may change for."""
REMOVED_SHARE = 0.6
"""Of the amounts, those that are 0; `FADED_SHARE` are between 0 and 1, the rest above."""
FADED_SHARE = 0.28
LARGEST_AMOUNT = 2.0


@dataclass(frozen=True)
class Bend:
    """Of one window: on `layer` (or `ALL_LAYERS`) the features of each part are multiplied by `amounts` `[part]`. `single`
    is the one part that is bent, or -1."""

    layer: int
    amounts: np.ndarray
    single: int


class Drawer:
    """Draws bends, so that all parts are bent about equally often on every layer, however often they play."""

    def __init__(self, groups: Groups, random: np.random.Generator):
        self._groups, self._random = groups, random
        self._drawn = np.zeros((BENT_LAYERS + 1, len(groups.names)))

    def bends(self, is_there: np.ndarray) -> list[Bend]:
        """The bends of a window, none to two, in which `is_there` `[part]` says what plays."""
        if not is_there.any():
            return []
        random, layers = self._random, self._groups.layers
        deep, chosen = [layer for layer in layers if layer < BENT_LAYERS], []
        if deep and random.random() < DEEP_SHARE:
            chosen.append(ALL_LAYERS if random.random() < ALL_SHARE else deep[random.integers(len(deep))])
        if BENT_LAYERS in layers and random.random() < LAST_SHARE:
            chosen.append(BENT_LAYERS)
        return [self._bend(layer, is_there) for layer in chosen]

    def _bend(self, layer: int, is_there: np.ndarray) -> Bend:
        random, count = self._random, len(is_there)
        amounts = np.ones(count, np.float32)
        kind = random.random()
        if kind < MIXER_SHARE:
            return Bend(layer, np.array([self._amount() for _ in range(count)], np.float32), -1)
        if kind < MIXER_SHARE + SEVERAL_SHARE and count > 2:
            parts = random.permutation(count)[: random.integers(2, count)]
            amounts[parts] = self._amount()
            return Bend(layer, amounts, -1)
        part = self._part(layer, is_there)
        if kind < MIXER_SHARE + SEVERAL_SHARE + SOLO_SHARE:
            amounts[:] = self._amount()
            amounts[part] = 1.0
            return Bend(layer, amounts, -1)
        amounts[part] = self._amount()
        return Bend(layer, amounts, part)

    def _part(self, layer: int, is_there: np.ndarray) -> int:
        candidates = np.arange(len(is_there)) if self._random.random() < ABSENT_SHARE else np.flatnonzero(is_there)
        weights = (10.0 + self._drawn[layer, candidates]) ** -4.0
        part = int(self._random.choice(candidates, p=weights / weights.sum()))
        self._drawn[layer, part] += 1
        self._drawn *= 0.9995  # of the last few thousand only
        return part

    def _amount(self) -> float:
        kind = self._random.random()
        if kind < REMOVED_SHARE:
            return 0.0
        if kind < REMOVED_SHARE + FADED_SHARE:
            return float(self._random.uniform(0.0, 1.0))
        return float(self._random.uniform(1.0, LARGEST_AMOUNT))


@dataclass(frozen=True)
class BentRows:
    """The bends of a batch, in the order of the layers they begin on. All arrays are NumPy's.

    `rows[layer - 1]` are the windows whose bend begins on that layer; `masks[layer - 1]`, `[bends begun by then, features]`,
    the factors there. With the stems' powers P, relative to the window's level, and their amounts a, the maps
    `[bend, 1, FRAMES, BINS]` are `power` ΣP, `wanted_cross` ΣaP and `wanted_power` Σa²P.
    """

    rows: list[np.ndarray]
    masks: list[np.ndarray]
    power: np.ndarray
    wanted_cross: np.ndarray
    wanted_power: np.ndarray
    layer: np.ndarray
    single: np.ndarray


def gather(groups: Groups, bends: list[tuple[int, Bend, np.ndarray]]) -> BentRows | None:
    """`bends` are (window, bend, its three maps `[3, FRAMES, BINS]`)."""
    if not bends:
        return None
    first = [1 if bend.layer == ALL_LAYERS else bend.layer for _, bend, _ in bends]
    order = sorted(range(len(bends)), key=lambda index: first[index])
    bends, first = [bends[index] for index in order], np.array([first[index] for index in order])
    rows, masks = [], []
    for layer in range(1, BENT_LAYERS + 1):
        rows.append(np.array([window for (window, _, _), begin in zip(bends, first) if begin == layer], np.int64))
        begun = [bend for (_, bend, _), begin in zip(bends, first) if begin <= layer]
        ones = np.ones(len(groups.names), np.float32)
        factors = [groups.mask(layer, bend.amounts if bend.layer in (layer, ALL_LAYERS) else ones) for bend in begun]
        masks.append(np.array(factors, np.float32).reshape(len(begun), groups.features[layer - 1]))
    maps = np.stack([maps for _, _, maps in bends])
    layers, singles = (np.array(column) for column in zip(*((bend.layer, bend.single) for _, bend, _ in bends)))
    return BentRows(rows, masks, maps[:, 0:1], maps[:, 1:2], maps[:, 2:3], layers, singles)
