"""A licence that was taken back."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Record


class Revocation(Record):
    """A licence that does not hold any more, of one source or of all, from a day on."""

    id: str
    licence: Annotated[str, Field(min_length=1)]  # one SPDX identifier
    source: str = ""  # empty: wherever it was relied on
    effective: date
    reason: Annotated[str, Field(min_length=3)]
    actor: str
    at: datetime
