"""Sizes of a network: everything that its weights' shapes hang on."""

from dataclasses import dataclass

BLOCK = 2048
"""Samples that a player hands over at once: a whole number of latent steps."""


@dataclass(frozen=True)
class Shape:
    """Stages go from fine (the sub-bands' rate) to slow (the latent's)."""

    bands: int = 16
    taps: int = 192
    """Of the filter bank's prototype; a multiple of `bands`."""
    strides: tuple[int, ...] = (4, 2, 2)
    widths: tuple[int, ...] = (64, 128, 192, 256)
    """Features of each stage, one more than `strides`."""
    encoder_units: tuple[int, ...] = (1, 1, 2, 2)
    decoder_units: tuple[int, ...] = (2, 2, 2, 2)
    latent: int = 32
    lookahead: int = 16
    """Sub-band steps by which the output is later than it has to be, so that the encoder hears what comes next."""

    def __post_init__(self) -> None:
        stages = len(self.widths)
        if not (len(self.strides) + 1 == len(self.encoder_units) == len(self.decoder_units) == stages):
            raise ValueError(
                f"{stages} widths, {len(self.strides)} strides, {len(self.encoder_units)} and {len(self.decoder_units)} "
                "units; expected one stride less than widths, and units for each width"
            )
        if self.taps % self.bands:
            raise ValueError(f"{self.taps} taps for {self.bands} bands; expected a multiple")
        if BLOCK % self.ratio:
            raise ValueError(f"a latent step of {self.ratio} samples; expected a divisor of {BLOCK}")
        if self.lookahead * self.bands not in (0, self.ratio, 2 * self.ratio):
            raise ValueError(
                f"a lookahead of {self.lookahead * self.bands} samples; expected none, or one or two latent steps of {self.ratio}"
            )

    @property
    def ratio(self) -> int:
        """Samples for one step of the latent."""
        ratio = self.bands
        for stride in self.strides:
            ratio *= stride
        return ratio

    @property
    def lookahead_steps(self) -> int:
        """The lookahead in whole steps of the latent."""
        return self.lookahead * self.bands // self.ratio

    @property
    def latency(self) -> int:
        """Samples from the input to the output that is trained to be like it."""
        return self.taps - self.bands + self.lookahead * self.bands
