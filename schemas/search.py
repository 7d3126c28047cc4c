"""A question, and its answer: passages with their papers."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from muniment.schemas.source import Classification, Record


class Mode(StrEnum):
    """How passages are found: by words, by vectors, by both, or as the index was tuned."""

    AUTO = "auto"
    LEXICAL = "lexical"
    DENSE = "dense"
    HYBRID = "hybrid"


Moment = Annotated[datetime, AfterValidator(lambda at: at if at.tzinfo else at.replace(tzinfo=UTC))]


class Filters(Record):
    """What a passage must be to be searched at all. What is empty does not limit; several values of a field are alternatives."""

    sources: tuple[str, ...] = ()
    since: Moment | None = None  # last changed then or later; a document without a date is left out
    until: Moment | None = None  # last changed before
    languages: tuple[str, ...] = ()  # ISO 639-1
    media_types: tuple[str, ...] = ()  # `text/markdown`, or `text/*`
    classifications: tuple[Classification, ...] = ()
    licences: tuple[str, ...] = ()


class Question(Record):
    """What is asked of a ref. The text is sensitive: it is nowhere written down."""

    text: str
    k: Annotated[int, Field(ge=1, le=100)] = 5
    ref: str = "production"
    mode: Mode = Mode.AUTO
    filters: Filters = Filters()
    per_document: Annotated[int, Field(ge=1, le=100)] = 3  # passages of one document


class Parts(Record):
    """What a score is made of. None: that side did not find the passage, or was not asked."""

    lexical: float | None = None  # share of the best score that a passage could have for these words
    dense: float | None = None  # cosine
    freshness: float = 1.0  # factors, where the policy has them
    authority: float = 1.0
    reranked: float | None = None  # by the reranker, which then decides the order


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
    start: int = 0  # code points of the promoted text
    end: int = 0
    parts: Parts = Parts()


class Answer(Record):
    """What was found, in which snapshot and index, and how. `low_evidence` says that nothing matches well.

    `tuned` says that mode and weights were chosen on labelled queries. `notes` are codes of what did not go as the policy says.
    """

    hits: tuple[Hit, ...]
    low_evidence: bool
    snapshot: str
    index: str
    stale: bool  # the index is of an earlier snapshot than the ref shows
    redactions: int = 0  # of all hits, for this principal
    mode: Mode = Mode.DENSE
    tuned: bool = False
    evidence: float = 0.0  # of the best passage, 0 to 1: what `low_evidence` was decided by
    snapshot_revision: int = 0
    index_revision: int = 0
    notes: tuple[str, ...] = ()
