"""What bars an erased document from coming back: keyed marks of its name and content, keyed bands of its sketch. Never a value."""

from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from muniment.schemas.erasure import Purpose
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored


class Kind(StrEnum):
    """What about a document a tombstone is made of."""

    KEY = "key"  # its id: the same record of the same source
    CONTENT = "content"  # its bytes as fetched, or its text, under any name
    BANDS = "bands"  # a text that resembles its own


class Tombstone(Record):
    """What one request bars, from when on, and until when: a kind that is not in `expires` is barred for good. A request has several
    when it was carried out again and found more."""

    id: str
    request: str
    purpose: Purpose
    created: datetime
    expires: dict[Kind, datetime] = {}
    everywhere: bool = True  # its content is barred from every source, not only from that which had it
    marks: Stored
    bands: Stored | None = None
    documents: int = 0

    def bars(self, kind: Kind, now: datetime) -> bool:
        """Whether it bars by this kind at `now`."""
        return kind not in self.expires or now < self.expires[kind]


class Lifting(Record):
    """The early end of a tombstone."""

    request: str
    reason: str
    actor: str
    at: datetime


class Yard(Record):
    """One segment of the gathered tombstones: those of several requests, sorted together."""

    tombstones: tuple[Tombstone, ...]
    marks: Stored
    bands: Stored | None = None

    @property
    def rows(self) -> int:
        """How much is in it."""
        return self.marks.rows + (self.bands.rows if self.bands else 0)


class Gathered(Record):
    """What `refs/tombstones/gathered` holds. A projection: it can be deleted, and is made again from the tombstones."""

    yards: tuple[Yard, ...] = ()


# Marks, ascending: 128 bits of a keyed hash of a kind, a scope and a value; `request` is a place in a list of requests.
MARK = pa.schema(
    [
        pa.field("high", pa.uint64(), nullable=False),
        pa.field("low", pa.uint64(), nullable=False),
        pa.field("request", pa.uint32(), nullable=False),
    ]
)

# A captured document whose sketch agrees with that of an erased one in two bands or more; with the closest of each request.
RESEMBLANCE = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("detector", pa.string(), nullable=False),
        pa.field("request", pa.string(), nullable=False),  # whose erasure it resembles
        pa.field("bands", pa.int32(), nullable=False),  # of 25 that agree
    ]
)
