"""Which findings a rule is about."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.schemas.source import Record

Share = Annotated[float, Field(ge=0, le=1)]


class FindingTest(Record):
    """Hits a document with at least `count` findings of these types (`SECRET_*` for a family), rules and categories, that score at
    least `score` and less than `below`."""

    types: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()  # names of recognisers, `street_*` for a family
    categories: tuple[Literal["health", "finance", "children", "credentials"], ...] = ()
    score: Share = 0.0
    below: float | None = Field(default=None, gt=0)
    count: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _says_something(self) -> "FindingTest":
        if not (self.types or self.rules or self.categories):
            raise ValueError("give types, rules or categories")
        return self
