"""How a search service is run: limits, pace, who may come without a name."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from muniment.errors import PolicyError
from muniment.schemas.source import Record

VARIABLE = "MUNIMENT_SEARCH"  # how the service tells its server processes


class Settings(Record):
    """Limits are for each caller where they say so, and for each process otherwise."""

    anonymous: str = ""  # the principal that whoever does not sign in is; empty: nobody comes in so
    refs: tuple[str, ...] = ("production",)  # what may be searched
    rate: Annotated[float, Field(gt=0)] = 10  # requests a second that a caller may make over time
    burst: Annotated[int, Field(ge=1)] = 30  # and at once
    together: Annotated[int, Field(ge=1)] = 4  # answers of one caller that are made at the same time
    threads: Annotated[int, Field(ge=1, le=64)] = 2  # answers that a process makes at the same time
    queue: Annotated[int, Field(ge=0)] = 64  # requests of a process that wait for a thread
    seconds: Annotated[float, Field(gt=0)] = 10  # how long one request may take
    pace_ms: Annotated[int, Field(ge=0, le=1000)] = 50  # answers leave on a grid of so many milliseconds; 0: at once
    body: Annotated[int, Field(ge=1000)] = 64_000  # bytes of a request
    hours: Annotated[float, Field(gt=0, le=24)] = 8  # how long a browser stays signed in
    secure: bool = False  # browsers reach us over https alone
    workers: Annotated[int, Field(ge=1, le=64)] = 1  # processes


def settings(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment holds, the defaults without any; raises `PolicyError`."""
    return given(json.loads(environment.get(VARIABLE) or "{}"))


def given(fields: dict[str, Any]) -> Settings:
    """Settings from plain values; raises `PolicyError`."""
    try:
        return Settings.model_validate(fields)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise PolicyError(
            f"The settings of the search service are wrong: {wrong}.", "Correct them: docs/search-service.md lists them."
        ) from None
