"""Which handler emits which operator of PyTorch. Modules of `operators` fill it."""

from collections.abc import Callable
from typing import Any

TABLE: dict[Any, Callable] = {}
# Those that do to a complex tensor what they do to its two parts.
PARTWISE: set[Any] = set()


def emits(*packets: Any, partwise: bool = False) -> Callable:
    """Registers a handler for every overload of the operators."""

    def register(handler: Callable) -> Callable:
        for packet in packets:
            overloads = (
                [getattr(packet, name) for name in packet.overloads()] if hasattr(packet, "overloads") else [packet]
            )
            for overload in overloads:
                TABLE[overload] = handler
                if partwise:
                    PARTWISE.add(overload)
        return handler

    return register
