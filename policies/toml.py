"""Policy as TOML: read and checked against its record, refused with every wrong place by name."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from pydantic import ValidationError

from muniment.errors import PolicyError
from muniment.schemas.source import Record

Loaded = TypeVar("Loaded", bound=Record)


def load(kind: type[Loaded], toml: str, name: str, check: str = "muniment policy check") -> Loaded:
    """The record in a TOML text; raises `PolicyError`. `name` is what the text is called in messages, `check` the command that reads it."""
    with refused(name, check):
        return kind.model_validate(tomllib.loads(toml))


@contextmanager
def refused(name: str, check: str = "muniment policy check") -> Iterator[None]:
    """Turns what is wrong with a TOML text or its records into a `PolicyError` that names the command which checks such a text."""
    try:
        yield
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{name} is not TOML: {error}.", "Correct the file.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'all of it'}: {each['msg']}" for each in error.errors())
        raise PolicyError(f"{name} is wrong: {wrong}.", f"Correct it and run `{check}` again.") from None
