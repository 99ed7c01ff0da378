"""Why a file does not become a model."""


class Refused(ValueError):
    """The file is not what can be played: the message names the cause and what to do about it."""
