"""What was changed of who may read, since documents were promoted: it holds over every index at once."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Classification, Record


class Via(StrEnum):
    """How a change came about."""

    REGISTRY = "registry"  # a source's own entry was changed
    SET = "set"  # somebody said so for documents or a source
    CLEAR = "clear"  # what was said before holds no more


class Change(Record):
    """One change, numbered from 1 without gaps. A field that is None says nothing about that.

    `exact` replaces what a document was promoted with; else the change only narrows: groups are intersected, the higher classification
    holds, and another tenant is nobody's. `narrows` keeps the groups from replacing those that documents brought with them.
    """

    number: int = Field(ge=1)
    via: Via
    sources: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()  # ids; an erasure takes them out again
    groups: tuple[str, ...] | None = None  # none in it: nobody
    classification: Classification | None = None
    tenant: Annotated[str, Field(min_length=1)] | None = None
    exact: bool = False
    narrows: bool = False
    reason: str = ""
    actor: str
    at: datetime
