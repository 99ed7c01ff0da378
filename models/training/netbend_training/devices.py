"""Where the arithmetic runs: a CPU, a CUDA or an Apple GPU, one or several processes of them.

Several processes are started by `torchrun`; each has a *rank*, works on its own windows, and sees gradients averaged
over all of them.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from torch import distributed, nn

NAMES = ("auto", "cpu", "cuda", "mps")


def is_there(name: str) -> bool:
    """Whether PyTorch can compute on `cpu`, `cuda` or `mps`."""
    return {"cpu": lambda: True, "cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}[name]()


def pick(name: str) -> str:
    """`cpu`, `cuda` or `mps`. `auto` is the fastest that is there; any other that is not there raises `ValueError`."""
    if name not in NAMES:
        raise ValueError(f"--device is {name}; expected one of {', '.join(NAMES)}")
    if name == "auto":
        return next(candidate for candidate in ("cuda", "mps", "cpu") if is_there(candidate))
    if not is_there(name):
        there = ", ".join(candidate for candidate in NAMES[1:] if is_there(candidate))
        raise ValueError(f"--device is {name}, which PyTorch {torch.__version__} does not find here; there is {there}")
    return name


@dataclass(frozen=True)
class Device:
    """One process's share of the machine."""

    kind: str
    rank: int = 0
    processes: int = 1
    local_rank: int = 0

    @classmethod
    def open(cls, name: str) -> "Device":
        """The device called `name`, and the other processes if `torchrun` started us."""
        kind = pick(name)
        if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
            return cls(kind)
        device = cls(
            kind, int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]), int(os.environ.get("LOCAL_RANK", "0"))
        )
        if kind == "cuda":
            torch.cuda.set_device(device.local_rank)
        if not distributed.is_initialized():
            distributed.init_process_group("nccl" if kind == "cuda" else "gloo")
        return device

    def close(self) -> None:
        """Takes leave of the other processes."""
        if self.processes > 1 and distributed.is_initialized():
            distributed.destroy_process_group()

    @property
    def place(self) -> torch.device:
        return torch.device("cuda", self.local_rank) if self.kind == "cuda" else torch.device(self.kind)

    @property
    def is_first(self) -> bool:
        """The one process that speaks and writes."""
        return self.rank == 0

    def send(self, windows: np.ndarray) -> torch.Tensor:
        """A batch on the device; to CUDA the copy runs while Python goes on."""
        tensor = torch.from_numpy(windows)
        if self.kind == "cuda":
            return tensor.pin_memory().to(self.place, non_blocking=True)
        return tensor.to(self.place)

    def autocast(self, bfloat16: bool | None) -> AbstractContextManager:
        """Convolutions in bfloat16: unless told otherwise on CUDA only. An Apple GPU stays at float32."""
        wanted = self.kind == "cuda" if bfloat16 is None else bfloat16
        return torch.autocast(self.kind, torch.bfloat16) if wanted and self.kind != "mps" else nullcontext()

    def share(self, network: nn.Module) -> nn.Module:
        """`network` to run forward through: its gradients are then averaged over all processes, before any optimiser sees them."""
        if self.processes == 1:
            return network
        ids = [self.local_rank] if self.kind == "cuda" else None
        return nn.parallel.DistributedDataParallel(network, device_ids=ids)

    def average(self, tensors: list[torch.Tensor]) -> None:
        """Replaces each by its mean over all processes."""
        if self.processes == 1:
            return
        for tensor in tensors:
            distributed.all_reduce(tensor)
            tensor /= self.processes


CPU = Device("cpu")
