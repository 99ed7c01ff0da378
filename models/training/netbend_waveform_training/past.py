"""What lies before a block: silence before a whole sound, else the end of the block before, which is kept."""

import torch
from torch import nn


class Following(nn.Module):
    """A module whose steps see what came before them. It is built for whole sounds or, `streaming`, for block by block."""

    def __init__(self, given: int, kept: int, streaming: bool) -> None:
        super().__init__()
        self.kept: int = kept
        self.streaming: bool = streaming
        self.register_buffer("past", torch.zeros(1, given, kept), persistent=False)

    def preceded(self, x: torch.Tensor) -> torch.Tensor:
        """`[batch, given, steps]` with the `kept` steps before it in front."""
        if not self.streaming:
            return nn.functional.pad(x, (self.kept, 0))
        whole = torch.cat([self.past, x], -1)
        self.past.copy_(whole[..., whole.shape[-1] - self.kept :])
        return whole
