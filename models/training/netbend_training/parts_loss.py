"""What a bend of a part is to do to the sound: the difference it makes, bent minus clean, against the difference wanted.

Where the stems' powers are P and their amounts a, a gain M on the mix leaves the error Σ (M − a)² P, stems being taken as
incoherent, and the power wanted is Σ a² P of ΣP.
"""

from dataclasses import dataclass

import torch
from torch.nn import functional

from .loss import MAGNITUDE_DECADES

DECIBEL_WEIGHT = 150.0
# Scaled: a gain below -48 dB counts as silence, as does a target below.
SILENT_GAIN, LARGEST_GAIN = -0.6, 0.3
LEAST_POWER = 1e-12
AUDIBLE_FROM, AUDIBLE_RANGE = 0.3, 0.3
ENERGY_WEIGHT = 1.2
# Of the mix's power: what a bend is forgiven where there is nothing to be done.
QUIET_SHARE = 3e-3
# An error this share of what there was to do, -13 dB, is good enough not to be chased.
GOOD_SHARE = 0.05

# Of what is taken out and of what is to stay, each against itself: -13 and -17 dB are good enough.
GOOD_LEFT, GOOD_HARM = 0.05, 0.02
# How much that counts beside what is left in all, where stems are either taken out or left alone.
BALANCED_SHARE = 0.4

ALIVE_AT = 0.3
ALIVE_SPREAD = 0.05
ALIVE_WEIGHT = 1.0


@dataclass
class PartsLoss:
    """Of one batch, weighted. `follow` `[bend, 2]` is, of each bend, Σ w g t and Σ w t² of the gains g made and t wanted, in
    decibels: their quotient is 1 where the bend does what it is to do, and 0 where it does nothing."""

    decibel: torch.Tensor
    energy: torch.Tensor
    follow: torch.Tensor

    @property
    def total(self) -> torch.Tensor:
        return self.decibel + self.energy


def wanted_gain(power: torch.Tensor, wanted_power: torch.Tensor) -> torch.Tensor:
    """In scaled units, 1 being 80 dB."""
    ratio = (wanted_power + LEAST_POWER) / (power + LEAST_POWER)
    return (ratio.log10() / (2.0 * MAGNITUDE_DECADES)).clamp(SILENT_GAIN, LARGEST_GAIN)


def measure(bent, clean, target, power, wanted_cross, wanted_power) -> PartsLoss:
    """All `[bend, 1, time, frequency]` float32: what is decoded with and without the bend, the scaled mix, and the maps of
    `bends.BentRows`."""
    made, wanted = bent - clean, wanted_gain(power, wanted_power)
    weight = ((target - AUDIBLE_FROM) / AUDIBLE_RANGE).clamp(0.0, 1.0) * (0.3 + target.square())
    error = made - wanted
    # Silence cannot be too silent.
    error = torch.where((wanted <= SILENT_GAIN) & (made < wanted), 0.0, error)
    decibel = (weight * error.square()).mean()

    gain = torch.pow(10.0, made.clamp(-1.0, LARGEST_GAIN + 0.05) * MAGNITUDE_DECADES)
    left = (power * gain.square() - 2.0 * wanted_cross * gain + wanted_power).sum((1, 2, 3))
    mix = power.sum((1, 2, 3))
    at_stake = mix + (wanted_power - 2.0 * wanted_cross).sum((1, 2, 3))
    share = left.clamp(min=0.0) / (at_stake.clamp(min=0.0) + QUIET_SHARE * mix + 1e-6)
    in_all = torch.log1p(share / GOOD_SHARE)
    balanced, is_taking_out = _balanced(gain, power, wanted_cross, wanted_power)
    both = (1.0 - BALANCED_SHARE) * in_all + BALANCED_SHARE * balanced
    energy = torch.where(is_taking_out, both, in_all).mean()

    with torch.no_grad():
        follow = torch.stack([(weight * made * wanted).sum((1, 2, 3)), (weight * wanted.square()).sum((1, 2, 3))], 1)
    return PartsLoss(DECIBEL_WEIGHT * decibel, ENERGY_WEIGHT * energy, follow)


def _balanced(gain, power, wanted_cross, wanted_power) -> tuple[torch.Tensor, torch.Tensor]:
    """What is left of the stems that are taken out, relative to them, and what is taken from the others, relative to those:
    by what is left in all, a loud stem would be taken out at the cost of quiet ones, and a quiet one left. `[bend]`, and
    of which bends that can be said: those whose amounts are 0 and 1."""
    mix = power.sum((1, 2, 3))
    is_taking_out = (wanted_cross - wanted_power).abs().sum((1, 2, 3)) <= 1e-3 * mix
    taken = (power - wanted_cross).clamp(min=0.0)
    quiet = QUIET_SHARE * mix + 1e-6
    left = (taken * gain.square()).sum((1, 2, 3)) / (taken.sum((1, 2, 3)) + quiet)
    harm = (wanted_cross * (gain - 1.0).square()).sum((1, 2, 3)) / (wanted_cross.sum((1, 2, 3)) + quiet)
    # One logarithm of both: with one of each, harm would cost the most where there is none yet, and a part that is hard to take
    # apart would be left where doing nothing is the least.
    return 2.0 * torch.log1p(left / GOOD_LEFT + harm / GOOD_HARM), is_taking_out


def liveliness(norms) -> torch.Tensor:
    """What keeps the bent layers' features from dying, from their batch norms: zero while two deviations above its mean each
    feature is well above 0. A feature that is never above 0 has no gradient to come back by."""
    terms = []
    for norm in norms:
        spread = norm.weight.abs()
        terms.append(
            (functional.relu(ALIVE_AT - norm.bias - 2.0 * spread) + functional.relu(ALIVE_SPREAD - spread)).mean()
        )
    return ALIVE_WEIGHT * torch.stack(terms).sum()
