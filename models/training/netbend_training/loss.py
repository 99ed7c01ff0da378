"""What training minimises: decibel error weighted by audibility, magnitude error, and the latent's divergence."""

from dataclasses import dataclass

import torch

DECIBEL_WEIGHT = 250.0
# A bin counts little while target and output are both inaudible, and the more the louder either is.
INAUDIBLE_WEIGHT = 0.06
AUDIBLE_WEIGHT = 0.7
LOUD_WEIGHT = 0.7
# In scaled units: 68 and 56 dB below the level.
AUDIBLE_FROM, AUDIBLE_AT = 0.15, 0.3
# Half the octaves lie in a fiftieth of the bins: the lowest count three times, from this bin on half of that extra.
LOW_BIN_EXTRA = 2.0
LOW_BIN_HALF = 16.0
MAGNITUDE_WEIGHT = 30.0

# One scaled unit is 80 dB, a factor of 10^4 in magnitude.
MAGNITUDE_DECADES = 4.0
# A magnitude's gradient grows with the magnitude: a wild overshoot is left to the decibel term.
LARGEST_MAGNITUDE_INPUT = 1.1


@dataclass
class Loss:
    """The terms of one batch, each already weighted except `divergence` (nats per window)."""

    decibel: torch.Tensor
    magnitude: torch.Tensor
    convergence: torch.Tensor
    divergence: torch.Tensor

    def total(self, convergence_weight: float, divergence_weight: float) -> torch.Tensor:
        reproduced = self.decibel + self.magnitude + convergence_weight * self.convergence
        return reproduced + divergence_weight * self.divergence


def magnitude(scaled: torch.Tensor, power: float) -> torch.Tensor:
    """Linear magnitude to the `power`, 1 at the reference level."""
    return torch.pow(10.0, (scaled.clamp(0.0, LARGEST_MAGNITUDE_INPUT) - 1.0) * (MAGNITUDE_DECADES * power))


def measure(decoded, target, mean, log_variance) -> Loss:
    """All arguments float32; spectrograms `[batch, 1, time, frequency]`, latents `[batch, latent]`."""
    decibel = ((decoded - target).square() * _decibel_weight(decoded.detach(), target)).mean()
    root_decoded, root_target = magnitude(decoded, 0.5), magnitude(target, 0.5)
    root = (root_decoded - root_target).abs().mean()
    # Full magnitudes are the roots squared. The 1 keeps silent windows from dividing by nothing.
    full_target = root_target.square()
    error = (root_decoded.square() - full_target).square().sum((1, 2, 3))
    convergence = (error / (full_target.square().sum((1, 2, 3)) + 1.0)).mean()
    divergence = divergence_by_dimension(mean, log_variance).sum()
    return Loss(DECIBEL_WEIGHT * decibel, MAGNITUDE_WEIGHT * root, convergence, divergence)


def _decibel_weight(decoded, target):
    louder = torch.maximum(decoded, target).clamp(0.0, LARGEST_MAGNITUDE_INPUT)
    audible = ((louder - AUDIBLE_FROM) / (AUDIBLE_AT - AUDIBLE_FROM)).clamp(0.0, 1.0)
    weight = INAUDIBLE_WEIGHT + audible * (AUDIBLE_WEIGHT + LOUD_WEIGHT * louder.square())
    bins = torch.arange(target.shape[-1], dtype=target.dtype, device=target.device)
    return weight * (1.0 + LOW_BIN_EXTRA * LOW_BIN_HALF / (LOW_BIN_HALF + bins))


def divergence_by_dimension(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence from a unit Gaussian in nats, averaged over the batch, `[latent]`."""
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).mean(0)
