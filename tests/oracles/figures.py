"""The largest errors found, printed at the end."""

worst = {}


def note(what, error):
    """Remembers the largest `error` of that name, and gives it back."""
    worst[what] = max(worst.get(what, 0.0), error)
    return error
