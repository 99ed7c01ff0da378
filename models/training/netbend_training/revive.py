"""Brings back groups that died: whose features, on one layer, no longer reach the output, so that no gradient reaches them
either.

Each feature of such a group becomes a copy of one of the features that belong to no part, and takes an equal share of what
that gives to the next layer (Chen, Goodfellow and Shlens, "Net2Net", 2016, section 2.2.1). The output stays what it was but
for a little noise, which lets the copies part ways.
"""

import torch

from .network import Autoencoder
from .parts import Groups

DEAD_SHARE = 0.003
"""Of what its bends are to do, as `Means.follow`: a group that does less, up or down, is dead."""
NOISE = 0.1
"""Of the copied weights' deviation."""


@torch.no_grad()
def revive(network: Autoencoder, groups: Groups, optimisers: list, layer: int, part: int, noise: float = NOISE) -> int:
    """Revives the group of `part` on `layer` (from 1); returns the feature it was copied from. The optimisers forget what
    they knew of both."""
    group = list(range(*groups.ranges[layer - 1][part]))
    owned = {feature for ranges in groups.ranges[layer - 1] for feature in range(*ranges)}
    shared = [feature for feature in range(groups.features[layer - 1]) if feature not in owned]
    incoming, norm = network.decoder[layer - 1].weight, network.decoder_norm[layer - 1]
    outgoing = network.decoder[layer].weight
    # What a feature gives: how high it goes, times what the next layer makes of it.
    height = (norm.weight.abs() + norm.bias).clamp(min=0.0)
    source = max(shared, key=lambda feature: float(height[feature] * outgoing[feature].abs().sum()))
    members = [source, *group]
    deviation = incoming[:, source].std()
    for feature in group:
        copied = incoming[:, source]
        incoming[:, feature] = copied + noise * deviation * torch.randn_like(copied)
        for values in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            values[feature] = values[source]
    outgoing[members] = outgoing[source] / len(members)
    for optimiser in optimisers:
        for name in ("momentum", "exp_avg"):
            _forget(optimiser, incoming, name, (slice(None), members))
            for parameter in (norm.weight, norm.bias, outgoing):
                _forget(optimiser, parameter, name, members)
    return source


def _forget(optimiser, parameter, name: str, where) -> None:
    state = optimiser.state.get(parameter, {})
    if name in state:
        state[name][where] = 0.0


class Dead:
    """Watches what groups do from report to report: dead is one that did nothing in two of them, one after the other."""

    def __init__(self):
        self._before: set[tuple[int, int]] = set()

    def found(self, shares) -> list[tuple[int, int]]:
        """`(layer, part)` of the dead, from the shares `[layer, part]` of a report, the first row being of all layers."""
        now = {
            (layer, part)
            for layer, row in enumerate(shares)
            for part, share in enumerate(row)
            if layer > 0 and abs(share) < DEAD_SHARE
        }
        dead = sorted(now & self._before)
        self._before = now - set(dead)
        return dead
