"""Stored queries: real questions, who asks them, and which documents answer them. Their texts are sensitive and can name people."""

from datetime import datetime
from typing import Annotated

import pyarrow as pa
from pydantic import Field, model_validator

from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored

# One row a query, sorted by doc_id: its own id, so called because an erasure names a query as it names a document.
QUERY = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("native_key", pa.string(), nullable=False),  # its id in the file that it came from
        pa.field("user", pa.string()),  # the principal who asks; null: whoever an audit names
        pa.field("language", pa.string()),
        pa.field("slices", pa.list_(pa.string()), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
    ]
)

# One row for each query and document that answers it, sorted. With start and end (code points of the captured text), only a passage
# that holds the answer does.
RELEVANT = pa.schema(
    [
        pa.field("query_id", pa.string(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("gain", pa.float64(), nullable=False),
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
    ]
)

Label = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_=.-]{0,63}$")]


class Answering(Record):
    """A document that answers a query, as a file names it: `source:native key`, or its id."""

    document: Annotated[str, Field(min_length=1)]
    gain: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    start: Annotated[int, Field(ge=0)] | None = None
    end: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> "Answering":
        if (self.start is None) != (self.end is None) or (
            self.start is not None and self.end is not None and self.end <= self.start
        ):
            raise ValueError("start and end stand together, and the end comes after the start")
        return self


class Asked(Record):
    """A line of a file of queries."""

    id: str = ""
    text: Annotated[str, Field(min_length=1)]
    user: str = ""
    relevant: tuple[Answering, ...] = ()
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    slices: tuple[Label, ...] = ()


class QuerySet(Manifest):
    """One version of a set of queries, `queries/<name>@<number>/`: no query, and nothing of one."""

    name: str
    number: int
    queries: Stored
    relevant: Stored
    at: datetime
    actor: str


class Numbering(Record):
    """What `refs/queries/<name>` holds: the number of the last version there ever was, so that no number names two things."""

    last: int = 0


class StoredQuery(Record):
    """A query as a set holds it."""

    id: str
    text: str
    user: str | None
    language: str | None
    slices: tuple[str, ...]
    native_key: str


class Counted(Record):
    """A version of a set as everybody may see it."""

    name: str
    number: int
    queries: int
    judged: int  # rows: a query and a document that answers it
    at: datetime
    actor: str
