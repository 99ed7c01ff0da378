"""What an import is at, on stderr: a bar on a terminal, a line for each step elsewhere."""

import sys
import time

WIDTH = 24


class Progress:
    """Steps of one file."""

    def __init__(self, what: str, steps: int, quiet: bool = False) -> None:
        self._what = what
        self._steps = steps
        self._done = 0
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._start = time.monotonic()

    def step(self, doing: str, share: float = 0.0) -> None:
        """Begins the next step, or tells how much of it is done where `share` is above 0."""
        if share == 0.0:
            self._done += 1
        if self._quiet or (share and not self._live):
            return
        if self._live:
            filled = round(WIDTH * (self._done - 1 + share) / self._steps)
            bar = "█" * filled + "░" * (WIDTH - filled)
            print(f"\r\x1b[K{self._what} {bar} {doing}", end="", file=sys.stderr, flush=True)
        else:
            print(f"{self._what}: {doing}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Clears the bar."""
        if self._live and not self._quiet:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start
