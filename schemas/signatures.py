"""The band index over what production holds: which segments it has, and where the documents of their rows lie."""

from muniment.schemas.source import Record
from muniment.schemas.stored import Stored


class Home(Record):
    """A shard of captured documents."""

    source: str
    shard: Stored


class Held(Record):
    """A segment, and for each of its rows the place of the document's shard in `homes`; -1 is a tombstone."""

    segment: Stored
    rows: Stored
    alive: int


class BandIndex(Record):
    """What `refs/signatures/production` holds. A projection: it can be deleted, and is made again from what production holds."""

    signer: str  # digest of the detector that signed
    parts: dict[str, str] = {}  # source → digest of what production holds of it
    homes: tuple[Home, ...] = ()
    segments: tuple[Held, ...] = ()
