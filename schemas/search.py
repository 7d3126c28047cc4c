"""A question, and its answer: passages with their papers."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Record


class Question(Record):
    """What is asked of a ref. The text is sensitive: it is nowhere written down."""

    text: str
    k: Annotated[int, Field(ge=1, le=100)] = 5
    ref: str = "production"


class Hit(Record):
    """One passage that this principal may read. `citation` stays while document and passage stay."""

    citation: str
    score: float
    title: str
    source: str
    owner: str
    modified: datetime | None
    classification: str
    licence: str | None
    text: str
    redactions: int = 0  # what was taken out of title and text for this principal; what promotion took out is not counted


class Answer(Record):
    """What was found, in which snapshot and index. `low_evidence` says that nothing matches well."""

    hits: tuple[Hit, ...]
    low_evidence: bool
    snapshot: str
    index: str
    stale: bool  # the index is of an earlier snapshot than the ref shows
    redactions: int = 0  # of all hits, for this principal
