"""What the command lines of trainings share: the numbers they take, and how they end."""

import argparse
import math
import sys
from collections.abc import Callable


def whole(text: str) -> int:
    """A whole number from 1 on."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"is {text}; expected a whole number from 1 on")
    return number


def positive(text: str) -> float:
    """A finite number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"is {text}; expected a number above 0")
    return number


def run(command: Callable[[], None]) -> int:
    """The exit code: 0, 1 after an error whose cause is said on stderr, or 130 after Ctrl-C."""
    try:
        command()
    except (ValueError, OSError, RuntimeError, ArithmeticError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
