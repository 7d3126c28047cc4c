"""Fields of JSON values, held against what they must be; whatever is anything else is refused."""

import re
from datetime import date
from typing import Any

from .finding import Refused
from .terms import RANKS


def shape(what: str, value: Any, kinds: dict[str, type]) -> None:
    """Raises `Refused` unless a value is an object of exactly these fields, each of exactly this type."""
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise Refused(f"{what} has other fields than it must have")
    for name, kind in kinds.items():
        if type(value[name]) is not kind:
            raise Refused(f"{what} has no {kind.__name__} as {name}")


def texts(what: str, value: Any) -> tuple[str, ...]:
    """A list of texts; raises `Refused` for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Refused(f"{what} is no list of texts")
    return tuple(value)


def is_digits(value: object, length: int) -> bool:
    """Whether a value is a text of so many hexadecimal digits, in small letters."""
    return isinstance(value, str) and len(value) == length and bool(re.fullmatch(r"[0-9a-f]+", value))


def rank(name: Any) -> int:
    """How closed a classification is; raises `Refused` for one that is not known."""
    if name not in RANKS:
        raise Refused("a classification is not known")
    return RANKS[name]


def day_of(text: Any) -> date:
    """A day in ISO form; raises `Refused` for anything else."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refused("a day is not understood") from None
