"""A legal hold: what must not be removed, by whose word, and why."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from muniment.schemas.erasure import Sha256
from muniment.schemas.source import Record, Slug


class Hold(Record):
    """Placed once, never changed: another reach is another hold. What is given widens."""

    name: Slug
    documents: tuple[str, ...] = ()  # ids
    sources: tuple[Slug, ...] = ()  # everything of these, what is captured later too
    subjects: tuple[Sha256, ...] = ()  # keyed hashes of what identifies a person, as findings have them; never the value
    reason: Annotated[str, Field(min_length=3)]
    actor: str
    at: datetime

    @model_validator(mode="after")
    def _holds_something(self) -> "Hold":
        if not (self.documents or self.sources or self.subjects):
            raise ValueError("a hold names documents, sources or subjects")
        return self


class Release(Record):
    """The end of a hold."""

    name: Slug
    reason: Annotated[str, Field(min_length=3)]
    actor: str
    at: datetime


class Standing(Record):
    """A hold with its release, if it was released."""

    hold: Hold
    released: Release | None = None
