"""What comes of looking at one thing in a proof."""

from typing import NamedTuple


class Refused(Exception):
    """The proof does not hold, and why."""


class Finding(NamedTuple):
    """One thing that was looked at. `state` is ok, failed or unchecked."""

    state: str
    what: str
